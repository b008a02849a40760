/** Of requests for wake-ups that bring nothing so many are made at once. */
const mostAtOnce = 4;
/** And one more in each such time: ten in the first minute of a storm, six in each that follows. */
const oneMoreMs = 10_000;

/** How soon a room may be read for a wake-up: at once, unless those before it brought nothing. */
export class WakePace {
  /** When all that were made in vain are forgotten. */
  #clearAtMs = -Infinity;

  /** 0: now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#clearAtMs - (mostAtOnce - 1) * oneMoreMs - nowMs);
  }

  broughtNothing(nowMs: number, requests = 1): void {
    this.#clearAtMs = Math.max(nowMs, this.#clearAtMs) + requests * oneMoreMs;
  }

  broughtSomething(): void {
    this.#clearAtMs = -Infinity;
  }
}
