import { Refusal } from '../refusal.js';
import { actorKey, type Actor } from './actor.js';
import type { Chat } from './chat.js';
import type { Conversations } from './conversations.js';
import {
  BreakoutMode,
  BreakoutStatus,
  isAccountModerator,
  isBreakoutRoom,
  isModerator,
  ParticipantType,
  RoomType,
  type Attendee,
  type Room,
} from './room.js';
import type { Rooms } from './rooms.js';

const mostRooms = 20;

/** In which of the rooms, counted from 0, an attendee is to be. */
type Places = ReadonlyMap<Attendee, number>;

/** The rooms into which a room's people are divided for a while. Each method throws a Refusal 400 with what is wrong. */
export class BreakoutRooms {
  constructor(
    private readonly rooms: Rooms,
    private readonly conversations: Conversations,
    private readonly chat: Chat,
  ) {}

  /** @param map JSON that names the room's number by attendee id; for `manual` alone */
  configure(parent: Room, by: Actor, mode: number, amount: number, map: string): void {
    const isGroup = parent.type === RoomType.group && !isBreakoutRoom(parent);
    if (!isGroup || parent.breakoutMode !== BreakoutMode.none) throw new Refusal(400, { error: 'room' });
    const known = [BreakoutMode.automatic, BreakoutMode.manual, BreakoutMode.free].find((one) => one === mode);
    if (known === undefined) throw new Refusal(400, { error: 'mode' });
    if (amount < 1 || amount > mostRooms) throw new Refusal(400, { error: 'amount' });
    const places = this.#placesFor(parent, known, amount, map);
    parent.breakoutMode = known;
    parent.breakoutStatus = BreakoutStatus.stopped;
    const owner = this.conversations.accountOf(by);
    for (let number = 1; number <= amount; number += 1) {
      const room = this.conversations.create(owner, {
        type: RoomType.group,
        name: `Room ${number}`,
        objectType: 'room',
        objectId: parent.token,
        lobbyState: 1,
      });
      this.#admitModerators(parent, room);
    }
    this.#place(parent, by, places);
  }

  /** Deletes them. */
  remove(parent: Room): void {
    for (const room of this.rooms.breakoutRoomsOf(parent)) this.conversations.delete(room);
    parent.breakoutMode = BreakoutMode.none;
    parent.breakoutStatus = BreakoutStatus.stopped;
  }

  /** Everybody is moved to where the map wants them. */
  applyMap(parent: Room, by: Actor, map: string): void {
    const rooms = this.#configured(parent);
    const places = this.#readMap(parent, rooms.length, map);
    for (const attendee of people(parent)) this.#leaveAll(rooms, by, attendee);
    parent.breakoutMode = BreakoutMode.manual;
    this.#place(parent, by, places);
  }

  start(parent: Room, by: Actor): void {
    const rooms = this.#configured(parent);
    parent.breakoutStatus = BreakoutStatus.started;
    for (const room of rooms) {
      room.lobbyState = 0;
      this.chat.note(room, by, 'breakout_rooms_started');
    }
  }

  stop(parent: Room, by: Actor): void {
    const rooms = this.#configured(parent);
    parent.breakoutStatus = BreakoutStatus.stopped;
    for (const room of rooms) {
      room.lobbyState = 1;
      room.breakoutStatus = BreakoutStatus.stopped;
      this.chat.note(room, by, 'breakout_rooms_stopped');
    }
  }

  /** Throws a Refusal 413 too. */
  broadcast(parent: Room, by: Actor, text: string): void {
    for (const room of this.#configured(parent)) this.chat.post(room, by, text);
  }

  /** To be asked in the breakout room. */
  askAssistance(room: Room, isAsked: boolean): void {
    if (!isBreakoutRoom(room) || room.lobbyState === 1) throw new Refusal(400, { error: 'room' });
    room.breakoutStatus = isAsked ? BreakoutStatus.assistanceAsked : BreakoutStatus.stopped;
  }

  /** Somebody chooses for themselves. Answers the chosen room. */
  choose(parent: Room, attendee: Attendee, token: string): Room {
    if (parent.breakoutMode !== BreakoutMode.free) throw new Refusal(400, { error: 'mode' });
    if (parent.breakoutStatus !== BreakoutStatus.started) throw new Refusal(400, { error: 'status' });
    if (isModerator(attendee)) throw new Refusal(400, { error: 'moderator' });
    const rooms = this.#configured(parent);
    const target = rooms.find((room) => room.token === token);
    if (target === undefined) throw new Refusal(400, { error: 'target' });
    this.#leaveAll(rooms, attendee.actor, attendee);
    this.conversations.addUser(target, attendee.actor, this.conversations.accountOf(attendee.actor));
    return target;
  }

  /** Those that the attendee is shown: all to moderators and where people choose, else the attendee's own. */
  seenBy(parent: Room, attendee: Attendee): readonly Room[] {
    const rooms = this.#configured(parent);
    if (isModerator(attendee)) return rooms;
    if (parent.breakoutStatus !== BreakoutStatus.started) throw new Refusal(400, { error: 'status' });
    if (parent.breakoutMode === BreakoutMode.free) return rooms;
    return rooms.filter((room) => room.attendees.has(actorKey(attendee.actor)));
  }

  #configured(parent: Room): Room[] {
    if (parent.breakoutMode === BreakoutMode.none) throw new Refusal(400, { error: 'mode' });
    return this.rooms.breakoutRoomsOf(parent);
  }

  #placesFor(parent: Room, mode: BreakoutMode, amount: number, map: string): Places {
    switch (mode) {
      case BreakoutMode.automatic:
        // The real server draws lots; a fixed order lets others say what they expect.
        return new Map([...people(parent).reverse()].map((attendee, index) => [attendee, index % amount]));
      case BreakoutMode.manual:
        return this.#readMap(parent, amount, map);
      case BreakoutMode.free:
      case BreakoutMode.none:
        return new Map();
    }
  }

  #readMap(parent: Room, amount: number, text: string): Places {
    const places = new Map<Attendee, number>();
    for (const [id, number] of Object.entries(parseMap(text))) {
      const attendee = people(parent).find((one) => String(one.id) === id);
      const isPlace = typeof number === 'number' && Number.isInteger(number) && number >= 0 && number < amount;
      if (!isPlace) throw new Refusal(400, { error: 'attendeeMap' });
      if (attendee !== undefined) places.set(attendee, number);
    }
    return places;
  }

  #place(parent: Room, by: Actor, places: Places): void {
    const rooms = this.rooms.breakoutRoomsOf(parent);
    for (const [attendee, number] of places) {
      const room = rooms[number];
      if (room !== undefined) this.conversations.addUser(room, by, this.conversations.accountOf(attendee.actor));
    }
  }

  /** The parent's other moderators moderate here too; nothing tells of it. */
  #admitModerators(parent: Room, room: Room): void {
    for (const attendee of parent.attendees.values()) {
      const { actor, displayName } = attendee;
      if (!isAccountModerator(attendee) || room.attendees.has(actorKey(actor))) continue;
      this.rooms.addAttendee(room, { actor, displayName, participantType: ParticipantType.moderator });
    }
  }

  #leaveAll(rooms: readonly Room[], by: Actor, { actor }: Attendee): void {
    for (const room of rooms) {
      const there = room.attendees.get(actorKey(actor));
      if (there !== undefined) this.conversations.remove(room, by, there);
    }
  }
}

/** Those who are divided: people with accounts who do not moderate. */
function people(parent: Room): Attendee[] {
  return [...parent.attendees.values()].filter((attendee) => attendee.actor.type === 'users' && !isModerator(attendee));
}

function parseMap(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return { ...parsed };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new Refusal(400, { error: 'attendeeMap' });
}
