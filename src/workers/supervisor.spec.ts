import type { Clock } from '../model/clock.js';
import { LoginRefused, RateLimited } from '../model/errors.js';
import { Metrics } from '../observability/metrics.js';
import { Supervisor } from './supervisor.js';

function supervised() {
  const slept: number[] = [];
  const told: string[] = [];
  const clock: Clock = {
    now: () => new Date(0),
    monotonicMs: () => 0,
    sleep: (ms) => {
      slept.push(ms);
      return Promise.resolve();
    },
  };
  const tell = (level: string) => (_: object, event: string) => {
    told.push(`${level}: ${event}`);
  };
  const log = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') };
  const metrics = new Metrics();
  return { slept, told, metrics, supervisor: new Supervisor(clock, metrics, log, { firstPauseMs: 1_000 }) };
}

describe('Supervisor', () => {
  it('starts a loop that throws again, after pauses that grow to thirty times the first', async () => {
    const { slept, supervisor, metrics } = supervised();
    const stop = new AbortController();
    await supervisor.keep(
      'room',
      {},
      () => {
        if (slept.length === 9) stop.abort();
        return Promise.reject(new Error('no'));
      },
      stop.signal,
    );
    expect(slept).toEqual([1_000, 6_000, 11_000, 16_000, 21_000, 26_000, 30_000, 30_000, 30_000]);
    expect((await metrics.restarts.get()).values).toMatchObject([{ value: 9, labels: { worker: 'room' } }]);
  });

  it('asks a server that refuses the login ever more rarely, six times an hour at last', async () => {
    const { slept, supervisor } = supervised();
    const stop = new AbortController();
    await supervisor.keep(
      'account',
      {},
      () => {
        if (slept.length === 9) stop.abort();
        return Promise.reject(new LoginRefused('no'));
      },
      stop.signal,
    );
    expect(slept.map((ms) => ms / 1_000)).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600]);
  });

  it('tries again when the failure says that it makes sense, however often it failed: not at once, and in ten minutes at the latest', async () => {
    const { slept, supervisor } = supervised();
    const stop = new AbortController();
    const failures = [
      new RateLimited('slower', { afterMs: 45_000 }),
      new LoginRefused('not yet', { afterMs: 10_000 }),
      new LoginRefused('not yet', { afterMs: 10_000 }),
      new RateLimited('slower', { afterMs: 0 }),
      new RateLimited('slower', { afterMs: 1e9 }),
      new Error('the last'),
    ];
    await supervisor.keep(
      'account',
      {},
      () => {
        const [next = new Error('no')] = failures.splice(0, 1);
        if (failures.length === 0) stop.abort();
        return Promise.reject(next);
      },
      stop.signal,
    );
    expect(slept).toEqual([45_000, 10_000, 10_000, 1_000, 600_000]);
  });

  it('tells a failure once, and once more when it is over; then it begins anew', async () => {
    const { slept, told, supervisor } = supervised();
    const stop = new AbortController();
    let runs = 0;
    await supervisor.keep(
      'room',
      {},
      (_, working) => {
        runs += 1;
        if (runs === 3) working();
        if (runs === 4) stop.abort();
        return Promise.reject(new Error('no'));
      },
      stop.signal,
    );
    expect(told).toEqual([
      'warn: fails and is tried again',
      'debug: still fails',
      'info: works again',
      'warn: fails and is tried again',
    ]);
    expect(slept).toEqual([1_000, 6_000, 1_000]);
  });

  it('ends with its signal, and starts nothing once it is aborted', async () => {
    const { supervisor, slept } = supervised();
    let runs = 0;
    await supervisor.keep('room', {}, () => Promise.resolve((runs += 1)).then(() => undefined), AbortSignal.abort());
    expect([runs, slept]).toEqual([0, []]);
  });

  it('a loop that ends without being asked to is started again', async () => {
    const { supervisor } = supervised();
    const stop = new AbortController();
    let runs = 0;
    await supervisor.keep(
      'watch',
      {},
      () => {
        runs += 1;
        if (runs === 3) stop.abort();
        return Promise.resolve();
      },
      stop.signal,
    );
    expect(runs).toBe(3);
  });

  it('knows when every loop has ended', async () => {
    const { supervisor } = supervised();
    const stop = new AbortController();
    const untilAborted = (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
    const ended: string[] = [];
    const kept = ['one', 'two'].map((name) =>
      supervisor.keep(name, {}, untilAborted, stop.signal).then(() => ended.push(name)),
    );
    stop.abort();
    await supervisor.ended();
    await Promise.all(kept);
    expect(ended).toEqual(['one', 'two']);
  });
});
