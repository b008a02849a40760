import { lendLogins } from './own-logins.js';
import { until, World } from './world.js';

const mia = '@mia:sandbox.test';
const noah = '@noah:sandbox.test';

/** Somebody chooses in the settings of Talk that nobody sees what they have read. */
async function hidesReading(world: World, user: string): Promise<void> {
  const { url } = world.settings.accounts.cloud as { url: string };
  const answer = await fetch(`${url}/ocs/v2.php/apps/spreed/api/v1/settings/user?format=json`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${world.talk.accounts.issueAppPassword(user)}`).toString('base64')}`,
      'ocs-apirequest': 'true',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ key: 'read_status_privacy', value: 1 }),
  });
  expect(answer.status).toBe(200);
}

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

it('what people who lend a login have read in Talk itself they have read on Matrix, seen or unseen as they wish it there', async () => {
  const world = await World.build({
    ownLogins: true,
    typing: true,
    doublePuppets: true,
    talk: { ownReadIntervalMs: 300 },
  });
  const room = world.rooms[0]!;
  const seen = (person: string): string | undefined => world.matrix.receiptOf(room.matrix, person);
  const say = async (text: string): Promise<{ row: number; event: string }> => {
    const event = world.matrix.post(room.matrix, '@olga:sandbox.test', text);
    const found = (): number | undefined =>
      world.talk.messages(room.talk).find(({ message }) => String(message).includes(text))?.['id'] as
        number | undefined;
    await until(`${text} in Talk`, () => found() !== undefined);
    return { row: found() ?? 0, event };
  };
  try {
    // She lends nothing.
    const olga = world.matrix.addUser('olga', 'Olga');
    world.matrix.invite(room.matrix, mia, olga);
    world.matrix.join(room.matrix, olga);
    const replica = world.start();
    await replica.ready();
    await lendLogins(world);
    const first = await say('first word');
    world.talk.read(room.talk, 'anna', first.row);
    await until('Mia to have read it', () => seen(mia) === first.event);

    // What is marked so does not come back, and what she reads on Matrix goes the other way.
    const second = await say('second word');
    world.matrix.read(room.matrix, mia, second.event);
    await until('Anna to have read that', () => world.talk.lastRead(room.talk, 'anna') === second.row);
    const third = await say('third word');
    world.talk.read(room.talk, 'anna', third.row);
    await until('Mia to have read the third', () => seen(mia) === third.event);

    await hidesReading(world, 'ben');
    world.talk.read(room.talk, 'ben', third.row);
    const unseen = (): string | undefined => world.matrix.receiptOf(room.matrix, noah, 'm.read.private');
    await until('Noah to have read it, unseen', () => unseen() === third.event);
    expect(seen(noah)).toBeUndefined();
    expect(seen('@olga:sandbox.test')).toBeUndefined();
  } finally {
    await world.close();
  }
}, 90_000);
