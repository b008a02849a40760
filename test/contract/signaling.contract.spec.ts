import { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';
import { Front } from '../support/front.js';
import { signalingContract, type SignalingTown } from './signaling.contract.js';

const opened = async (generation: 'usual' | 'old'): Promise<SignalingTown> => {
  const talk = new TalkSandbox({ pollStepMs: 20, signaling: { generation } });
  await talk.start(0);
  const front = new Front();
  const port = await front.listen();
  const own = talk.state.backends.signaling;
  if (own === undefined) throw new Error('there is no signaling server');
  const behind = Promise.resolve(Number(new URL(own.url).port));
  front.pointTo(behind);
  talk.state.backends.signaling = { ...own, url: `http://127.0.0.1:${port}` };
  return {
    talk,
    cut: () => front.pointTo(behind),
    forget: () => front.forget(),
    restart: () => {
      talk.signaling?.restart();
      return Promise.resolve();
    },
    close: async () => {
      await front.close();
      await talk.stop();
    },
  };
};

describe('the signaling server of the sandbox', () => signalingContract(() => opened('usual')));
describe('one of the sandbox as older servers are', () => signalingContract(() => opened('old')));
