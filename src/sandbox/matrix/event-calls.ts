import { addCall, addCallAt, knownRoom, ok, param, type Api, type Call } from './api.js';
import type { SandboxAnswer } from '../http-server.js';
import { formatEvent, type EventFormat } from './client-format.js';
import { noPreview, readableUntil } from './event-rules.js';
import { membershipOf, type EventDraft, type EventOrigin, type JsonObject, type StoredEvent } from './events.js';
import { forbidden, invalidParam, notFound, unknown } from './matrix-error.js';
import { changeMembership, membershipActionOf } from './memberships.js';
import { formatToken, mayReadEvent, pageRequestOf, readPage, readRelations } from './pages.js';
import type { Requester } from './requester.js';
import { jsonBody } from './request-body.js';
import type { Room } from './room.js';

/** Sending, redacting, state, and reading what was said. */
export function addEventCalls(api: Api): void {
  addSendCalls(api);
  addStateCalls(api);
  addReadCalls(api);
}

function addSendCalls(api: Api): void {
  const once = (call: Call, act: () => SandboxAnswer): SandboxAnswer =>
    api.transactionIds.once(call.request.path, call.requester, act);
  addCall(api, 'PUT', '/rooms/:room/send/:type/:txn', (call) => once(call, () => sendEvent(api, call)));
  addCall(api, 'POST', '/rooms/:room/send/:type', (call) => sendEvent(api, call));
  addCall(api, 'PUT', '/rooms/:room/redact/:event/:txn', (call) => once(call, () => redactEvent(api, call)));
  addCall(api, 'POST', '/rooms/:room/redact/:event', (call) => redactEvent(api, call));
}

function sendEvent({ server }: Api, { request, params, requester }: Call): SandboxAnswer {
  const draft: EventDraft = {
    type: param(params, 'type'),
    sender: requester.userId,
    content: jsonBody(request),
    ...massagedTime(request.query, requester),
  };
  return ok({ event_id: server.send(param(params, 'room'), draft, originOf(params.txn, requester)).eventId });
}

function redactEvent({ server }: Api, { request, params, requester }: Call): SandboxAnswer {
  const room = knownRoom(server, param(params, 'room'));
  const redacts = param(params, 'event');
  const content = jsonBody(request);
  if (room.version.redactsInContent) {
    if ('redacts' in content && content.redacts !== redacts) {
      throw invalidParam('Cannot provide a redacts value incoherent with the event_id of the URL parameter');
    }
    content.redacts = redacts;
  }
  const draft = { type: 'm.room.redaction', sender: requester.userId, content, redacts };
  return ok({ event_id: server.send(room.id, draft, originOf(params.txn, requester)).eventId });
}

function originOf(transactionId: string | undefined, requester: Requester): EventOrigin | undefined {
  if (transactionId === undefined) return undefined;
  const { deviceId, appservice } = requester;
  return {
    transactionId,
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(appservice === undefined ? {} : { appserviceId: appservice.id }),
  };
}

/** `?ts=`: an application service may say when its event happened. */
function massagedTime(query: URLSearchParams, requester: Requester): { originServerTsMs?: number } {
  const time = query.get('ts');
  if (requester.appservice === undefined || time === null) return {};
  if (!/^-?\d+$/.test(time)) throw invalidParam('Query parameter ts must be an integer');
  return { originServerTsMs: Number(time) };
}

function addStateCalls(api: Api): void {
  const { server } = api;
  addCall(api, 'GET', '/rooms/:room/state', (call) => {
    const { room, untilOrder } = readableRoom(api, call);
    const events = untilOrder === Infinity ? [...room.allState()] : room.stateAt(untilOrder);
    return ok(events.map((event) => format(api, call, room, event)));
  });
  addCall(api, 'GET', '/rooms/:room/state/:type', (call) => readState(api, call, ''));
  addCall(api, 'GET', '/rooms/:room/state/:type/:key*', (call) => readState(api, call, param(call.params, 'key')));
  addCall(api, 'PUT', '/rooms/:room/state/:type', (call) => writeState(api, call, ''));
  addCall(api, 'PUT', '/rooms/:room/state/:type/:key*', (call) => writeState(api, call, param(call.params, 'key')));
  addCall(api, 'GET', '/rooms/:room/members', (call) => readMembers(api, call));
  addCall(api, 'GET', '/rooms/:room/joined_members', ({ params, requester }) => {
    const room = server.rooms.get(param(params, 'room'));
    if (requester.appservice !== undefined) {
      const isThere = room !== undefined && [...room.joined].some((user) => requester.appservice?.ownsUser(user));
      if (!isThere) throw forbidden('Appservice not in room');
    } else if (room?.joined.has(requester.userId) !== true) {
      if (room !== undefined) readableUntil(room, requester.userId);
      throw room === undefined
        ? noPreview(requester.userId, param(params, 'room'))
        : forbidden('Getting joined members while not being a current member of the room is forbidden.');
    }
    return ok({ joined: Object.fromEntries([...room.joined].map((userId) => [userId, joinedProfile(room, userId)])) });
  });
}

function joinedProfile(room: Room, userId: string): JsonObject {
  const content = room.member(userId)?.content ?? {};
  return { display_name: content.displayname ?? null, avatar_url: content.avatar_url ?? null };
}

function readState(api: Api, call: Call, key: string): SandboxAnswer {
  const { room, untilOrder } = readableRoom(api, call);
  const type = param(call.params, 'type');
  let event = room.state(type, key);
  while (event !== undefined && event.order > untilOrder) event = event.replaces;
  if (event === undefined) throw notFound('Event not found.');
  return ok(call.request.query.get('format') === 'event' ? format(api, call, room, event, 'v2') : event.content);
}

function writeState({ server }: Api, { request, params, requester }: Call, stateKey: string): SandboxAnswer {
  const type = param(params, 'type');
  const roomId = param(params, 'room');
  const content = jsonBody(request);
  const time = massagedTime(request.query, requester);
  if (type !== 'm.room.member') {
    return ok({
      event_id: server.send(roomId, { type, sender: requester.userId, content, stateKey, ...time }).eventId,
    });
  }
  const action = membershipActionOf(content);
  if (action === undefined) {
    throw unknown(
      400,
      typeof content.membership === 'string' ? 'Invalid membership key' : 'Invalid membership (must be a string)',
    );
  }
  const change = { by: requester.userId, target: stateKey, roomId, action, content, ...time };
  return ok({ event_id: changeMembership(server, change).eventId });
}

function readMembers(api: Api, call: Call): SandboxAnswer {
  const { room, untilOrder } = readableRoom(api, call);
  const { query } = call.request;
  const [wanted, unwanted] = [query.get('membership'), query.get('not_membership')];
  const events =
    untilOrder === Infinity ? room.members() : room.stateAt(untilOrder).filter((e) => e.type === 'm.room.member');
  const chunk = [...events].filter((event) => {
    const membership = membershipOf(event);
    return (wanted === null || membership === wanted) && (unwanted === null || membership !== unwanted);
  });
  return ok({ chunk: chunk.map((event) => format(api, call, room, event)) });
}

function addReadCalls(api: Api): void {
  addCall(api, 'GET', '/rooms/:room/messages', (call) => {
    const asked = pageRequestOf(call.request.query, { direction: 'f', limit: 10 });
    const { room, untilOrder } = readableRoom(api, call);
    const page = readPage(room, call.requester.userId, untilOrder, asked);
    return ok({
      chunk: page.events.map((event) => format(api, call, room, event, 'v1', 'timeline')),
      start: formatToken(page.startOrder),
      ...(page.endOrder === undefined ? {} : { end: formatToken(page.endOrder) }),
    });
  });
  addCall(api, 'GET', '/rooms/:room/event/:event', (call) => {
    const { room, event } = readableEvent(api, call);
    return ok(format(api, call, room, event, 'v1', 'timeline'));
  });
  addCall(api, 'GET', '/rooms/:room/context/:event', (call) => readContext(api, call));
  for (const prefix of ['/_matrix/client/v1', '/_matrix/client/unstable']) {
    const path = `${prefix}/rooms/:room/relations/:event`;
    addCallAt(api, 'GET', path, (call) => relations(api, call));
    addCallAt(api, 'GET', `${path}/:kind`, (call) => relations(api, call));
    addCallAt(api, 'GET', `${path}/:kind/:type`, (call) => relations(api, call));
  }
  addCallAt(api, 'GET', '/_matrix/client/v1/rooms/:room/timestamp_to_event', (call) => eventAtTime(api, call));
}

function relations(api: Api, call: Call): SandboxAnswer {
  const asked = pageRequestOf(call.request.query, { direction: 'b', limit: 5 });
  const { params, requester } = call;
  const room = api.server.rooms.get(param(params, 'room'));
  if (room?.event(param(params, 'event')) === undefined) throw unknown(404, 'Unknown parent event.');
  if (!room.joined.has(requester.userId) && !room.everJoined(requester.userId)) {
    throw forbidden("You don't have permission to access that event.");
  }
  const page = readRelations(room, param(params, 'event'), asked, { kind: params.kind, type: params.type });
  const from = call.request.query.get('from');
  return ok({
    chunk: page.events.map((event) => format(api, call, room, event, 'v1', 'timeline')),
    ...(page.endOrder === undefined ? {} : { next_batch: formatToken(page.endOrder) }),
    ...(from === null ? {} : { prev_batch: from }),
  });
}

function readContext(api: Api, call: Call): SandboxAnswer {
  const { room, event, untilOrder } = readableEvent(api, call);
  const limit = Number(call.request.query.get('limit') ?? '10');
  const { userId } = call.requester;
  const page = (direction: 'b' | 'f', from: number, count: number): ReturnType<typeof readPage> =>
    readPage(room, userId, untilOrder, { direction, from, to: undefined, limit: count, filter: undefined });
  const before = page('b', event.order - 1, Math.floor(limit / 2));
  const after = page('f', event.order, Math.ceil(limit / 2));
  const formatAll = (events: readonly StoredEvent[]): readonly JsonObject[] =>
    events.map((other) => format(api, call, room, other, 'v1', 'timeline'));
  return ok({
    event: format(api, call, room, event, 'v1', 'timeline'),
    events_before: formatAll(before.events),
    events_after: formatAll(after.events),
    state: [...room.stateAt(event.order)].map((state) => format(api, call, room, state)),
    start: formatToken(before.endOrder ?? event.order - 1),
    end: formatToken(after.endOrder ?? event.order),
  });
}

function eventAtTime(api: Api, call: Call): SandboxAnswer {
  const { room } = readableRoom(api, call);
  const { query } = call.request;
  const timeMs = Number(query.get('ts'));
  const event =
    query.get('dir') === 'b'
      ? room.timeline.findLast((other) => other.originServerTsMs <= timeMs)
      : room.timeline.find((other) => other.originServerTsMs >= timeMs);
  if (event === undefined) throw notFound(`Unable to find event from ${timeMs}`);
  return ok({ event_id: event.eventId, origin_server_ts: event.originServerTsMs });
}

function readableRoom({ server }: Api, { params, requester }: Call): { room: Room; untilOrder: number } {
  const roomId = param(params, 'room');
  const room = server.rooms.get(roomId);
  if (room === undefined) throw noPreview(requester.userId, roomId);
  return { room, untilOrder: readableUntil(room, requester.userId) };
}

/** An event that the requester may see. Throws 404 for one that he may not: nobody learns that it exists. */
function readableEvent(
  { server }: Api,
  { params, requester }: Call,
): { room: Room; event: StoredEvent; untilOrder: number } {
  const room = server.rooms.get(param(params, 'room'));
  const event = room?.event(param(params, 'event'));
  if (room === undefined || event === undefined) throw notFound('Event not found.');
  const isThere = room.joined.has(requester.userId) || room.everJoined(requester.userId);
  if (!isThere && room.historyVisibilityAt(Infinity) !== 'world_readable') throw notFound('Event not found.');
  const untilOrder = readableUntil(room, requester.userId);
  if (event.order > untilOrder || !mayReadEvent(room, requester.userId, event)) throw notFound('Event not found.');
  return { room, event, untilOrder };
}

function format(
  { server }: Api,
  { requester }: Call,
  room: Room,
  event: StoredEvent,
  as: EventFormat = 'v1',
  kind: 'timeline' | 'state' = 'state',
): JsonObject {
  return formatEvent(event, {
    room,
    nowMs: server.nowMs(),
    format: as,
    requester,
    ...(kind === 'timeline' ? { bundles: 'included' } : { membership: 'omitted' }),
  });
}
