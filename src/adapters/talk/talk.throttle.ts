import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../model/clock.js';
import type { Log } from '../../model/network-definition.js';
import { throttledMsIn } from './api/headers.js';
import { pausedError } from './talk.errors.js';

const longestPauseMs = 60_000;
const toldAgainAfterMs = 600_000;

/**
 * What a server does against those who guess: it holds answers back, all of an address alike, longer with each refusal, and
 * shuts out who goes on. So after a refusal nothing is asked for as long as its answer was held back; what was answered well
 * takes no pause, but somebody has to know, because the server alone can let our address off.
 */
export class Throttle {
  #pausedUntilMs = 0;
  #toldAtMs = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Throws RateLimited while nothing may be asked. */
  check(): void {
    const leftMs = this.#pausedUntilMs - this.clock.monotonicMs();
    if (leftMs > 0) throw pausedError(Math.ceil(leftMs));
  }

  /** An answer came. */
  notice(headers: IncomingHttpHeaders, was: 'answered' | 'refused'): void {
    const throttledMs = throttledMsIn(headers) ?? 0;
    if (throttledMs === 0) return;
    const nowMs = this.clock.monotonicMs();
    if (was === 'refused')
      this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + Math.min(throttledMs, longestPauseMs));
    if (nowMs - this.#toldAtMs < toldAgainAfterMs) return;
    this.#toldAtMs = nowMs;
    this.log.warn({ throttledMs }, 'the server slows our address down: its brute-force settings can except it');
  }
}
