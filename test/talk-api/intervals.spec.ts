import { intervals } from '../../src/adapters/talk/talk.constants.js';
import { talkDefinition } from '../../src/adapters/talk/talk.definition.js';
import type { TalkAdapter } from '../../src/adapters/talk/talk.adapter.js';
import { roomId, type Cursor, type RoomId } from '../../src/model/ids.js';
import type { Speaker, WatchedRoom, Watching } from '../../src/model/network-adapter.js';
import { silentLog } from '../../src/observability/log.js';
import { Metrics } from '../../src/observability/metrics.js';
import type { Fault } from '../../src/sandbox/fault-script.js';
import { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';
import { Supervisor } from '../../src/workers/supervisor.js';
import { talkAdapter } from '../contract/talk-at-sandbox.js';
import { PassingClock } from './passing-clock.js';

const list = /\/api\/v4\/room\?/;
const wholeList = /\/api\/v4\/room\?(?!.*modifiedSince)/;
const held = /\/chat\/\w+\?.*lookIntoFuture=1/;
const participants = /\/participants/;
const unavailable: Fault = { do: 'answer', status: 503 };
const nothingNew: Fault = { do: 'answer', status: 304 };

interface Row {
  readonly rule: string;
  /** What the account does, with the service's own pauses after failures. */
  readonly runs: 'watch' | 'held poll';
  readonly counts: RegExp;
  /** What the server does to each of them. */
  readonly fault?: Fault;
  /** How long the server holds each of them, in milliseconds. */
  readonly heldMs?: number;
  /** Something is written before each of them is looked at. */
  readonly isAnswered?: boolean;
  /** Default: one room, of which nothing is told. */
  readonly linked?: 'none' | 'pushed' | 'pushed, with breakout rooms';
  /** For so many seconds. */
  readonly forS: number;
  /** In seconds from the start. */
  readonly wanted: readonly number[];
}

/** Every interval of Talk's own clients that an account keeps, with the settings that it has unless told otherwise. */
const rows: readonly Row[] = [
  {
    rule: 'the room list every 3 s while rooms have no push',
    runs: 'watch',
    counts: list,
    forS: 15,
    wanted: [0, 3, 6, 9, 12],
  },
  {
    rule: 'the room list every 30 s while no room waits for it',
    runs: 'watch',
    counts: list,
    linked: 'none',
    forS: 100,
    wanted: [0, 30, 60, 90],
  },
  {
    rule: 'the room list every 30 s while the bot tells of all rooms',
    runs: 'watch',
    counts: list,
    linked: 'pushed',
    forS: 100,
    wanted: [0, 30, 60, 90],
  },
  {
    rule: 'the room list every 15 s while a room has breakout rooms, from which help may be asked for',
    runs: 'watch',
    counts: list,
    linked: 'pushed, with breakout rooms',
    forS: 50,
    wanted: [0, 15, 30, 45],
  },
  {
    rule: 'the whole room list first and every 10 min, else what changed since',
    runs: 'watch',
    counts: wholeList,
    forS: 1300,
    wanted: [0, 600, 1200],
  },
  {
    rule: 'after failures of the room list 1 s, then 5 s more each time, at most 30 s',
    runs: 'watch',
    counts: list,
    fault: unavailable,
    forS: 150,
    wanted: [0, 1, 7, 18, 34, 55, 81, 111, 141],
  },
  {
    rule: '500 ms from an answered poll to the next',
    runs: 'held poll',
    counts: held,
    isAnswered: true,
    forS: 2,
    wanted: [0, 0.5, 1, 1.5],
  },
  {
    rule: '500 ms from a poll without news to the next, each held for 30 s',
    runs: 'held poll',
    counts: held,
    fault: nothingNew,
    heldMs: 30_000,
    forS: 100,
    wanted: [0, 30.5, 61, 91.5],
  },
  {
    rule: 'polls that are answered at once with nothing: ever longer pauses, at most 30 s',
    runs: 'held poll',
    counts: held,
    fault: nothingNew,
    forS: 100,
    wanted: [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 61.5, 91.5],
  },
  {
    rule: 'after failures of polls 1 s, then 5 s more each time, at most 30 s',
    runs: 'held poll',
    counts: held,
    fault: unavailable,
    forS: 150,
    wanted: [0, 1, 7, 18, 34, 55, 81, 111, 141],
  },
  {
    rule: 'participants never, in an hour in which nobody comes or goes',
    runs: 'watch',
    counts: participants,
    forS: 3600,
    wanted: [],
  },
];

describe("the intervals of Talk's own clients, on a moved clock", () => {
  let talk: TalkSandbox;
  let clock: PassingClock;
  let adapter: TalkAdapter;
  let room: RoomId;
  let stop: AbortController;

  beforeEach(async () => {
    clock = new PassingClock();
    stop = new AbortController();
    talk = new TalkSandbox({ pollStepMs: 1 });
    const { url } = await talk.start(0);
    room = roomId(talk.rooms.create({ name: 'Team', owner: 'alice', members: ['bob'] }));
    // The overlap is read by requests of another kind, which have intervals of their own.
    // A second loop beside the watch would pass the same time twice.
    const apart = { overlapIntervalMs: 3_600_000, maxSignalingRooms: 0, ownLogins: false };
    const settings = { url, user: 'alice', password: talk.accounts.issueAppPassword('alice'), ...apart };
    adapter = talkAdapter(settings, { clock });
    await adapter.connect(stop.signal);
  });

  afterEach(async () => {
    stop.abort();
    await adapter.start({ accept: () => Promise.resolve() }, stop.signal);
    await talk.stop();
  });

  const watched = (linked: Row['linked']): WatchedRoom => {
    const pushedAt = linked === undefined ? null : clock.now();
    return { room, watch: 'swept', cursor: null, pushedAt, state: 'open' };
  };

  const watch = (linked: Row['linked']): ((signal: AbortSignal) => Promise<void>) => {
    const watching: Watching = {
      rooms: () => Promise.resolve(linked === 'none' ? [] : [watched(linked)]),
      wake: () => Promise.resolve(),
      watch: () => Promise.resolve(),
      joined: () => Promise.resolve({ rooms: [], upTo: '' }),
    };
    return (signal) => adapter.pulling.watch(watching, signal);
  };

  const poll = async (): Promise<(signal: AbortSignal, working: () => void) => Promise<void>> => {
    let at: Cursor = (await adapter.pulling.pull(room, null, 'now', stop.signal)).cursor;
    // The overlap, with which each room begins.
    at = (await adapter.pulling.pull(room, at, 'now', stop.signal)).cursor;
    return async (signal, working) => {
      while (!signal.aborted) {
        at = (await adapter.pulling.pull(room, at, 'wait', signal)).cursor;
        working();
      }
    };
  };

  it.each(rows)('$rule', async ({ runs, counts, fault, heldMs = 0, isAnswered = false, linked, forS, wanted }) => {
    const loop = runs === 'watch' ? watch(linked) : await poll();
    if (linked === 'pushed, with breakout rooms')
      talk.state.breakoutRooms.configure(talk.state.rooms.get(room)!, { type: 'users', id: 'alice' }, 1, 2, '');
    if (fault !== undefined) talk.faults.add({ path: counts.source, times: Infinity, fault });
    const beganMs = clock.passedMs;
    const askedS: number[] = [];
    talk.faults.watch((_method, path) => {
      const atMs = clock.passedMs - beganMs;
      if (atMs >= forS * 1000) stop.abort();
      else if (counts.test(path)) askedS.push(atMs / 1000);
      if (!counts.test(path)) return;
      if (isAnswered) talk.post(room, 'bob', 'hello');
      clock.move(heldMs);
    });
    const supervisor = new Supervisor(clock, new Metrics(), silentLog, { firstPauseMs: 1000 });
    await supervisor.keep(runs, {}, loop, stop.signal);
    expect(askedS).toEqual(wanted);
  });

  it('participants at once where a room is begun, then at most every 60 s, however many come and go', async () => {
    const askedS: number[] = [];
    let isIn = false;
    // What is begun is looked at by the watch, which is not running yet.
    let at = (await adapter.pulling.pull(room, null, 'now', stop.signal)).cursor;
    talk.faults.watch((_method, path) => {
      if (participants.test(path)) askedS.push(clock.passedMs / 1000);
      if (clock.passedMs > 3_600_000) stop.abort();
      if (!list.test(path)) return;
      if (isIn) talk.rooms.removeMember(room, 'carol');
      else talk.rooms.addMember(room, 'carol');
      isIn = !isIn;
    });
    const watching: Watching = {
      rooms: () => Promise.resolve([watched(undefined)]),
      wake: async () => {
        at = (await adapter.pulling.pull(room, at, 'now', stop.signal)).cursor;
      },
      watch: () => Promise.resolve(),
      joined: () => Promise.resolve({ rooms: [], upTo: '' }),
    };
    await adapter.pulling.watch(watching, stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
    const gapsS = askedS.slice(1).map((second, index) => second - (askedS[index] ?? 0));
    expect(askedS[0]).toBeLessThan(60);
    expect(askedS.length).toBeGreaterThan(10);
    expect(Math.min(...gapsS)).toBeGreaterThanOrEqual(60);
  });

  it('participants every 3 s while somebody types in a linked room, and for 15 s more', async () => {
    const askedS: number[] = [];
    const typesUntilMs = 31_000;
    talk.faults.watch((_method, path) => {
      if (participants.test(path)) askedS.push(clock.passedMs / 1000);
      if (clock.passedMs > 3_600_000) stop.abort();
      // Who types is told of every ten seconds.
      if (list.test(path) && clock.passedMs <= typesUntilMs && clock.passedMs % 10_000 < 3000)
        void adapter.showTyping?.(room, [{} as Speaker], stop.signal);
    });
    await watch(undefined)(stop.signal);
    const gapsS = askedS.slice(1).map((second, index) => second - (askedS[index] ?? 0));
    expect(new Set(gapsS)).toEqual(new Set([3]));
    expect(askedS.at(0)).toBeLessThanOrEqual(6);
    expect(askedS.at(-1)).toBeGreaterThanOrEqual(42);
    expect(askedS.at(-1)).toBeLessThanOrEqual(51);
  });

  it('the room list is looked at again as soon as the first room is linked', async () => {
    const linkedAtMs = 37_000;
    const askedS: number[] = [];
    talk.faults.watch((_method, path) => {
      if (list.test(path)) askedS.push(clock.passedMs / 1000);
      if (askedS.length === 4) stop.abort();
    });
    const watching: Watching = {
      rooms: () =>
        Promise.resolve(
          clock.passedMs < linkedAtMs ? [] : [{ room, watch: 'swept', cursor: null, pushedAt: null, state: 'open' }],
        ),
      wake: () => Promise.resolve(),
      watch: () => Promise.resolve(),
      joined: () => Promise.resolve({ rooms: [], upTo: '' }),
    };
    await adapter.pulling.watch(watching, stop.signal);
    expect(askedS).toEqual([0, 30, 39, 42]);
  });

  it('the settings begin with them', () => {
    const { sweepIntervalMs, idleSweepIntervalMs, pollPauseMs, maxPollPauseMs } = talkDefinition.settingsSchema.parse({
      url: talk.url,
      user: 'alice',
      password: 'secret',
    });
    expect({ sweepIntervalMs, idleSweepIntervalMs, pollPauseMs, maxPollPauseMs }).toEqual({
      sweepIntervalMs: 3000,
      idleSweepIntervalMs: intervals.roomList,
      pollPauseMs: intervals.poll,
      maxPollPauseMs: 30_000,
    });
  });
});
