import { filesOn } from './carried-files.js';
import { type Side, sides, Three } from './three.js';
import { type Replica, until, World } from './world.js';

let world: World;

afterEach(async () => {
  await world.close();
});

async function start(): Promise<Replica> {
  const replica = world.start();
  await replica.ready();
  const { sandbox, app } = world.slack;
  await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
  return replica;
}

it('what was edited, deleted and reacted to on each network while nobody listened is found and done', async () => {
  // Slack gives up at once what it cannot tell.
  world = await World.build({ slack: 'linked', slackServer: { retryPausesMs: [] } });
  const before = await start();
  const three = new Three(world);
  const everywhere = async (what: string, holds: (side: Side) => boolean): Promise<void> => {
    for (const side of sides) await until(`${what} on ${side}`, () => holds(side));
  };
  const stands = (text: string): Promise<void> => everywhere(text, (side) => three.idsOf(side, text).length === 1);

  for (const side of sides) {
    for (const fate of ['edited', 'deleted', 'liked', 'disliked', 'untouched'])
      three.post(side, `${side}: to be ${fate}.`);
  }
  for (const side of sides) {
    for (const fate of ['edited', 'deleted', 'liked', 'disliked', 'untouched']) await stands(`${side}: to be ${fate}.`);
  }
  // A thread of Slack: its replies stand in no history.
  three.post('slack', 'slack: a reply to be edited.', 'slack: to be untouched.');
  await stands('slack: a reply to be edited.');
  three.post('slack', 'slack: a reply to be deleted.', 'slack: to be untouched.');
  await stands('slack: a reply to be deleted.');
  const liked = (side: Side): string => `${sides[(sides.indexOf(side) + 1) % sides.length] ?? ''}: to be liked.`;
  const disliked = (side: Side): string => `${sides[(sides.indexOf(side) + 1) % sides.length] ?? ''}: to be disliked.`;
  for (const side of sides) three.react(side, three.idOf(side, disliked(side)));
  for (const side of sides) {
    await everywhere('a reaction', (there) => three.reactionsTo(there, three.idOf(there, disliked(side))) === 1);
  }

  await before.stop();
  for (const side of sides) {
    three.edit(side, three.idOf(side, `${side}: to be edited.`), `${side}: changed meanwhile.`);
    three.remove(side, three.idOf(side, `${side}: to be deleted.`));
    three.react(side, three.idOf(side, liked(side)));
    three.unreact(side, three.idOf(side, disliked(side)));
    const own = three.post(side, `${side}: said meanwhile.`);
    three.react(side, own);
  }
  three.edit('slack', three.idOf('slack', 'slack: a reply to be edited.'), 'slack: a reply that changed.');
  three.remove('slack', three.idOf('slack', 'slack: a reply to be deleted.'));
  await start();

  for (const side of sides) {
    await stands(`${side}: changed meanwhile.`);
    await stands(`${side}: said meanwhile.`);
    await everywhere(
      `nothing of ${side}: to be deleted.`,
      (there) => three.idsOf(there, `${side}: to be deleted.`).length === 0,
    );
    for (const text of [liked(side), `${side}: said meanwhile.`]) {
      await everywhere(`a reaction to ${text}`, (there) => three.reactionsTo(there, three.idOf(there, text)) === 1);
    }
    await everywhere(
      `no reaction to ${disliked(side)}`,
      (there) => three.reactionsTo(there, three.idOf(there, disliked(side))) === 0,
    );
  }
  await stands('slack: a reply that changed.');
  await everywhere('nothing of the reply', (there) => three.idsOf(there, 'slack: a reply to be deleted.').length === 0);
  for (const side of sides) expect(three.idsOf(side, 'to be untouched.')).toHaveLength(3);
});

it('a file that was deleted in Talk or Slack while nobody listened is taken away elsewhere, once, and what it stood with stays', async () => {
  world = await World.build({ slack: 'linked', slackServer: { retryPausesMs: [] } });
  const before = await start();
  const three = new Three(world);
  const { talk, slack } = world;
  const [room] = world.rooms;
  const filesIn = (side: Side): string =>
    room === undefined
      ? ''
      : filesOn[side](world, room)
          .map(({ name }) => name)
          .join();
  const files = ['a.txt', 'b.txt'].map((name) => ({ name, mimetype: 'text/plain', bytes: Buffer.from(name) }));
  const ts = slack.sandbox.post(three.channel, slack.people.pia, 'two of them', { files });
  const shared = { name: 'c.txt', mimetype: 'text/plain', data: Buffer.from('c') };
  for (const side of ['talk', 'matrix'] as const) await until(`two in ${side}`, () => filesIn(side) === 'a.txt,b.txt');
  talk.shareFile(three.talkRoom, 'anna', shared);
  for (const side of sides) await until(`three in ${side}`, () => filesIn(side) === 'a.txt,b.txt,c.txt');

  await before.stop();
  const message = slack.sandbox.messages(three.channel).find((each) => each['ts'] === ts);
  slack.sandbox.deleteFile((message?.['files'] as readonly { readonly id: string }[])[1]?.id ?? '');
  const authorization = `Basic ${Buffer.from(`anna:${talk.accounts.issueAppPassword('anna')}`).toString('base64')}`;
  await fetch(`${talk.url}/remote.php/dav/files/anna/c.txt`, { method: 'DELETE', headers: { authorization } });
  const first = await start();
  const stands = (): string => JSON.stringify(sides.map((side) => [filesIn(side), three.shown(side)]));
  for (const side of sides) {
    await until(`the first in ${side}`, () => filesIn(side) === 'a.txt');
    expect(three.idsOf(side, 'two of them')).toHaveLength(1);
  }
  const found = stands();

  // Whoever looks once more finds the same.
  await first.stop();
  await start();
  const last = three.post('slack', 'are you back?');
  for (const side of sides) await until(`news in ${side}`, () => three.idsOf(side, 'are you back?').length === 1);
  three.remove('slack', last);
  await until('the same as before', () => stands() === found);
});
