import { createHash, randomBytes } from 'node:crypto';
import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import type { Log } from '../../model/network-definition.js';

const prefix = 'bot/';
/** A new one is used within this time by every replica. */
const believedForMs = 2_000;
/** Whoever calls with what fits none has them read again, no more often than that. */
const doubtedAfterMs = 250;
/** Made and never used: more of them are not kept. */
const mostKept = 5;

/** What an account's bot and we know: it signs what it tells, and it is found by it in a room's list of bots. */
export interface BotSecret {
  readonly key: string;
  readonly secret: string;
  /** Where the bot was told to tell it. */
  readonly url: string;
}

/** Pure: by what an account's bot is known among those of a server, where it stands in the bot's description. Tells nothing of the secret. */
export function markOf(secret: string): string {
  return createHash('sha256').update(`bot of crosstalk ${secret}`).digest('hex').slice(0, 10);
}

/**
 * The secrets of an account's bot, oldest first: the one in use, and those that were made since. The first call that is signed with
 * a later one ends those before it.
 */
export class BotSecrets {
  #known: readonly BotSecret[] | undefined;
  #reading: Promise<readonly BotSecret[]> | undefined;
  #readAtMs = -Infinity;

  constructor(
    private readonly store: AccountStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** `doubted`: one may have been made just now. Throws where they were never read and cannot be now. */
  async known(are: 'believed' | 'doubted' = 'believed'): Promise<readonly BotSecret[]> {
    const ageMs = this.clock.monotonicMs() - this.#readAtMs;
    if (this.#known !== undefined && ageMs < (are === 'believed' ? believedForMs : doubtedAfterMs)) return this.#known;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
      this.#readAtMs = this.clock.monotonicMs();
    });
    return this.#reading;
  }

  /** A call was signed with it. */
  async used({ key }: BotSecret): Promise<void> {
    const before = (this.#known ?? []).filter((other) => other.key < key);
    if (before.length === 0) return;
    this.#known = this.#known?.filter((other) => other.key >= key);
    for (const old of before) await this.store.delete(old.key);
    this.log.info({ ended: before.length }, 'the bot signs with a new secret; the one before is not accepted any more');
  }

  /** A fresh one, of 64 characters. */
  async make(url: string): Promise<{ readonly made: BotSecret; readonly before: readonly BotSecret[] }> {
    const before = await this.#list();
    const madeAt = new Date(Math.max(this.clock.now().getTime(), madeMs(before.at(-1)) + 1));
    const key = `${prefix}${madeAt.toISOString()} ${randomBytes(4).toString('hex')}`;
    const made = { key, secret: randomBytes(32).toString('hex'), url };
    await this.store.put(key, { secret: made.secret, url }, { secret: true });
    // The oldest is the one in use.
    for (const surplus of before.slice(1, Math.max(1, before.length + 2 - mostKept))) {
      await this.store.delete(surplus.key);
    }
    return { made, before };
  }

  async #read(): Promise<readonly BotSecret[]> {
    try {
      this.#known = await this.#list();
    } catch (error) {
      if (this.#known === undefined) throw error;
      this.log.debug({ error }, 'the secrets of the bot could not be read: those known are used');
    }
    return this.#known;
  }

  async #list(): Promise<readonly BotSecret[]> {
    const entries = await this.store.list(prefix);
    return entries.flatMap(({ key, value }) => {
      const { secret, url } = (value ?? {}) as Partial<BotSecret>;
      return typeof secret === 'string' && typeof url === 'string' ? [{ key, secret, url }] : [];
    });
  }
}

/** By the clock of whoever made it, which need not be ours: what is made now is later all the same. */
function madeMs(secret: BotSecret | undefined): number {
  const madeMs = Date.parse(secret?.key.slice(prefix.length).split(' ')[0] ?? '');
  return Number.isNaN(madeMs) ? 0 : madeMs;
}
