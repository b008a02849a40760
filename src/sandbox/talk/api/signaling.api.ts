import { sign } from 'node:crypto';
import { Refusal } from '../refusal.js';
import { permissionsOf, type Session } from '../state/room.js';
import type { Told } from '../state/signaling.js';
import { attendeeOf, inRoom, roomOf, talkApi, type Call, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';
import { answerBackend } from './signaling-backend.js';

const signalingApi = `${talkApi}/v3/signaling`;
const heldSeconds = 30;
const tokenSeconds = 60;
const stunServer = { urls: ['stun:stun.nextcloud.com:443'] };
const elsewhere = 'Another server does the signaling';
const nobody = [{ type: 'usersInRoom', data: [] }];

/** The internal signaling, and what leads to a signaling server of its own. */
export function addSignalingRoutes(router: OcsRouter): void {
  router.add('GET', `${signalingApi}/settings`, settings);
  router.add('POST', `${signalingApi}/backend`, answerBackend);
  router.add('POST', `${signalingApi}/{token}`, inRoom([], send));
  router.add('GET', `${signalingApi}/{token}`, pull);
}

/** Answers 404 for a room that is not there, 401 for a recording server that proves nothing. */
function settings(call: Call): Answer {
  const { talk, credential, input, header } = call;
  const token = input.text('token');
  const room = token === '' ? undefined : talk.rooms.get(token);
  if (header('talk-recording-random') !== '') {
    const isProven = talk.backends.isRecordingServer(
      header('talk-recording-random'),
      header('talk-recording-checksum'),
      token,
    );
    if (!isProven) throw new Refusal(401, null, '', 'signature');
  }
  if (token !== '' && room === undefined) throw new Refusal(404, null);
  const userId = credential?.user.id ?? null;
  const server = talk.backends.signaling;
  const ticket = talk.backends.ticketFor(userId ?? '', call.beganSeconds);
  return ok({
    signalingMode: server === undefined ? 'internal' : 'external',
    userId,
    hideWarning: false,
    server: server?.url ?? '',
    ticket,
    helloAuthParams: {
      '1.0': { userid: userId, ticket },
      '2.0': { token: signedToken(call, userId ?? '') },
    },
    federation: null,
    stunservers: [stunServer],
    turnservers: [],
    sipDialinInfo: talk.backends.sip?.dialInInfo ?? '',
  });
}

/** A token as the real one gives it: for a minute, signed with ECDSA. */
function signedToken({ names, talk, beganSeconds }: Call, userId: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const userdata = { displayname: talk.accounts.displayName(userId) };
  const claims = { iss: `${names.base}/`, iat: beganSeconds, exp: beganSeconds + tokenSeconds, sub: userId, userdata };
  const text = `${part({ typ: 'JWT', alg: 'ES256' })}.${part(claims)}`;
  const key = { key: talk.backends.tokenKey.secret, dsaEncoding: 'ieee-p1363' } as const;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

interface Envelope {
  readonly ev?: unknown;
  readonly fn?: unknown;
  readonly sessionId?: unknown;
}

/** Passes messages on to other sessions of the room; those that another session is named for are dropped. */
function send({ talk, room, attendee, input, cookie }: RoomCall): Answer {
  if (talk.backends.signaling !== undefined) throw new Refusal(400, elsewhere);
  const messages = parse(input.text('messages'));
  if (!Array.isArray(messages)) throw new Refusal(400, 'messages');
  const own = talk.attendance.sessionOf(room, attendee, cookie.value);
  for (const { ev, fn, sessionId } of messages as Envelope[]) {
    if (ev !== 'message' || typeof fn !== 'string' || own === undefined || sessionId !== own.id) continue;
    const message = parse(fn);
    if (!isMap(message) || typeof message['to'] !== 'string') continue;
    talk.signaling.send(room, message['to'], JSON.stringify({ ...message, from: own.id }));
  }
  return ok(null);
}

/** Waits for messages or a change of who is there; is a ping. 404 without a session, 409 for one that was ended meanwhile. */
async function pull(call: Call): Promise<Answer> {
  const { talk, cookie } = call;
  if (talk.backends.signaling !== undefined) throw new Refusal(400, elsewhere);
  const room = roomOf(call);
  const attendee = room === undefined ? undefined : attendeeOf(call, room);
  if (room === undefined || attendee === undefined) throw new Refusal(404, nobody);
  const session = talk.attendance.sessionOf(room, attendee, cookie.value);
  if (session === undefined) throw new Refusal(talk.attendance.wasIn(room, cookie.value) ? 409 : 404, nobody);
  talk.attendance.ping(session);
  const roomCall: RoomCall = { ...call, room, attendee };
  const look = (): Told | 'gone' | undefined =>
    attendee.sessions.includes(session) ? talk.signaling.take(session.id) : 'gone';
  const told = await talk.longPoll.hold(look, heldSeconds);
  if (told === 'gone')
    throw new Refusal(room.attendees.has(`${attendee.actor.type}/${attendee.actor.id}`) ? 409 : 404, nobody);
  if (told === undefined) return ok([]);
  if (told.kind === 'people') return ok([{ type: 'usersInRoom', data: viewSessions(roomCall) }]);
  return ok(told.messages.map((data) => ({ type: 'message', data })));
}

function viewSessions({ room }: RoomCall): unknown[] {
  return [...room.attendees.values()].flatMap((attendee) =>
    attendee.sessions.map((session: Session) => ({
      userId: attendee.actor.type === 'users' ? attendee.actor.id : '',
      roomId: room.id,
      lastPing: session.lastPingSeconds,
      sessionId: session.id,
      inCall: session.callFlags,
      participantPermissions: permissionsOf(room, attendee),
      actorType: attendee.actor.type,
      actorId: attendee.actor.id,
    })),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
