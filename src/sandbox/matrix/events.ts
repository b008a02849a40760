/** A JSON object as it came from a client. */
export type JsonObject = Record<string, unknown>;

/** An event before the server takes it. */
export interface EventDraft {
  readonly type: string;
  readonly sender: string;
  readonly content: JsonObject;
  /** Present for state, empty for the room's only one of its type. */
  readonly stateKey?: string;
  /** Rooms up to version 10 carry it outside the content; here it always is. */
  readonly redacts?: string;
  /** An application service may set the time: milliseconds since 1970. */
  readonly originServerTsMs?: number;
}

/** The request that made an event: only its own session sees the transaction id again. */
export interface EventOrigin {
  readonly transactionId: string;
  readonly deviceId?: string;
  readonly appserviceId?: string;
}

/** An event of a room's timeline. A redaction changes it in place. */
export interface StoredEvent {
  readonly eventId: string;
  readonly roomId: string;
  readonly type: string;
  readonly sender: string;
  content: JsonObject;
  readonly stateKey?: string;
  readonly redacts?: string;
  readonly originServerTsMs: number;
  /** When this server took it, by its own clock. */
  readonly receivedAtMs: number;
  /** 1, 2, 3 … over the whole server. */
  readonly order: number;
  readonly origin?: EventOrigin;
  /** The state event that it replaced. */
  readonly replaces?: StoredEvent;
  /** What an invited user is told about the room: stripped state. */
  readonly inviteRoomState?: readonly JsonObject[];
  redactedBy?: StoredEvent;
}

/** `m.relates_to` where it names a relation (a reply names none). */
export interface Relation {
  readonly kind: string;
  readonly target: string;
  readonly key?: string;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function relationOf(content: JsonObject): Relation | undefined {
  const relatesTo = content['m.relates_to'];
  if (!isObject(relatesTo)) return undefined;
  const { rel_type: kind, event_id: target, key } = relatesTo;
  if (typeof kind !== 'string' || typeof target !== 'string') return undefined;
  return typeof key === 'string' ? { kind, target, key } : { kind, target };
}

/** The membership that a member event states. */
export function membershipOf(event: Pick<StoredEvent, 'content'> | undefined): string | undefined {
  const membership = event?.content.membership;
  return typeof membership === 'string' ? membership : undefined;
}
