import { storedBytes } from '../../src/sandbox/stored-bytes.js';
import { filesOn } from './carried-files.js';
import { type Side, sides, Three } from './three.js';
import { until, World } from './world.js';

let world: World;

afterEach(async () => {
  await world.close();
});

/** What a person of each network can say at once, and takes more than one message in both of the others. */
const words: Readonly<Record<Side, readonly [string, number]>> = {
  talk: ['漢字', 10_000],
  matrix: ['word', 9_000],
  slack: ['漢字', 12_000],
};

describe('a text that is too long for one message, where the settings want files', () => {
  let three: Three;
  const filesIn = (side: Side): string[] => {
    const [room] = world.rooms;
    return room === undefined ? [] : filesOn[side](world, room).map(({ name, bytes }) => `${name} ${bytes.digest}`);
  };
  const fileOf = (text: string): string => `message.md ${storedBytes(Buffer.from(text)).digest}`;

  beforeEach(async () => {
    world = await World.build({ slack: 'linked' });
    three = new Three(world);
    await world.start({ change: { files: { maxTextMessages: 1 } } }).ready();
  });

  it.each(sides)('from %s', async (from) => {
    const others = sides.filter((side) => side !== from);
    const [word, count] = words[from];
    const text = `minutes ${`${word} `.repeat(count)}end`;
    const id = three.post(from, text);
    for (const side of others) {
      await until(`the file in ${side}`, () => filesIn(side).join() === fileOf(text));
      await until(`its beginning in ${side}`, () => three.idsOf(side, 'minutes').length === 1);
      const [shown] = three.shown(side).filter((each) => each.text.includes('minutes'));
      expect(shown?.text.length).toBeLessThan(1_200);
      expect(shown?.text).toContain('… (message.md)');
    }
    three.edit(from, id, 'minutes, in short');
    for (const side of others) {
      await until(`the short text in ${side}`, () => three.idsOf(side, 'minutes, in short').length === 1);
      await until(`no file in ${side}`, () => filesIn(side).length === 0);
    }
    three.remove(from, id);
    for (const side of others) await until(`nothing in ${side}`, () => three.idsOf(side, 'minutes').length === 0);
  });
});
