// `npm run test:synapse [-- JEST ARGUMENTS]`: the real program between the sandbox's Talk server and a real Synapse.
import { installSynapse } from '../test/synapse/installation.mjs';
import { bin, prepare, run } from './prepare.mjs';

prepare();
const installed = await installSynapse();
if ('skip' in installed) {
  console.log(`SKIPPED test:synapse: ${installed.skip}`);
} else {
  const [node, jest] = bin('jest/bin/jest.js');
  run(
    node,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      ...jest,
      '--config=test/synapse/jest.config.mjs',
      ...process.argv.slice(2),
    ],
    { env: { ...process.env, CROSSTALK_SYNAPSE_PYTHON: installed.python } },
  );
}
