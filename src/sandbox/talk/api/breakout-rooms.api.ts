import { Refusal } from '../refusal.js';
import { actorKey } from '../state/actor.js';
import { ParticipantType, type Attendee, type Room } from '../state/room.js';
import { viewAttendee } from '../view/attendee-view.js';
import { viewRoom, viewRoomFromOutside } from '../view/room-view.js';
import { inRoom, talkApi, type Need, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const breakoutApi = `${talkApi}/v1/breakout-rooms/{token}`;
const roomApi = `${talkApi}/v4/room/{token}/breakout-rooms`;
const moderator: readonly Need[] = ['login', 'accountModerator'];

export function addBreakoutRoomRoutes(router: OcsRouter): void {
  router.add('POST', breakoutApi, inRoom(moderator, configure));
  router.add('DELETE', breakoutApi, inRoom(moderator, remove));
  router.add('POST', `${breakoutApi}/broadcast`, inRoom(moderator, broadcast));
  router.add('POST', `${breakoutApi}/attendees`, inRoom(moderator, applyMap));
  router.add('POST', `${breakoutApi}/rooms`, inRoom(moderator, start));
  router.add('DELETE', `${breakoutApi}/rooms`, inRoom(moderator, stop));
  router.add('POST', `${breakoutApi}/request-assistance`, askingAssistance(true));
  router.add('DELETE', `${breakoutApi}/request-assistance`, askingAssistance(false));
  router.add('POST', `${breakoutApi}/switch`, inRoom(['login'], choose));
  router.add('GET', roomApi, inRoom(['login'], list));
  router.add('GET', `${roomApi}/participants`, inRoom(['noLobby'], listPeople));
}

function configure(call: RoomCall): Answer {
  const { talk, room, attendee, input } = call;
  const map = input.text('attendeeMap');
  talk.breakoutRooms.configure(room, attendee.actor, input.number('mode'), input.number('amount'), map);
  return ok(viewAll(call));
}

function remove({ talk, names, room, attendee }: RoomCall): Answer {
  talk.breakoutRooms.remove(room);
  return ok(viewRoom(names, room, attendee));
}

function broadcast(call: RoomCall): Answer {
  call.talk.breakoutRooms.broadcast(call.room, call.attendee.actor, call.input.text('message'));
  return { status: 201, data: viewAll(call) };
}

function applyMap(call: RoomCall): Answer {
  call.talk.breakoutRooms.applyMap(call.room, call.attendee.actor, call.input.text('attendeeMap'));
  return ok(viewAll(call));
}

function start(call: RoomCall): Answer {
  call.talk.breakoutRooms.start(call.room, call.attendee.actor);
  return ok(viewAll(call));
}

function stop(call: RoomCall): Answer {
  call.talk.breakoutRooms.stop(call.room, call.attendee.actor);
  return ok(viewAll(call));
}

function askingAssistance(isAsked: boolean): ReturnType<typeof inRoom> {
  return inRoom(['login'], ({ talk, names, room, attendee }) => {
    talk.breakoutRooms.askAssistance(room, isAsked);
    return ok(viewRoom(names, room, attendee));
  });
}

function choose({ talk, names, room, attendee, input }: RoomCall): Answer {
  const target = talk.breakoutRooms.choose(room, attendee, input.text('target'));
  // As recorded: the chosen room, but with what the caller is in the one it belongs to.
  return ok(viewRoom(names, target, attendee));
}

/** Without their last messages. */
function list(call: RoomCall): Answer {
  const rooms = call.talk.breakoutRooms.seenBy(call.room, call.attendee);
  return ok(rooms.map((room) => viewSeen(call, room, 'without last message')));
}

function listPeople({ talk, room, attendee, input }: RoomCall): Answer {
  if (attendee.participantType === ParticipantType.guest) throw new Refusal(403, null);
  const withStatus = input.flag('includeStatus');
  const rooms = [room, ...talk.breakoutRooms.seenBy(room, attendee)];
  const views = rooms.flatMap((one) =>
    [...one.attendees.values()].map((person) => viewAttendee(talk.accounts, one, person, withStatus)),
  );
  return ok(views, withStatus ? { 'X-Nextcloud-Has-User-Statuses': '1' } : undefined);
}

/** The breakout rooms, then the room itself. */
function viewAll(call: RoomCall): unknown[] {
  const rooms = call.talk.rooms.breakoutRoomsOf(call.room);
  return [...rooms, call.room].map((room) => viewSeen(call, room, 'with last message'));
}

function viewSeen({ names, attendee }: RoomCall, room: Room, last: Parameters<typeof viewRoom>[3]): unknown {
  const there: Attendee | undefined = room.attendees.get(actorKey(attendee.actor));
  return there === undefined ? viewRoomFromOutside(room) : viewRoom(names, room, there, last);
}
