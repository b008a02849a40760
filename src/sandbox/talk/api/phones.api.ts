import { createHash } from 'node:crypto';
import { Refusal } from '../refusal.js';
import { ParticipantType, RoomType, type Attendee, type Room } from '../state/room.js';
import { viewRoom } from '../view/room-view.js';
import { roomOf, talkApi, type Call, type OcsRouter } from './call.js';
import { ok, type Answer } from './ocs.js';

const roomApi = `${talkApi}/v4/room`;

/** What a bridge to phones asks. Each call is proven by its checksum; without such a bridge each answers 501. */
export function addPhoneRoutes(router: OcsRouter): void {
  router.add('GET', `${roomApi}/{token}/pin/{pin}`, (call) => verifyPin(call, call.parameters['pin'] ?? ''));
  router.add('POST', `${roomApi}/{token}/verify-dialin`, (call) => verifyPin(call, call.input.text('pin')));
  router.add('POST', `${roomApi}/{token}/verify-dialout`, verifyDialOut);
  router.add('POST', `${roomApi}/direct-dial-in`, directDialIn);
  router.add('POST', `${roomApi}/{token}/open-dial-in`, openDialIn);
  router.add('DELETE', `${roomApi}/{token}/rejected-dialout`, rejectDialOut);
}

/** The PIN of an attendee: nine digits that belong to the room and the attendee. */
export function pinOf(room: Room, attendee: Attendee): string {
  const hash = createHash('sha256').update(`${room.token}/${attendee.id}`).digest();
  return String(hash.readUInt32BE(0) % 1_000_000_000).padStart(9, '0');
}

function verifyPin(call: Call, pin: string): Answer {
  requireBridge(call, 501);
  const room = existing(call);
  const attendee = [...room.attendees.values()].find((one) => pinOf(room, one) === pin);
  if (room.sip === 0 || attendee === undefined) throw new Refusal(404, null);
  return ok(viewRoom(call.names, room, attendee));
}

function verifyDialOut(call: Call): Answer {
  requireBridge(call, 501);
  if (call.talk.backends.sip?.dialsOut !== true) throw new Refusal(501, null);
  const room = existing(call);
  const number = call.input.text('number');
  const options = call.input.map('options');
  const attendee = [...room.attendees.values()].find(({ phoneNumber }) => phoneNumber === number && number !== '');
  if (attendee === undefined) throw new Refusal(404, null);
  if (options['attendeeId'] !== undefined && options['attendeeId'] !== attendee.id) throw new Refusal(400, null);
  return ok(viewRoom(call.names, room, attendee));
}

/** Somebody calls a person's number: a room for the two. The number of a person is their id. */
function directDialIn(call: Call): Answer {
  requireBridge(call, 501);
  const { talk, names, input } = call;
  const user = talk.accounts.get(input.text('phoneNumber').replace(/^\+/, ''));
  if (user === undefined) throw new Refusal(404, null);
  const caller = input.text('caller');
  if (caller === '') throw new Refusal(500, null);
  const room = talk.conversations.create(user, {
    type: RoomType.public,
    name: caller,
    objectType: 'phone_temporary',
    objectId: caller,
  });
  return ok(viewRoom(names, room, addCaller(call, room, caller)));
}

/** Somebody calls the room without a PIN. */
function openDialIn(call: Call): Answer {
  requireBridge(call, 401);
  const room = existing(call);
  if (room.sip !== 2) throw new Refusal(400, null);
  return ok(viewRoom(call.names, room, addCaller(call, room, '')));
}

function rejectDialOut(call: Call): Answer {
  requireBridge(call, 501);
  if (call.talk.backends.sip?.dialsOut !== true) throw new Refusal(501, null);
  const room = existing(call);
  const options = readOptions(call.input.text('options'));
  const attendee = [...room.attendees.values()].find(({ id }) => id === options['attendeeId']);
  if (options['attendeeId'] === undefined) throw new Refusal(400, null);
  if (attendee === undefined) throw new Refusal(404, null);
  if (attendee.callId !== call.input.text('callId')) throw new Refusal(400, null);
  delete attendee.callId;
  return ok(null);
}

function readOptions(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text === '' ? '{}' : text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch (cause) {
    if (cause instanceof SyntaxError) return {};
    throw cause;
  }
}

function addCaller({ talk, beganSeconds }: Call, room: Room, number: string): Attendee {
  const id = createHash('sha1').update(`${number}/${beganSeconds}/${room.attendees.size}`).digest('hex');
  const attendee = talk.rooms.addAttendee(room, {
    actor: { type: 'phones', id, name: number },
    displayName: number,
    participantType: ParticipantType.guest,
    phoneNumber: number,
  });
  talk.attendance.open(room, attendee, id);
  return attendee;
}

/** Throws a Refusal: `unset` without a bridge, 401 for one that proves nothing. */
function requireBridge(call: Call, unset: number): void {
  const { talk, header, input, parameters } = call;
  if (talk.backends.sip === undefined) throw new Refusal(unset, null, '', 'signature');
  const signed = parameters['token'] ?? input.raw;
  const isProven = talk.backends.isSipBridge(
    header('talk-sipbridge-random'),
    header('talk-sipbridge-checksum'),
    signed,
  );
  if (!isProven) throw new Refusal(401, null, '', 'signature');
}

function existing(call: Call): Room {
  const room = roomOf(call);
  if (room === undefined) throw new Refusal(404, null);
  return room;
}
