import { actorKey } from '../state/actor.js';
import { may, Permission, permissionsOf, type Attendee, type Room } from '../state/room.js';
import type { Call } from './call.js';
import { ok, type Answer } from './ocs.js';

type Json = Readonly<Record<string, unknown>>;

const publishes: readonly (readonly [number, readonly string[]])[] = [
  [Permission.audio, ['publish-audio']],
  [Permission.video, ['publish-video']],
  [Permission.screen, ['publish-screen']],
];

/** What a signaling server asks of this one. Always 200: what is wrong stands in the answer. */
export function answerBackend(call: Call): Answer {
  const { talk, input, header } = call;
  const random = header('spreed-signaling-random');
  if (!talk.backends.isSignalingServer(random, header('spreed-signaling-checksum'), input.raw)) {
    return fault('invalid_request', 'The request could not be authenticated.');
  }
  switch (input.text('type')) {
    case 'auth':
      return authenticate(call, input.map('auth'));
    case 'room':
      return admit(call, input.map('room'));
    case 'ping':
      return ping(call, input.map('ping'));
    default:
      return fault('unknown_type', 'The given type is unknown.');
  }
}

function authenticate({ talk }: Call, auth: Json): Answer {
  const { userid, ticket } = paramsOf(auth);
  const user = talk.accounts.get(userid);
  if (!talk.backends.isTicket(userid, ticket))
    return fault('invalid_ticket', 'The given ticket is not valid for this user.');
  const known = user === undefined ? {} : { userid, user: { displayname: user.displayName } };
  return ok({ type: 'auth', auth: { version: '1.0', ...known } });
}

function paramsOf(auth: Json): { readonly userid: string; readonly ticket: string } {
  const params = auth['params'];
  const map = typeof params === 'object' && params !== null ? (params as Json) : {};
  return { userid: textOf(map, 'userid'), ticket: textOf(map, 'ticket') };
}

/** A session joins or leaves a room on the signaling server. */
function admit({ talk }: Call, asked: Json): Answer {
  const room = talk.rooms.get(textOf(asked, 'roomid'));
  const attendee = room === undefined ? undefined : attendeeWith(room, asked);
  if (room === undefined || attendee === undefined) {
    return fault('no_such_room', 'The user is not invited to this room.');
  }
  if (textOf(asked, 'action') === 'leave') talk.attendance.close(room, attendee, textOf(asked, 'sessionid'));
  const properties = { name: room.name, type: room.type, 'lobby-state': room.lobbyState, 'read-only': room.readOnly };
  const session = { displayname: attendee.displayName };
  return ok({
    type: 'room',
    room: { version: '1.0', roomid: room.token, properties, permissions: permissionNames(room, attendee), session },
  });
}

function attendeeWith(room: Room, asked: Json): Attendee | undefined {
  const session = textOf(asked, 'sessionid');
  const bySession = [...room.attendees.values()].find(({ sessions }) => sessions.some(({ id }) => id === session));
  return bySession ?? room.attendees.get(actorKey({ type: 'users', id: textOf(asked, 'userid') }));
}

function permissionNames(room: Room, attendee: Attendee): string[] {
  const names = publishes.filter(([bit]) => may(room, attendee, bit)).flatMap(([, words]) => words);
  const isAll = publishes.every(([bit]) => (permissionsOf(room, attendee) & bit) !== 0);
  return [...(isAll ? ['publish-media'] : []), ...names, 'control'];
}

/** Keeps sessions alive. */
function ping({ talk }: Call, asked: Json): Answer {
  const room = talk.rooms.get(textOf(asked, 'roomid'));
  const entries = Array.isArray(asked['entries']) ? (asked['entries'] as Json[]) : [];
  const ids = new Set(entries.map((entry) => textOf(entry, 'sessionid')));
  for (const attendee of room?.attendees.values() ?? [])
    for (const session of attendee.sessions) if (ids.has(session.id)) talk.attendance.ping(session);
  return ok({ type: 'room', room: { version: '1.0', roomid: room?.token ?? '' } });
}

function textOf(map: Json, key: string): string {
  const value = map[key];
  return typeof value === 'string' ? value : '';
}

function fault(code: string, message: string): Answer {
  return ok({ type: 'error', error: { code, message } });
}
