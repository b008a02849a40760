import { ShardLost } from '../model/errors.js';
import type { AccountId, Cursor, RoomRef } from '../model/ids.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import { Combined } from '../persistence/combined.js';
import { type Fence, isDataError } from '../persistence/database.js';
import type { InboxRow, RoomsRead } from '../persistence/plan-writes.js';
import type { Read } from './batch.js';

/** So many payloads go into one transaction, unless one room brings more: meanwhile no lane of theirs gets anything else, nor is written down. */
const mostTogether = 32;
/** So many transactions of an account run at once: while one waits for the disk or for a lane another goes on. */
const mostAtOnce = 3;

/** Where a pulled batch came from: the cursor moves in the same transaction, if the room is still ours. */
export interface Pulled {
  readonly room: RoomRef;
  readonly cursor: Cursor;
  readonly fence: Fence;
}

/** What an account tells at one time, of one room where it was pulled. */
export interface Batch {
  readonly reads: readonly Read[];
  readonly pulled: Pulled | undefined;
}

/**
 * What rooms of an account bring while others of them are being stored is stored together next: one commit for many rooms. A room is
 * in one transaction at a time, so that what it brings is stored in its order.
 */
export class Together {
  readonly #accounts = new Map<AccountId, Combined<Batch, undefined>>();

  constructor(private readonly store: (adapter: NetworkAdapter, batches: readonly Batch[]) => Promise<void>) {}

  /** Resolves when it is stored. A row that is refused, or a shard that is lost, is one room's: the others are stored all the same. */
  async put(adapter: NetworkAdapter, batch: Batch): Promise<void> {
    await this.#of(adapter).ask(batch);
  }

  #of(adapter: NetworkAdapter): Combined<Batch, undefined> {
    const known = this.#accounts.get(adapter.account);
    if (known !== undefined) return known;
    const store = async (batches: readonly Batch[]): Promise<undefined[]> => {
      await this.store(adapter, batches);
      return batches.map(() => undefined);
    };
    const mayBeOfOne = (error: unknown): boolean => isDataError(error) || error instanceof ShardLost;
    const together = new Combined<Batch, undefined>(mostTogether, store, mayBeOfOne, {
      sizeOf: ({ reads }) => Math.max(1, reads.length),
      atOnce: mostAtOnce,
      placeOf: ({ pulled }) => pulled?.room.id,
    });
    this.#accounts.set(adapter.account, together);
    return together;
  }
}

/** How far each room was read, and whether that brought anything new. */
export function roomsRead(batches: readonly Batch[], fresh: readonly InboxRow[]): RoomsRead['reads'] {
  const news = new Set(fresh.map(({ key }) => key));
  return batches.flatMap(({ pulled, reads }) =>
    pulled === undefined ? [] : [{ ...pulled, isNews: reads.some(({ key }) => news.has(key)) }],
  );
}
