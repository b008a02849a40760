import { v4 } from 'uuid';
import { ShardLost } from '../../src/model/errors.js';
import type { ReplicaIdentity } from '../../src/persistence/shard.repository.js';
import { thisPlace } from '../../src/workers/process-identity.js';
import { systemClock } from '../../src/workers/system-clock.js';
import { House, left, MadeUpNetwork, payload, right, sent } from './house.js';

let house: House;
let source: MadeUpNetwork;
let lane: string;

beforeEach(async () => {
  house = await House.open();
  source = house.network(new MadeUpNetwork(left));
  house.network(new MadeUpNetwork(right));
  [, lane = ''] = await house.link();
});

afterEach(async () => {
  await house.close();
});

const replica = (host = 'elsewhere', process = '1@1'): ReplicaIdentity => ({ id: v4(), host, process });
const everything = Array.from({ length: 64 }, (_, id) => id);
const settling = new Map([[right, { afterTimeoutMs: 100_000, afterDisconnectMs: 50_000 }]]);
const takeover = { shards: everything, gone: [], leaseMs: 60_000, lastSendMs: 50_000, settling, batch: 32 };

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!(await what())) {
    if (performance.now() > endMs) throw new Error(`waited in vain for ${String(what)}`);
    await systemClock.sleep(20);
  }
}

async function runOut(): Promise<void> {
  await house.rows(`update shards set free_at = clock_timestamp() - interval '1 second' where owner is not null`);
}

async function doubted(): Promise<boolean[]> {
  const rows = await house.rows<{ doubted: boolean }>(
    `select uncertain_since is not null as doubted from deliveries where lane = $1 order by seq`,
    [lane],
  );
  return rows.map((row) => row.doubted);
}

describe('ShardRepository', () => {
  it('each takeover raises the fence, and the former one fails', async () => {
    const [before] = await house.shardRows.takeOver(replica(), takeover);
    await runOut();
    const [after] = await house.shardRows.takeOver(replica(), takeover);
    expect([before, after]).toEqual([
      { shard: 0, fence: '1' },
      { shard: 0, fence: '2' },
    ]);
    await expect(
      house.database.transaction((tx) => tx.fence(before ?? { shard: 0, fence: '' })),
    ).rejects.toBeInstanceOf(ShardLost);
    await house.database.transaction((tx) => tx.fence(after ?? { shard: 0, fence: '' }));
  });

  it('a shard whose owner renewed is not taken', async () => {
    await house.shardRows.takeOver(replica(), takeover);
    expect(await house.shardRows.takeOver(replica(), takeover)).toEqual([]);
  });

  it('two that take at the same time never get the same shard', async () => {
    const both = await Promise.all([
      house.shardRows.takeOver(replica(), takeover),
      house.shardRows.takeOver(replica(), takeover),
    ]);
    expect(both.map((taken) => taken.length).sort((a, b) => a - b)).toEqual([0, 64]);
  });

  it('after an unclean end the first 32 deliveries of each lane are in doubt until the last possible send has settled', async () => {
    await house.shardRows.takeOver(replica(), takeover);
    await house.ingest.accept(source, [payload('1', ...Array.from({ length: 40 }, (_, at) => sent(String(at))))]);
    await runOut();
    const [renewed] = await house.rows<{ at: Date }>(`select renewed_at as at from shards where id = 0`);
    await house.shardRows.takeOver(replica(), takeover);
    expect(await doubted()).toEqual([...Array<boolean>(32).fill(true), ...Array<boolean>(8).fill(false)]);
    const [row] = await house.rows<{ settled: Date }>(
      `select settled_at as settled from deliveries order by seq limit 1`,
    );
    const settledAfterMs = (row?.settled.getTime() ?? 0) - (renewed?.at.getTime() ?? 0);
    // The shard of the lane was renewed in the same statement as shard 0, give or take its duration.
    expect(Math.abs(settledAfterMs - 150_000)).toBeLessThan(2_000);
  });

  it('where the former owner is known to be gone, only what is on its way is waited for', async () => {
    const former = replica();
    await house.shardRows.takeOver(former, takeover);
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    const [now] = await house.rows<{ at: Date }>(`select clock_timestamp() as at`);
    await house.shardRows.takeOver(replica(), { ...takeover, gone: [former.id] });
    const [row] = await house.rows<{ settled: Date }>(`select settled_at as settled from deliveries`);
    const settledAfterMs = (row?.settled.getTime() ?? 0) - (now?.at.getTime() ?? 0);
    expect(settledAfterMs).toBeGreaterThanOrEqual(50_000);
    expect(settledAfterMs).toBeLessThan(60_000);
  });

  it('after an orderly end nothing is in doubt', async () => {
    const former = replica();
    await house.shardRows.takeOver(former, takeover);
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    await house.shardRows.release(former, everything);
    expect(await house.shardRows.takeOver(replica(), takeover)).toHaveLength(64);
    expect(await doubted()).toEqual([false]);
  });

  it('a takeover waits for a transaction that proved its fence', async () => {
    const [fence] = await house.shardRows.takeOver(replica(), { ...takeover, shards: [0] });
    const order: string[] = [];
    let taking: Promise<unknown> = Promise.resolve();
    await house.database.transaction(async (tx) => {
      await tx.fence(fence ?? { shard: 0, fence: '' });
      await house.rows(`update shards set free_at = clock_timestamp() - interval '1 second' where id = 0`);
      taking = house.shardRows.takeOver(replica(), { ...takeover, shards: [0] }).then(() => order.push('taken'));
      let blocked = false;
      while (!blocked) {
        const waiting = await house.rows(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        blocked = waiting.length > 0;
      }
      order.push('committed');
    });
    await taking;
    expect(order).toEqual(['committed', 'taken']);
  });
});

describe('Shards', () => {
  it('one replica takes all 64', async () => {
    const shards = house.shards();
    await shards.tick();
    expect(shards.owned()).toHaveLength(64);
  });

  it('two replicas come to share fairly, and the one that comes later has nothing to doubt', async () => {
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    const [one, two] = [house.shards(), house.shards()];
    await one.tick();
    for (let turn = 0; turn < 3; turn += 1) {
      await two.tick();
      await one.tick();
    }
    expect([one.owned().length, two.owned().length]).toEqual([32, 32]);
    expect(new Set([...one.owned(), ...two.owned()]).size).toBe(64);
    expect(await doubted()).toEqual([false]);
  });

  it('gives a shard away only after what is under way in it has ended', async () => {
    const [one, two] = [house.shards(), house.shards()];
    await one.tick();
    await two.tick();
    const free = async () =>
      (await house.rows<{ free: number }>(`select count(*)::int as free from shards where owner is null`))[0]?.free;
    const owners: unknown[] = [];
    one.drainWith(async (leaving) => {
      owners.push([...leaving].some((shard) => one.owns(shard)));
      owners.push(await free());
    });
    await one.tick();
    await until(async () => (await free()) === 32);
    expect(owners).toEqual([false, 0]);
  });

  it('the shards of one that stopped in order are taken by the other, with nothing in doubt', async () => {
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    const [one, two] = [house.shards(), house.shards()];
    await one.tick();
    const fence = one.fence(0);
    await one.release();
    await two.tick();
    expect(two.owned()).toHaveLength(64);
    expect(await doubted()).toEqual([false]);
    expect(() => {
      one.assertMaySend(fence);
    }).toThrow(ShardLost);
  });

  it('a process of this machine that is gone is not waited for', async () => {
    const former = replica(thisPlace(), '999999999@1');
    await house.shardRows.renew(former, 60_000, []);
    await house.shardRows.takeOver(former, takeover);
    const shards = house.shards();
    await shards.tick();
    expect(shards.owned()).toHaveLength(64);
  });

  it('one that was frozen may not send, and finds its fence lost', async () => {
    let frozenMs = 0;
    const clock = { ...systemClock, now: () => new Date(Date.now() + frozenMs) };
    const [one, two] = [house.shards({ clock }), house.shards()];
    await one.tick();
    const fence = one.fence(0);
    frozenMs = 61_000;
    await runOut();
    await house.rows(`update replicas set renewed_at = renewed_at - interval '2 minutes'`);
    await two.tick();
    expect(two.owned()).toHaveLength(64);
    expect(one.owned()).toEqual([]);
    expect(() => {
      one.assertMaySend(fence);
    }).toThrow(ShardLost);
    await expect(house.database.transaction((tx) => tx.fence(fence))).rejects.toBeInstanceOf(ShardLost);
    await one.tick();
    expect(() => one.fence(0)).toThrow(ShardLost);
  });

  it('sends nothing that was found to be due before the shard was lost and taken back', async () => {
    const [one, two] = [house.shards(), house.shards()];
    await one.tick();
    const before = one.fence(0);
    await house.rows(`update shards set owner = null, fence = fence + 1`);
    await two.tick();
    await two.release();
    await one.tick();
    one.assertMaySend(one.fence(0));
    expect(() => {
      one.assertMaySend(before);
    }).toThrow(ShardLost);
  });

  it('sends nothing in the last sixth of its lease', async () => {
    let elapsedMs = 0;
    const clock = { ...systemClock, monotonicMs: () => elapsedMs };
    const shards = house.shards({ clock, leaseMs: 12_000 });
    await shards.tick();
    const fence = shards.fence(0);
    elapsedMs = 9_000;
    shards.assertMaySend(fence);
    elapsedMs = 10_001;
    expect(() => {
      shards.assertMaySend(fence);
    }).toThrow(ShardLost);
    expect(shards.owns(0)).toBe(true);
    elapsedMs = 12_001;
    expect(shards.owns(0)).toBe(false);
  });

  it('comes back to work after the database was away for longer than a lease, in doubt about what it was at', async () => {
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    let elapsedMs = 0;
    const stop = new AbortController();
    let turns = 0;
    const clock = {
      ...systemClock,
      monotonicMs: () => elapsedMs,
      sleep: async () => {
        turns += 1;
        if (turns === 1) {
          expect(shards.owned()).toHaveLength(64);
          elapsedMs = 61_000;
          await house.rows(`alter table replicas rename to replicas_away`);
        } else if (turns === 2) {
          expect(shards.owned()).toEqual([]);
          await house.rows(`alter table replicas_away rename to replicas`);
          await runOut();
        } else {
          stop.abort();
        }
      },
    };
    const shards = house.shards({ clock });
    await shards.run(stop.signal);
    expect(shards.owned()).toHaveLength(64);
    expect(await doubted()).toEqual([true]);
  });
});

describe('Shards that go to another replica', () => {
  it('are renewed with all others for as long as something is under way in them', async () => {
    const leaseMs = 600;
    const [one, two] = [house.shards({ leaseMs }), house.shards({ leaseMs })];
    const stop = new AbortController();
    let drained = (): void => undefined;
    one.drainWith(
      () =>
        new Promise((resolve) => {
          drained = resolve;
        }),
    );
    await one.tick();
    const running = [one.run(stop.signal), two.run(stop.signal)];
    try {
      await until(() => one.owned().length === 32);
      // Longer than a lease.
      await systemClock.sleep(2 * leaseMs);
      expect([one.owned().length, two.owned().length]).toEqual([32, 0]);
      drained();
      await until(() => two.owned().length === 32);
      expect(one.owned()).toHaveLength(32);
    } finally {
      drained();
      stop.abort();
      await Promise.all(running);
      await Promise.all([one.release(), two.release()]);
    }
  });
});
