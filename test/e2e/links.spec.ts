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
  const replica = world.start({ change: { links: {} } });
  await replica.ready();
  expect(await run('links')).toBe('There are no links yet: see `crosstalk help link`.');

  // It was invited before a link named the room, and declined.
  const made = await run('link', 'team', '--room', `cloud=${room.talk}`, '--room', `hs=${room.matrix}`);
  expect(made).toContain('The link team is made.\n');
  expect(made).toContain(`may not enter ${room.matrix}: invite it`);
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

it('a link of the settings: two replicas hear that it is paused, restarts keep it so, and it passes to the database with them gone', async () => {
  world = await World.build();
  const [room] = world.rooms as [Rooms];
  const linked = {
    rooms: [
      { account: 'cloud', room: room.talk, direction: 'out' },
      { account: 'hs', room: room.matrix },
    ],
  };
  const link = async () => (JSON.parse(await run('links', '--json')) as unknown[])[0];
  const replicas = [world.start({ change: { links: { team: linked } } })];
  await replicas[0]?.ready();
  replicas.push(world.start({ change: { links: { team: linked } } }));
  await replicas[1]?.ready();
  expect(await link()).toMatchObject({
    owner: 'settings',
    portals: [
      { account: 'cloud', direction: 'out' },
      { account: 'hs', direction: 'both' },
    ],
    mirror: {
      name: true,
      topic: true,
      avatar: true,
      members: 'state',
      clearedHistory: 'notice',
      moderators: 'state',
      calls: 'notice',
      access: 'line',
      expired: 'delete',
      moderation: 'off',
      otherReactions: 'off',
    },
  });
  world.talk.post(room.talk, 'anna', 'before the pause');
  await arrives('before the pause', () => inMatrix(room));

  expect((await world.command('link', 'team', '--both', 'cloud')).says).toContain(
    'The link team belongs to the settings: change it under links.team in ',
  );
  expect((await world.command('unlink', 'team')).code).toBe(1);
  await run('pause', 'team');
  world.talk.post(room.talk, 'anna', 'in the pause');

  // Both end, and begin again with settings that mirror something else.
  for (const replica of replicas) await replica.stop();
  const changed = { ...linked, mirror: { members: 'line', topic: false } };
  const replica = world.start({ change: { links: { team: changed } } });
  await replica.ready();
  expect(await link()).toMatchObject({
    state: 'paused',
    mirror: {
      name: true,
      topic: false,
      avatar: true,
      members: 'line',
      clearedHistory: 'notice',
      moderators: 'state',
      calls: 'notice',
      access: 'line',
      expired: 'delete',
      moderation: 'off',
      otherReactions: 'off',
    },
  });
  expect(inMatrix(room).join('\n')).not.toContain('in the pause');
  await run('resume', 'team', '--catch-up');
  await arrives('in the pause', () => inMatrix(room));

  // The settings name it no more.
  await replica.stop();
  await world.start({ change: { links: {} } }).ready();
  expect(await run('links')).toContain('left the settings');
  expect((await world.command('resume', 'team')).says).toBe(
    'The link team left the settings and has no rooms: `crosstalk relink team` brings it back.',
  );
  const back = await run('relink', 'team');
  expect(back).toContain('The link team is back, from now on.\n');
  await run('link', 'team', '--both', 'cloud');
  expect(await link()).toMatchObject({ owner: 'database', state: 'active', mirror: { members: 'line' } });
  await flows(room, 'after it passed to the database');
}, 120_000);

it('what cannot be is refused with what can, and nothing is written', async () => {
  world = await World.build({ rooms: 2 });
  const [room] = world.rooms as [Rooms];
  const replica = world.start();
  await replica.ready();
  const refused = async (code: number, ...words: string[]): Promise<string> => {
    const told = await world.command(...words);
    expect({ words, ...told }).toMatchObject({ code });
    return told.says.split('\n')[0] ?? '';
  };
  expect(await refused(1, 'pause', 'taem0')).toBe('There is no link "taem0". Did you mean "team0"?');
  expect(await refused(1, 'link', 'more', '--room', 'clod=a', '--room', 'hs=b')).toBe(
    'There is no account "clod". Did you mean "cloud"?',
  );
  expect(await refused(1, 'link', 'more', '--room', `cloud=${room.talk}`, '--room', 'hs=#b:sandbox.test')).toBe(
    `The room ${room.talk} of cloud is in the link team0 already. A room is in one link at most: add the other rooms to team0, or take it out there first.`,
  );
  expect(await refused(1, 'link', 'more', '--room', 'cloud=a')).toBe('A link needs at least two rooms.');
  expect(await refused(1, 'link', 'more', '--room', 'cloud=a', '--room', 'hs=b', '--in', 'cloud', '--in', 'hs')).toBe(
    'Nothing would flow: no room speaks while another listens. Let one of them be both.',
  );
  expect(await refused(2, 'link', 'more', '--mirror', 'topc=off')).toBe('--mirror topc=off: did you mean topic?');
  expect(await refused(2, 'resume', 'team0', '--catchup')).toBe(
    'There is no option --catchup. Did you mean --catch-up?',
  );
  expect((JSON.parse(await run('links', '--all', '--json')) as { key: string }[]).map(({ key }) => key)).toEqual([
    'team0',
    'team1',
  ]);
  const made = await run('link', 'more', '--room', 'cloud=nosuch12', '--room', 'hs=#nosuch:sandbox.test');
  expect(made).toContain('the account bridge is no member of room nosuch12');
  expect(made).toContain('nobody knows a room #nosuch:sandbox.test');
}, 60_000);
