import type { Clock } from '../../model/clock.js';

const rememberedForMs = 600_000;
const mostRemembered = 10_000;

/** The randoms of calls that were signed, for some time: who repeats one repeats the call. */
export class Randoms {
  /** Until when each is remembered; the oldest first. */
  readonly #untilMs = new Map<string, number>();

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  take(random: string): 'new' | 'again' {
    const nowMs = this.clock.monotonicMs();
    for (const [old, untilMs] of this.#untilMs) {
      if (untilMs > nowMs && this.#untilMs.size <= mostRemembered) break;
      this.#untilMs.delete(old);
    }
    if (this.#untilMs.has(random)) return 'again';
    this.#untilMs.set(random, nowMs + rememberedForMs);
    return 'new';
  }
}
