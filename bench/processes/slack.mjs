// The sandbox's Slack as a process of its own.
import { SlackSandbox } from '../../dist/sandbox/slack/slack-sandbox.js';
import { bridgeEvents, bridgeScopes } from '../../dist/sandbox/slack/bridge-app.js';
import { serve } from '../support/child.mjs';
import { witnessCalls } from './witness.mjs';

const slack = new SlackSandbox({ rateLimits: 'off', largeFiles: 'counted' });
const team = slack.workspaces.add({ name: 'Town' });
const pia = slack.workspaces.addUser(team, { realName: 'Pia' });
const { id, appToken } = slack.apps.register({
  name: 'Crosstalk',
  scopes: bridgeScopes,
  events: bridgeEvents,
  commands: ['/crosstalk'],
});
const { botToken, botUser } = slack.apps.install(id, team);

serve({
  start: async () => ({ ...(await slack.start(0)), botToken, appToken }),
  rooms: (count) =>
    Array.from({ length: count }, (_, at) =>
      slack.channels.create({ team, name: `team-${at}`, creator: pia, members: [botUser] }),
    ),
  /** How many WebSockets the app keeps. */
  connections: () => slack.apps.connections(id),
  /** `{}`: the real Slack's, `off`: none. */
  limit: (limits) => slack.setRateLimits(limits),
  ...witnessCalls(slack.ledger, slack.faults, {
    post: (room, text) => slack.post(room, pia, text),
    postFile: (room, text, { name, bytes }) => slack.post(room, pia, text, { files: [{ name, bytes }] }),
    files: (room) =>
      slack.messages(room).flatMap(({ files = [] }) => files.map((file) => slack.state.files.get(file.id).bytes)),
  }),
});
