import { Refusal } from '../refusal.js';
import { RoomType, type Room } from '../state/room.js';
import { talkHash } from '../view/capabilities.js';
import { viewRoom, viewRoomFromOutside } from '../view/room-view.js';
import { asUser, attendeeOf, inRoom, roomOf, talkApi, type Call, type OcsRouter, type UserCall } from './call.js';
import { created, ok, type Answer } from './ocs.js';

const roomsApi = `${talkApi}/v4/room`;

export function addRoomRoutes(router: OcsRouter): void {
  router.add('GET', roomsApi, asUser(list));
  router.add('POST', roomsApi, asUser(create));
  router.add('GET', `${talkApi}/v4/listed-room`, asUser(listOpen));
  router.add('GET', `${roomsApi}/{token}`, show);
  router.add(
    'DELETE',
    `${roomsApi}/{token}`,
    inRoom(['moderator'], ({ talk, room }) => {
      if (room.type === RoomType.oneToOne || room.type === RoomType.formerOneToOne) throw new Refusal(400, null);
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
  const views: unknown[] = [];
  for (const room of rooms) {
    const attendee = room.attendees.get(key);
    if (attendee !== undefined) views.push(viewRoom(names, room, attendee, lastMessage));
  }
  return ok(views, {
    'X-Nextcloud-Talk-Hash': talkHash('rooms', user.id),
    'X-Nextcloud-Talk-Modified-Before': String(call.beganSeconds),
  });
}

function create(call: UserCall): Answer {
  const { input, talk, user } = call;
  switch (input.number('roomType')) {
    case RoomType.oneToOne:
      return createOneToOne(call);
    case RoomType.group:
    case RoomType.public: {
      const room = talk.conversations.create(user, {
        type: input.number('roomType') === RoomType.public ? RoomType.public : RoomType.group,
        name: input.text('roomName'),
        description: input.text('description'),
        listable: scopeOf(input.number('listable')),
        readOnly: input.number('readOnly') === 1 ? 1 : 0,
        messageExpirationSeconds: input.number('messageExpiration'),
        password: input.text('password'),
      });
      return created(seenByOwner(call, room));
    }
    default:
      throw new Refusal(400, { error: 'type' });
  }
}

function createOneToOne(call: UserCall): Answer {
  const other = call.talk.accounts.get(call.input.text('invite'));
  if (other === undefined || other.id === call.user.id) throw new Refusal(404, { error: 'invite' });
  const { room, isNew } = call.talk.conversations.oneToOne(call.user, other);
  return { status: isNew ? 201 : 200, data: seenByOwner(call, room) };
}

function seenByOwner(call: UserCall, room: Room): unknown {
  const attendee = room.attendees.get(`users/${call.user.id}`);
  if (attendee === undefined) throw new Refusal(404);
  return viewRoom(call.names, room, attendee);
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

function show(call: Call): Answer {
  const room = roomOf(call);
  if (room === undefined) throw new Refusal(404);
  const headers = { 'X-Nextcloud-Talk-Hash': talkHash('room', call.credential?.user.id ?? '') };
  const attendee = attendeeOf(call, room);
  if (attendee !== undefined) return ok(viewRoom(call.names, room, attendee), headers);
  if (!isOpenTo(call, room)) throw new Refusal(404);
  return ok(viewRoomFromOutside(room), headers);
}

function isOpenTo(call: Call, room: Room): boolean {
  return room.type === RoomType.public || (room.listable > 0 && call.credential !== undefined);
}

export function scopeOf(value: number): 0 | 1 | 2 {
  return value === 1 || value === 2 ? value : 0;
}
