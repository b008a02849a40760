import { membershipOf, type StoredEvent } from './events.js';
import type { Homeserver } from './homeserver.js';
import type { RoomMember, RoomMessage } from './matrix-sandbox.types.js';
import type { Room } from './room.js';

function nameOf(room: Room, userId: string): string {
  const name = room.member(userId)?.content.displayname;
  return typeof name === 'string' && name !== '' ? name : userId;
}

/** An event as it is told to whoever drives the sandbox. */
export function messageOf(room: Room, event: StoredEvent): RoomMessage {
  return {
    eventId: event.eventId,
    type: event.type,
    sender: event.sender,
    senderName: nameOf(room, event.sender),
    content: event.content,
    atMs: event.originServerTsMs,
    ...(event.stateKey === undefined ? {} : { stateKey: event.stateKey }),
    ...(event.redacts === undefined ? {} : { redacts: event.redacts }),
    ...(event.redactedBy === undefined ? {} : { redactedBy: event.redactedBy.eventId }),
  };
}

/** Somebody of a room, in it or not any more. */
export function memberOf(room: Room, event: StoredEvent): RoomMember {
  const userId = event.stateKey ?? '';
  return { userId, name: nameOf(room, userId), membership: membershipOf(event) ?? 'leave' };
}

/** What the homeserver has, in short. */
export function describe({ serverName, accounts, rooms, stream }: Homeserver): Record<string, unknown> {
  return {
    serverName,
    users: [...accounts.users()],
    rooms: [...rooms.values()].map((room) => ({
      id: room.id,
      version: room.version.id,
      name: room.state('m.room.name')?.content.name ?? null,
      aliases: [...room.aliases],
      joined: [...room.joined],
      events: room.timeline.length,
    })),
    events: stream.length,
  };
}
