import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import type { Log } from '../../model/network-definition.js';

const storeKey = 'transactions';
/** A larger step is no gap: such a homeserver does not count its transactions. */
const maxGap = 100;
/** Our second registration takes every other number. A larger step may be chance, or what another replica took and has not noted yet. */
const mostUsualStep = 2;
/** How long after our start or a refusal a homeserver may still be catching up. */
const watchedMs = 60_000;
/** Notes are written at most so often. After a crash one transaction too many may be refused, once. */
const noteEveryMs = 100;

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
 * the homeserver, which counts for all of them together; our second registration takes every other number. What comes again
 * without anything before it is taken, and from then on every other number is nothing to wonder at.
 */
export class TransactionGaps {
  #watchedUntilMs = 0;
  #isWatchful = false;
  /** The step that others were seen to make, where it is a small one. */
  #usualStep = 1;
  #signal: AbortSignal | undefined;
  /** The latest that passed here. */
  #passed = -Infinity;
  #isToBeNoted = false;
  #isWaitingToNote = false;
  /** What was last done with what is stored: reading and writing it are two steps, and others must not come between. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: AccountStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** We begin to listen, until `signal` aborts: the homeserver catches up. */
  open(signal: AbortSignal): void {
    this.#signal = signal;
    this.watch();
  }

  /** We were away, or refused something: the homeserver catches up. */
  watch(): void {
    this.#watchedUntilMs = this.clock.monotonicMs() + watchedMs;
    this.#isWatchful = true;
  }

  /** Whether something that came before this transaction may be missing: it is to be refused, this once. */
  async isPastGap(transaction: string): Promise<boolean> {
    const number = numberOf(transaction);
    // Nothing lies between two that follow one another, whoever took the others.
    if (!this.#isWatchful || number === undefined || number === this.#passed + 1) return false;
    return this.#inTurn(async () => {
      await this.#note();
      const { last, refused } = await this.#numbers();
      const step = number - last;
      if (number === refused && step <= mostUsualStep) this.#usualStep = Math.max(this.#usualStep, step);
      if (number === refused || step <= this.#usualStep || step > maxGap) return false;
      await this.store.put(storeKey, { last, refused: number });
      return true;
    });
  }

  /** To be told once the transaction's events are stored. */
  passed(transaction: string): void {
    const number = numberOf(transaction);
    if (number === undefined) return;
    this.#passed = number;
    this.#isToBeNoted = true;
    if (!this.#isWaitingToNote) void this.#noteSoon();
    // Not before one came: a room may be quiet for long after the homeserver left something behind.
    if (this.clock.monotonicMs() > this.#watchedUntilMs) this.#isWatchful = false;
  }

  async #noteSoon(): Promise<void> {
    this.#isWaitingToNote = true;
    await this.clock.sleep(noteEveryMs, this.#signal);
    this.#isWaitingToNote = false;
    try {
      await this.#inTurn(() => this.#note());
    } catch (error) {
      // The next one that comes notes it, or is taken for one past a gap.
      this.log.warn({ transaction: this.#passed, error }, 'could not note which transaction came last');
    }
  }

  /** After what is under way, however that ends: whoever asked for it is told. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work);
    this.#turn = done;
    return done;
  }

  async #note(): Promise<void> {
    if (!this.#isToBeNoted) return;
    this.#isToBeNoted = false;
    const number = this.#passed;
    const { last, refused } = await this.#numbers();
    const startsAnew = number < last - maxGap;
    const kept = refused !== undefined && refused > number ? { refused } : {};
    await this.store.put(storeKey, { last: startsAnew ? number : Math.max(last, number), ...kept });
    // The gap was ours, and the homeserver is about to have caught up once more.
    if (kept.refused !== undefined) this.watch();
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
