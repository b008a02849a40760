import type { Clock } from '../model/clock.js';
import { BridgeError, LoginRefused } from '../model/errors.js';
import type { Log } from '../model/network-definition.js';
import type { Metrics } from '../observability/metrics.js';

export interface SupervisorOptions {
  /** The first pause after a failure; `pausesAfter` says how it grows. */
  readonly firstPauseMs: number;
}

/** What is kept alive: it ends only when it was stopped, or by throwing. */
export interface Kept {
  readonly isStopped: boolean;
  /** `working` is told when it works. */
  run(working: () => void): Promise<void>;
  /** Resolves after `ms`, or as soon as it is stopped. */
  pause(ms: number): Promise<void>;
}

/**
 * Keeps loops alive. A loop ends only when it is stopped or by throwing; then it is started again after a pause that grows
 * (1 s, 6 s, 11 s … 30 s; after a refused login 5 s, 10 s, 20 s … 10 minutes), or that the failure names. A failure is told once,
 * and once more when it is over.
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
    return this.keepOne(worker, fields, {
      get isStopped() {
        return signal.aborted;
      },
      run: (working) => loop(signal, working),
      pause: (ms) => this.clock.sleep(ms, signal),
    });
  }

  /** As `keep`, for what has its own way of being stopped. */
  keepOne(worker: string, fields: object, one: Kept): Promise<void> {
    const kept = this.#keep(worker, fields, one);
    this.#loops.add(kept);
    return kept.finally(() => this.#loops.delete(kept));
  }

  /** Resolves when every loop has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#loops);
  }

  async #keep(worker: string, fields: object, one: Kept): Promise<void> {
    let failures = 0;
    const working = (): void => {
      if (failures > 0) this.log.info({ worker, ...fields }, 'works again');
      failures = 0;
    };
    while (!one.isStopped) {
      try {
        await one.run(working);
        if (!one.isStopped) throw new Error(`the ${worker} loop ended without being asked to`);
      } catch (error) {
        if (one.isStopped) return;
        if (failures === 0) this.log.warn({ worker, ...fields, error }, 'fails and is tried again');
        else this.log.debug({ worker, ...fields, error, failures }, 'still fails');
        this.metrics.restarts.inc({ worker });
        await one.pause(pauseAfter(error, failures, this.options.firstPauseMs));
        failures += 1;
      }
    }
  }
}

const mostPauses = 600;

/** In ms. Servers count refused logins, and slow down or shut out whoever has too many. */
function pauseAfter(error: unknown, failures: number, firstPauseMs: number): number {
  const retry = error instanceof BridgeError ? error.failure.retry : undefined;
  if (typeof retry === 'object') return Math.min(Math.max(firstPauseMs, retry.afterMs), firstPauseMs * mostPauses);
  const pauses =
    error instanceof LoginRefused ? Math.min(5 * 2 ** failures, mostPauses) : Math.min(1 + 5 * failures, 30);
  return firstPauseMs * pauses;
}
