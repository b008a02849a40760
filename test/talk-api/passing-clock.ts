import type { Clock } from '../../src/model/clock.js';

/** Time that passes only where somebody sleeps, or where it is moved: an hour takes as long as what is done in it. */
export class PassingClock implements Clock {
  #nowMs = 0;

  /** Milliseconds since it was made. */
  get passedMs(): number {
    return this.#nowMs;
  }

  move(ms: number): void {
    this.#nowMs += ms;
  }

  now(): Date {
    return new Date(Date.UTC(2026, 10, 21, 10) + this.#nowMs);
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return;
    this.#nowMs += ms;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
