import { failpoints } from '../../src/observability/failpoint.js';
import { expectNothingAmiss, Traffic } from './traffic.js';
import { type Replica, until, World } from './world.js';

const roundsAtEachPoint = 5;
const roundsAtRandom = 60 - roundsAtEachPoint * failpoints.length;

/** Kills come at the Nth passage of a point, N from 1 on, so that each round ends elsewhere in the traffic. */
const rounds = [
  ...Array.from({ length: roundsAtEachPoint }, (_, at) =>
    failpoints.map((point) => `${point}:${String(1 + at * 3)}:kill`),
  ).flat(),
  ...Array.from({ length: roundsAtRandom }, () => undefined),
];

describe('kill -9 in mid-traffic', () => {
  let world: World;
  let traffic: Traffic;

  beforeAll(async () => {
    world = await World.build();
  });
  afterAll(async () => {
    traffic.stop();
    await world.close();
  });

  it(
    `${String(rounds.length)} kills, ${String(roundsAtEachPoint)} at each named point, lose, double and reorder nothing`,
    async () => {
      const first = await world.start();
      await first.ready();
      traffic = new Traffic(world, 100);
      let replica: Replica = first;
      let kills = 0;
      for (const failpoint of rounds) {
        if (replica.running) await replica.kill();
        replica = await world.start(failpoint === undefined ? {} : { failpoint });
        if (failpoint === undefined) {
          await replica.ready();
          await new Promise((done) => setTimeout(done, Math.random() * 600));
          await replica.kill();
        } else {
          await Promise.race([
            replica.exited,
            until(`the process to die at ${failpoint}`, () => !replica.running, 60_000),
          ]);
        }
        expect((await replica.exited).signal).toBe('SIGKILL');
        kills += 1;
      }
      const last = await world.start();
      await last.ready();
      traffic.stop();
      await until('everything to arrive', () => traffic.hasArrived(), 60_000).catch((error: unknown) => {
        throw new Error(
          `${String(error)}\n${JSON.stringify(traffic.verdicts(), undefined, 1)}\n${last.log.slice(-4_000)}`,
        );
      });
      expect(kills).toBe(60);
      for (const { sent } of traffic.verdicts()) expect(sent).toBeGreaterThan(100);
      expectNothingAmiss(traffic);
      expect(await last.stop()).toBeLessThan(5_000);
    },
    15 * 60_000,
  );
});
