import type { Ledger } from '../ledger.js';
import { Accounts, type Profile } from './accounts.js';
import { checkContent } from './content-rules.js';
import { checkSize } from './event-size.js';
import { checkAuthorized, checkRedaction, checkRelation, notInRoom, sameState } from './event-rules.js';
import { membershipOf, type EventDraft, type EventOrigin, type JsonObject, type StoredEvent } from './events.js';
import { Ephemerals } from './ephemerals.js';
import { newEventId, newRoomId } from './ids.js';
import { ledgerEntryOf } from './ledger-entry.js';
import { forbidden, invalidParam, MatrixError, unknown } from './matrix-error.js';
import { Appservice, type AppserviceRegistration } from './registration.js';
import { Presences } from './presences.js';
import { Room } from './room.js';
import type { RoomVersion } from './room-versions.js';

export interface Alias {
  readonly roomId: string;
  readonly creator: string;
}

const strippedTypes = [
  'm.room.create',
  'm.room.join_rules',
  'm.room.canonical_alias',
  'm.room.avatar',
  'm.room.name',
  'm.room.encryption',
  'm.room.topic',
];

/** Everything that the server knows, and the one door by which events come into rooms. */
export class Homeserver {
  readonly accounts = new Accounts();
  readonly ephemerals = new Ephemerals();
  readonly presences: Presences;
  readonly rooms = new Map<string, Room>();
  readonly aliases = new Map<string, Alias>();
  /** Every event of every room, in the order in which it was taken. */
  readonly stream: StoredEvent[] = [];
  #appservice: Appservice | undefined;
  /** Those that nothing is pushed to. */
  readonly #silent = new Map<string, Appservice>();
  readonly #joinedRooms = new Map<string, Set<string>>();
  readonly #watchers = new Set<(event: StoredEvent, room: Room) => void>();
  readonly #deviceTransactions = new Map<string, string>();

  constructor(
    readonly serverName: string,
    readonly ledger: Ledger,
    readonly nowMs: () => number = Date.now,
    presence: 'on' | 'off' = 'on',
  ) {
    this.presences = new Presences(presence);
  }

  get appservice(): Appservice | undefined {
    return this.#appservice;
  }

  register(registration: AppserviceRegistration): Appservice {
    this.#appservice = new Appservice(registration, this.serverName);
    return this.#appservice;
  }

  /** One more, that nothing is pushed to. */
  registerSilent(registration: AppserviceRegistration): void {
    this.#silent.set(registration.id, new Appservice(registration, this.serverName));
  }

  /** Whose token it is. */
  appserviceOf(token: string): Appservice | undefined {
    return [this.#appservice, ...this.#silent.values()].find((one) => one?.registration.as_token === token);
  }

  /** Calls `watcher` with every later event, right after it became visible; the answer ends that. */
  watch(watcher: (event: StoredEvent, room: Room) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  joinedRooms(userId: string): ReadonlySet<string> {
    return this.#joinedRooms.get(userId) ?? new Set();
  }

  findEvent(eventId: string): StoredEvent | undefined {
    for (const room of this.rooms.values()) {
      const event = room.event(eventId);
      if (event !== undefined) return event;
    }
    return undefined;
  }

  /** An empty room around its create event. */
  startRoom(version: RoomVersion, creator: string, content: JsonObject): Room {
    const eventId = newEventId(version, this.serverName);
    const room = new Room(newRoomId(version, this.serverName, eventId), version, this.serverName);
    this.rooms.set(room.id, room);
    this.append(room, { type: 'm.room.create', sender: creator, content, stateKey: '' }, undefined, eventId);
    return room;
  }

  /**
   * Takes an event that is not a member event, as its sender sent it: checks everything, then makes it visible.
   * State that says nothing new, and a transaction of a device that was seen before, answer the earlier event.
   */
  send(roomId: string, draft: EventDraft, origin?: EventOrigin): StoredEvent {
    const room = this.rooms.get(roomId);
    if (room === undefined) throw forbidden(`User ${draft.sender} not in room ${roomId}`);
    if (draft.type === 'm.room.member') {
      throw new MatrixError(500, 'M_UNKNOWN', 'Tried to send member event through non-member codepath');
    }
    const earlier = this.#sentByDevice(room, draft.sender, origin);
    if (earlier !== undefined) return earlier;
    if (!room.joined.has(draft.sender)) throw notInRoom(room, draft.sender);
    if (draft.type === 'm.room.create' && draft.stateKey !== undefined) throw unknown(500, 'Internal server error');
    checkContent(draft, roomId, room.version);
    checkRelation(room, draft, (eventId) => this.findEvent(eventId) !== undefined);
    const same = sameState(room, draft);
    if (same !== undefined) return same;
    checkSize(draft, room);
    checkAuthorized(room, draft);
    if (draft.type === 'm.room.canonical_alias') this.#checkCanonicalAlias(room, draft.content);
    if (draft.type === 'm.room.redaction') {
      checkRedaction(room, draft, (eventId) => this.findEvent(eventId));
      // A redaction of nothing is accepted, and no client ever sees it.
      if (draft.redacts === undefined || room.event(draft.redacts) === undefined)
        return this.#draftEvent(room, draft, origin);
    }
    return this.append(room, draft, origin);
  }

  /** Takes a member event whose transition was checked; the authorization rules still decide. */
  sendMember(room: Room, draft: EventDraft): StoredEvent {
    checkContent(draft, room.id, room.version);
    const same = sameState(room, draft);
    if (same !== undefined) return same;
    checkSize(draft, room);
    checkAuthorized(room, draft);
    return this.append(room, draft);
  }

  /** Makes an event visible: timeline, state, ledger and everybody who waits, all in this tick. */
  append(room: Room, draft: EventDraft, origin?: EventOrigin, eventId?: string): StoredEvent {
    const event = this.#draftEvent(room, draft, origin, eventId);
    const entry = ledgerEntryOf(event, draft.redacts === undefined ? undefined : room.event(draft.redacts));
    room.add(event);
    this.stream.push(event);
    if (event.type === 'm.room.member' && event.stateKey !== undefined) this.#indexMember(room, event.stateKey, event);
    if (origin?.deviceId !== undefined) {
      this.#deviceTransactions.set(deviceTransactionKey(room, event.sender, origin.deviceId, origin), event.eventId);
    }
    this.ledger.add(entry);
    for (const watcher of this.#watchers) watcher(event, room);
    return event;
  }

  #draftEvent(room: Room, draft: EventDraft, origin?: EventOrigin, eventId?: string): StoredEvent {
    const now = this.nowMs();
    const replaces = draft.stateKey === undefined ? undefined : room.state(draft.type, draft.stateKey);
    return {
      eventId: eventId ?? newEventId(room.version, this.serverName),
      roomId: room.id,
      type: draft.type,
      sender: draft.sender,
      content: draft.content,
      originServerTsMs: draft.originServerTsMs ?? now,
      receivedAtMs: now,
      order: this.stream.length + 1,
      ...(draft.stateKey === undefined ? {} : { stateKey: draft.stateKey }),
      ...(draft.redacts === undefined ? {} : { redacts: draft.redacts }),
      ...(origin === undefined ? {} : { origin }),
      ...(replaces === undefined ? {} : { replaces }),
      ...(needsRoomState(draft) ? { inviteRoomState: this.#strippedState(room, draft.sender) } : {}),
    };
  }

  /** The profile as a member event carries it. */
  memberProfile(userId: string): JsonObject {
    const profile: Readonly<Profile> = this.accounts.profile(userId) ?? {};
    return {
      ...(profile.displayname === undefined ? {} : { displayname: profile.displayname }),
      ...(profile.avatar_url === undefined ? {} : { avatar_url: profile.avatar_url }),
    };
  }

  #sentByDevice(room: Room, sender: string, origin: EventOrigin | undefined): StoredEvent | undefined {
    if (origin?.deviceId === undefined) return undefined;
    const eventId = this.#deviceTransactions.get(deviceTransactionKey(room, sender, origin.deviceId, origin));
    return eventId === undefined ? undefined : room.event(eventId);
  }

  #indexMember(room: Room, userId: string, event: StoredEvent): void {
    const rooms = this.#joinedRooms.get(userId);
    if (membershipOf(event) !== 'join') rooms?.delete(room.id);
    else if (rooms === undefined) this.#joinedRooms.set(userId, new Set([room.id]));
    else rooms.add(room.id);
  }

  #strippedState(room: Room, inviter: string): readonly JsonObject[] {
    const events = [...strippedTypes.map((type) => room.state(type)), room.member(inviter)];
    return events
      .filter((event) => event !== undefined)
      .map(({ type, sender, content, stateKey }) => ({ type, state_key: stateKey ?? '', content, sender }));
  }

  #checkCanonicalAlias(room: Room, content: JsonObject): void {
    const before = room.state('m.room.canonical_alias')?.content ?? {};
    const { alias, alt_aliases: alternatives = [] } = content;
    if (typeof alias === 'string' && alias !== '' && alias !== before.alias) this.#checkPointsHere(room, alias);
    if (!Array.isArray(alternatives)) throw invalidParam('The alt_aliases property must be a list.');
    const known: unknown = before.alt_aliases;
    for (const alternative of alternatives as unknown[]) {
      if (Array.isArray(known) && known.includes(alternative)) continue;
      this.#checkPointsHere(room, String(alternative));
    }
  }

  #checkPointsHere(room: Room, alias: string): void {
    if (this.aliases.get(alias)?.roomId !== room.id) {
      throw new MatrixError(400, 'M_BAD_ALIAS', `Room alias ${alias} does not point to the room`);
    }
  }
}

function needsRoomState(draft: EventDraft): boolean {
  const membership = draft.content.membership;
  return draft.type === 'm.room.member' && (membership === 'invite' || membership === 'knock');
}

function deviceTransactionKey(room: Room, sender: string, deviceId: string, origin: EventOrigin): string {
  return [room.id, sender, deviceId, origin.transactionId].join('\u0000');
}
