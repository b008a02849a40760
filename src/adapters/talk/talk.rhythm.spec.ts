import { ReadingRhythm } from './talk.rhythm.js';
import { rereadAfterMs } from './talk.watch.js';

describe('talk.rhythm', () => {
  const settings = {
    overlapS: 60,
    overlapIntervalMs: 3000,
    pollTimeoutS: 30,
    pollPauseMs: 500,
    shortPollMs: 1000,
    maxPollPauseMs: 30_000,
  };
  let nowMs: number;
  let slept: number[];
  const clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: (ms: number) => {
      slept.push(ms);
      return Promise.resolve();
    },
  };
  const signal = new AbortController().signal;

  beforeEach(() => {
    nowMs = 0;
    slept = [];
  });

  it('after activity the overlap is read again, ever later, until nothing can come late', () => {
    const rhythm = new ReadingRhythm(settings, clock);
    rhythm.hadActivity('room');
    const readAt: number[] = [];
    for (nowMs = 0; nowMs < 600_000; nowMs += 500) {
      if (!rhythm.isOverlapDue('room')) continue;
      readAt.push(nowMs / 1000);
      rhythm.readOverlap('room');
    }
    expect(readAt).toEqual([0, 6, 18, 42, 90]);
  });

  it('while people write all the time it is read at most once in an interval', () => {
    const rhythm = new ReadingRhythm(settings, clock);
    let reads = 0;
    for (nowMs = 0; nowMs < 60_000; nowMs += 100) {
      rhythm.hadActivity('room');
      if (!rhythm.isOverlapDue('room')) continue;
      reads += 1;
      rhythm.readOverlap('room');
    }
    expect(reads).toBe(20);
  });

  it('the whole page is due at first, and a second after it was read', () => {
    const rhythm = new ReadingRhythm(settings, clock);
    const due: boolean[] = [rhythm.isWholePageDue('room'), rhythm.isWholePageDue('room')];
    rhythm.readWholePage('room');
    for (nowMs of [0, 999, 1_000]) due.push(rhythm.isWholePageDue('room'));
    expect([due, rhythm.isWholePageDue('another')]).toEqual([[true, true, false, false, true], true]);
  });

  it('a request is held only until the overlap is due, and never less than a second', () => {
    const rhythm = new ReadingRhythm(settings, clock);
    rhythm.readOverlap('room');
    rhythm.hadActivity('room');
    expect(rhythm.heldS('room')).toBe(3);
    nowMs = 2990;
    expect(rhythm.heldS('room')).toBe(1);
    for (nowMs = 0; nowMs < 600_000; nowMs += 1000) if (rhythm.isOverlapDue('room')) rhythm.readOverlap('room');
    expect(rhythm.heldS('room')).toBe(30);
  });

  it('a server that answers held requests at once with nothing is asked at most ten times a minute', async () => {
    const rhythm = new ReadingRhythm(settings, clock);
    let requests = 0;
    let passedMs = 0;
    while (passedMs < 60_000) {
      requests += 1;
      rhythm.broughtNothing('room', 30, 5);
      await rhythm.nextHeld('room', signal);
      passedMs += slept.at(-1) ?? 0;
      nowMs = passedMs;
    }
    expect(requests).toBeLessThanOrEqual(10);
  });

  it('half a second after a held request was answered, or held as long as it should be, the next one begins', async () => {
    const rhythm = new ReadingRhythm(settings, clock);
    await rhythm.nextHeld('room', signal);
    expect(slept).toEqual([]);
    rhythm.wasAnswered('room');
    await rhythm.nextHeld('room', signal);
    rhythm.broughtNothing('room', 30, 30_000);
    nowMs = 200;
    await rhythm.nextHeld('room', signal);
    rhythm.broughtNothing('room', 1, 900);
    nowMs = 700;
    await rhythm.nextHeld('room', signal);
    expect(slept).toEqual([500, 300]);
  });

  it('a pause ends with the wait that it is part of', async () => {
    const untilAborted = (_ms: number, ended?: AbortSignal) =>
      new Promise<void>((resolve) => ended?.addEventListener('abort', () => resolve()));
    const rhythm = new ReadingRhythm(settings, { ...clock, sleep: untilAborted });
    const wait = new AbortController();
    rhythm.wasAnswered('room');
    const pause = rhythm.nextHeld('room', wait.signal);
    wait.abort();
    await pause;
  });
});

describe('talk.watch: rereadAfterMs', () => {
  it('every 10 s for 10 minutes after activity, then after 1, 5 and 60 minutes', () => {
    const readAt: number[] = [];
    for (let quietMs = 0; quietMs <= 140 * 60_000; quietMs += rereadAfterMs(quietMs, 'swept'))
      readAt.push(quietMs / 60_000);
    expect(readAt.filter((minute) => minute <= 10)).toHaveLength(61);
    expect(readAt.filter((minute) => minute > 10)).toEqual([11, 16, 76, 136]);
    expect(rereadAfterMs(0, 'signaling')).toBe(10_000);
  });

  it('once an hour where a bot tells of everything', () => {
    expect([0, 60_000, 3_600_000].map((quietMs) => rereadAfterMs(quietMs, 'webhook'))).toEqual([
      3_600_000, 3_600_000, 3_600_000,
    ]);
  });
});
