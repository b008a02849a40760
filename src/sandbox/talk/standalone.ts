import { TalkSandbox } from './talk-sandbox.js';

export interface StandaloneTalk {
  /** 0 takes a free one. */
  readonly port: number;
}

/** A server with the five default users and the bot "Bridge", started. `url` is its address. */
export async function runTalkSandbox({ port }: StandaloneTalk): Promise<TalkSandbox> {
  const sandbox = new TalkSandbox({
    bots: [
      {
        name: 'Bridge',
        description: 'A bridge',
        secret: 'S'.repeat(64),
        url: 'http://127.0.0.1:8099/hook',
        features: ['webhook', 'response', 'reaction'],
      },
    ],
  });
  await sandbox.start(port);
  return sandbox;
}
