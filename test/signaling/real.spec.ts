import { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';
import { signalingContract } from '../contract/signaling.contract.js';
import { Front } from '../support/front.js';
import { freePort, SignalingProcess } from './signaling-process.js';

const program = process.env['CROSSTALK_SIGNALING_SERVER'] ?? '';
const secret = 'the secret that the two servers share';

describe('a real standalone signaling server', () => {
  signalingContract(async () => {
    const port = await freePort();
    const front = new Front();
    const url = `http://127.0.0.1:${await front.listen()}`;
    const behind = Promise.resolve(port);
    front.pointTo(behind);
    const talk = new TalkSandbox({ pollStepMs: 20, backends: { signaling: { url, secret } } });
    const { url: nextcloud } = await talk.start(0);
    const server = await SignalingProcess.open(program, port, nextcloud, secret);
    return {
      talk,
      cut: () => front.pointTo(behind),
      forget: () => front.forget(),
      restart: () => server.restart(),
      close: async () => {
        await front.close();
        await server.close();
        await talk.stop();
      },
    };
  });
});
