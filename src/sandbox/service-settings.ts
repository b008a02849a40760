import { stringify } from 'yaml';
import type { MatrixSide } from './matrix-side.js';
import type { SlackSide } from './slack-side.js';
import type { TalkSide } from './talk-side.js';

export interface ServiceSettings {
  readonly talk: TalkSide;
  readonly matrix: MatrixSide;
  readonly slack: SlackSide;
  readonly publicPort: number;
  readonly adminPort: number;
}

/** What stands above the settings, for those who read them to write their own. */
const preface = `# Written by the sandbox at its start: a whole, working example of Crosstalk's settings.
# Yours go into a file of your own, which CROSSTALK_CONFIG or --config names.

`;

/** The service's settings file for the sandbox: three accounts, and one link of their three rooms. */
export function serviceSettings({ talk, matrix, slack, publicPort, adminPort }: ServiceSettings): string {
  return (
    preface +
    stringify({
      accounts: { talk: talk.account(), matrix: matrix.account(), slack: slack.account() },
      links: {
        team: {
          rooms: [
            { account: 'talk', room: talk.roomId },
            { account: 'matrix', room: matrix.roomId },
            { account: 'slack', room: slack.roomId },
          ],
        },
      },
      listen: { public: { port: publicPort }, admin: { port: adminPort } },
      // The sandbox ends within 5 s, the database included.
      delivery: { stopWithinMs: 1500 },
    })
  );
}
