import { storedBytes } from '../../src/sandbox/stored-bytes.js';
import { filesOn } from './carried-files.js';
import { mia, type Side, Three } from './three.js';
import { until, World } from './world.js';

let world: World;

afterEach(async () => {
  await world.close();
});

describe('a file that an edit adds', () => {
  let three: Three;
  const picture = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  const shown = `meadow.png ${storedBytes(picture).digest}`;
  const filesIn = (side: Side): string[] => {
    const [room] = world.rooms;
    return room === undefined ? [] : filesOn[side](world, room).map(({ name, bytes }) => `${name} ${bytes.digest}`);
  };

  beforeEach(async () => {
    world = await World.build({ slack: 'linked' });
    three = new Three(world);
    await world.start().ready();
  });

  it('to a text in Slack follows it elsewhere, and goes with it', async () => {
    const { sandbox, people } = world.slack;
    const others = ['talk', 'matrix'] as const;
    const id = three.post('slack', 'look');
    for (const side of others) await until(`the text in ${side}`, () => three.idsOf(side, 'look').length === 1);
    const files = [{ name: 'meadow.png', mimetype: 'image/png', bytes: picture }];
    sandbox.edit(three.channel, people.pia, id, 'look at this', undefined, files);
    for (const side of others) {
      await until(`the words in ${side}`, () => three.idsOf(side, 'look at this').length === 1);
      await until(`the file in ${side}`, () => filesIn(side).join() === shown);
    }
    sandbox.edit(three.channel, people.pia, id, 'look here');
    for (const side of others) await until(`the words in ${side}`, () => three.idsOf(side, 'look here').length === 1);
    for (const side of others) expect(filesIn(side)).toEqual([shown]);
    three.remove('slack', id);
    for (const side of others) {
      await until(`nothing in ${side}`, () => filesIn(side).length === 0 && three.idsOf(side, 'look').length === 0);
    }
  });

  it('in a thread of Slack stands in that thread elsewhere', async () => {
    const { sandbox, people } = world.slack;
    three.post('slack', 'where to?');
    const others = ['talk', 'matrix'] as const;
    for (const side of others)
      await until(`the question in ${side}`, () => three.idsOf(side, 'where to?').length === 1);
    const id = three.post('slack', 'up there', 'where to?');
    for (const side of others) await until(`the answer in ${side}`, () => three.idsOf(side, 'up there').length === 1);
    const files = [{ name: 'meadow.png', mimetype: 'image/png', bytes: picture }];
    sandbox.edit(three.channel, people.pia, id, 'up there, look', undefined, files);
    for (const side of others) await until(`the file in ${side}`, () => filesIn(side).join() === shown);
    const event = world.matrix.messages(three.matrixRoom).find(({ content }) => content['msgtype'] === 'm.image');
    expect(event?.content['m.relates_to']).toEqual({
      rel_type: 'm.thread',
      event_id: three.idOf('matrix', 'where to?'),
      is_falling_back: false,
      'm.in_reply_to': { event_id: three.idOf('matrix', 'up there') },
    });
    const inTalk = world.talk.messages(three.talkRoom);
    const answer = inTalk.find(({ message }) => String(message).includes('up there'));
    const file = inTalk.find(({ messageParameters: parameters }) => 'file' in (parameters as object));
    expect(answer).toMatchObject({ isThread: true });
    expect(file).toMatchObject({ isThread: true, threadId: answer?.['threadId'] });
  });

  it('to a text on Matrix follows it elsewhere, and another caption adds none', async () => {
    const others = ['talk', 'slack'] as const;
    const id = three.post('matrix', 'a meadow');
    for (const side of others) await until(`the text in ${side}`, () => three.idsOf(side, 'a meadow').length === 1);
    const url = world.matrix.upload(picture, 'image/png', 'meadow.png');
    const edit = (body: string): void => {
      const content = { msgtype: 'm.image', body, filename: 'meadow.png', url, info: { mimetype: 'image/png' } };
      world.matrix.sendEvent(three.matrixRoom, mia, 'm.room.message', {
        ...content,
        'm.new_content': content,
        'm.relates_to': { rel_type: 'm.replace', event_id: id },
      });
    };
    edit('our meadow');
    for (const side of others) {
      await until(`the words in ${side}`, () => three.idsOf(side, 'our meadow').length === 1);
      await until(`the file in ${side}`, () => filesIn(side).join() === shown);
    }
    edit('our meadow, this morning');
    for (const side of others) {
      await until(`the caption in ${side}`, () => three.idsOf(side, 'this morning').length === 1);
      expect(filesIn(side)).toEqual([shown]);
    }
  });

  it('to a text on Matrix gives way to another one, which comes back, and to a text', async () => {
    const others = ['talk', 'slack'] as const;
    const id = three.post('matrix', 'the day');
    for (const side of others) await until(`the text in ${side}`, () => three.idsOf(side, 'the day').length === 1);
    const hill = Buffer.concat([picture, Buffer.from('a hill')]);
    const edit = (content: object): string =>
      world.matrix.sendEvent(three.matrixRoom, mia, 'm.room.message', {
        ...content,
        'm.new_content': content,
        'm.relates_to': { rel_type: 'm.replace', event_id: id },
      });
    const as = (filename: string, bytes: Buffer, body: string): object => {
      const url = world.matrix.upload(bytes, 'image/png', filename);
      return { msgtype: 'm.image', body, filename, url, info: { mimetype: 'image/png' } };
    };
    const isShown = async (words: string, ...files: string[]): Promise<void> => {
      for (const side of others) {
        await until(`the words in ${side}`, () => three.idsOf(side, words).length === 1);
        await until(`the files in ${side}`, () => filesIn(side).join() === files.join());
      }
    };
    edit(as('meadow.png', picture, 'at noon'));
    await isShown('at noon', shown);
    const second = edit(as('hill.png', hill, 'at six'));
    await isShown('at six', `hill.png ${storedBytes(hill).digest}`);
    world.matrix.redact(three.matrixRoom, mia, second);
    await isShown('at noon', shown);
    edit({ msgtype: 'm.text', body: 'at night' });
    await isShown('at night');
  });
});
