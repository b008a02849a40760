import { failpoints } from '../../src/observability/failpoint.js';
import { expectNothingAmiss, Traffic } from '../e2e/traffic.js';
import { type Replica, until, World } from '../e2e/world.js';
import { Front } from '../support/front.js';
import { followSeed, isFull, roundsOf, seed, tell } from './rounds.js';
import { countsOf, drained, pause } from './town.js';

/** Longer than a lease: by then the other replica has taken over. */
const frozenForMs = isFull ? 60_000 : 4_000;
const takesOverWithinMs = 15_000;
const rounds = roundsOf({ full: 100 / 8, short: 1 });

describe(`two replicas on one database (seed ${String(seed)})`, () => {
  let world: World;
  let traffic: Traffic | undefined;

  beforeAll(followSeed);
  beforeEach(async () => {
    world = await World.build();
  });
  afterEach(async () => {
    traffic?.stop();
    await world.close();
  });

  const each = (point: string): [string, number][] => Array.from({ length: rounds }, (_, at) => [point, at + 1]);

  it.each(failpoints.flatMap(each))(
    'one frozen at %s and woken after its shards went to the other, time %d: nothing is lost, doubled or reordered',
    async (point, time) => {
      const frozen = world.start({ failpoint: `${point}:${String(3 + time)}:freeze` });
      await frozen.ready();
      traffic = new Traffic(world, 100);
      await until(`the process to stand still at ${point}`, () => frozen.isFrozen());
      const other = world.start();
      await pause(frozenForMs);
      frozen.wake();
      await other.ready();
      await pause(1_000);
      await endsWell(world, traffic, [frozen, other], `one frozen at ${point}`);
    },
    frozenForMs + 120_000,
  );

  it.each(each('cut off'))(
    'one %s from PostgreSQL is replaced by the other, time %d: nothing is lost, doubled or reordered',
    async () => {
      const way = new Front();
      const address = new URL(world.databaseUrl);
      const port = Number(address.port);
      address.port = String(await way.listen());
      way.pointTo(Promise.resolve(port));
      try {
        const cutOff = world.start({ change: { database: { url: address.href } } });
        await cutOff.ready();
        traffic = new Traffic(world, 100);
        await pause(500);
        const other = world.start();
        await other.ready();
        // Nobody listens there.
        way.pointTo(Promise.resolve(1));
        const spoken = traffic.spoken;
        const cutMs = performance.now();
        await until('the other to take over', () => hasTaken(spoken + 5), 60_000).catch((error: unknown) => {
          throw new Error(`${String(error)}\n${JSON.stringify(traffic?.verdicts())}\n${other.log.slice(-3_000)}`);
        });
        // A busy machine takes its time, which a short round does not judge.
        if (isFull) expect(performance.now() - cutMs).toBeLessThan(takesOverWithinMs);
        way.pointTo(Promise.resolve(port));
        await pause(1_000);
        await endsWell(world, traffic, [cutOff, other], 'one cut off from PostgreSQL');
      } finally {
        await way.close();
      }
    },
    120_000,
  );

  /** Whether what was said by then has come to both sides. */
  function hasTaken(number: number): boolean {
    const verdicts = traffic?.verdicts() ?? [];
    return verdicts.every(
      ({ sent, lost }) => sent > number && lost.every((name) => Number(/(\d+)x$/.exec(name)?.[1]) > number),
    );
  }
});

async function endsWell(world: World, traffic: Traffic, replicas: readonly Replica[], fault: string): Promise<void> {
  traffic.stop();
  const drainedWithinMs = await drained(world, traffic, () =>
    replicas.map(({ log }) => log.slice(-2_000)).join('\n--\n'),
  );
  expectNothingAmiss(traffic);
  tell({ row: 'replicas', fault, rounds: 1, ...countsOf(traffic), drainedWithinMs });
}
