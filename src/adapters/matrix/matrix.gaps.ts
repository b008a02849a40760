import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';

const storeKey = 'transactions';
/** A larger step is no gap: such a homeserver does not count its transactions. */
const maxGap = 100;
/** How long after our start or a refusal a homeserver may still be catching up. */
const watchedMs = 60_000;

interface Numbers {
  /** The latest transaction that was stored. */
  readonly last: number;
  /** One that was refused because of a gap before it. */
  readonly refused?: number;
}

/**
 * Notices transactions that a homeserver left behind. Synapse 1.163 counts them and repeats what failed, the oldest first; one
 * that is made just as it has caught up stays behind until the next failure, while later ones come. So the first that comes
 * past a gap is refused once: then all that waits comes again, in order. Gaps are also made by other application services of
 * the homeserver: what comes again without anything before it is taken.
 */
export class TransactionGaps {
  #watchedUntilMs = 0;
  #isWatchful = false;

  constructor(
    private readonly store: AccountStore,
    private readonly clock: Clock,
  ) {}

  /** We were away, or refused something: the homeserver catches up. */
  watch(): void {
    this.#watchedUntilMs = this.clock.monotonicMs() + watchedMs;
    this.#isWatchful = true;
  }

  /** Whether something that came before this transaction may be missing: it is to be refused, this once. */
  async isPastGap(transaction: string): Promise<boolean> {
    const number = numberOf(transaction);
    if (!this.#isWatchful || number === undefined) return false;
    const { last, refused } = await this.#numbers();
    const step = number - last;
    if (number === refused || step <= 1 || step > maxGap) return false;
    await this.store.put(storeKey, { last, refused: number });
    return true;
  }

  /** To be told once the transaction's events are stored. */
  async passed(transaction: string): Promise<void> {
    const number = numberOf(transaction);
    if (number === undefined) return;
    const { last, refused } = await this.#numbers();
    const startsAnew = number < last - maxGap;
    const kept = refused !== undefined && refused > number ? { refused } : {};
    await this.store.put(storeKey, { last: startsAnew ? number : Math.max(last, number), ...kept });
    // The gap was ours, and the homeserver is about to have caught up once more.
    if (kept.refused !== undefined) this.watch();
    // Not before one came: a room may be quiet for long after the homeserver left something behind.
    if (this.clock.monotonicMs() > this.#watchedUntilMs) this.#isWatchful = false;
  }

  /** Read anew each time: another replica may have taken the one before. */
  async #numbers(): Promise<Numbers> {
    const { last, refused } = ((await this.store.get(storeKey)) ?? {}) as { last?: unknown; refused?: unknown };
    return {
      last: typeof last === 'number' ? last : -Infinity,
      ...(typeof refused === 'number' ? { refused } : {}),
    };
  }
}

/** Undefined where the homeserver's transactions are not counted. */
function numberOf(transaction: string): number | undefined {
  return /^\d{1,15}$/.test(transaction) ? Number(transaction) : undefined;
}
