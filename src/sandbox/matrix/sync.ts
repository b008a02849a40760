import type { SandboxAnswer } from '../http-server.js';
import { addCall, ok, type Api, type Call } from './api.js';
import { formatEvent } from './client-format.js';
import { isObject, membershipOf, type JsonObject, type StoredEvent } from './events.js';
import { unknown } from './matrix-error.js';
import { filterOf, formatToken, mayReadEvent, parseToken, passes, type EventFilter } from './pages.js';
import type { Requester } from './requester.js';
import type { Room } from './room.js';

const defaultTimelineLimit = 10;
const maxTimeoutMs = 120_000;

interface SyncRequest {
  readonly requester: Requester;
  readonly since: { readonly order: number; readonly ephemeralOrder: number } | undefined;
  readonly fullState: boolean;
  readonly timelineLimit: number;
  readonly timelineFilter: EventFilter | undefined;
}

/** `GET /sync`: everything at first, then what is new, waiting for it up to `timeout` milliseconds. */
export function addSyncCalls(api: Api): void {
  addCall(api, 'GET', '/sync', async (call) => {
    const asked = syncRequestOf(api, call);
    const timeoutMs = Math.min(Number(call.request.query.get('timeout') ?? '0') || 0, maxTimeoutMs);
    const first = syncBody(api, asked);
    if (asked.since === undefined || asked.fullState || timeoutMs === 0 || first.hasNews) return answer(api, first);
    await waitForNews(api, asked, timeoutMs, call.request.signal);
    return answer(api, syncBody(api, asked));
  });
}

function syncRequestOf({ server }: Api, { request, requester }: Call): SyncRequest {
  const since = request.query.get('since');
  const filter = readFilter(request.query.get('filter'), (id) => server.accounts.filter(requester.userId, id));
  const room = isObject(filter?.room) ? filter.room : {};
  const timeline = isObject(room.timeline) ? room.timeline : {};
  return {
    requester,
    since: since === null ? undefined : sinceOf(since),
    fullState: request.query.get('full_state') === 'true',
    timelineLimit: typeof timeline.limit === 'number' ? timeline.limit : defaultTimelineLimit,
    timelineFilter: filterOf(timeline),
  };
}

function sinceOf(token: string): { order: number; ephemeralOrder: number } {
  const parsed = parseToken(token);
  if (parsed === undefined) throw unknown(400, 'Invalid stream token');
  return parsed;
}

function readFilter(text: string | null, stored: (id: string) => JsonObject | undefined): JsonObject | undefined {
  if (text === null) return undefined;
  if (!text.startsWith('{')) return stored(text);
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // A filter that is no JSON filters nothing.
    return undefined;
  }
}

interface SyncBody {
  readonly rooms: {
    readonly join: Record<string, JsonObject>;
    readonly invite: Record<string, JsonObject>;
    readonly leave: Record<string, JsonObject>;
  };
  readonly hasNews: boolean;
}

function answer({ server }: Api, { rooms }: SyncBody): SandboxAnswer {
  return ok({
    next_batch: formatToken(server.stream.length, server.ephemerals.order),
    account_data: { events: [] },
    presence: { events: [] },
    device_one_time_keys_count: {},
    rooms,
  });
}

function syncBody(api: Api, asked: SyncRequest): SyncBody {
  const { server } = api;
  const { userId } = asked.requester;
  const sinceOrder = asked.since?.order ?? 0;
  const changed = new Set(server.stream.slice(sinceOrder).map((event) => event.roomId));
  const rooms: SyncBody['rooms'] = { join: {}, invite: {}, leave: {} };
  for (const roomId of server.joinedRooms(userId)) {
    const room = server.rooms.get(roomId);
    const section = room === undefined ? undefined : joinedSection(api, asked, room, changed.has(roomId));
    if (section !== undefined) rooms.join[roomId] = section;
  }
  const candidates = asked.since === undefined ? server.rooms.keys() : changed;
  for (const roomId of candidates) {
    const room = server.rooms.get(roomId);
    const member = room?.member(userId);
    if (room === undefined || member === undefined || member.order <= sinceOrder) continue;
    const membership = membershipOf(member);
    if (membership === 'invite') rooms.invite[roomId] = invitedSection(member);
    else if (membership !== 'join' && asked.since !== undefined)
      rooms.leave[roomId] = leftSection(api, asked, room, member);
  }
  const hasNews = Object.values(rooms).some((section) => Object.keys(section).length > 0);
  return { rooms, hasNews };
}

function joinedSection(api: Api, asked: SyncRequest, room: Room, isChanged: boolean): JsonObject | undefined {
  const { userId } = asked.requester;
  const since = asked.fullState ? undefined : asked.since;
  const joinedSince = since !== undefined && room.membershipAt(userId, since.order) !== 'join';
  const from = since === undefined || joinedSince ? 0 : since.order;
  const ephemeral = api.server.ephemerals.since(room.id, asked.since?.ephemeralOrder ?? 0, userId);
  if (since !== undefined && !isChanged && ephemeral.length === 0) return undefined;
  const fresh = room.timeline
    .slice(room.indexAfter(from))
    .filter((event) => passes(asked.timelineFilter, event) && mayReadEvent(room, userId, event));
  const timeline = asked.timelineLimit === 0 ? [] : fresh.slice(-asked.timelineLimit);
  const firstOrder = timeline[0]?.order ?? api.server.stream.length + 1;
  const isLimited = fresh.length > timeline.length;
  const state = isLimited || from === 0 ? stateBefore(room, firstOrder, from) : [];
  return {
    timeline: {
      events: timeline.map((event) => format(api, asked, room, event)),
      limited: isLimited,
      prev_batch: formatToken(firstOrder - 1),
    },
    state: { events: state.map((event) => formatState(api, asked, room, event)) },
    ephemeral: { events: ephemeral },
    account_data: { events: [] },
    summary: { 'm.joined_member_count': room.joined.size },
    unread_notifications: { notification_count: 0, highlight_count: 0 },
  };
}

/** The state that changed after `from` and before the timeline begins. */
function stateBefore(room: Room, firstOrder: number, from: number): readonly StoredEvent[] {
  return room.stateAt(firstOrder - 1).filter((event) => event.order > from);
}

function invitedSection(member: StoredEvent): JsonObject {
  const own = { type: member.type, sender: member.sender, state_key: member.stateKey, content: member.content };
  return { invite_state: { events: [...(member.inviteRoomState ?? []), own] } };
}

function leftSection(api: Api, asked: SyncRequest, room: Room, member: StoredEvent): JsonObject {
  const from = asked.since?.order ?? 0;
  const events = room.timeline.slice(room.indexAfter(from), room.indexAfter(member.order));
  const seen = events.filter(
    (event) => event === member || room.membershipAt(asked.requester.userId, event.order) === 'join',
  );
  return {
    timeline: {
      events: seen.map((event) => format(api, asked, room, event)),
      limited: false,
      prev_batch: formatToken(from),
    },
    state: { events: [] },
    account_data: { events: [] },
  };
}

function format({ server }: Api, { requester }: SyncRequest, room: Room, event: StoredEvent): JsonObject {
  return formatEvent(event, { room, nowMs: server.nowMs(), format: 'sync', requester, bundles: 'included' });
}

function formatState({ server }: Api, { requester }: SyncRequest, room: Room, event: StoredEvent): JsonObject {
  return formatEvent(event, { room, nowMs: server.nowMs(), format: 'sync', requester, membership: 'omitted' });
}

async function waitForNews({ server }: Api, asked: SyncRequest, timeoutMs: number, signal: AbortSignal): Promise<void> {
  const { userId } = asked.requester;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      unwatchEvents();
      unwatchEphemerals();
      resolve();
    };
    const timer = setTimeout(done, timeoutMs);
    const unwatchEvents = server.watch((event, room) => {
      if (room.joined.has(userId) || (event.type === 'm.room.member' && event.stateKey === userId)) done();
    });
    const unwatchEphemerals = server.ephemerals.watch(({ roomId }) => {
      if (server.joinedRooms(userId).has(roomId)) done();
    });
    signal.addEventListener('abort', done, { once: true });
  });
}
