import { setTimeout as sleep } from 'node:timers/promises';
import type { RoomMessage } from '../../src/sandbox/matrix/matrix-sandbox.types.js';
import { lendLogins } from './own-logins.js';
import { until, World } from './world.js';

const mia = '@mia:sandbox.test';
const ghost = '@crosstalk_cloud_users=2fanna:sandbox.test';

/** What failed once is shown anew 20 s later. */
const renewedMs = 60_000;

/** How a user of the homeserver is shown to Mia. */
async function shownAt(world: World, user: string): Promise<Record<string, unknown>> {
  const homeserver = String(Reflect.get(world.settings.accounts.hs, 'homeserver'));
  const response = await fetch(`${homeserver}/_matrix/client/v3/presence/${encodeURIComponent(user)}/status`, {
    headers: { authorization: `Bearer ${world.matrix.accessToken(mia)}` },
  });
  return (await response.json()) as Record<string, unknown>;
}

it('how people of Talk are is shown at their ghosts, where the settings want it', async () => {
  const world = await World.build({ talk: { presence: true, presenceIntervalMs: 200 } });
  const { cloud, hs } = world.settings.accounts;
  const room = world.rooms[0]!;
  const shown = (): Promise<Record<string, unknown>> => shownAt(world, ghost);
  try {
    const replica = world.start({ change: { accounts: { cloud, hs: { ...hs, presence: true } } } });
    await replica.ready();
    world.talk.post(room.talk, 'anna', 'hello');
    // From then on she has a ghost.
    await until('the message', () => world.matrix.messages(room.matrix).some(({ sender }) => sender === ghost));
    world.talk.accounts.setStatus('anna', { status: 'online', icon: '🏖', message: 'on the meadow' });
    await until('Anna to be seen online', async () => (await shown())['presence'] === 'online', renewedMs);
    expect(await shown()).toMatchObject({ status_msg: '🏖 on the meadow' });

    world.talk.accounts.setStatus('anna', { status: 'dnd', icon: null, message: null });
    await until('her new status', async () => (await shown())['status_msg'] === 'do not disturb', renewedMs);
    world.talk.accounts.setStatus('anna', { status: 'offline', icon: null, message: null });
    await until('Anna to be gone', async () => (await shown())['presence'] === 'offline', renewedMs);
  } finally {
    await world.close();
  }
}, 240_000);

it('how people of Slack are is shown at their ghosts, and what they say of themselves at once', async () => {
  const world = await World.build({ slack: 'linked', slackAccount: { presence: true, presenceIntervalMs: 200 } });
  const { accounts } = world.settings;
  const { sandbox, app, people } = world.slack;
  const room = world.rooms[0]!;
  try {
    const replica = world.start({ change: { accounts: { ...accounts, hs: { ...accounts.hs, presence: true } } } });
    await replica.ready();
    await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
    sandbox.post(room.slack ?? '', people.pia, 'hello');
    const said = (): RoomMessage | undefined =>
      world.matrix.messages(room.matrix).find(({ content }) => content['body'] === 'hello');
    await until('the message', () => said() !== undefined);
    const shown = (): Promise<Record<string, unknown>> => shownAt(world, said()?.sender ?? '');
    sandbox.workspaces.setActive(people.pia, true);
    await until('Pia to be seen online', async () => (await shown())['presence'] === 'online', renewedMs);
    sandbox.workspaces.changeProfile(people.pia, { statusText: 'on the meadow', statusEmoji: ':tent:' });
    await until('her words', async () => (await shown())['status_msg'] === '⛺ on the meadow', renewedMs);
    sandbox.workspaces.setActive(people.pia, false);
    await until('Pia to be away', async () => (await shown())['presence'] !== 'online', renewedMs);
  } finally {
    await world.close();
  }
}, 240_000);

it('people of Matrix who lend a login of their own are online in Talk while they are there, and nobody else is', async () => {
  const world = await World.build({ ownLogins: true, typing: true, talk: { presence: true } });
  const { accounts } = world.settings;
  const homeserver = String(Reflect.get(accounts.hs, 'homeserver'));
  const say = async (presence: string): Promise<void> => {
    await fetch(`${homeserver}/_matrix/client/v3/presence/${mia}/status`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${world.matrix.accessToken(mia)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ presence }),
    });
  };
  const annas = (): string => world.talk.accounts.status('anna').status;
  /** A homeserver tells nobody of it whom it could not reach a moment ago: she is otherwise first, and again. */
  const becomes = (presence: string, before: string, status: string): Promise<void> =>
    until(
      `Anna to be ${status}`,
      async () => {
        await say(before);
        await say(presence);
        const endMs = performance.now() + 2_000;
        while (annas() !== status && performance.now() < endMs) await sleep(20);
        return annas() === status;
      },
      60_000,
    );
  try {
    const replica = world.start({ change: { accounts: { ...accounts, hs: { ...accounts.hs, presence: true } } } });
    await replica.ready();
    await lendLogins(world);
    // She spoke when she asked for the login.
    await becomes('online', 'unavailable', 'online');
    await becomes('unavailable', 'online', 'away');
    expect(world.talk.accounts.status('ben').status).toBe('offline');
  } finally {
    await world.close();
  }
}, 240_000);
