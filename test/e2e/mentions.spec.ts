import { isShown, pings } from './pings.js';
import { lendLogins } from './own-logins.js';
import { type Side, sides, Three } from './three.js';
import { until, World, type WorldOptions } from './world.js';

const [mia, noah] = ['@mia:sandbox.test', '@noah:sandbox.test'];
const pill = (id: string, name: string): string => `<a href="https://matrix.to/#/${id}">${name}</a>`;

let world: World;
let three: Three;
let count = 0;

/** Ben of Talk is Noah of Matrix and Quinn of Slack. */
async function open(options: WorldOptions = {}): Promise<void> {
  world = await World.build({ slack: 'linked', ...options });
  const { sandbox, app, people } = world.slack;
  const replica = world.start({ change: { people: [{ cloud: 'ben', hs: noah, town: people.quinn }] } });
  await replica.ready();
  await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
  three = new Three(world);
}

afterEach(async () => {
  await world.close();
});

const others = (side: Side): Side[] => sides.filter((each) => each !== side);
const mark = (): string => `mark${String((count += 1))}x`;

type Calls = Readonly<Record<Side, readonly string[]>>;
const nobody: Calls = { talk: [], matrix: [], slack: [] };

/** What is said where `marker` stands rings in the other rooms for these, once it is there. */
async function rings(from: Side, marker: string, wanted: Calls): Promise<void> {
  for (const side of others(from)) await until(`${marker} on ${side}`, () => isShown(world, side, marker));
  expect(others(from).map((side) => [side, pings(world, side, marker)])).toEqual(
    others(from).map((side) => [side, wanted[side]]),
  );
}

/** Says something with a mention as clients of the network write it. */
function say(side: Side, text: string, mention: { id: string; name: string } | 'everybody' | undefined): string {
  const { talk, matrix, slack } = world;
  const isAll = mention === 'everybody';
  if (side === 'talk') {
    const called = mention === undefined ? '' : isAll ? '@all' : `@"${mention.id}"`;
    return String(talk.post(three.talkRoom, 'anna', `${text} ${called}`));
  }
  if (side === 'slack') {
    const called = mention === undefined ? '' : isAll ? '<!channel>' : `<@${mention.id}>`;
    return slack.sandbox.post(three.channel, slack.people.pia, `${text} ${called}`);
  }
  const called = mention === undefined ? '' : isAll ? '@room' : mention.name;
  const html = mention === undefined || isAll ? called : pill(mention.id, mention.name);
  return matrix.sendEvent(three.matrixRoom, mia, 'm.room.message', {
    msgtype: 'm.text',
    body: `${text} ${called}`,
    format: 'org.matrix.custom.html',
    formatted_body: `${text} ${html}`,
    'm.mentions': isAll ? { room: true } : mention === undefined ? {} : { user_ids: [mention.id] },
  });
}

const ben = (side: Side): { id: string; name: string } =>
  ({
    talk: { id: 'ben', name: 'Ben' },
    matrix: { id: noah, name: 'Noah' },
    slack: { id: world.slack.people.quinn, name: 'Quinn' },
  })[side];
const author = (side: Side): { id: string; name: string } =>
  ({
    talk: { id: 'anna', name: 'Anna' },
    matrix: { id: mia, name: 'Mia' },
    slack: { id: world.slack.people.pia, name: 'Pia' },
  })[side];

/** What calls people, or everybody, on the other networks, and means nothing on its own. */
function foreign(side: Side): string {
  const { pia, quinn } = world.slack.people;
  const calls: Readonly<Record<Side, string>> = {
    talk: '@ben @"ben" @anna @"anna" @all @"all" @"group/choir" {mention-user1} {mention-call1}',
    matrix: `@noah:sandbox.test @mia:sandbox.test @room Noah Mia noah mia`,
    slack: `<@${quinn}> <@${pia}> <!channel> <!here> <!everyone> @channel @here @everyone`,
  };
  return others(side)
    .map((each) => calls[each])
    .join(' ');
}

/** As people type it: Slack escapes what they typed. */
const typed = (side: Side, text: string): string =>
  side === 'slack' ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') : text;

const everybody = (): Calls => ({ talk: ['all'], matrix: ['room'], slack: ['channel'] });
const theOne = (): Calls => ({ talk: ['ben'], matrix: [noah], slack: [world.slack.people.quinn] });

describe.each<[string, WorldOptions]>([
  ['by our account', {}],
  ['by guests', { talkRooms: 'public' }],
  ['by logins of their own', { ownLogins: true }],
])('who speaks in Talk %s', (_, options) => {
  beforeEach(async () => {
    await open(options);
    if (options.ownLogins === true) await lendLogins(world);
  });

  it('a mention rings for the person whom it names, on each network, and for nobody whom that network does not know', async () => {
    for (const side of sides) {
      const marker = mark();
      say(side, marker, ben(side));
      await rings(side, marker, theOne());
      // Who lends a login is known by it.
      if (options.ownLogins === true) continue;
      const alone = mark();
      say(side, alone, author(side));
      await rings(side, alone, nobody);
    }
  }, 60_000);

  it('whatever looks like a call elsewhere rings for nobody: in messages, edits, captions, names of files, polls', async () => {
    for (const side of sides) {
      const hostile = foreign(side);
      const [first, edited] = [mark(), mark()];
      const id = three.post(side, typed(side, `${first} ${hostile}`));
      await rings(side, first, nobody);
      three.edit(side, id, typed(side, `${edited} ${hostile}`));
      await rings(side, edited, nobody);

      const [caption, name] = [mark(), mark()];
      await shareFile(side, `${name} @all @"ben" @room <!channel>.txt`, typed(side, `${caption} ${hostile}`));
      await rings(side, caption, nobody);
      await rings(side, name, nobody);

      const answer = mark();
      three.post(side, typed(side, `${answer} ${hostile}`), edited);
      await rings(side, answer, nobody);
    }
    const poll = mark();
    world.talk.polls.ask(three.talkRoom, 'anna', `${poll} ${foreign('talk')}`, [foreign('talk'), '@room']);
    await rings('talk', poll, nobody);
    const question = mark();
    const start = 'org.matrix.msc3381.poll.start';
    world.matrix.sendEvent(three.matrixRoom, mia, start, {
      'org.matrix.msc1767.text': question,
      [start]: {
        question: { 'org.matrix.msc1767.text': `${question} ${foreign('matrix')}` },
        kind: 'org.matrix.msc3381.poll.disclosed',
        max_selections: 1,
        answers: ['@all', '<!channel>'].map((text, at) => ({ id: String(at), 'org.matrix.msc1767.text': text })),
      },
    });
    await rings('matrix', question, nobody);
    const title = mark();
    world.talk.post(three.talkRoom, 'anna', `in ${title}`, { threadTitle: `${title} ${foreign('talk')}` });
    await rings('talk', `in ${title}`, nobody);
    await rings('talk', title, nobody);
  }, 90_000);
});

async function shareFile(side: Side, name: string, caption: string): Promise<void> {
  const { talk, matrix, slack } = world;
  const data = Buffer.from('words');
  if (side === 'talk') talk.shareFile(three.talkRoom, 'anna', { name, mimetype: 'text/plain', data, caption });
  else if (side === 'slack') {
    const files = [{ name, bytes: data, mimetype: 'text/plain' }];
    slack.sandbox.post(three.channel, slack.people.pia, caption, { files });
  } else {
    const url = matrix.upload(data, 'text/plain', name);
    const content = { msgtype: 'm.file', body: caption, filename: name, url, info: { mimetype: 'text/plain' } };
    matrix.sendEvent(three.matrixRoom, mia, 'm.room.message', content);
  }
  await Promise.resolve();
}

describe('who is called', () => {
  beforeEach(() => open());

  it('everybody, where the author may, and else nobody', async () => {
    for (const side of sides) {
      const marker = mark();
      say(side, marker, 'everybody');
      await rings(side, marker, everybody());
    }
    // Noah has no power to call everybody.
    const [powerless, bare] = [mark(), mark()];
    const call = { msgtype: 'm.text', 'm.mentions': { room: true } };
    world.matrix.sendEvent(three.matrixRoom, noah, 'm.room.message', { ...call, body: `${powerless} @room` });
    await rings('matrix', powerless, nobody);
    // Mia does, and only wrote the word.
    world.matrix.sendEvent(three.matrixRoom, mia, 'm.room.message', {
      msgtype: 'm.text',
      body: `${bare} @room`,
      'm.mentions': {},
    });
    await rings('matrix', bare, nobody);
    // In Talk moderators alone may, from now on.
    const room = world.talk.state.rooms.get(three.talkRoom);
    if (room === undefined) throw new Error('no room');
    room.mentionPermissions = 1;
    const [member, moderator] = [mark(), mark()];
    world.talk.post(three.talkRoom, 'ben', `${member} @all`);
    await rings('talk', member, nobody);
    world.talk.post(three.talkRoom, 'anna', `${moderator} @all`);
    await rings('talk', moderator, everybody());
    const here = mark();
    three.post('slack', `${here} <!here>`);
    await rings('slack', here, everybody());
  }, 60_000);

  it('nobody by the name of a group, of a room or of a channel', async () => {
    const { sandbox, team, people } = world.slack;
    const choir = sandbox.workspaces.addUserGroup(team, 'choir', [people.pia, people.quinn]);
    const said: readonly (readonly [Side, string])[] = [
      ['talk', '@"group/choir" @"team/abc"'],
      ['slack', `<!subteam^${choir}> <#${three.channel}>`],
      ['matrix', `${pill(three.matrixRoom, '#team')} ${pill('%23all:sandbox.test', '#all')}`],
    ];
    for (const [side, text] of said) {
      const marker = mark();
      if (side === 'matrix') world.matrix.post(three.matrixRoom, mia, marker, { formattedBody: `${marker} ${text}` });
      else three.post(side, `${marker} ${text}`);
      await rings(side, marker, nobody);
    }
  }, 60_000);

  it('in Talk whose ghost is named in Matrix; with a caption, and by an edit, the person whom it names', async () => {
    const toGhost = mark();
    three.post('talk', 'hello');
    await until('the ghost', () => three.idsOf('matrix', 'hello').length === 1);
    const ghost =
      world.matrix.messages(three.matrixRoom).find(({ content }) => content['body'] === 'hello')?.sender ?? '';
    say('matrix', toGhost, { id: ghost, name: 'Anna (Talk)' });
    await rings('matrix', toGhost, { ...nobody, talk: ['anna'] });

    for (const side of ['talk', 'slack'] as const) {
      const [caption, edited] = [mark(), mark()];
      const called = side === 'talk' ? '@"ben"' : `<@${world.slack.people.quinn}>`;
      await shareFile(side, 'plan.txt', `${caption} ${called}`);
      await rings(side, caption, theOne());
      const id = three.post(side, 'to be edited');
      for (const other of others(side)) await until('it', () => three.idsOf(other, 'to be edited').length === 1);
      three.edit(side, id, `${edited} ${called}`);
      // Slack rings for no edit.
      await rings(side, edited, { ...theOne(), slack: [] });
    }
  }, 60_000);

  it('by a correction, where it is too late for an edit, whom it names, and nobody else', async () => {
    const { sandbox, team } = world.slack;
    const id = three.post('talk', 'a first version');
    for (const side of others('talk')) await until('it', () => three.idsOf(side, 'a first version').length === 1);
    sandbox.workspaces.setEditWindow(team, 0);
    const [corrected, again] = [mark(), mark()];
    three.edit('talk', id, `${corrected} ${foreign('talk')}`);
    await rings('talk', corrected, nobody);
    three.edit('talk', id, `${again} @"ben"`);
    await rings('talk', again, theOne());
  }, 60_000);
});
