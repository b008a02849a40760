import { Refusal } from '../refusal.js';
import { actorKey } from '../state/actor.js';
import { CallFlag, callFlagsOf, isModerator, may, Permission, type Session } from '../state/room.js';
import { callerList } from '../view/caller-list.js';
import { nameOf } from '../view/rich-objects.js';
import { attendeeOf, inRoom, roomOf, talkApi, type Handler, type Need, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const callApi = `${talkApi}/v4/call/{token}`;
const usualFlags = CallFlag.in | CallFlag.audio | CallFlag.video;
const needs: readonly Need[] = ['readWrite', 'noLobby'];

/** Calls, by the sessions of this server's people and those that another server opened for its own. */
export function addCallRoutes(router: OcsRouter): void {
  router.add('GET', callApi, inRoom(['noLobby'], list));
  router.add(
    'POST',
    callApi,
    inRoom(needs, (call) => join(call, ownSession(call))),
  );
  router.add(
    'PUT',
    callApi,
    inRoom(needs, (call) => change(call, ownSession(call))),
  );
  router.add(
    'DELETE',
    callApi,
    inRoom([], (call) => leave(call, ownSession(call))),
  );
  router.add(
    'POST',
    `${callApi}/federation`,
    inRoom(needs, (call) => join(call, namedSession(call))),
  );
  router.add(
    'PUT',
    `${callApi}/federation`,
    inRoom(needs, (call) => change(call, namedSession(call))),
  );
  router.add(
    'DELETE',
    `${callApi}/federation`,
    inRoom([], (call) => leave(call, namedSession(call))),
  );
  router.add('GET', `${callApi}/notification-state`, asAnybody(inRoom([], notificationState)));
  router.add('GET', `${callApi}/download`, inRoom(['moderator'], download));
  router.add('POST', `${callApi}/ring/{attendeeId:[0-9]+}`, inRoom(needs, ring));
  router.add('POST', `${callApi}/dialout/{attendeeId:[0-9]+}`, inRoom(needs, dialOut));
}

function ownSession({ talk, room, attendee, cookie }: RoomCall): Session | undefined {
  return talk.attendance.sessionOf(room, attendee, cookie.value);
}

function namedSession({ attendee, input }: RoomCall): Session | undefined {
  if (attendee.actor.type !== 'federated_users') return undefined;
  return attendee.sessions.find((session) => session.id === input.text('sessionId'));
}

function list({ talk, names, room }: RoomCall): Answer {
  const peers = talk.calls.sessionsIn(room).map(({ attendee, session }) => ({
    actorType: attendee.actor.type,
    actorId: attendee.actor.id,
    displayName: nameOf(names, room, attendee.actor),
    token: room.token,
    lastPing: session.lastPingSeconds,
    sessionId: session.id,
  }));
  return ok(peers);
}

function join({ talk, room, attendee, input }: RoomCall, session: Session | undefined): Answer {
  const isStart = room.call === undefined;
  if (!may(room, attendee, isStart ? Permission.startCall : Permission.joinCall)) throw new Refusal(403);
  if (session === undefined) throw new Refusal(404, null);
  if (room.recordingConsent === 1 && !input.flag('recordingConsent')) throw new Refusal(400, { error: 'consent' });
  const flags = input.number('flags', usualFlags);
  talk.calls.join(room, attendee, session, flags, input.flag('silent') ? 'silent' : 'loud');
  return ok(null);
}

/** Answers 404 without a session and 400 for one that is not in the call. */
function change({ talk, room, input }: RoomCall, session: Session | undefined): Answer {
  if (session === undefined) throw new Refusal(404, null);
  talk.calls.change(room, session, input.number('flags'));
  return ok(null);
}

/** With `all`, a moderator ends it for everybody. */
function leave({ talk, room, attendee, input }: RoomCall, session: Session | undefined): Answer {
  if (session === undefined) throw new Refusal(404, null);
  if (input.flag('all') && isModerator(attendee)) talk.calls.endForEveryone(room, attendee.actor);
  else talk.calls.leave(room, attendee, session);
  return ok(null);
}

/** Answers 401 to those who are neither logged in nor guests of the room. */
function asAnybody(handler: Handler): Handler {
  return (call) => {
    const room = roomOf(call);
    const isGuest = room !== undefined && attendeeOf(call, room) !== undefined;
    if (call.credential === undefined && !isGuest) throw new Refusal(401);
    return handler(call);
  };
}

/** What a device that rings is told: 200 ring on, 201 it was missed, 404 somebody took it. */
function notificationState({ room, attendee }: RoomCall): Answer {
  if (attendee.actor.type !== 'users') throw new Refusal(403, null);
  if (callFlagsOf(attendee) !== CallFlag.out) throw new Refusal(404, null);
  return { status: room.call === undefined ? 201 : 200, data: null };
}

/** Answers 400 and no envelope without a call. */
function download({ talk, names, room, input }: RoomCall): Answer {
  const people = talk.calls.sessionsIn(room).map(({ attendee }) => attendee);
  if (room.call === undefined || input.text('format', 'csv') !== 'csv') {
    return { status: 400, data: null, raw: Buffer.alloc(0), headers: { 'content-type': 'text/html; charset=UTF-8' } };
  }
  const rows = [...new Map(people.map((person) => [actorKey(person.actor), person])).values()].map((person) => ({
    name: nameOf(names, room, person.actor),
    email: person.invitedAs ?? '',
    type: person.actor.type,
    id: person.actor.id,
  }));
  const headers = { 'content-type': 'text/csv;charset=UTF-8' };
  return { status: 200, data: null, raw: Buffer.from(callerList(rows), 'utf8'), headers };
}

/** By those in the call. Whoever is in it already is not disturbed. */
function ring(call: RoomCall): Answer {
  if (callFlagsOf(call.attendee) === CallFlag.out) throw new Refusal(400, { error: 'in-call' });
  const target = [...call.room.attendees.values()].find(({ id }) => id === Number(call.parameters['attendeeId']));
  if (target === undefined) throw new Refusal(404, null);
  return ok(null);
}

/** Calls somebody by phone, from within the call. */
function dialOut(call: RoomCall): Answer {
  const { room, attendee, talk } = call;
  if (callFlagsOf(attendee) === CallFlag.out) throw new Refusal(400, null);
  const target = [...room.attendees.values()].find(({ id }) => id === Number(call.parameters['attendeeId']));
  if (target?.phoneNumber === undefined) throw new Refusal(404, null);
  if (talk.backends.sip?.dialsOut !== true) throw new Refusal(501, { error: 'unsupported_number' });
  target.callId = talk.backends.newCallId();
  return { status: 201, data: null };
}
