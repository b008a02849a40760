import { failpoints } from '../../src/observability/failpoint.js';
import { expectNothingAmiss, Traffic } from './traffic.js';
import { until, World } from './world.js';

/** Longer than a lease: by then the other replica has taken over. */
const frozenForMs = 4_000;

describe('two replicas on one database', () => {
  it.each(failpoints)(
    'one frozen at %s and woken after its shards went to the other: nothing lost, doubled or reordered',
    async (point) => {
      const world = await World.build();
      const frozen = await world.start({ failpoint: `${point}:4:freeze` });
      await frozen.ready();
      const traffic = new Traffic(world, 100);
      try {
        await until(`the process to stand still at ${point}`, () => frozen.isFrozen());
        const other = await world.start();
        await new Promise((done) => setTimeout(done, frozenForMs));
        frozen.wake();
        await until('the other replica to be ready', async () => {
          await other.ready();
          return true;
        });
        await new Promise((done) => setTimeout(done, 1_000));
        traffic.stop();
        await until('everything to arrive', () => traffic.hasArrived(), 60_000).catch((error: unknown) => {
          throw new Error(
            `${String(error)}\n${JSON.stringify(traffic.verdicts())}\nfrozen: ${frozen.log.slice(-3_000)}\nother: ${other.log.slice(-3_000)}`,
          );
        });
        expectNothingAmiss(traffic);
      } finally {
        traffic.stop();
        await world.close();
      }
    },
    120_000,
  );
});
