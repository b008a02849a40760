import { cleanText } from '../../formatting/clean.js';
import type { BridgeEvent, RoomChanged } from '../../model/bridge-event.js';
import type { AccountId, FileRef } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { happened, one, refTo } from './from-matrix-happenings.js';
import { pinsChanged } from './from-matrix-pins.js';
import { type MatrixSelf, parseMxc } from './matrix.ids.js';
import { type JsonObject, type MatrixEvent, readRoomState, type StoredEvent } from './matrix.payloads.js';

export function fromRoomState(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { event } = stored;
  if (event.state_key !== '') return { ignored: `${event.type} that is no state of the room` };
  return one({ ...happened(stored, self), kind: 'roomChanged', change: changeOf(event, self.account) });
}

function changeOf({ type, content }: MatrixEvent, account: AccountId): RoomChanged['change'] {
  const { name = '', topic: plainTopic, 'm.topic': richTopic } = readRoomState(content);
  switch (type) {
    case 'm.room.name':
      return { of: 'name', name: cleanText(name).replaceAll(/\s+/g, ' ').trim() };
    case 'm.room.topic':
      return { of: 'topic', topic: cleanText(plainTopic ?? richTopic?.['m.text']?.at(0)?.body ?? '') };
    default:
      return { of: 'avatar', avatar: avatarRef(content, account) };
  }
}

/** The picture of a room's `m.room.avatar`; null where it has none. */
export function avatarRef(content: JsonObject, account: AccountId): FileRef | null {
  const { url, info } = readRoomState(content);
  if (url === undefined || parseMxc(url) === undefined) return null;
  return {
    account,
    id: url,
    name: 'avatar',
    mime: info?.mimetype ?? 'application/octet-stream',
    bytes: info?.size ?? 0,
  };
}

export function fromPins(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { event } = stored;
  if (event.state_key !== '') return { ignored: 'm.room.pinned_events that are no state of the room' };
  const events = pinsChanged(event.unsigned?.prev_content ?? {}, event.content).map(
    ({ event: id, state }): BridgeEvent => ({
      ...happened(stored, self),
      kind: 'pinChanged',
      message: refTo(stored, self, id),
      state,
    }),
  );
  return events.length === 0 ? { ignored: 'm.room.pinned_events: nothing was pinned or unpinned' } : { events };
}

/** Source: MSC1763, as Synapse and Element know it. */
export function fromRetention(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { content, state_key: key } = stored.event;
  if (key !== '') return { ignored: 'm.room.retention that is no state of the room' };
  const { max_lifetime: lifetime } = content;
  const afterMs = typeof lifetime === 'number' && Number.isSafeInteger(lifetime) && lifetime > 0 ? lifetime : null;
  return one({ ...happened(stored, self), kind: 'roomChanged', change: { of: 'expiration', afterMs } });
}
