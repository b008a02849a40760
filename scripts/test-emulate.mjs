// `npm run test:emulate [-- JEST ARGUMENTS]`: the real program between the sandbox's servers and a Slack of other makers.
import { installEmulate } from '../test/emulate/installation.mjs';
import { runSuite } from './extra-suite.mjs';

await runSuite('emulate', async () => {
  const { skip, folder } = await installEmulate();
  return skip === undefined ? { CROSSTALK_EMULATE: folder } : { skip };
});
