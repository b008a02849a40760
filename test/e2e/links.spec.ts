import { until, World } from './world.js';

let world: World;

afterEach(async () => {
  await world.close();
});

async function run(...words: string[]): Promise<string> {
  const { code, says } = await world.command(...words);
  expect(says).not.toBe('');
  expect({ code, says }).toMatchObject({ code: 0 });
  return says;
}

interface Rooms {
  readonly talk: string;
  readonly matrix: string;
}

const mia = '@mia:sandbox.test';
const inTalk = (room: Rooms) => world.talk.ledger.entries(room.talk).map(({ text = '' }) => text);
const inMatrix = (room: Rooms) => world.matrix.ledger.entries(room.matrix).map(({ text = '' }) => text);

async function arrives(text: string, where: () => string[]): Promise<void> {
  await until(`"${text}" to arrive`, () => where().some((it) => it.includes(text)));
}

/** Text that flows proves that everything said before it has come as far as it will. */
async function flows(room: Rooms, mark: string): Promise<void> {
  world.talk.post(room.talk, 'anna', `talk ${mark}`);
  world.matrix.post(room.matrix, mia, `matrix ${mark}`);
  await arrives(`talk ${mark}`, () => inMatrix(room));
  await arrives(`matrix ${mark}`, () => inTalk(room));
}

const isRead = (name: string, rooms: number) =>
  until(`${String(rooms)} rooms of ${name} to be ready`, async () => {
    const links = JSON.parse(await run('links', '--json')) as { key: string; portals: { room: string | null }[] }[];
    const link = links.find(({ key }) => key === name);
    return link?.portals.filter(({ room }) => room !== null).length === rooms;
  });

it('links are made, paused, resumed, ended and brought back by commands while the service runs', async () => {
  world = await World.build({ rooms: 2 });
  const [room, other] = world.rooms as [Rooms, Rooms];
  const replica = await world.start({ change: { links: {} } });
  await replica.ready();
  expect(await run('links')).toBe('There are no links yet: see `crosstalk help link`.');

  expect(await run('link', 'team', '--room', `cloud=${room.talk}`, '--room', `hs=${room.matrix}`)).toBe(
    'The link team is made. A running service takes it up at once; `crosstalk links` shows its rooms.',
  );
  // It was invited before a link named the room, and declined.
  await until('the room to be asked for', async () =>
    (await run('links')).includes(`may not enter ${room.matrix}: invite it`),
  );
  world.matrix.invite(room.matrix, mia, '@crosstalk:sandbox.test');
  await isRead('team', 2);
  await replica.ready();
  await flows(room, 'after the link was made');

  const refusal = await world.command('link', 'more', '--room', `cloud=${room.talk}`, '--room', `hs=${other.matrix}`);
  expect(refusal).toEqual({
    code: 1,
    says:
      `The room ${room.talk} of cloud is in the link team already. A room is in one link at most: ` +
      'add the other rooms to team, or take it out there first.',
  });

  // Paused, and resumed from now on: what was said meanwhile stays where it was said.
  await run('pause', 'team');
  await until('the room to be left alone', async () => (await run('links')).includes('paused since'));
  world.talk.post(room.talk, 'anna', 'talk in the first pause');
  world.matrix.post(room.matrix, mia, 'matrix in the first pause');
  await until('the push', () => world.matrix.pendingTransactions().length === 0);
  await run('resume', 'team');
  await replica.ready();
  await flows(room, 'after the first pause');
  expect(inMatrix(room).join('\n')).not.toContain('talk in the first pause');
  expect(inTalk(room).join('\n')).not.toContain('matrix in the first pause');

  // Paused, and resumed from where it stopped.
  await run('pause', 'team');
  world.talk.post(room.talk, 'anna', 'talk in the second pause');
  world.matrix.post(room.matrix, mia, 'matrix in the second pause');
  await until('the push', () => world.matrix.pendingTransactions().length === 0);
  expect(await run('resume', 'team', '--catch-up')).toBe('The link team goes on from where it stopped.');
  await arrives('talk in the second pause', () => inMatrix(room));
  await arrives('matrix in the second pause', () => inTalk(room));
  await flows(room, 'after the second pause');
  expect(inMatrix(room).join('\n')).not.toContain('talk in the first pause');
  expect(inTalk(room).join('\n')).not.toContain('matrix in the first pause');

  // Ended: its rooms are free for another link.
  const question = world.talk.post(room.talk, 'anna', 'a question');
  await arrives('a question', () => inMatrix(room));
  const asked = world.matrix.ledger.entries(room.matrix).find(({ text }) => text?.includes('a question'))?.id;
  await run('unlink', 'team');
  await run('link', 'more', '--room', `cloud=${room.talk}`, '--room', `hs=${other.matrix}`);
  world.matrix.invite(other.matrix, mia, '@crosstalk:sandbox.test');
  await isRead('more', 2);
  await replica.ready();
  await flows({ talk: room.talk, matrix: other.matrix }, 'in another link');
  expect((await world.command('relink', 'team')).says).toContain(`is in the link more already`);
  await run('unlink', 'more');

  // Brought back, with all that was known: a reply finds what it answers.
  await run('relink', 'team');
  await isRead('team', 2);
  await replica.ready();
  await flows(room, 'after it came back');
  world.talk.post(room.talk, 'ben', 'an answer', { replyTo: question });
  await arrives('an answer', () => inMatrix(room));
  const answer = world.matrix
    .messages(room.matrix)
    .find(({ content }) => String(content['body']).includes('an answer'));
  expect(answer?.content['m.relates_to']).toMatchObject({ 'm.in_reply_to': { event_id: asked } });
  expect(inMatrix(room).join('\n')).not.toContain('in another link');
}, 120_000);
