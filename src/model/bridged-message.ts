import type { RemoteId, UserId } from './ids.js';

/** A message that stands in a room, as far as the bridge was told. */
export interface BridgedMessage {
  /** As it stands in the room, in order. */
  readonly parts: readonly RemoteId[];
  /** Whose words they are, where they were said in the room; absent: they are a copy of ours. */
  readonly author?: UserId;
  /** Of its last change, as events number them; '0' where there was none. */
  readonly version: string;
  /** Of people of the room's own network. */
  readonly reactions: readonly { readonly emoji: string; readonly person: UserId }[];
}
