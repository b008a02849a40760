import { ActivityOrder } from './activity-order.js';
import { MessageLog } from './message-log.js';
import type { Message } from './message.js';
import { randomText } from './random-text.js';
import { actorKey, type Actor, type ActorKey } from './actor.js';
import { ParticipantType, type Attendee, type RemoteRoom, type Room, type RoomPicture, type RoomType } from './room.js';

export interface NewRoom {
  readonly type: RoomType;
  readonly name: string;
  readonly description?: string;
  readonly objectType?: string;
  readonly objectId?: string;
  readonly listable?: 0 | 1 | 2;
  readonly readOnly?: 0 | 1;
  readonly messageExpirationSeconds?: number;
  readonly picture?: RoomPicture;
  readonly password?: string;
  readonly lobbyState?: 0 | 1;
  readonly lobbyTimerSeconds?: number;
  readonly mentionPermissions?: 0 | 1;
  readonly permissions?: number;
  readonly recordingConsent?: 0 | 1;
  readonly remote?: RemoteRoom;
}

export interface NewAttendee {
  /** One that was reserved; absent: the next. */
  readonly id?: number;
  readonly actor: Actor;
  readonly displayName: string;
  readonly participantType: ParticipantType;
  readonly isFavorite?: boolean;
  readonly invitedAs?: string;
  readonly isReadPrivate?: boolean;
  readonly accessToken?: string;
  readonly phoneNumber?: string;
}

/** The rooms and who is in them. */
export class Rooms {
  readonly #byToken = new Map<string, Room>();
  readonly #byActor = new Map<ActorKey, Set<Room>>();
  readonly #active = new ActivityOrder();
  /** What guests called themselves, which their messages keep when they are gone. */
  readonly #guestNames = new Map<ActorKey, string>();
  #lastRoomId = 0;
  #lastAttendeeId = 0;

  create(room: NewRoom): Room {
    this.#lastRoomId += 1;
    const whole: Room = {
      id: this.#lastRoomId,
      token: this.#freeToken(),
      type: room.type,
      name: room.name,
      description: room.description ?? '',
      objectType: room.objectType ?? '',
      objectId: room.objectId ?? '',
      readOnly: room.readOnly ?? 0,
      listable: room.listable ?? 0,
      lobbyState: room.lobbyState ?? 0,
      lobbyTimerSeconds: room.lobbyTimerSeconds ?? 0,
      password: room.password ?? '',
      messageExpirationSeconds: room.messageExpirationSeconds ?? 0,
      mentionPermissions: room.mentionPermissions ?? 0,
      defaultPermissions: room.permissions ?? 0,
      picture: room.picture,
      lastActivitySeconds: 0,
      lastMessage: undefined,
      attendees: new Map(),
      log: new MessageLog(),
      pinned: new Set(),
      bots: new Set(),
      breakoutMode: 0,
      breakoutStatus: 0,
      call: undefined,
      recording: 0,
      recordingConsent: room.recordingConsent ?? 0,
      sip: 0,
      transcriptionLanguage: '',
      bridge: undefined,
      remote: room.remote,
    };
    this.#byToken.set(whole.token, whole);
    return whole;
  }

  /** The breakout rooms of a room, in the order in which they were made. */
  breakoutRoomsOf(parent: Room): Room[] {
    if (parent.breakoutMode === 0) return [];
    return this.all().filter((room) => room.objectType === 'room' && room.objectId === parent.token);
  }

  get(token: string): Room | undefined {
    return this.#byToken.get(token);
  }

  all(): readonly Room[] {
    return [...this.#byToken.values()];
  }

  delete(room: Room): void {
    for (const attendee of [...room.attendees.values()]) this.removeAttendee(room, attendee);
    this.#byToken.delete(room.token);
    this.#active.remove(room);
  }

  /** An id that nobody else gets, for somebody who is not in yet. */
  reserveAttendeeId(): number {
    this.#lastAttendeeId += 1;
    return this.#lastAttendeeId;
  }

  addAttendee(room: Room, attendee: NewAttendee): Attendee {
    const whole: Attendee = {
      id: attendee.id ?? this.reserveAttendeeId(),
      actor: attendee.actor,
      displayName: attendee.displayName,
      participantType: attendee.participantType,
      permissions: 0,
      lastReadMessage: room.lastMessage?.id ?? 0,
      lastMention: 0,
      lastDirectMention: 0,
      isFavorite: attendee.isFavorite ?? false,
      isArchived: false,
      isImportant: false,
      isSensitive: false,
      notificationLevel: 0,
      notificationCalls: 1,
      sessions: [],
      isReadPrivate: attendee.isReadPrivate ?? false,
      ...(attendee.invitedAs === undefined ? {} : { invitedAs: attendee.invitedAs }),
      ...(attendee.accessToken === undefined ? {} : { accessToken: attendee.accessToken }),
      ...(attendee.phoneNumber === undefined ? {} : { phoneNumber: attendee.phoneNumber }),
    };
    const key = actorKey(attendee.actor);
    room.attendees.set(key, whole);
    const rooms = this.#byActor.get(key) ?? new Set();
    this.#byActor.set(key, rooms.add(room));
    return whole;
  }

  removeAttendee(room: Room, attendee: Attendee): void {
    const key = actorKey(attendee.actor);
    room.attendees.delete(key);
    this.#byActor.get(key)?.delete(room);
  }

  of(actor: ActorKey): ReadonlySet<Room> {
    return this.#byActor.get(actor) ?? new Set();
  }

  /** The actor's rooms that were last active at `seconds` or later. */
  activeSince(actor: ActorKey, seconds: number): Room[] {
    const rooms: Room[] = [];
    for (const room of this.#active.since(seconds)) if (room.attendees.has(actor)) rooms.push(room);
    return rooms;
  }

  nameGuest(attendee: Attendee, name: string): void {
    attendee.displayName = name;
    this.#guestNames.set(actorKey(attendee.actor), name);
  }

  guestName(actor: Actor): string {
    return this.#guestNames.get(actorKey(actor)) ?? actor.name ?? '';
  }

  touch(room: Room, seconds: number, lastMessage: Message | undefined): void {
    room.lastActivitySeconds = seconds;
    if (lastMessage !== undefined) room.lastMessage = lastMessage;
    this.#active.touch(room);
  }

  #freeToken(): string {
    for (;;) {
      const token = randomText(8, 'token');
      if (!this.#byToken.has(token)) return token;
    }
  }
}
