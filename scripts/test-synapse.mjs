// `npm run test:synapse [-- JEST ARGUMENTS]`: the real program between the sandbox's Talk server and a real Synapse.
import { installSynapse } from '../test/synapse/installation.mjs';
import { runSuite } from './extra-suite.mjs';

await runSuite('synapse', async () => {
  const { skip, python } = await installSynapse();
  return skip === undefined ? { CROSSTALK_SYNAPSE_PYTHON: python } : { skip };
});
