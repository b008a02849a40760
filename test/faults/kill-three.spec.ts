import { patientSlack } from '../e2e/world.js';
import { describeKills } from './kills.js';
import { writes } from './strikes.js';

describeKills('kill, three networks', {
  short: 25,
  accounts: ['cloud', 'hs', 'town'],
  slack: 'linked',
  slackServer: patientSlack,
  // Slack accepts and drops the connection at the same time.
  meanwhile: ({ slack }) => {
    for (const call of writes.slack) {
      slack.sandbox.faults.add({ ...call, times: 100_000, share: 0.2, fault: { do: 'acceptThenDrop' } });
    }
  },
});
