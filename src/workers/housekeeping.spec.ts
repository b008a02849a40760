import { silentLog } from '../observability/log.js';
import { Metrics } from '../observability/metrics.js';
import type { RetentionRepository } from '../persistence/retention.repository.js';
import type { ShardRepository } from '../persistence/shard.repository.js';
import type { StatusRepository } from '../persistence/status.repository.js';
import { Housekeeping } from './housekeeping.js';

interface House {
  readonly acts: string[];
  readonly told: object[];
  readonly metrics: Metrics;
  readonly housekeeping: Housekeeping;
  counts: { account: string; waiting: number; parked: number }[];
  /** How many rows each step empties or forgets, until nothing is left. */
  left: number[];
  fails: boolean;
}

let house: House;

beforeEach(() => {
  const metrics = new Metrics();
  const told: object[] = [];
  const acts: string[] = [];
  const step = (what: string) => (days: number) => {
    acts.push(`${what} ${String(days)}`);
    if (house.fails) return Promise.reject(new Error('no connection'));
    return Promise.resolve(house.left.shift() ?? 0);
  };
  const retention: Pick<RetentionRepository, 'emptyPayloads' | 'forgetDeliveries' | 'forgetPolls'> = {
    emptyPayloads: step('empty'),
    forgetDeliveries: step('forget'),
    forgetPolls: step('forget polls'),
  };
  const status = {
    counts: () => (house.fails ? Promise.reject(new Error('no connection')) : Promise.resolve(house.counts)),
    heldCount: () => Promise.resolve(3),
    failingLanes: () => Promise.reject(new Error('no connection')),
  } as unknown as StatusRepository;
  const shards: Pick<ShardRepository, 'forgetDead'> = {
    forgetDead: () => Promise.resolve(void acts.push('forget dead replicas')),
  };
  const log = { ...silentLog, warn: (fields: object) => void told.push(fields) };
  const housekeeping = new Housekeeping(
    retention as RetentionRepository,
    shards as ShardRepository,
    status,
    metrics,
    log,
    { payloadDays: 30, alarmAfterMs: 1_000 },
  );
  house = { acts, told, metrics, housekeeping, counts: [], left: [], fails: false };
});

const waiting = async (): Promise<unknown[]> =>
  (await house.metrics.waiting.get()).values.map(({ labels, value }) => [labels['account'], value]);

describe('Housekeeping, by itself', () => {
  it('goes on in steps until nothing is left to be emptied, then to be forgotten', async () => {
    house.left = [1_000, 1_000, 5, 0, 1_000, 0];
    await house.housekeeping.retain();
    expect(house.acts).toEqual([
      ...['empty 30', 'empty 30', 'empty 30', 'empty 30'],
      ...['forget 30', 'forget 30', 'forget polls 30', 'forget dead replicas'],
    ]);
  });

  it('counts what waits, and no longer counts for an account what it had before', async () => {
    house.counts = [
      { account: 'home', waiting: 5, parked: 1 },
      { account: 'town', waiting: 2, parked: 0 },
    ];
    await house.housekeeping.count();
    expect(await waiting()).toEqual([
      ['home', 5],
      ['town', 2],
    ]);
    house.counts = [{ account: 'town', waiting: 1, parked: 0 }];
    await house.housekeeping.count();
    expect(await waiting()).toEqual([['town', 1]]);
    expect((await house.metrics.held.get()).values).toMatchObject([{ value: 3 }]);
  });

  it('a database that is away is told, and breaks nothing: what was counted last stays', async () => {
    house.counts = [{ account: 'home', waiting: 5, parked: 1 }];
    await house.housekeeping.count();
    house.fails = true;
    await house.housekeeping.count();
    await house.housekeeping.alarm();
    await house.housekeeping.retain();
    expect(await waiting()).toEqual([['home', 5]]);
    expect(house.told).toMatchObject([{ what: 'counting' }, { what: 'alarms' }, { what: 'retention' }]);
    expect(house.acts).toEqual(['empty 30']);
  });
});
