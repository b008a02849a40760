import type { UserId } from './ids.js';

export interface CallGuest {
  readonly id: UserId;
  readonly name: string;
}

/** A call that goes on, as far as it was told. */
export interface Call {
  /** ISO 8601, by the network's clock. */
  readonly startedAt: string;
  /** Who began it is the first of those who came. */
  readonly people: readonly CallGuest[];
  readonly joinUrl?: string;
  readonly attention?: 'silent';
}
