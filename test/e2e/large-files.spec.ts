import { madeBytes } from '../../src/sandbox/made-bytes.js';
import { filesShown, lineOfFile } from './carried-files.js';
import type { Side } from './reference-model.js';
import { people, TwoSides } from './two-sides.js';
import { until, World } from './world.js';

const count = 16;
const bytes = 24_000_000;
/** What one file on its way may take: its buffers, at both ends, and what waits to be collected. */
const mostMiBForEach = 4;
const sides = ['talk', 'matrix', 'slack'] as const;
/** However slow a busy machine is: what is promised is the memory. */
const patienceMs = 240_000;

describe('large files', () => {
  let world: World;
  const counted = { largeFiles: 'counted' } as const;

  beforeAll(async () => {
    const slack = { slack: 'linked', slackServer: counted } as const;
    world = await World.build({ rooms: count, talkServer: counted, matrixServer: counted, ...slack });
  }, 120_000);
  afterAll(() => world.close());

  it.each(sides)(
    'many at once from %s arrive byte for byte, in memory that follows their number and not their size',
    async (source) => {
      const replica = world.start();
      await replica.ready();
      /** A file in each room, until all others have it. */
      const carry = async (length: number, mark: string): Promise<void> => {
        const sent = world.rooms.map((room, at) => {
          const message = `${source.charAt(0)}${mark}${String(at)}x`;
          const file = { name: `${message}v0.bin`, bytes: madeBytes(at, length) };
          new TwoSides(world, room).postFiles(source, people[source][0], `${message}v0`, [file]);
          return { room, message, line: lineOfFile(file) };
        });
        const isThere = (side: Side, { room, message, line }: (typeof sent)[number]): boolean =>
          filesShown(world, room, side).get(message)?.join() === line;
        const arrived = (side: Side): boolean => sent.every((one) => isThere(side, one));
        try {
          await until(`files from ${source}`, () => sides.every(arrived), patienceMs);
        } catch (error) {
          const missing = sides.map((side) => `${side}: ${sent.filter((one) => !isThere(side, one)).length} missing`);
          throw new Error(`${missing.join(', ')}\n${replica.log.slice(-3_000)}`, { cause: error });
        }
      };
      await carry(1_000, 'small');
      const before = replica.peakMemoryMiB();
      await carry(bytes, 'large');
      expect(replica.peakMemoryMiB() - before).toBeLessThan(count * mostMiBForEach);
      await replica.stop();
    },
    600_000,
  );
});
