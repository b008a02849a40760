import type { EventDraft } from './events.js';
import { MatrixError } from './matrix-error.js';
import type { Room } from './room.js';

/** The largest event that a room may hold, as the JSON that travels between servers. Source: the specification's "Size limits". */
const maxEventBytes = 65_536;

const maxNameBytes = 255;
const anyTimeMs = 1_700_000_000_000;

/** Refuses an event that is too large, or one of whose names is: 413 M_TOO_LARGE. */
export function checkSize(draft: EventDraft, room: Room): void {
  const names = { sender: draft.sender, room_id: room.id, state_key: draft.stateKey ?? '', type: draft.type };
  for (const [field, value] of Object.entries(names)) {
    if (Buffer.byteLength(value) > maxNameBytes) throw tooLarge(`'${field}' too large`);
  }
  if (Buffer.byteLength(JSON.stringify(federationForm(draft, room))) > maxEventBytes) throw tooLarge('event too large');
}

/** The event with what a server adds before it travels. Hashes, signature and times stand for their lengths only. */
function federationForm(draft: EventDraft, room: Room): Record<string, unknown> {
  const { version } = room;
  const hash = '#'.repeat(43);
  const isOld = version.eventIds === 'domain';
  const eventId = isOld ? `$${'#'.repeat(18)}:${room.serverName}` : `$${hash}`;
  const reference = isOld ? [eventId, { sha256: hash }] : eventId;
  // The sender's membership, the power levels and, up to version 11, the create event.
  const authorizing =
    version.roomIds === 'hash' ? [reference, reference] : [reference, reference, isOld ? [eventId, {}] : reference];
  const replaced = draft.stateKey === undefined ? undefined : room.state(draft.type, draft.stateKey);
  return {
    auth_events: authorizing,
    content: draft.content,
    depth: room.timeline.length,
    hashes: { sha256: hash },
    origin_server_ts: draft.originServerTsMs ?? anyTimeMs,
    prev_events: [reference],
    room_id: room.id,
    sender: draft.sender,
    signatures: { [room.serverName]: { 'ed25519:a_####': '#'.repeat(86) } },
    type: draft.type,
    unsigned: { age_ts: anyTimeMs, ...(replaced === undefined ? {} : { replaces_state: replaced.eventId }) },
    ...(isOld ? { event_id: eventId } : {}),
    ...(draft.stateKey === undefined ? {} : { state_key: draft.stateKey }),
    ...(draft.redacts === undefined || version.redactsInContent ? {} : { redacts: draft.redacts }),
  };
}

function tooLarge(message: string): MatrixError {
  return new MatrixError(413, 'M_TOO_LARGE', message);
}
