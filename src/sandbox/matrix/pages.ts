import { isObject, relationOf, type JsonObject, type StoredEvent } from './events.js';
import { invalidParam, MatrixError, unknown } from './matrix-error.js';
import type { Room } from './room.js';

export type Direction = 'b' | 'f';

export interface PageRequest {
  readonly direction: Direction;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly limit: number;
  readonly filter: EventFilter | undefined;
}

export interface Page {
  readonly events: readonly StoredEvent[];
  readonly startOrder: number;
  /** Undefined at the end of what there is. */
  readonly endOrder: number | undefined;
}

/** The parts of a room event filter that choose events. */
export interface EventFilter {
  readonly types?: readonly string[];
  readonly notTypes?: readonly string[];
  readonly senders?: readonly string[];
  readonly notSenders?: readonly string[];
  readonly containsUrl?: boolean;
}

const maxPage = 1000;

export function formatToken(order: number, ephemeralOrder = 0): string {
  return `s${order}_${ephemeralOrder}`;
}

/** Undefined where it is none of ours. */
export function parseToken(token: string): { order: number; ephemeralOrder: number } | undefined {
  const match = /^s(\d+)_(\d+)$/.exec(token);
  return match === null ? undefined : { order: Number(match[1]), ephemeralOrder: Number(match[2]) };
}

function tokenParam(name: 'from' | 'to', token: string): number {
  const parsed = parseToken(token);
  if (parsed === undefined) throw unknown(400, `'${name}' parameter is invalid`);
  return parsed.order;
}

/** Reads `dir`, `from`, `to`, `limit` and `filter`. */
export function pageRequestOf(query: URLSearchParams, defaults: { direction: Direction; limit: number }): PageRequest {
  const direction = query.get('dir') ?? defaults.direction;
  if (direction !== 'b' && direction !== 'f') throw invalidParam("Query parameter 'dir' must be one of ['b', 'f']");
  const from = query.get('from');
  const to = query.get('to');
  const limit = query.get('limit');
  if (limit !== null && !/^\d+$/.test(limit)) throw invalidParam('Query parameter limit must be an integer');
  const filter = query.get('filter');
  return {
    direction,
    // Some clients send START and END, meaning none.
    from: from === null || from === '' || from === 'END' ? undefined : tokenParam('from', from),
    to: to === null || to === '' || to === 'START' ? undefined : tokenParam('to', to),
    limit: Math.min(limit === null ? defaults.limit : Number(limit), maxPage),
    filter: filter === null ? undefined : filterOf(parseFilter(filter)),
  };
}

function parseFilter(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Told below: the same answer as for JSON that is no object.
  }
  throw new MatrixError(400, 'M_NOT_JSON', 'Query parameter filter must be a valid JSON object');
}

/** Reads a filter object; unknown keys are ignored. */
export function filterOf(value: JsonObject): EventFilter {
  const list = (key: string): readonly string[] | undefined => {
    const items = value[key];
    return Array.isArray(items) ? (items as unknown[]).filter((item) => typeof item === 'string') : undefined;
  };
  const [types, notTypes, senders, notSenders] = [
    list('types'),
    list('not_types'),
    list('senders'),
    list('not_senders'),
  ];
  const containsUrl = value.contains_url;
  return {
    ...(types === undefined ? {} : { types }),
    ...(notTypes === undefined ? {} : { notTypes }),
    ...(senders === undefined ? {} : { senders }),
    ...(notSenders === undefined ? {} : { notSenders }),
    ...(typeof containsUrl === 'boolean' ? { containsUrl } : {}),
  };
}

export function passes(filter: EventFilter | undefined, event: StoredEvent): boolean {
  if (filter === undefined) return true;
  const { types, notTypes = [], senders, notSenders = [], containsUrl } = filter;
  if (notTypes.some((type) => typeMatches(type, event.type)) || notSenders.includes(event.sender)) return false;
  if (types !== undefined && !types.some((type) => typeMatches(type, event.type))) return false;
  if (senders !== undefined && !senders.includes(event.sender)) return false;
  return containsUrl === undefined || containsUrl === (typeof event.content.url === 'string');
}

function typeMatches(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}

/** Whether the event of that order may be seen: by the visibility of its time and where the reader was then. */
export function mayReadEvent(room: Room, userId: string, event: StoredEvent): boolean {
  const visibility = room.historyVisibilityAt(event.order);
  if (visibility === 'shared' || visibility === 'world_readable') return true;
  const membership = room.membershipAt(userId, event.order);
  return membership === 'join' || (visibility === 'invited' && membership === 'invite') || event.stateKey === userId;
}

/** One page of a timeline, in the direction's order. `untilOrder` is the last order that the reader may see. */
export function readPage(room: Room, userId: string, untilOrder: number, asked: PageRequest): Page {
  const { timeline } = room;
  const last = timeline.at(-1)?.order ?? 0;
  const backwards = asked.direction === 'b';
  const startOrder = Math.min(asked.from ?? (backwards ? last : 0), backwards ? untilOrder : Infinity);
  const events: StoredEvent[] = [];
  const step = backwards ? -1 : 1;
  let index = room.indexAfter(startOrder) - (backwards ? 1 : 0);
  let endOrder = startOrder;
  let isLimited = false;
  for (let event = timeline[index]; event !== undefined; event = timeline[(index += step)]) {
    if (asked.to !== undefined && (backwards ? event.order <= asked.to : event.order > asked.to)) break;
    if (event.order > untilOrder) break;
    if (events.length >= asked.limit) {
      isLimited = true;
      break;
    }
    endOrder = backwards ? event.order - 1 : event.order;
    if (passes(asked.filter, event) && mayReadEvent(room, userId, event)) events.push(event);
  }
  return { events, startOrder, endOrder: events.length === 0 && !isLimited ? undefined : endOrder };
}

/** A page of the events that relate to one event. */
export function readRelations(
  room: Room,
  eventId: string,
  asked: PageRequest,
  chosen: { readonly kind: string | undefined; readonly type: string | undefined },
): Page {
  const backwards = asked.direction === 'b';
  const isRedacted = room.event(eventId)?.redactedBy !== undefined;
  const matching = room
    .relations(eventId)
    // Nobody sees the edits of what was redacted.
    .filter((event) => !isRedacted || relationOf(event.content)?.kind !== 'm.replace')
    .filter((event) => chosen.kind === undefined || relationOf(event.content)?.kind === chosen.kind)
    .filter((event) => chosen.type === undefined || event.type === chosen.type);
  const inOrder = backwards ? matching.toReversed() : matching;
  const startOrder = asked.from ?? (backwards ? Infinity : 0);
  const endAt = asked.to ?? (backwards ? 0 : Infinity);
  const open = inOrder.filter(({ order }) =>
    backwards ? order <= startOrder && order > endAt : order > startOrder && order <= endAt,
  );
  const events = open.slice(0, asked.limit);
  const last = events.at(-1);
  const hasMore = open.length > events.length && last !== undefined;
  return { events, startOrder, endOrder: hasMore ? (backwards ? last.order - 1 : last.order) : undefined };
}
