import type { BridgeEvent } from '../../model/bridge-event.js';
import { type MessageRef, remoteId, roomId, userId, type UserRef } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { shownName } from './from-matrix-text.js';
import { deliveryKeyIn, type MatrixSelf } from './matrix.ids.js';
import type { StoredEvent } from './matrix.payloads.js';

/** That alone happened. */
export function one(event: BridgeEvent): ReadResult {
  return { events: [event] };
}

/** Where, by whom and when. */
export function happened(
  { event, senderName }: StoredEvent,
  self: MatrixSelf,
): Pick<BridgeEvent, 'room' | 'actor' | 'at' | 'key'> {
  const key = deliveryKeyIn(event.content);
  return {
    room: { account: self.account, id: roomId(event.room_id) },
    actor: personRef(self, event.sender, senderName),
    at: new Date(event.origin_server_ts).toISOString(),
    ...(key === undefined ? {} : { key }),
  };
}

export function personRef({ account, users }: MatrixSelf, id: string, name: string | undefined): UserRef {
  return {
    account,
    id: userId(id),
    name: shownName(name, id),
    standing: users.isOurs(id) ? 'ours' : 'person',
  };
}

export function refTo({ event }: StoredEvent, { account }: MatrixSelf, id: string): MessageRef {
  return { room: { account, id: roomId(event.room_id) }, id: remoteId(id) };
}
