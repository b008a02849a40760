import { MovedClock } from '../../test/support/moved-clock.js';
import { LoginRefused, NetworkUnavailable, RoomClosed } from '../model/errors.js';
import { accountId, type Cursor, cursor, inboxKey, roomId } from '../model/ids.js';
import type { NetworkAdapter, PulledBatch, Pulling, RawPayload, WatchMode } from '../model/network-adapter.js';
import { silentLog } from '../observability/log.js';
import { Metrics } from '../observability/metrics.js';
import type { RoomRepository, RoomRow } from '../persistence/room.repository.js';
import type { IngestService } from '../pipeline/ingest.js';
import { RoomWorker } from './room-worker.js';
import type { RoomStates } from './room-states.js';
import type { Shards } from './shards.js';
import { Turnstile } from '../model/turnstile.js';

const account = accountId('home');
const room = roomId('a');
const anHourMs = 3_600_000;

interface Pull {
  readonly at: number;
  readonly from: Cursor | null;
  readonly how: 'wait' | 'now';
}

/** A room worker whose network answers as a spec says, on a clock that the spec moves. */
class Reading {
  readonly clock = new MovedClock();
  readonly metrics = new Metrics();
  readonly pulls: Pull[] = [];
  readonly quiet: number[] = [];
  readonly stored: { keys: string[]; cursor: string; fence: string }[] = [];
  /** What was written down of the room itself. */
  readonly told: string[] = [];
  readonly turnstile = new Turnstile(8);
  refused = 0;
  worked = 0;
  cursor: Cursor | null = cursor('10');
  /** Answers each read; default: nothing new, and a held poll is held until it is interrupted. */
  answer: (pull: Pull, signal: AbortSignal) => Promise<PulledBatch> | undefined = () => undefined;
  rereadAfterMs: (quietMs: number, watch: WatchMode) => number = () => 10_000;
  store: () => Promise<void> = () => Promise.resolve();
  write: () => Promise<void> = () => Promise.resolve();
  readonly worker: RoomWorker;

  constructor(row: Partial<RoomRow> = {}) {
    const pulling: Pulling = {
      pull: (_, from, how, signal) => {
        const pull = { at: this.clock.elapsedMs, from, how };
        this.pulls.push(pull);
        if (this.pulls.length > 100) throw new Error('it is read without a pause');
        const empty: PulledBatch = { payloads: [], cursor: from ?? cursor('begin'), rest: 'none' };
        return this.answer(pull, signal) ?? (how === 'wait' ? interrupted(signal) : Promise.resolve(empty));
      },
      watch: () => Promise.reject(new Error('a room worker watches nothing')),
      rereadAfterMs: (quietMs, watch) => {
        this.quiet.push(quietMs);
        return this.rereadAfterMs(quietMs, watch);
      },
    };
    const tell = async (what: string): Promise<void> => {
      await this.write();
      this.told.push(what);
    };
    const repository: Pick<RoomRepository, 'cursor' | 'begin'> = {
      cursor: () => Promise.resolve(this.cursor),
      begin: (_, at, { fence }) => tell(`begins at ${at} under ${fence}`),
    };
    const states: Pick<RoomStates, 'opened' | 'closed'> = {
      opened: () => tell('open'),
      closed: async (_, why) => {
        await tell(`closed: ${why.message}`);
        return 'closed';
      },
    };
    const ingest: Pick<IngestService, 'accept'> = {
      accept: async (_, payloads, pulled) => {
        await this.store();
        if (pulled === undefined) throw new Error('it was pulled');
        const { cursor: at, fence } = pulled;
        this.stored.push({ keys: payloads.map(({ key }) => key), cursor: at, fence: fence.fence });
        this.cursor = at;
      },
    };
    this.worker = new RoomWorker(
      {
        repository: repository as RoomRepository,
        states,
        ingest: ingest as IngestService,
        shards: { fence: (shard: number) => ({ shard, fence: `fence ${shard}` }) } as Shards,
        clock: this.clock,
        metrics: this.metrics,
        log: silentLog,
        firstReads: () => this.turnstile,
        onLoginRefused: () => (this.refused += 1),
      },
      { account } as NetworkAdapter,
      pulling,
      {
        account,
        room,
        shard: 7,
        cursor: cursor('10'),
        watch: 'swept',
        pushedAt: null,
        activityAt: null,
        closed: null,
        ...row,
      },
    );
  }

  /** Runs until it waits. Its end, whatever it is, is `ended`. */
  async begin(): Promise<{ ended: Promise<unknown> }> {
    const ended = this.worker
      .run(() => (this.worked += 1))
      .then(
        () => 'stopped',
        (error: unknown) => error,
      );
    await this.clock.settle();
    return { ended };
  }

  /** Begins, and fails. */
  async fails(): Promise<unknown> {
    return (await this.begin()).ended;
  }

  /** When it was read, in seconds since the beginning. */
  get readAtS(): number[] {
    return this.pulls.map(({ at }) => at / 1_000);
  }

  /** What of each read: `now 10`, `wait 12`. */
  get reads(): string[] {
    return this.pulls.map(({ how, from }) => `${how} ${from ?? 'nothing'}`);
  }
}

function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new NetworkUnavailable('aborted', { certainty: 'notSent' })));
  });
}

function batch(at: string, keys: readonly string[] = [], rest: PulledBatch['rest'] = 'none'): Promise<PulledBatch> {
  return Promise.resolve({ payloads: keys.map(payload), cursor: cursor(at), rest });
}

const payload = (key: string): RawPayload => ({ key: inboxKey(key), body: new Uint8Array() });

/** Something that a spec lets go on. */
function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

let reading: Reading;
afterEach(async () => {
  reading.worker.stop();
  await reading.clock.settle();
});

describe('RoomWorker, when a room is read', () => {
  it('at once when it begins, then in time', async () => {
    reading = new Reading();
    await reading.begin();
    await reading.clock.pass(25_000);
    expect([reading.readAtS, reading.reads]).toEqual([
      [0, 10, 20],
      ['now 10', 'now 10', 'now 10'],
    ]);
    expect(reading.worked).toBe(3);
  });

  it('at once when it is woken in a pause, and the pause begins anew', async () => {
    reading = new Reading();
    await reading.begin();
    await reading.clock.pass(4_000);
    reading.worker.wake();
    await reading.clock.pass(16_000);
    expect(reading.readAtS).toEqual([0, 4, 14]);
  });

  it('once more, and at once, where it was woken during a read, however often', async () => {
    reading = new Reading();
    const answered = gate();
    // What is under way is read to its end.
    reading.answer = (_, signal) =>
      reading.pulls.length === 1
        ? Promise.race([answered.passed.then(() => batch('10')), interrupted(signal)])
        : undefined;
    await reading.begin();
    reading.worker.wake();
    reading.worker.wake();
    await reading.clock.settle();
    answered.open();
    await reading.clock.pass(9_999);
    expect(reading.readAtS).toEqual([0, 0]);
  });

  it('once more, and at once, where it was woken while what was read is being stored', async () => {
    reading = new Reading();
    const stored = gate();
    reading.store = () => stored.passed;
    reading.answer = () => (reading.pulls.length === 1 ? batch('11', ['11']) : undefined);
    await reading.begin();
    reading.worker.wake();
    stored.open();
    await reading.clock.pass(9_999);
    expect(reading.reads).toEqual(['now 10', 'now 11']);
  });

  it('on and on while there is more, then in time', async () => {
    reading = new Reading();
    reading.answer = ({ from }) =>
      from === '13' ? undefined : batch(String(Number(from) + 1), [`after ${from ?? ''}`], 'more');
    await reading.begin();
    await reading.clock.pass(10_000);
    expect([reading.reads, reading.readAtS]).toEqual([
      ['now 10', 'now 11', 'now 12', 'now 13', 'now 13'],
      [0, 0, 0, 0, 10],
    ]);
  });

  it('not once more at the stop', async () => {
    reading = new Reading();
    const { ended } = await reading.begin();
    await reading.clock.pass(4_000);
    reading.worker.stop();
    expect([await ended, reading.readAtS]).toEqual(['stopped', [0]]);
  });

  it('for the first time when its turn comes, or when it is woken', async () => {
    const full = async (): Promise<Reading> => {
      const waits = new Reading();
      for (let inside = 0; inside < 8; inside += 1) {
        void waits.turnstile.pass(() => waits.clock.sleep(60_000), new AbortController().signal);
      }
      await waits.begin();
      return waits;
    };
    reading = await full();
    await reading.clock.pass(59_000);
    expect(reading.pulls).toEqual([]);
    await reading.clock.pass(1_000);
    expect(reading.readAtS).toEqual([60]);
    reading.worker.stop();
    reading = await full();
    await reading.clock.pass(1_000);
    reading.worker.wake();
    await reading.clock.settle();
    expect(reading.readAtS).toEqual([1]);
  });
});

describe('RoomWorker, how long a room was quiet', () => {
  it('is known after a restart: what was quiet for an hour is not read as if it had just been active', async () => {
    reading = new Reading({ activityAt: new Date(new MovedClock().startedAt.getTime() - anHourMs) });
    reading.rereadAfterMs = (quietMs) => (quietMs < anHourMs ? 10_000 : anHourMs);
    await reading.begin();
    await reading.clock.pass(anHourMs);
    expect(reading.readAtS).toEqual([0, 3_600]);
    expect(reading.quiet).toEqual([anHourMs, 2 * anHourMs]);
  });

  it('is for ever where nothing came since it was linked: nothing there is ours to be changed', async () => {
    reading = new Reading({ activityAt: null });
    reading.rereadAfterMs = (quietMs) => (quietMs < anHourMs ? 10_000 : anHourMs);
    reading.answer = () => (reading.clock.elapsedMs >= 2 * anHourMs ? batch('11', ['11']) : undefined);
    await reading.begin();
    await reading.clock.pass(2 * anHourMs - 1);
    expect(reading.readAtS).toEqual([0, 3_600]);
    await reading.clock.pass(1);
    expect(reading.quiet).toEqual([Infinity, Infinity, 0]);
  });

  it('is nothing where a clock that was ahead wrote it down', async () => {
    reading = new Reading({ activityAt: new Date('2030-01-01T00:00:00Z') });
    await reading.begin();
    expect(reading.quiet).toEqual([0]);
  });

  it('begins anew where something came, and not where what was read is read again', async () => {
    reading = new Reading({ activityAt: new Date(new MovedClock().startedAt.getTime() - anHourMs) });
    reading.answer = () => (reading.clock.elapsedMs >= 20_000 ? batch('11', ['10', '11']) : batch('10', ['10']));
    await reading.begin();
    await reading.clock.pass(29_999);
    expect(reading.quiet).toEqual([anHourMs, anHourMs + 10_000, 0]);
    await reading.clock.pass(1);
    expect(reading.quiet.at(-1)).toBe(10_000);
  });
});

describe('RoomWorker, held polls', () => {
  it('follow one another without a pause', async () => {
    reading = new Reading({ watch: 'held' });
    reading.answer = ({ how }) =>
      how === 'wait' && reading.pulls.length < 4 ? batch(String(reading.pulls.length + 9)) : undefined;
    await reading.begin();
    expect(reading.reads).toEqual(['now 10', 'wait 10', 'wait 11', 'wait 12']);
    expect(reading.clock.slept).toEqual([]);
  });

  it('are ended by a wake-up: the room is read now, from where it was, then held again', async () => {
    reading = new Reading({ watch: 'held' });
    await reading.begin();
    expect(reading.reads).toEqual(['now 10', 'wait 10']);
    reading.worker.wake();
    await reading.clock.settle();
    expect(reading.reads).toEqual(['now 10', 'wait 10', 'now 10', 'wait 10']);
    expect([reading.stored, reading.told]).toEqual([[], []]);
  });

  it('wait for a read that a wake-up asked for while something was being stored', async () => {
    reading = new Reading({ watch: 'held' });
    const stored = gate();
    reading.store = () => stored.passed;
    reading.answer = () => (reading.pulls.length === 2 ? batch('11', ['11']) : undefined);
    await reading.begin();
    reading.worker.wake();
    stored.open();
    await reading.clock.settle();
    expect(reading.reads).toEqual(['now 10', 'wait 10', 'now 11', 'wait 11']);
  });

  it('that break by themselves are a failure, and their end at the stop is none', async () => {
    reading = new Reading({ watch: 'held' });
    reading.answer = ({ how }) => (how === 'wait' ? Promise.reject(new Error('no connection')) : undefined);
    expect(await reading.fails()).toEqual(new Error('no connection'));
    reading.answer = () => undefined;
    const { ended } = await reading.begin();
    reading.worker.stop();
    expect(await ended).toBe('stopped');
    expect((await reading.metrics.reads.get()).values).toMatchObject([
      { labels: { outcome: 'nothing' } },
      { labels: { outcome: 'failed' }, value: 1 },
    ]);
  });

  it('begin and end when it is said, at once', async () => {
    reading = new Reading();
    await reading.begin();
    await reading.clock.pass(1_000);
    reading.worker.watchBy('held');
    await reading.clock.pass(30_000);
    expect([reading.worker.mode, reading.reads]).toEqual(['held', ['now 10', 'now 10', 'wait 10']]);
    reading.worker.watchBy('swept');
    await reading.clock.pass(10_000);
    expect(reading.reads.slice(3)).toEqual(['now 10', 'now 10']);
    expect(reading.readAtS.slice(3)).toEqual([31, 41]);
  });

  it('end with their place, whatever wake-ups brought before', async () => {
    reading = new Reading({ watch: 'held' });
    await reading.begin();
    for (let times = 0; times < 6; times += 1) {
      reading.worker.wake();
      await reading.clock.pass(100);
    }
    expect(reading.reads.at(-1)).toBe('wait 10');
    const before = reading.pulls.length;
    reading.worker.watchBy('swept');
    await reading.clock.settle();
    expect(reading.reads.slice(before)).toEqual(['now 10']);
  });

  it('go on where they are said to be held as before', async () => {
    reading = new Reading({ watch: 'held' });
    await reading.begin();
    reading.worker.watchBy('held');
    await reading.clock.settle();
    expect(reading.reads).toEqual(['now 10', 'wait 10']);
  });
});

describe('RoomWorker, what is pushed', () => {
  beforeEach(() => {
    reading = new Reading({ watch: 'webhook' });
    reading.rereadAfterMs = (_, watch) => (watch === 'webhook' ? anHourMs : 10_000);
  });

  it('is read when it is told, and once an hour besides', async () => {
    await reading.begin();
    reading.answer = ({ from }) => (from === '10' ? batch('11') : undefined);
    await reading.clock.pass(100_000);
    reading.worker.wake();
    await reading.clock.pass(anHourMs);
    expect(reading.readAtS).toEqual([0, 100, 3_700]);
  });

  it('is read as often as before from when push failed, reckoned from the last read', async () => {
    await reading.begin();
    await reading.clock.pass(4_000);
    reading.worker.watchBy('swept');
    await reading.clock.pass(16_000);
    expect(reading.readAtS).toEqual([0, 10, 20]);
  });

  it('is not read for beginning to be pushed', async () => {
    reading = new Reading();
    reading.rereadAfterMs = (_, watch) => (watch === 'webhook' ? anHourMs : 10_000);
    await reading.begin();
    await reading.clock.pass(4_000);
    reading.worker.watchBy('webhook');
    await reading.clock.pass(anHourMs);
    expect(reading.readAtS).toEqual([0, 3_600]);
  });

  it('is read once for a wake-up that comes as the watch changes', async () => {
    await reading.begin();
    reading.worker.watchBy('swept');
    reading.worker.wake();
    await reading.clock.pass(1_000);
    expect(reading.readAtS).toEqual([0, 0]);
  });
});

describe('RoomWorker, wake-ups that bring nothing', () => {
  /** Woken all the time, for so long. */
  const storm = async (forMs: number): Promise<void> => {
    for (let ms = 0; ms < forMs; ms += 100) {
      reading.worker.wake();
      await reading.clock.pass(100);
    }
  };
  const readsBetween = (fromS: number, toS: number): number =>
    reading.readAtS.filter((at) => at > fromS && at <= toS).length;

  it.each<WatchMode>(['webhook', 'signaling', 'swept', 'held'])(
    'have a room that is watched by %s asked ten times a minute at most, however many they are',
    async (watch) => {
      reading = new Reading({ watch });
      reading.rereadAfterMs = () => anHourMs;
      // As a server holds a request.
      reading.answer = ({ how }, signal) =>
        how === 'wait'
          ? Promise.race([reading.clock.sleep(30_000).then(() => batch('10')), interrupted(signal)])
          : undefined;
      await reading.begin();
      await reading.clock.pass(1_000);
      await storm(180_000);
      const most = watch === 'held' ? 12 : 10;
      expect(readsBetween(0, 61)).toBeLessThanOrEqual(most);
      expect(readsBetween(61, 181)).toBeLessThanOrEqual(20);
      expect(readsBetween(61, 181)).toBeGreaterThanOrEqual(4);
    },
  );

  it('do not slow down those that bring something', async () => {
    reading = new Reading({ watch: 'webhook' });
    reading.rereadAfterMs = () => anHourMs;
    reading.answer = ({ from, at }) => (at > 60_000 ? batch(String(Number(from) + 1)) : undefined);
    await reading.begin();
    await storm(60_000);
    await reading.clock.pass(10_000);
    const before = reading.pulls.length;
    await storm(2_000);
    expect(reading.pulls.length - before).toBe(20);
  });

  it('count for nothing where every other one brings something', async () => {
    reading = new Reading({ watch: 'webhook' });
    reading.rereadAfterMs = () => anHourMs;
    reading.answer = ({ from }) => (reading.pulls.length % 2 === 0 ? batch(String(Number(from) + 1)) : undefined);
    await reading.begin();
    await storm(4_000);
    expect(reading.pulls.length).toBe(41);
  });

  it('are bounded together with what they have read once more', async () => {
    reading = new Reading({ watch: 'webhook' });
    reading.rereadAfterMs = () => anHourMs;
    await reading.begin();
    for (let s = 0; s < 60; s += 3) {
      reading.worker.wake();
      await reading.clock.pass(3_000);
    }
    expect(readsBetween(-1, 60)).toBeLessThanOrEqual(11);
  });

  it('have a pushed room read once more a second later: what is told may not be there to read yet', async () => {
    for (const watch of ['webhook', 'signaling', 'swept'] as const) {
      reading = new Reading({ watch });
      reading.rereadAfterMs = () => anHourMs;
      await reading.begin();
      await reading.clock.pass(4_000);
      reading.worker.wake();
      await reading.clock.pass(60_000);
      expect([watch, reading.readAtS]).toEqual([watch, watch === 'swept' ? [0, 4] : [0, 4, 5]]);
      reading.worker.stop();
    }
  });

  it('nor those that bring something have a pushed room read once more, unless not all was looked at', async () => {
    for (const rest of ['late', 'none'] as const) {
      reading = new Reading({ watch: 'webhook' });
      reading.rereadAfterMs = () => anHourMs;
      await reading.begin();
      reading.answer = ({ at, from }) =>
        at === 4_000 ? batch('11', ['11'], from === '10' ? rest : 'none') : undefined;
      await reading.clock.pass(4_000);
      reading.worker.wake();
      await reading.clock.pass(60_000);
      expect([rest, reading.readAtS]).toEqual([rest, rest === 'late' ? [0, 4, 5] : [0, 4]]);
      reading.worker.stop();
    }
  });

  it('are not what a room is read for in time', async () => {
    reading = new Reading({ watch: 'webhook' });
    await reading.begin();
    await reading.clock.pass(25_000);
    expect(reading.readAtS).toEqual([0, 10, 20]);
  });
});

describe('RoomWorker, what is written down', () => {
  it('nothing, where nothing came', async () => {
    reading = new Reading();
    await reading.begin();
    await reading.clock.pass(60_000);
    expect([reading.stored, reading.told]).toEqual([[], []]);
  });

  it('the cursor where it moved, also past what is not to be stored', async () => {
    reading = new Reading();
    reading.answer = ({ from }) => (from === '10' ? batch('12') : undefined);
    await reading.begin();
    await reading.clock.pass(60_000);
    expect(reading.stored).toEqual([{ keys: [], cursor: '12', fence: 'fence 7' }]);
  });

  it('what was stored already is not stored again, and what could not be stored is', async () => {
    reading = new Reading();
    reading.answer = () => batch('11', ['10', '11']);
    reading.store = () => Promise.reject(new Error('no connection'));
    expect(await reading.fails()).toEqual(new Error('no connection'));
    reading.store = () => Promise.resolve();
    await reading.begin();
    reading.answer = () => batch('11', ['10', '11', 'late']);
    await reading.clock.pass(20_000);
    expect(reading.stored).toEqual([
      { keys: ['10', '11'], cursor: '11', fence: 'fence 7' },
      { keys: ['late'], cursor: '11', fence: 'fence 7' },
    ]);
  });

  it('remembers the last thousand that it stored: the inbox knows the rest', async () => {
    reading = new Reading();
    const keys = Array.from({ length: 1_001 }, (_, at) => String(at));
    reading.answer = () => batch('11', keys);
    await reading.begin();
    await reading.clock.pass(10_000);
    expect(reading.stored.map((each) => each.keys.length)).toEqual([1_001, 1]);
    expect(reading.stored[1]?.keys).toEqual(['0']);
  });

  it('where a room begins that was never read, before it is read', async () => {
    reading = new Reading({ cursor: null });
    reading.cursor = null;
    await reading.begin();
    expect([reading.reads, reading.told]).toEqual([['now nothing', 'now begin'], ['begins at begin under fence 7']]);
  });
});

describe('RoomWorker, a room that is closed', () => {
  const closed = (why = 'the lobby is on'): RoomClosed => new RoomClosed(why, 'lobby');

  it('is told once, and opens when it is read again; then it may be told anew', async () => {
    reading = new Reading();
    let answer: 'closed' | 'open' = 'closed';
    reading.answer = () => (answer === 'closed' ? Promise.reject(closed()) : undefined);
    for (let attempt = 0; attempt < 3; attempt += 1) expect(await reading.fails()).toBeInstanceOf(RoomClosed);
    expect(reading.told).toEqual(['closed: the lobby is on']);
    answer = 'open';
    const { ended } = await reading.begin();
    await reading.clock.pass(10_000);
    expect(reading.told).toEqual(['closed: the lobby is on', 'open']);
    answer = 'closed';
    await reading.clock.pass(10_000);
    expect(await ended).toBeInstanceOf(RoomClosed);
    expect(reading.told).toEqual(['closed: the lobby is on', 'open', 'closed: the lobby is on']);
  });

  it('is told again where the reason is another', async () => {
    reading = new Reading();
    for (const why of ['the lobby is on', 'we are no member', 'we are no member']) {
      reading.answer = () => Promise.reject(closed(why));
      await reading.fails();
    }
    expect(reading.told).toEqual(['closed: the lobby is on', 'closed: we are no member']);
  });

  it('is told, and told to be open, as soon as it can be written down', async () => {
    reading = new Reading();
    reading.answer = () => Promise.reject(closed());
    reading.write = () => Promise.reject(new Error('no connection'));
    await reading.fails();
    reading.write = () => Promise.resolve();
    await reading.fails();
    expect(reading.told).toEqual(['closed: the lobby is on']);
    reading.answer = () => undefined;
    reading.write = () => Promise.reject(new Error('no connection'));
    await reading.fails();
    reading.write = () => Promise.resolve();
    await reading.begin();
    expect(reading.told).toEqual(['closed: the lobby is on', 'open']);
  });

  it('opens as well where it was closed before a restart, and is not told anew while it still is', async () => {
    reading = new Reading({ closed: 'the lobby is on' });
    reading.answer = () => Promise.reject(closed());
    await reading.fails();
    expect(reading.told).toEqual([]);
    reading.answer = () => undefined;
    await reading.begin();
    expect(reading.told).toEqual(['open']);
  });

  it('rests after a failure for as long as it is told, whatever wakes it, unless it is stopped', async () => {
    reading = new Reading();
    const ends = { whole: 0, stopped: 0 };
    void reading.worker.pause(10_000).then(() => (ends.whole += 1));
    await reading.clock.pass(9_999);
    reading.worker.wake();
    reading.worker.watchBy('webhook');
    await reading.clock.settle();
    expect(ends.whole).toBe(0);
    await reading.clock.pass(1);
    expect(ends.whole).toBe(1);
    void reading.worker.pause(10_000).then(() => (ends.stopped += 1));
    reading.worker.stop();
    await reading.clock.settle();
    expect(ends.stopped).toBe(1);
  });

  it('is not one that does not answer, nor one whose login is refused: that is the account’s', async () => {
    reading = new Reading();
    reading.answer = () => Promise.reject(new NetworkUnavailable('no answer', { certainty: 'notSent' }));
    await reading.fails();
    expect(reading.refused).toBe(0);
    reading.answer = () => Promise.reject(new LoginRefused('the password is wrong'));
    await reading.fails();
    expect([reading.refused, reading.told]).toEqual([1, []]);
  });
});
