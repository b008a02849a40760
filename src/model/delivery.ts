import type { BridgeEvent } from './bridge-event.js';
import type { AccountId, DeliveryId, RemoteId, RoomId, UserId } from './ids.js';
import type { LinkOptions } from './link-options.js';
import type { Copy } from './network-adapter.js';
import type { RowId } from './routing.js';

/** The ordered line of deliveries to one portal. */
export interface Lane {
  /** The portal that it leads to. */
  readonly id: RowId;
  readonly account: AccountId;
  readonly room: RoomId;
  readonly shard: number;
  readonly options: LinkOptions;
}

export interface WaitingDelivery {
  readonly id: RowId;
  readonly uuid: DeliveryId;
  readonly message: RowId | null;
  readonly event: BridgeEvent;
  /** Who wrote the message that it is about. */
  readonly author: { readonly account: AccountId; readonly id: UserId } | null;
  readonly attempts: number;
  /** Parts that are known to exist, from an earlier attempt or from the echo. */
  readonly made: readonly Copy[];
  /** Set when an earlier attempt may have made it: nothing was attempted before `since`, a look is conclusive from `settledAt`. */
  readonly uncertain: { readonly since: Date; readonly settledAt: Date } | null;
  /** When it was read, by PostgreSQL's clock, which all times of deliveries are of. */
  readonly readAt: Date;
}

/** A delivery that is first in its lane, right after it was stored. */
export interface StoredDelivery {
  readonly id: RowId;
  readonly uuid: DeliveryId;
  /** By PostgreSQL's clock. */
  readonly readAt: Date;
}

/** What became of one attempt, as it is written down. */
export type DeliveryResult = {
  readonly delivery: WaitingDelivery;
  readonly made: readonly Copy[];
  /** Parts that an edit took away. */
  readonly gone: readonly Copy[];
  readonly hash: Buffer | null;
  /** Which part shows what the hash says, where that is one alone. */
  readonly shownPart?: number;
} & (
  | { readonly state: 'delivered' }
  | { readonly state: 'skipped' | 'parked'; readonly reason: string }
  | {
      readonly state: 'waiting';
      readonly reason: string;
      readonly attempts: number;
      readonly againAt: Date;
      readonly uncertain: WaitingDelivery['uncertain'];
    }
);

/** A copy with what it shows. */
export interface ShownCopy extends Copy {
  readonly hash: Buffer | null;
  readonly madeAt: Date;
}

/** For whom a reaction stands in a room, and its own id there, where it has one. `told`: it is said in words: that of its message. */
export interface ReactionCopy {
  readonly account: AccountId;
  readonly person: UserId;
  readonly remote: RemoteId | null;
  readonly told: boolean;
}
