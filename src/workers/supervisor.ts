import type { Clock } from '../model/clock.js';
import { LoginRefused } from '../model/errors.js';
import type { Log } from '../model/network-definition.js';
import type { Metrics } from '../observability/metrics.js';

export interface SupervisorOptions {
  /** The first pause after a failure; `pausesAfter` says how it grows. */
  readonly firstPauseMs: number;
}

/**
 * Keeps loops alive. A loop ends only when its signal aborts or by throwing; then it is started again after a pause that grows
 * (1 s, 6 s, 11 s … 30 s; after a refused login 5 s, 10 s, 20 s … 10 minutes). A failure is told once, and once more when it is over.
 */
export class Supervisor {
  readonly #loops = new Set<Promise<void>>();

  constructor(
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly log: Log,
    private readonly options: SupervisorOptions,
  ) {}

  /** Resolves when the loop has ended for good. `worker` names its kind, `fields` the one. */
  keep(
    worker: string,
    fields: object,
    loop: (signal: AbortSignal, working: () => void) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const kept = this.#keep(worker, fields, loop, signal);
    this.#loops.add(kept);
    return kept.finally(() => this.#loops.delete(kept));
  }

  /** Resolves when every loop has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#loops);
  }

  async #keep(
    worker: string,
    fields: object,
    loop: (signal: AbortSignal, working: () => void) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    let failures = 0;
    const working = (): void => {
      if (failures > 0) this.log.info({ worker, ...fields }, 'works again');
      failures = 0;
    };
    while (!signal.aborted) {
      try {
        await loop(signal, working);
        if (!signal.aborted) throw new Error(`the ${worker} loop ended without being asked to`);
      } catch (error) {
        if (signal.aborted) return;
        if (failures === 0) this.log.warn({ worker, ...fields, error }, 'fails and is tried again');
        else this.log.debug({ worker, ...fields, error, failures }, 'still fails');
        this.metrics.restarts.inc({ worker });
        await this.clock.sleep(this.options.firstPauseMs * pausesAfter(error, failures), signal);
        failures += 1;
      }
    }
  }
}

/** In first pauses. Servers count refused logins, and slow down or shut out whoever has too many. */
function pausesAfter(error: unknown, failures: number): number {
  return error instanceof LoginRefused ? Math.min(5 * 2 ** failures, 600) : Math.min(1 + 5 * failures, 30);
}
