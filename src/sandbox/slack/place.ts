import { SlackSandbox } from './slack-sandbox.js';
import { bridgeEvents, bridgeScopes } from './bridge-app.js';

/** A channel, who writes in it, and the app that is there for a bridge. */
export interface SlackPlace {
  readonly server: SlackSandbox;
  readonly team: string;
  readonly channel: string;
  readonly people: readonly { readonly id: string; readonly name: string }[];
  readonly botToken: string;
  readonly appToken: string;
}

/** When an event is sent again that the service was not there for: the real server's minute would make everybody wait for it. */
const retryPausesMs = [0, 2000, 3000, 5000, 5000, 5000, 5000, 10_000, 10_000, 60_000];

/** A server with one channel, in which Pia, Quinn, Rosa and Crosstalk's app are. */
export function slackTeam(room: string): SlackPlace {
  const server = new SlackSandbox({ retryPausesMs });
  const team = server.workspaces.add({ name: room });
  server.workspaces.addEmoji(team, 'kazoo');
  const people = ['Pia', 'Quinn', 'Rosa'].map((name) => ({
    id: server.workspaces.addUser(team, { realName: name }),
    name,
  }));
  const [creator, ...others] = people.map(({ id }) => id);
  if (creator === undefined) throw new Error('nobody makes the channel');
  const app = { name: 'Crosstalk', scopes: bridgeScopes, events: bridgeEvents, commands: ['/crosstalk'] };
  const { id, appToken } = server.apps.register(app);
  const { botToken, botUser } = server.apps.install(id, team);
  const name = room.toLowerCase().replaceAll(/[^\p{L}\p{N}_-]+/gu, '-');
  const channel = server.channels.create({ team, name, creator, members: [...others, botUser] });
  return { server, team, channel, people, botToken, appToken };
}

/**
 * A server for a service of one's own: the same ids and secrets at each start, Ann, Bert and Cleo in the channel "general", and
 * an app in the workspace, but not in the channel.
 */
export function slackTown(): SlackPlace {
  const server = new SlackSandbox();
  const team = server.workspaces.add({ id: 'T0SANDBOX00', name: 'Sandbox' });
  server.workspaces.addEmoji(team, 'kazoo');
  const person = (name: string, role: 'owner' | 'member') => {
    const id = server.workspaces.addUser(team, { id: `U0${name.toUpperCase()}`, realName: name, role });
    return { id, name };
  };
  const ann = person('Ann', 'owner');
  const others = [person('Bert', 'member'), person('Cleo', 'member')];
  const channel = server.channels.create({
    id: 'C0GENERAL00',
    team,
    name: 'general',
    creator: ann.id,
    members: others.map(({ id }) => id),
    isGeneral: true,
  });
  const { id, appToken } = server.apps.register({
    id: 'A0CROSSTALK',
    name: 'Crosstalk',
    scopes: bridgeScopes,
    events: bridgeEvents,
    commands: ['/crosstalk'],
    clientId: '1.1',
    clientSecret: 'client-secret',
    signingSecret: 'signing-secret',
    appToken: 'xapp-sandbox',
  });
  const { botToken } = server.apps.install(id, team, 'xoxb-sandbox');
  return { server, team, channel, people: [ann, ...others], botToken, appToken };
}
