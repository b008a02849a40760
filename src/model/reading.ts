import type { RemoteId } from './ids.js';

/** The latest message of another room that is not later than the one that was read. */
export interface Reached {
  readonly message: RemoteId;
  /** Its place among all messages, and that of the one that was read: later ones have higher places. */
  readonly place: bigint;
  readonly read: bigint;
}
