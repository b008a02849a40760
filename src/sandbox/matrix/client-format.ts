import { relationOf, type JsonObject, type StoredEvent } from './events.js';
import type { Requester } from './requester.js';
import type { Room } from './room.js';

/**
 * `v1`: what most calls and the application service see (with the legacy copies at the top).
 * `v2`: `state?format=event`. `sync`: the same without the room's id.
 */
export type EventFormat = 'v1' | 'v2' | 'sync';

export interface FormatOptions {
  readonly room: Room;
  readonly nowMs: number;
  readonly format: EventFormat;
  readonly requester?: Requester;
  /** Tell an application service what an invited user is told of the room. */
  readonly roomState?: 'included';
  /** Add edits and thread summaries under `unsigned`. */
  readonly bundles?: 'included';
  /** Where the requester was then goes with timelines, not with state. */
  readonly membership?: 'omitted';
}

/** An event as clients see it now: a redacted one is bare and names its redaction. */
export function formatEvent(event: StoredEvent, options: FormatOptions): JsonObject {
  const unsigned = unsignedOf(event, options);
  const { redacts } = event;
  const isRedaction = event.type === 'm.room.redaction' && redacts !== undefined;
  const formatted: JsonObject = {
    type: event.type,
    sender: event.sender,
    content: isRedaction ? { ...event.content, redacts } : event.content,
    ...(event.stateKey === undefined ? {} : { state_key: event.stateKey }),
    origin_server_ts: event.originServerTsMs,
    unsigned,
    event_id: event.eventId,
    ...(options.format === 'sync' ? {} : { room_id: event.roomId }),
    ...(isRedaction ? { redacts } : {}),
  };
  if (options.format !== 'v1') return formatted;
  formatted.user_id = event.sender;
  for (const key of ['age', 'redacted_because', 'replaces_state', 'prev_content', 'invite_room_state']) {
    if (key in unsigned) formatted[key] = unsigned[key];
  }
  return formatted;
}

function unsignedOf(event: StoredEvent, options: FormatOptions): JsonObject {
  const { requester, room } = options;
  const unsigned: JsonObject = { age: options.nowMs - event.receivedAtMs };
  if (event.replaces !== undefined) {
    unsigned.replaces_state = event.replaces.eventId;
    unsigned.prev_content = event.replaces.content;
    unsigned.prev_sender = event.replaces.sender;
  }
  if (requester !== undefined) {
    if (options.membership !== 'omitted') {
      unsigned.membership = room.membershipAt(requester.userId, event.order) ?? 'leave';
    }
    if (sawTransaction(event, requester)) unsigned.transaction_id = event.origin?.transactionId;
  }
  if (options.roomState === 'included' && event.inviteRoomState !== undefined) {
    unsigned.invite_room_state = event.inviteRoomState;
  }
  if (event.redactedBy !== undefined) {
    unsigned.redacted_by = event.redactedBy.eventId;
    unsigned.redacted_because = formatEvent(event.redactedBy, withoutBundles(options));
  }
  if (options.bundles === 'included' && event.stateKey === undefined) {
    const relations = bundlesOf(event, options);
    if (relations !== undefined) unsigned['m.relations'] = relations;
  }
  return unsigned;
}

function sawTransaction({ sender, origin }: StoredEvent, requester: Requester): boolean {
  if (origin === undefined || sender !== requester.userId) return false;
  return origin.deviceId === undefined
    ? requester.appservice?.id === origin.appserviceId
    : requester.deviceId === origin.deviceId;
}

function bundlesOf(event: StoredEvent, options: FormatOptions): JsonObject | undefined {
  const related = options.room.relations(event.eventId);
  if (related.length === 0) return undefined;
  const bundles: JsonObject = {};
  const inner = withoutBundles(options);
  const ofKind = (kind: string): readonly StoredEvent[] =>
    related.filter((other) => relationOf(other.content)?.kind === kind);
  // Only the author's own edits of the same type count.
  const edit = ofKind('m.replace').findLast((other) => other.sender === event.sender && other.type === event.type);
  if (edit !== undefined && event.redactedBy === undefined) bundles['m.replace'] = formatEvent(edit, inner);
  const references = ofKind('m.reference');
  if (references.length > 0)
    bundles['m.reference'] = { chunk: references.map(({ eventId }) => ({ event_id: eventId })) };
  const thread = ofKind('m.thread');
  const latest = thread.at(-1);
  if (latest !== undefined) {
    bundles['m.thread'] = {
      latest_event: formatEvent(latest, inner),
      count: thread.length,
      current_user_participated: [event, ...thread].some((other) => other.sender === options.requester?.userId),
    };
  }
  return Object.keys(bundles).length === 0 ? undefined : bundles;
}

function withoutBundles({ room, nowMs, format, requester }: FormatOptions): FormatOptions {
  return { room, nowMs, format, membership: 'omitted', ...(requester === undefined ? {} : { requester }) };
}
