import { MovedClock } from '../../test/support/moved-clock.js';
import { type AccountId, accountId, cursor, type RoomId, roomId, type RoomRef } from '../model/ids.js';
import type { NetworkAdapter, Pulling } from '../model/network-adapter.js';
import { silentLog } from '../observability/log.js';
import { Metrics } from '../observability/metrics.js';
import type { RoomRepository, RoomRow } from '../persistence/room.repository.js';
import type { IngestService } from '../pipeline/ingest.js';
import { Rooms } from './rooms.js';
import type { Shards } from './shards.js';
import { Supervisor } from './supervisor.js';
import { Turnstile } from '../model/turnstile.js';

const home = accountId('home');
const pushed = accountId('pushed');

/** Rooms whose network has nothing new, on a clock that the spec moves. */
class Watching {
  readonly clock = new MovedClock();
  readonly metrics = new Metrics();
  readonly reads: { readonly at: number; readonly room: RoomId; readonly how: 'wait' | 'now' }[] = [];
  readonly stop = new AbortController();
  readonly owned = new Set([1, 2, 3]);
  readonly asked: { accounts: readonly AccountId[]; shards: readonly number[] }[] = [];
  rows: RoomRow[] = [];
  woken: RoomRef[] = [];
  /** The answer to a read takes so long, whoever stops. */
  readForMs = 0;
  readonly rooms: Rooms;

  constructor() {
    const pulling: Pulling = {
      pull: async (room, from, how, signal) => {
        this.reads.push({ at: this.clock.elapsedMs, room, how });
        if (how === 'wait') await this.clock.sleep(60_000, signal);
        else if (this.readForMs > 0) await this.clock.sleep(this.readForMs);
        return { payloads: [], cursor: from ?? cursor('1'), rest: 'none' };
      },
      watch: () => Promise.reject(new Error('nobody watches')),
      rereadAfterMs: () => 1_000_000,
    };
    const repository: Pick<RoomRepository, 'ofShards' | 'takeWoken' | 'cursor'> = {
      ofShards: (accounts, shards) => {
        this.asked.push({ accounts, shards });
        return Promise.resolve(this.rows.filter((row) => accounts.includes(row.account) && shards.includes(row.shard)));
      },
      takeWoken: () => Promise.resolve(this.woken.splice(0)),
      cursor: () => Promise.resolve(cursor('1')),
    };
    const turnstile = new Turnstile(1_000);
    this.rooms = new Rooms(
      {
        repository: repository as RoomRepository,
        states: { closed: () => Promise.resolve('closed'), opened: () => Promise.resolve() },
        ingest: { accept: () => Promise.reject(new Error('nothing came')) } as unknown as IngestService,
        shards: {
          owned: () => [...this.owned],
          fence: (shard: number) => ({ shard, fence: '1' }),
        } as unknown as Shards,
        clock: this.clock,
        metrics: this.metrics,
        log: silentLog,
        firstReads: () => turnstile,
        onLoginRefused: () => undefined,
      },
      new Map([
        [home, { account: home, pulling } as NetworkAdapter],
        [pushed, { account: pushed } as NetworkAdapter],
      ]),
      new Supervisor(this.clock, this.metrics, silentLog, { firstPauseMs: 1_000 }),
      this.stop.signal,
    );
    this.rooms.useAccounts(new Set([home, pushed]));
  }

  async reconcile(rows: RoomRow[]): Promise<void> {
    this.rows = rows;
    await this.rooms.reconcile([...this.owned]);
    await this.clock.settle();
  }

  /** What was read since it was asked last: `a`, or `a at 25`. */
  take(when?: 'when'): string[] {
    return this.reads
      .splice(0)
      .map(({ at, room }) => (when === undefined ? room : `${room} at ${String(Math.round(at * 100) / 100)}`));
  }
}

const row = (room: string, more: Partial<RoomRow> = {}): RoomRow => ({
  account: home,
  room: roomId(room),
  shard: 1,
  cursor: cursor('1'),
  watch: 'swept',
  pushedAt: null,
  activityAt: null,
  closed: null,
  ...more,
});
const ref = (room: string, account = home): RoomRef => ({ account, id: roomId(room) });
const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `r${String(at)}`);

let watching: Watching;
beforeEach(() => {
  watching = new Watching();
});
afterEach(async () => {
  watching.stop.abort();
  await watching.clock.settle();
});

describe('Rooms, woken together', () => {
  it('are read one after the other in the order in which they were woken', async () => {
    await watching.reconcile(numbered(4).map((room) => row(room)));
    watching.take();
    watching.rooms.wake(['r2', 'r0', 'r3', 'r1'].map((room) => ref(room)));
    await watching.clock.pass(2_500);
    expect(watching.take('when')).toEqual(['r2 at 0', 'r0 at 25', 'r3 at 50', 'r1 at 75']);
  });

  it('however many they are, are all read within two and a half seconds, evenly', async () => {
    const rooms = numbered(1_000);
    await watching.reconcile(rooms.map((room) => row(room)));
    watching.take();
    watching.rooms.wake(rooms.map((room) => ref(room)));
    await watching.clock.pass(1_250);
    const half = watching.take();
    expect(half.length).toBeGreaterThanOrEqual(499);
    expect(half.length).toBeLessThanOrEqual(501);
    await watching.clock.pass(1_250);
    expect([...half, ...watching.take()]).toEqual(rooms);
  });

  it('catch up where the machine was late', async () => {
    const rooms = numbered(10);
    await watching.reconcile(rooms.map((room) => row(room)));
    watching.take();
    const { clock } = watching;
    const sleep = clock.sleep.bind(clock);
    clock.sleep = (ms, signal) => {
      clock.sleep = sleep;
      return sleep(ms + 85, signal);
    };
    watching.rooms.wake(rooms.map((room) => ref(room)));
    await watching.clock.pass(2_500);
    // What was due meanwhile is read at once, and what is not due yet waits.
    expect(watching.take('when')).toEqual([
      ...['r0 at 0', 'r1 at 110', 'r2 at 110', 'r3 at 110', 'r4 at 110', 'r5 at 125', 'r6 at 150', 'r7 at 175'],
      ...['r8 at 200', 'r9 at 225'],
    ]);
  });

  it('those that are not read here are told to whoever asks, and the others are read', async () => {
    await watching.reconcile([row('a'), row('b', { shard: 9 })]);
    watching.take();
    const elsewhere = watching.rooms.wake([ref('b'), ref('a'), ref('c'), ref('a', pushed)]);
    await watching.clock.pass(100);
    expect(elsewhere).toEqual([ref('b'), ref('c'), ref('a', pushed)]);
    expect(watching.take()).toEqual(['a']);
  });

  it('those whose wake-up did not arrive are found by the poll', async () => {
    await watching.reconcile([row('a'), row('b')]);
    watching.take();
    watching.woken = [ref('b')];
    await watching.rooms.poll();
    await watching.rooms.poll();
    await watching.clock.pass(100);
    expect(watching.take()).toEqual(['b']);
  });

  it('a room that was given up meanwhile is not read', async () => {
    await watching.reconcile([row('a'), row('b')]);
    watching.take();
    watching.rooms.wake([ref('a'), ref('b')]);
    await watching.reconcile([row('a')]);
    await watching.clock.pass(100);
    expect(watching.take()).toEqual(['a']);
  });
});

describe('Rooms, which are read here', () => {
  it('those of our shards, through accounts that are logged in and must be asked', async () => {
    await watching.reconcile([
      row('a'),
      row('b', { shard: 9 }),
      row('c', { account: pushed }),
      row('d', { account: accountId('other') }),
    ]);
    expect(watching.asked).toEqual([{ accounts: ['home'], shards: [1, 2, 3] }]);
    expect(watching.take()).toEqual(['a']);
  });

  it('begin and end with what is ours, and those that stay are left alone', async () => {
    await watching.reconcile([row('a'), row('b')]);
    expect(watching.take()).toEqual(['a', 'b']);
    await watching.reconcile([row('b'), row('c')]);
    expect(watching.take()).toEqual(['c']);
    expect(watching.rooms.wake([ref('a'), ref('b'), ref('c')])).toEqual([ref('a')]);
    await watching.clock.pass(100);
    expect(watching.take()).toEqual(['b', 'c']);
    await watching.reconcile([row('a'), row('b'), row('c')]);
    expect(watching.take()).toEqual(['a']);
  });

  it('none is read any more through an account that is logged out', async () => {
    await watching.reconcile([row('a')]);
    watching.take();
    watching.rooms.useAccounts(new Set());
    await watching.reconcile([row('a')]);
    expect(watching.rooms.wake([ref('a')])).toEqual([ref('a')]);
    await watching.clock.pass(2_000_000);
    expect(watching.take()).toEqual([]);
  });

  it('change how they are read, and are counted', async () => {
    await watching.reconcile([row('a'), row('b', { watch: 'held' })]);
    expect(watching.reads.map(({ room, how }) => `${room} ${how}`)).toEqual(['a now', 'b now', 'b wait']);
    const counted = async () =>
      (await watching.metrics.roomsWatched.get()).values.map(({ labels, value }) => [labels.mode, value]);
    expect(await counted()).toEqual([
      ['webhook', 0],
      ['signaling', 0],
      ['held', 1],
      ['swept', 1],
    ]);
    watching.take();
    await watching.reconcile([row('a', { watch: 'held' }), row('b', { watch: 'held' })]);
    expect(watching.reads.map(({ room, how }) => `${room} ${how}`)).toEqual(['a now', 'a wait']);
    expect(await counted()).toEqual([
      ['webhook', 0],
      ['signaling', 0],
      ['held', 2],
      ['swept', 0],
    ]);
    watching.take();
    await watching.reconcile([row('a', { watch: 'webhook' }), row('b', { watch: 'held' })]);
    expect((await counted())[0]).toEqual(['webhook', 1]);
  });

  it('none begins where the stop comes while the rooms are asked for', async () => {
    const reconciled = watching.reconcile([row('a')]);
    watching.stop.abort();
    await reconciled;
    expect(watching.take()).toEqual([]);
  });

  it('none begins after the stop', async () => {
    watching.stop.abort();
    await watching.reconcile([row('a')]);
    expect([watching.asked, watching.take()]).toEqual([[], []]);
  });
});

describe('Rooms, of shards that are given back', () => {
  it('are read no more, and nothing is under way any more when that is said', async () => {
    await watching.reconcile([row('a'), row('b', { shard: 2 })]);
    watching.take();
    watching.readForMs = 5_000;
    watching.rooms.wake([ref('a'), ref('b')]);
    await watching.clock.pass(100);
    let drained = false;
    const draining = watching.rooms.drain(new Set([1])).then(() => (drained = true));
    await watching.clock.pass(4_000);
    expect([drained, watching.take()]).toEqual([false, ['a', 'b']]);
    await watching.clock.pass(1_000);
    expect(drained).toBe(true);
    await draining;
    expect(watching.rooms.wake([ref('a'), ref('b')])).toEqual([ref('a')]);
    await watching.clock.pass(10_000);
    expect(watching.take()).toEqual(['b']);
  });

  it('need not wait for the rooms of others', async () => {
    await watching.reconcile([row('a'), row('b', { shard: 2 })]);
    watching.readForMs = 5_000;
    watching.rooms.wake([ref('b')]);
    await watching.clock.settle();
    await watching.rooms.drain(new Set([1]));
    expect(watching.clock.elapsedMs).toBe(0);
  });
});
