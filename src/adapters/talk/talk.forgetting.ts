import type { Clock } from '../../model/clock.js';
import type { Log } from '../../model/network-definition.js';

const forgetEveryMs = 86_400_000;

/** What is kept for some days or months, and forgotten only when it is told to. */
export interface Memory {
  clean(): Promise<void>;
}

/** Has memories forget what nobody needs any more, now and once a day, until `signal` aborts. */
export async function forgetDaily(
  memories: readonly Memory[],
  clock: Pick<Clock, 'sleep'>,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const memory of memories) {
      await memory.clean().catch((error: unknown) => log.warn({ error }, 'what is long past could not be forgotten'));
    }
    await clock.sleep(forgetEveryMs, signal);
  }
}
