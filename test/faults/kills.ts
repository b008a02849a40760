import { failpoints } from '../../src/observability/failpoint.js';
import { numbersFrom } from '../e2e/numbers.js';
import { expectNothingAmiss, Traffic } from '../e2e/traffic.js';
import { type Replica, until, World, type WorldOptions } from '../e2e/world.js';
import { followSeed, roundsOf, seed, tell } from './rounds.js';
import { countsOf, drained, pause } from './town.js';

/** Ledgers grow, and are read from the beginning: a world is good for so many kills. */
const killsInAWorld = 60;

export interface KillOptions extends WorldOptions {
  /** In `npm test`; in full it is 1,000 times. */
  readonly short: number;
  /** Whose passages of the named points count: each point is passed for each account, as the source or as the target. */
  readonly accounts: readonly string[];
  /** What people say. Default: words. */
  readonly says?: 'words and files';
  /** What goes wrong all the while. */
  readonly meanwhile?: (world: World) => void;
  /** What comes before anybody speaks. */
  readonly before?: (world: World) => Promise<void>;
}

/** The row of kills: half of them at the named points, the others at random; then everything must have arrived once and in order. */
export function describeKills(row: string, options: KillOptions): void {
  const { short, accounts, says, meanwhile, before, ...worldOptions } = options;
  const kills = roundsOf({ full: 1_000, short });
  const places = failpoints.flatMap((point) => accounts.map((account) => ({ point, account })));
  const shareAtPoints = (2 * places.length) / killsInAWorld;

  describe(`${row} (seed ${String(seed)})`, () => {
    let world: World;
    let traffic: Traffic;
    const dice = numbersFrom(seed);

    beforeAll(followSeed);
    afterEach(async () => {
      traffic.stop();
      await world.close();
    });

    it.each(parts(kills, killsInAWorld))(
      'part %d: %d kills, half of them at the named points in each direction, lose, double and reorder nothing',
      async (_, rounds) => {
        world = await World.build(worldOptions);
        const first = world.start();
        await first.ready();
        await before?.(world);
        meanwhile?.(world);
        traffic = new Traffic(world, 100, '', says);
        let replica: Replica = first;
        const atPoints = Math.ceil(rounds * shareAtPoints);
        for (let round = 0; round < rounds; round += 1) {
          if (replica.running) await replica.kill();
          // At the Nth passage of a point, N from 1 on, so that each round ends elsewhere in the traffic.
          const place = places[round % places.length];
          if (round < atPoints && place !== undefined) {
            const { point, account } = place;
            const passage = String(1 + Math.floor(round / places.length) * 3);
            replica = world.start({ failpoint: `${point}@${account}:${passage}:kill` });
            const dying = replica;
            const says = `kill at ${point} of ${account}\n`;
            await until(
              `${says.trim()}, time ${passage}`,
              () => !dying.running && dying.log.includes(says),
              60_000,
            ).catch((error: unknown) => {
              const verdicts = JSON.stringify(traffic.verdicts(), undefined, 1).slice(0, 4_000);
              throw new Error(`${String(error)}\n${verdicts}\n${dying.log.slice(-4_000)}`);
            });
          } else {
            replica = world.start();
            await replica.ready();
            await pause(dice() * 600);
            await replica.kill();
          }
          expect((await replica.exited).signal).toBe('SIGKILL');
        }
        const last = world.start();
        await last.ready();
        traffic.stop();
        const drainedWithinMs = await drained(world, traffic, () => last.log);
        for (const { sent } of traffic.verdicts()) expect(sent).toBeGreaterThan(rounds);
        expectNothingAmiss(traffic);
        expect(await last.stop()).toBeLessThan(5_000);
        tell({ row, fault: 'kill -9', rounds, ...countsOf(traffic), drainedWithinMs });
      },
      120_000 + killsInAWorld * 15_000,
    );
  });
}

/** `all` in parts of at most `most`: the number of each part and how many are in it. */
function parts(all: number, most: number): [number, number][] {
  return Array.from({ length: Math.ceil(all / most) }, (_, at) => [at + 1, Math.min(most, all - at * most)]);
}
