import { expectNothingAmiss, Traffic } from '../e2e/traffic.js';
import { type Replica, World } from '../e2e/world.js';
import { followSeed, roundsOf, seed, tell } from './rounds.js';
import { countsOf, drained, pause } from './town.js';

const stops = roundsOf({ full: 100, short: 5 });

describe(`orderly stops (seed ${String(seed)})`, () => {
  let world: World;
  beforeAll(async () => {
    followSeed();
    world = await World.build();
  });
  afterAll(() => world.close());

  it(
    `${String(stops)} of them in mid-traffic end within 5 s and lose, double and reorder nothing`,
    async () => {
      let replica: Replica = world.start();
      await replica.ready();
      const traffic = new Traffic(world, 50, 'stops');
      for (let round = 0; round < stops; round += 1) {
        await pause(300 + Math.random() * 200);
        expect(await replica.stop()).toBeLessThan(5_000);
        replica = world.start();
        await replica.ready();
      }
      traffic.stop();
      const drainedWithinMs = await drained(world, traffic, () => replica.log);
      expectNothingAmiss(traffic);
      tell({ row: 'stops', fault: 'orderly stop', rounds: stops, ...countsOf(traffic), drainedWithinMs });
    },
    300_000 + stops * 20_000,
  );
});
