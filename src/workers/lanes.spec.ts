import { MovedClock } from '../../test/support/moved-clock.js';
import type { Lane } from '../model/delivery.js';
import { accountId, roomId } from '../model/ids.js';
import { defaultLinkOptions } from '../model/link-options.js';
import { silentLog } from '../observability/log.js';
import { Metrics } from '../observability/metrics.js';
import type { DeliveryRepository } from '../persistence/delivery.repository.js';
import type { LaneWorker } from './lane-worker.js';
import { Lanes } from './lanes.js';
import type { Shards } from './shards.js';

type Run = Parameters<LaneWorker['run']>;

const lane = (id: string, shard = 1): Lane => ({
  id,
  account: accountId('right'),
  room: roomId(`room of ${id}`),
  shard,
  options: defaultLinkOptions,
});

/** Lanes whose deliveries take as long as a spec says. */
class Yard {
  readonly clock = new MovedClock();
  readonly metrics = new Metrics();
  readonly owned = new Set([1, 2]);
  /** `begins 1`, `ends 1`. */
  readonly acts: string[] = [];
  due: Lane[] = [];
  handed: unknown[] = [];
  work: (...run: Run) => Promise<void> = () => this.clock.sleep(1_000);
  readonly lanes: Lanes;

  constructor() {
    const repository: Pick<DeliveryRepository, 'lanes' | 'dueLanes'> = {
      lanes: (ids) => Promise.resolve(ids.map((id) => lane(id, id === '9' ? 9 : 1))),
      dueLanes: (shards) => Promise.resolve(this.due.filter(({ shard }) => shards.includes(shard))),
    };
    const worker: Pick<LaneWorker, 'run'> = {
      run: async (...run) => {
        this.handed.push(run[3]);
        this.acts.push(`begins ${run[0].id}`);
        await this.work(...run);
        this.acts.push(`ends ${run[0].id}`);
      },
    };
    const shards: Pick<Shards, 'owns' | 'owned' | 'fence'> = {
      owns: (shard) => this.owned.has(shard),
      owned: () => [...this.owned],
      fence: (shard) => ({ shard, fence: '4' }),
    };
    this.lanes = new Lanes(
      repository as DeliveryRepository,
      worker as LaneWorker,
      shards as Shards,
      this.clock,
      this.metrics,
      silentLog,
    );
  }

  take(): string[] {
    return this.acts.splice(0);
  }
}

let yard: Yard;
beforeEach(() => {
  yard = new Yard();
});
afterEach(async () => {
  const stopping = yard.lanes.stop(0);
  await yard.clock.pass(100_000);
  await stopping;
});

describe('Lanes', () => {
  it('run side by side, each at most once at a time', async () => {
    yard.lanes.wake([lane('1'), lane('2')]);
    await yard.clock.pass(100);
    yard.lanes.wake([lane('1'), lane('3')]);
    await yard.clock.pass(100);
    expect(yard.take()).toEqual(['begins 1', 'begins 2', 'begins 3']);
  });

  it('what is woken while it runs is run once more, however often it was woken', async () => {
    yard.lanes.wake([lane('1')]);
    await yard.clock.pass(100);
    for (let time = 0; time < 3; time += 1) yard.lanes.wake([lane('1')]);
    await yard.clock.pass(10_000);
    expect(yard.take()).toEqual(['begins 1', 'ends 1', 'begins 1', 'ends 1']);
  });

  it('those of other replicas are not run, and told to whoever woke them', async () => {
    expect(yard.lanes.wake([lane('1'), lane('9', 9)])).toEqual(['9']);
    expect(await yard.lanes.wakeById(['2', '9'])).toEqual(['9']);
    yard.due = [lane('3'), lane('9', 9)];
    await yard.lanes.poll();
    await yard.clock.settle();
    expect(yard.take()).toEqual(['begins 1', 'begins 2', 'begins 3']);
  });

  it('one that breaks off ends, harms no other, and is taken up again', async () => {
    yard.work = ({ id }) => (id === '1' ? Promise.reject(new Error('no connection')) : Promise.resolve());
    yard.lanes.wake([lane('1'), lane('2')]);
    await yard.clock.settle();
    expect(yard.take()).toEqual(['begins 1', 'begins 2', 'ends 2']);
    yard.work = () => Promise.resolve();
    yard.due = [lane('1')];
    await yard.lanes.poll();
    await yard.clock.settle();
    expect(yard.take()).toEqual(['begins 1', 'ends 1']);
    expect((await yard.metrics.lanesRunning.get()).values).toMatchObject([{ value: 0 }]);
  });

  it('of shards that are given back are waited for, and those of no others', async () => {
    yard.lanes.wake([lane('1', 1), lane('2', 2)]);
    await yard.clock.pass(400);
    yard.owned.delete(1);
    yard.lanes.wake([lane('2', 2)]);
    let drained = false;
    const draining = yard.lanes.drain(new Set([1])).then(() => (drained = true));
    await yard.clock.pass(599);
    expect(drained).toBe(false);
    await yard.clock.pass(1);
    await draining;
    // The other one has just begun again.
    expect(yard.take()).toEqual(['begins 1', 'begins 2', 'ends 1', 'ends 2', 'begins 2']);
  });
});

describe('Lanes, at the stop', () => {
  it('wait for what is in flight, and begin nothing', async () => {
    const told: boolean[] = [];
    yard.work = async (_, stopping, signal) => {
      await yard.clock.sleep(1_000);
      told.push(stopping(), signal.aborted);
    };
    yard.lanes.wake([lane('1')]);
    await yard.clock.pass(100);
    const stopping = yard.lanes.stop(5_000);
    yard.lanes.wake([lane('1'), lane('2')]);
    yard.due = [lane('3')];
    await yard.lanes.poll();
    await yard.clock.pass(900);
    await stopping;
    expect([yard.take(), told]).toEqual([
      ['begins 1', 'ends 1'],
      [true, false],
    ]);
  });

  it('give up after a while on what is in flight still, and end when it has', async () => {
    yard.work = async (_, __, signal) => {
      await yard.clock.sleep(60_000, signal);
      await yard.clock.sleep(300);
    };
    yard.lanes.wake([lane('1')]);
    await yard.clock.settle();
    let stopped = false;
    const stopping = yard.lanes.stop(5_000).then(() => (stopped = true));
    await yard.clock.pass(5_299);
    expect([stopped, yard.take()]).toEqual([false, ['begins 1']]);
    await yard.clock.pass(1);
    await stopping;
    expect(yard.take()).toEqual(['ends 1']);
  });
});

describe('Lanes, kept for what is about to be stored', () => {
  const deliveries = new Map([['1', []]]);

  it('begin when they are told, with what they are handed', async () => {
    const reservation = yard.lanes.reserve();
    expect(reservation.keep([lane('1'), lane('9', 9)])).toEqual(new Set(['1']));
    await yard.clock.pass(5_000);
    expect(yard.take()).toEqual([]);
    reservation.begin({ byLane: deliveries, readAtMs: 42 });
    await yard.clock.settle();
    expect(yard.take()).toEqual(['begins 1']);
    expect(yard.handed).toEqual([{ fence: { shard: 1, fence: '4' }, deliveries: [], readAtMs: 42 }]);
  });

  it('of those that are at work none is kept, and none twice', async () => {
    yard.lanes.wake([lane('1')]);
    await yard.clock.settle();
    const [first, second] = [yard.lanes.reserve(), yard.lanes.reserve()];
    expect(first.keep([lane('1'), lane('2')])).toEqual(new Set(['2']));
    expect(second.keep([lane('2'), lane('3')])).toEqual(new Set(['3']));
    first.begin({ byLane: new Map(), readAtMs: 0 });
    second.begin({ byLane: new Map(), readAtMs: 0 });
    await yard.clock.settle();
    expect(yard.take()).toEqual(['begins 1', 'begins 2', 'begins 3']);
  });

  it('that are woken meanwhile run once more: there may be something beside what they were handed', async () => {
    const reservation = yard.lanes.reserve();
    reservation.keep([lane('1')]);
    yard.lanes.wake([lane('1')]);
    await yard.clock.settle();
    reservation.begin({ byLane: deliveries, readAtMs: 42 });
    await yard.clock.pass(10_000);
    expect(yard.take()).toEqual(['begins 1', 'ends 1', 'begins 1', 'ends 1']);
    expect(yard.handed.map((each) => each === undefined)).toEqual([false, true]);
  });

  it('are let go at the stop, whatever becomes of the transaction', async () => {
    const reservation = yard.lanes.reserve();
    reservation.keep([lane('1')]);
    const stopping = yard.lanes.stop(1_000);
    await yard.clock.pass(10_000);
    await stopping;
    reservation.begin({ byLane: deliveries, readAtMs: 42 });
    await yard.clock.settle();
    expect(yard.handed).toEqual([undefined]);
  });
});
