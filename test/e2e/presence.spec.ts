import type { RoomMessage } from '../../src/sandbox/matrix/matrix-sandbox.types.js';
import { until, World } from './world.js';

const mia = '@mia:sandbox.test';
const ghost = '@crosstalk_cloud_users=2fanna:sandbox.test';

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
    world.talk.setStatus('anna', { status: 'online', icon: '🏖', message: 'on the meadow' });
    await until('Anna to be seen online', async () => (await shown())['presence'] === 'online');
    expect(await shown()).toMatchObject({ status_msg: '🏖 on the meadow' });

    world.talk.setStatus('anna', { status: 'dnd', icon: null, message: null });
    await until('her new status', async () => (await shown())['status_msg'] === 'do not disturb');
    world.talk.setStatus('anna', { status: 'offline', icon: null, message: null });
    await until('Anna to be gone', async () => (await shown())['presence'] === 'offline');
  } finally {
    await world.close();
  }
}, 90_000);

it('how people of Slack are is shown at their ghosts, and what they say of themselves at once', async () => {
  const world = await World.build({ slack: 'linked', slackAccount: { presence: true, presenceIntervalMs: 200 } });
  const { accounts } = world.settings;
  const { sandbox, app, people } = world.slack;
  const room = world.rooms[0]!;
  try {
    const replica = world.start({ change: { accounts: { ...accounts, hs: { ...accounts.hs, presence: true } } } });
    await replica.ready();
    await until('the WebSocket', () => sandbox.connections(app.appId) === 1);
    sandbox.post(room.slack ?? '', people.pia, 'hello');
    const said = (): RoomMessage | undefined =>
      world.matrix.messages(room.matrix).find(({ content }) => content['body'] === 'hello');
    await until('the message', () => said() !== undefined);
    const shown = (): Promise<Record<string, unknown>> => shownAt(world, said()?.sender ?? '');
    sandbox.setActive(people.pia, true);
    await until('Pia to be seen online', async () => (await shown())['presence'] === 'online');
    sandbox.changeProfile(people.pia, { statusText: 'on the meadow', statusEmoji: ':tent:' });
    await until('her words', async () => (await shown())['status_msg'] === '⛺ on the meadow');
    sandbox.setActive(people.pia, false);
    await until('Pia to be away', async () => (await shown())['presence'] !== 'online');
  } finally {
    await world.close();
  }
}, 90_000);
