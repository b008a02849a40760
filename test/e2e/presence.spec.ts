import { until, World } from './world.js';

const mia = '@mia:sandbox.test';
const ghost = '@crosstalk_cloud_users=2fanna:sandbox.test';

it('how people of Talk are is shown at their ghosts, where the settings want it', async () => {
  const world = await World.build({ talk: { presence: true, presenceIntervalMs: 200 } });
  const { cloud, hs } = world.settings.accounts;
  const room = world.rooms[0]!;
  const shown = async (): Promise<Record<string, unknown>> => {
    const response = await fetch(
      `${String(Reflect.get(hs, 'homeserver'))}/_matrix/client/v3/presence/${ghost}/status`,
      {
        headers: { authorization: `Bearer ${world.matrix.accessToken(mia)}` },
      },
    );
    return (await response.json()) as Record<string, unknown>;
  };
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
