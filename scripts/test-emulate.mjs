// `npm run test:emulate [-- JEST ARGUMENTS]`: the real program between the sandbox's servers and a Slack of other makers.
import { installEmulate } from '../test/emulate/installation.mjs';
import { bin, prepare, run } from './prepare.mjs';

prepare();
const installed = await installEmulate();
if ('skip' in installed) {
  console.log(`SKIPPED test:emulate: ${installed.skip}`);
} else {
  const [node, jest] = bin('jest/bin/jest.js');
  run(
    node,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      ...jest,
      '--config=test/emulate/jest.config.mjs',
      ...process.argv.slice(2),
    ],
    { env: { ...process.env, CROSSTALK_EMULATE: installed.folder } },
  );
}
