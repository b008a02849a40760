import type { Clock } from '../../model/clock.js';
import { Abandoned } from '../../model/errors.js';
import { BoundedMap } from '../../model/bounded-map.js';

const mostPlaces = 10_000;

/**
 * When the next message may be posted in a channel: Slack takes about one a second in each, and short bursts. Who posts faster is
 * asked for pauses that are longer than these.
 */
export class PostPace {
  /** Until when a channel's allowance is used up. */
  readonly #usedUntilMs = new BoundedMap<string, number>(mostPlaces);

  constructor(
    private readonly clock: Clock,
    private readonly options: { readonly everyMs: number; readonly burst: number },
  ) {}

  /** Resolves when it is this one's turn, after those who asked before. Throws Abandoned where `signal` aborts. */
  async turn(channel: string, signal: AbortSignal): Promise<void> {
    const { everyMs, burst } = this.options;
    const nowMs = this.clock.monotonicMs();
    const usedUntilMs = Math.max(nowMs, this.#usedUntilMs.get(channel) ?? 0);
    this.#usedUntilMs.set(channel, usedUntilMs + everyMs);
    const waitMs = usedUntilMs - nowMs - everyMs * (burst - 1);
    if (waitMs > 0) await this.clock.sleep(waitMs, signal);
    if (signal.aborted) throw new Abandoned('stopped before it was its turn', { certainty: 'notSent' });
  }
}
