import { storedBytes } from '../../src/sandbox/stored-bytes.js';
import { filesOn } from './carried-files.js';
import { mia, type Side, sides, Three } from './three.js';
import { until, World } from './world.js';

const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const moving = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

let world: World;
let three: Three;

beforeEach(async () => {
  world = await World.build({ slack: 'linked' });
  three = new Three(world);
  await world.start().ready();
});

afterEach(async () => {
  await world.close();
});

const othersThan = (from: Side): readonly Side[] => sides.filter((side) => side !== from);

const lineOf = (name: string, bytes: Buffer): string => `${name} ${storedBytes(bytes).digest}`;

function filesIn(side: Side): string[] {
  const [room] = world.rooms;
  return room === undefined ? [] : filesOn[side](world, room).map(({ name, bytes }) => `${name} ${bytes.digest}`);
}

/** The ids of the messages that bring a file. */
function messagesWithFiles(side: Side): string[] {
  switch (side) {
    case 'talk':
      return world.talk
        .messages(three.talkRoom)
        .filter(({ messageParameters: parameters }) => 'file' in (parameters as object))
        .map(({ id }) => String(id));
    case 'matrix':
      return world.matrix
        .messages(three.matrixRoom)
        .filter(({ content }) => 'url' in content && !('m.new_content' in content))
        .map(({ eventId }) => eventId);
    case 'slack':
      return world.slack.sandbox
        .messages(three.channel)
        .filter(({ files }) => files !== undefined)
        .map(({ ts }) => String(ts));
  }
}

/** Somebody shares the picture with words. Returns how they say something else with it. */
function share(side: Side, words: string): (words: string) => void {
  const { talk, matrix, slack } = world;
  switch (side) {
    case 'talk': {
      const file = { name: 'meadow.png', mimetype: 'image/png', data: picture, caption: words };
      const id = talk.shareFile(three.talkRoom, 'anna', file);
      return (other) => three.edit('talk', String(id), other);
    }
    case 'matrix': {
      const url = matrix.upload(picture, 'image/png', 'meadow.png');
      const contentOf = (body: string): Record<string, unknown> => {
        return { msgtype: 'm.image', body, filename: 'meadow.png', url, info: { mimetype: 'image/png' } };
      };
      const id = matrix.sendEvent(three.matrixRoom, mia, 'm.room.message', contentOf(words));
      return (other) =>
        matrix.sendEvent(three.matrixRoom, mia, 'm.room.message', {
          ...contentOf(`* ${other}`),
          'm.new_content': contentOf(other),
          'm.relates_to': { rel_type: 'm.replace', event_id: id },
        });
    }
    case 'slack': {
      const files = [{ name: 'meadow.png', mimetype: 'image/png', bytes: picture }];
      const id = slack.sandbox.post(three.channel, slack.people.pia, words, { files });
      return (other) => three.edit('slack', id, other);
    }
  }
}

describe.each(sides)('what is said with a file in %s', (from) => {
  it('stands with it elsewhere, and is edited where it stands', async () => {
    const sayAnew = share(from, 'our meadow at noon');
    for (const side of othersThan(from)) {
      await until(`the words in ${side}`, () => three.idsOf(side, 'our meadow at noon').length === 1);
      await until(`the file in ${side}`, () => filesIn(side).join() === lineOf('meadow.png', picture));
      expect(messagesWithFiles(side)).toEqual(three.idsOf(side, 'our meadow at noon'));
    }
    const before = new Map(othersThan(from).map((side) => [side, messagesWithFiles(side)]));
    sayAnew('our meadow at six');
    for (const side of othersThan(from)) {
      await until(`the new words in ${side}`, () => three.idsOf(side, 'our meadow at six').length === 1);
      expect(three.idsOf(side, 'our meadow at six')).toEqual(before.get(side));
      expect(three.idsOf(side, 'our meadow at noon')).toEqual([]);
      expect(messagesWithFiles(side)).toEqual(before.get(side));
      // On Matrix the edit names its file too.
      expect(new Set(filesIn(side))).toEqual(new Set([lineOf('meadow.png', picture)]));
    }
  });
});

it('a sticker of Matrix is a picture in Talk and Slack', async () => {
  const url = world.matrix.upload(picture, 'image/png', '');
  const info = { mimetype: 'image/png', w: 3, h: 2 };
  world.matrix.sendEvent(three.matrixRoom, mia, 'm.sticker', { body: 'a kazoo', url, info });
  for (const side of ['talk', 'slack'] as const) {
    await until(`the sticker in ${side}`, () => filesIn(side).join() === lineOf('a kazoo.png', picture));
  }
});

describe.each(sides)('a moving picture of %s', (from) => {
  it('moves elsewhere too', async () => {
    const { talk, matrix, slack } = world;
    if (from === 'talk') {
      talk.shareFile(three.talkRoom, 'anna', { name: 'dance.gif', mimetype: 'image/gif', data: moving, caption: '' });
    } else if (from === 'matrix') {
      const url = matrix.upload(moving, 'image/gif', 'dance.gif');
      const content = { msgtype: 'm.image', body: 'dance.gif', url, info: { mimetype: 'image/gif' } };
      matrix.sendEvent(three.matrixRoom, mia, 'm.room.message', content);
    } else {
      const files = [{ name: 'dance.gif', mimetype: 'image/gif', bytes: moving }];
      slack.sandbox.post(three.channel, slack.people.pia, '', { files });
    }
    for (const side of othersThan(from)) {
      await until(`the picture in ${side}`, () => filesIn(side).join() === lineOf('dance.gif', moving));
    }
  });
});

it('an answer to the second of several files answers that one, where each is a message', async () => {
  const { talk, matrix, slack } = world;
  const files = ['a.txt', 'b.txt'].map((name) => ({ name, mimetype: 'text/plain', bytes: Buffer.from(name) }));
  slack.sandbox.post(three.channel, slack.people.pia, 'two of them', { files });
  for (const side of ['talk', 'matrix'] as const) await until(`both in ${side}`, () => filesIn(side).length === 2);
  const [, second = ''] = messagesWithFiles('talk');
  talk.post(three.talkRoom, 'ben', 'the second', { replyTo: Number(second) });
  await until('the answer', () => three.idsOf('matrix', 'the second').length === 1);
  const answer = matrix.messages(three.matrixRoom).find(({ content }) => content['body'] === 'the second');
  expect(answer?.content['m.relates_to']).toEqual({
    'm.in_reply_to': { event_id: messagesWithFiles('matrix').at(1) },
  });
});
