import { lendLogins } from './own-logins.js';
import { until, World } from './world.js';

const mia = '@mia:sandbox.test';

it('what people who lend a login have read on Matrix they have read in Talk, never back, and nobody else has', async () => {
  // The homeserver tells of what is no event.
  const world = await World.build({ ownLogins: true, typing: true });
  const room = world.rooms[0]!;
  const say = async (text: string): Promise<{ row: number; event: string }> => {
    const row = world.talk.post(room.talk, 'ben', text);
    const found = (): string | undefined =>
      world.matrix.messages(room.matrix).find(({ content }) => content['body'] === text)?.eventId;
    await until(`${text} on Matrix`, () => found() !== undefined);
    return { row, event: found() ?? '' };
  };
  const annas = (): number => world.talk.lastRead(room.talk, 'anna');
  try {
    const replica = world.start();
    await replica.ready();
    await lendLogins(world);
    const [first, second] = [await say('one'), await say('two')];
    expect(annas()).toBeLessThan(first.row);

    world.matrix.read(room.matrix, mia, first.event);
    await until('Anna to have read it', () => annas() === first.row);
    // A thread that was read says nothing of the room.
    world.matrix.read(room.matrix, mia, second.event, first.event);
    world.matrix.read(room.matrix, '@crosstalk:sandbox.test', second.event);
    const own = world.matrix.post(room.matrix, '@noah:sandbox.test', 'three');
    await until('it in Talk', () => world.talk.messages(room.talk).some(({ message }) => message === 'three'));
    expect(annas()).toBe(first.row);

    // What came from Matrix itself is read as well.
    world.matrix.read(room.matrix, mia, own);
    const three = world.talk.messages(room.talk).find(({ message }) => message === 'three');
    await until('Anna to have read that', () => annas() === three?.['id']);
    world.matrix.read(room.matrix, mia, first.event);
    const last = await say('four');
    world.matrix.read(room.matrix, mia, last.event);
    await until('Anna to have read all', () => annas() === last.row);
  } finally {
    await world.close();
  }
}, 90_000);
