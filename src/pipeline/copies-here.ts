import { targetOf } from '../model/bridge-event.js';
import type { Lane, ReactionCopy, ShownCopy, WaitingDelivery } from '../model/delivery.js';
import type { MessageRef, RoomRef } from '../model/ids.js';
import type { Copy } from '../model/network-adapter.js';
import type { RowId } from '../model/routing.js';
import { firstToldPart } from '../model/told-reactions.js';

/** The reads that a delivery needs before it can be sent. */
export interface CopyLookup {
  copiesOf(message: RowId, lane: RowId): Promise<readonly ShownCopy[]>;
  copiesOfRef(ref: MessageRef, lane: RowId): Promise<readonly ShownCopy[]>;
  reactionCopies(message: RowId, lane: RowId, emoji: string): Promise<readonly ReactionCopy[]>;
  /** The message as it stands in a room of the account of `target`, in that room where it is there. */
  copyOn(ref: MessageRef, target: RoomRef): Promise<MessageRef | undefined>;
}

/** What the event is about, as it stands in the lane's room. */
export async function copiesAbout(
  { event, message }: WaitingDelivery,
  lane: Lane,
  copies: Pick<CopyLookup, 'copiesOf'>,
  now: Date,
): Promise<readonly ShownCopy[]> {
  const reference = targetOf(event);
  if (reference === undefined) return [];
  // A second copy of our own message is deleted by its id: it never became a copy.
  if (message === null) return [{ part: 0, id: reference.id, hash: null, madeAt: now }];
  const shown = await copies.copiesOf(message, lane.id);
  if (event.kind !== 'messageDeleted') return shown.filter(({ part }) => part < firstToldPart);
  // One part was deleted by somebody in the lane's own room: the others go with it.
  return isOf(lane, event.room) ? shown.filter(({ id }) => id !== event.message.id) : shown;
}

/** A message as it stands in the lane's room, by its first part there. */
export async function copyOf(
  copies: Pick<CopyLookup, 'copiesOfRef'>,
  lane: Lane,
  ref: MessageRef | undefined,
): Promise<Copy | undefined> {
  return ref === undefined ? undefined : (await copies.copiesOfRef(ref, lane.id)).at(0);
}

/** Whether the room is the lane's own. */
export function isOf({ account, room }: Lane, { account: other, id }: RoomRef): boolean {
  return account === other && room === id;
}
