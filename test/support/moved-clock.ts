import type { AlarmClock } from '../../src/model/clock.js';

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until a spec moves it. Whoever sleeps wakes at its time, one after the other. */
export class MovedClock implements AlarmClock {
  /** How long each sleep was to be, in their order. */
  readonly slept: number[] = [];
  readonly #sleepers = new Set<Sleeper>();
  /** Differs from the wall's: one that is taken for the other shows. */
  #monotonicMs = 5_000;

  constructor(readonly startedAt = new Date('2026-01-02T03:04:05.000Z')) {}

  /** What has passed since it was made. */
  get elapsedMs(): number {
    return this.#monotonicMs - 5_000;
  }

  now(): Date {
    return new Date(this.startedAt.getTime() + this.elapsedMs);
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { untilMs: this.#monotonicMs + ms, wake };
      this.#sleepers.add(sleeper);
      if (signal?.aborted === true) wake();
      else signal?.addEventListener('abort', wake);
    });
  }

  after(ms: number, act: () => void): () => void {
    this.slept.push(ms);
    const sleeper = {
      untilMs: this.#monotonicMs + ms,
      wake: () => {
        this.#sleepers.delete(sleeper);
        act();
      },
    };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }

  /** Time passes; what it wakes goes on until it waits again. Only for what waits for this clock, promises and nothing else. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    await this.settle();
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#monotonicMs = Math.max(this.#monotonicMs, next.untilMs);
      next.wake();
      await this.settle();
    }
    this.#monotonicMs = endMs;
  }

  /** Every promise that can go on without time has gone on. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  #next(endMs: number): Sleeper | undefined {
    const [first] = [...this.#sleepers].sort((a, b) => a.untilMs - b.untilMs);
    return first !== undefined && first.untilMs <= endMs ? first : undefined;
  }
}
