import { Refusal } from '../refusal.js';
import { BreakoutMode, RoomType, type Room } from '../state/room.js';
import { talkHash } from '../view/capabilities.js';
import { viewRoom, viewRoomFromOutside } from '../view/room-view.js';
import { asUser, attendeeOf, inRoom, roomOf, talkApi, type Call, type OcsRouter, type UserCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const roomsApi = `${talkApi}/v4/room`;

export function addRoomRoutes(router: OcsRouter): void {
  router.add('GET', roomsApi, asUser(list));
  router.add('GET', `${talkApi}/v4/listed-room`, asUser(listOpen));
  router.add('GET', `${roomsApi}/note-to-self`, asUser(showNotes));
  router.add('GET', `${roomsApi}/{token}`, show);
  router.add(
    'DELETE',
    `${roomsApi}/{token}`,
    inRoom(['moderator'], ({ talk, room }) => {
      if (room.type === RoomType.oneToOne || room.type === RoomType.formerOneToOne) throw new Refusal(400, null);
      if (room.breakoutMode !== BreakoutMode.none) talk.breakoutRooms.remove(room);
      talk.conversations.delete(room);
      return ok(null);
    }),
  );
}

function list(call: UserCall): Answer {
  const { talk, user, input, names } = call;
  talk.starterRooms.giveTo(user);
  const key = `users/${user.id}`;
  const since = input.number('modifiedSince');
  const lastMessage =
    input.text('includeLastMessage', 'true') === 'false' ? 'without last message' : 'with last message';
  const rooms = since === 0 ? talk.rooms.of(key) : talk.rooms.activeSince(key, since);
  const invitations = talk.federation.invitations.waitingFor(user.id).length;
  const views: unknown[] = [];
  for (const room of rooms) {
    const attendee = room.attendees.get(key);
    if (attendee !== undefined) views.push(viewRoom(names, room, attendee, lastMessage));
  }
  return ok(views, {
    'X-Nextcloud-Talk-Hash': talkHash(talk.abilities, 'rooms', user.id),
    'X-Nextcloud-Talk-Modified-Before': String(call.beganSeconds),
    ...(invitations > 0 ? { 'X-Nextcloud-Talk-Federation-Invites': String(invitations) } : {}),
  });
}

/** Rooms that anybody with an account may join, without those that the caller is in. */
function listOpen(call: UserCall): Answer {
  const search = call.input.text('searchTerm').toLowerCase();
  const open = call.talk.rooms
    .all()
    .filter((room) => room.listable > 0 && room.name.toLowerCase().includes(search))
    .filter((room) => !room.attendees.has(`users/${call.user.id}`));
  return ok(open.map((room) => viewRoomFromOutside(room)));
}

/** Made where there is none. */
function showNotes({ talk, names, user }: UserCall): Answer {
  const { room, attendee } = talk.starterRooms.notesOf(user);
  const headers = { 'X-Nextcloud-Talk-Hash': talkHash(talk.abilities, 'room', user.id) };
  return ok(viewRoom(names, room, attendee), headers);
}

/** A bridge to phones that proves nothing is answered 401. */
function show(call: Call): Answer {
  const random = call.header('talk-sipbridge-random');
  const isProven = call.talk.backends.isSipBridge(
    random,
    call.header('talk-sipbridge-checksum'),
    call.parameters['token'] ?? '',
  );
  if (random !== '' && !isProven) throw new Refusal(401, null, '', 'signature');
  const room = roomOf(call);
  if (room === undefined) throw new Refusal(404);
  const headers = { 'X-Nextcloud-Talk-Hash': talkHash(call.talk.abilities, 'room', call.credential?.user.id ?? '') };
  const attendee = attendeeOf(call, room);
  if (attendee !== undefined) {
    const session = call.talk.attendance.sessionOf(room, attendee, call.cookie.value);
    return ok(viewRoom(call.names, room, attendee, 'with last message', session), headers);
  }
  if (!isOpenTo(call, room)) throw new Refusal(404);
  return ok(viewRoomFromOutside(room), headers);
}

function isOpenTo(call: Call, room: Room): boolean {
  return room.type === RoomType.public || (room.listable > 0 && call.credential !== undefined);
}
