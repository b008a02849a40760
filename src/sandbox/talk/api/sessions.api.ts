import { Refusal } from '../refusal.js';
import { viewRoom } from '../view/room-view.js';
import { attendeeOf, inRoom, roomOf, talkApi, type Call, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const roomApi = `${talkApi}/v4/room/{token}`;

/** Joining and leaving rooms, and a guest's name. */
export function addSessionRoutes(router: OcsRouter): void {
  router.add('POST', `${roomApi}/participants/active`, join);
  router.add('DELETE', `${roomApi}/participants/active`, leave);
  router.add('PUT', `${roomApi}/participants/state`, inRoom([], setState));
  router.add('POST', `${talkApi}/v1/guest/{token}/name`, inRoom([], rename));
}

function join(call: Call): Answer {
  const room = roomOf(call);
  if (room === undefined) throw new Refusal(404);
  const visitor = { user: call.credential?.user, cookie: call.cookie.value, cookieIsNew: call.cookie.isNew };
  const joined = call.talk.attendance.join(room, visitor, call.input.text('password'), call.input.flag('force', true));
  return ok(viewRoom(call.names, room, joined.attendee, 'with last message', joined.session));
}

/** Answers 200 to those too who were never there. */
function leave(call: Call): Answer {
  const room = roomOf(call);
  const attendee = room === undefined ? undefined : attendeeOf(call, room);
  if (room !== undefined && attendee !== undefined) call.talk.attendance.leave(room, attendee, call.cookie.value);
  return ok(null);
}

function setState(call: RoomCall): Answer {
  const session = call.talk.attendance.sessionOf(call.room, call.attendee, call.cookie.value);
  if (session === undefined) throw new Refusal(404, null);
  const state = call.input.number('state');
  if (state !== 0 && state !== 1) throw new Refusal(400, null);
  session.state = state;
  return ok(viewRoom(call.names, call.room, call.attendee, 'with last message', session));
}

function rename(call: RoomCall): Answer {
  if (call.attendee.actor.type !== 'guests') throw new Refusal(403, null);
  call.talk.conversations.nameGuest(call.room, call.attendee, call.input.text('displayName'));
  return ok(null);
}
