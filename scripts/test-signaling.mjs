// `npm run test:signaling [-- JEST ARGUMENTS]`: the Talk adapter at a real standalone signaling server, behind which the sandbox's Talk server stands.
import { installSignalingServer } from '../test/signaling/installation.mjs';
import { runSuite } from './extra-suite.mjs';

await runSuite('signaling', async () => {
  const { skip, program } = await installSignalingServer();
  return skip === undefined ? { CROSSTALK_SIGNALING_SERVER: program } : { skip };
});
