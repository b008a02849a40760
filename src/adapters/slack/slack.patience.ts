import type { Clock } from '../../model/clock.js';
import { RateLimited } from '../../model/errors.js';

/** Asks until it is answered, at the pace that Slack allows: a pause is waited for, and the same is asked again. Throws all else. */
export async function patiently<T>(ask: () => Promise<T>, clock: Clock, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const retry = error instanceof RateLimited ? error.failure.retry : undefined;
      if (typeof retry !== 'object' || signal.aborted) throw error;
      await clock.sleep(retry.afterMs, signal);
    }
  }
}

/** `late`: not within `ms`, or `signal` aborted first; what was asked goes on. */
export async function within<T>(asked: Promise<T>, ms: number, clock: Clock, signal: AbortSignal): Promise<T | 'late'> {
  const over = new AbortController();
  const late = clock.sleep(ms, AbortSignal.any([signal, over.signal])).then(() => 'late' as const);
  try {
    return await Promise.race([asked, late]);
  } finally {
    over.abort();
  }
}
