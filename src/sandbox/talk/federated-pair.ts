import type { TalkVersion } from './settings.js';
import { TalkSandbox } from './talk-sandbox.js';

export interface FederatedPair {
  readonly first: TalkSandbox;
  readonly second: TalkSandbox;
  stop(): Promise<void>;
}

const bridge = {
  name: 'Bridge',
  description: 'A bridge',
  secret: 'S'.repeat(64),
  url: 'http://127.0.0.1:8099/hook',
  features: ['webhook', 'response', 'reaction'],
} as const;

/**
 * Two servers that know each other's people, started: one with the five default users and the bot "Bridge", and a second with
 * admin and dora. A port of 0 takes a free one.
 */
export async function runFederatedTalk({
  port,
  peerPort,
  talkVersion = 22,
}: {
  readonly port: number;
  readonly peerPort: number;
  readonly talkVersion?: TalkVersion;
}): Promise<FederatedPair> {
  const first = new TalkSandbox({ bots: [bridge], talkVersion, federation: true });
  const users = [{ id: 'admin', admin: true }, { id: 'dora' }];
  const second = new TalkSandbox({ users, talkVersion, federation: true });
  const stop = async (): Promise<void> => {
    await Promise.all([first.stop(), second.stop()]);
  };
  try {
    await first.start(port);
    await second.start(peerPort);
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { first, second, stop };
}
