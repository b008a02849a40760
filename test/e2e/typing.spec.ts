import { Listener } from '../contract/signaling.contract.js';
import { until, World } from './world.js';

it('with a signaling server what is said in Talk is read at once, and who types is seen on both sides', async () => {
  const world = await World.build({
    typing: true,
    talkServer: {
      signaling: {},
      users: [
        { id: 'bridge', displayName: 'Bridge' },
        { id: 'anna', displayName: 'Anna' },
        { id: 'ben', displayName: 'Ben' },
      ],
    },
    // Nothing else tells of what is new.
    talk: { maxHeldPolls: 0, sweepIntervalMs: 3_600_000, overlapIntervalMs: 3_600_000 },
  });
  const room = world.rooms[0]!;
  const anna = new Listener(world.talk, 'anna', [room.talk]);
  const homeserver = String(Reflect.get(world.settings.accounts.hs, 'homeserver'));
  const mia = '@mia:sandbox.test';
  const asMia = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${homeserver}/_matrix/client/v3${path}`, {
      method,
      headers: { authorization: `Bearer ${world.matrix.accessToken(mia)}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return response.json();
  };
  /** Who types in the Matrix room, as Mia's client shows it. */
  const typing = async (): Promise<readonly string[]> => {
    const sync = (await asMia('GET', '/sync?timeout=0')) as {
      rooms: { join: Record<string, { ephemeral: { events: { type: string; content: { user_ids: string[] } }[] } }> };
    };
    const events = sync.rooms.join[room.matrix]?.ephemeral.events ?? [];
    return events.find(({ type }) => type === 'm.typing')?.content.user_ids ?? [];
  };
  const miaTypes = (): Promise<unknown> =>
    asMia('PUT', `/rooms/${room.matrix}/typing/${mia}`, { typing: true, timeout: 30_000 });
  try {
    const replica = world.start();
    await replica.ready();
    await until('the sessions in the room', () => world.talk.signaling?.sessionsIn(room.talk) === 2);
    world.talk.post(room.talk, 'anna', 'hello');
    const texts = (): unknown[] => world.matrix.ledger.entries(room.matrix).map(({ text }) => text);
    await until('the message of Talk', () => texts().includes('hello'));

    const ghost = '@crosstalk_cloud_users=2fanna:sandbox.test';
    await until('Anna to be seen typing', async () => {
      anna.signaling.showTyping(room.talk, true);
      return (await typing()).includes(ghost);
    });
    world.talk.post(room.talk, 'anna', 'this is what I typed');
    await until('Anna to be seen typing no longer', async () => (await typing()).length === 0);

    await miaTypes();
    await until('Crosstalk to type for Mia', () => anna.typists(room.talk).includes('bridge'));
    world.matrix.post(room.matrix, mia, 'and this is mine');
    await until('the end of that', () => anna.typists(room.talk).length === 0);
    await until('the message of Matrix', () => anna.wakes(room.talk) >= 3);
  } finally {
    await anna.leave();
    await world.close();
  }
}, 90_000);
