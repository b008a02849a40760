import { createHash } from 'node:crypto';
import { Refusal } from '../refusal.js';
import type { Accounts, User } from './accounts.js';
import type { Calls } from './calls.js';
import type { TalkChange } from './change.js';
import type { Chat } from './chat.js';
import type { SystemType } from './message.js';
import { actorKey, type Actor } from './actor.js';
import {
  isAccountModerator,
  isModerator,
  ParticipantType,
  RoomType,
  type Attendee,
  type Room,
  type RoomPicture,
} from './room.js';
import type { NewRoom, Rooms } from './rooms.js';

const maxNameLength = 255;
const maxDescriptionLength = 2000;
const listableNotes: readonly SystemType[] = ['listable_none', 'listable_users', 'listable_all'];

export interface NewFederated {
  readonly id: number;
  readonly cloudId: string;
  readonly displayName: string;
  readonly accessToken: string;
}

export function userActor(id: string): Actor {
  return { type: 'users', id };
}

/** What is done to rooms and their people, with the system message that tells of it. */
export class Conversations {
  constructor(
    private readonly accounts: Accounts,
    private readonly rooms: Rooms,
    private readonly chat: Chat,
    private readonly calls: Calls,
    private readonly changed: (change: TalkChange) => void,
  ) {}

  create(owner: User, room: NewRoom): Room {
    const created = this.rooms.create({ ...room, name: room.name.trim() === '' ? '---' : room.name });
    return this.#open(created, owner);
  }

  /** Throws a Refusal 404 for an actor without an account. */
  accountOf(actor: Actor): User {
    const user = actor.type === 'users' ? this.accounts.get(actor.id) : undefined;
    if (user === undefined) throw new Refusal(404);
    return user;
  }

  /** The room of the two that exists, or a new one with its owner only: the other joins with the first message. */
  oneToOne(owner: User, other: User): { readonly room: Room; readonly isNew: boolean } {
    const name = JSON.stringify([owner.id, other.id].sort());
    for (const person of [owner, other]) {
      for (const room of this.rooms.of(`users/${person.id}`)) {
        if (room.type !== RoomType.oneToOne || room.name !== name) continue;
        this.#fill(room, owner);
        return { room, isNew: false };
      }
    }
    return { room: this.#open(this.rooms.create({ type: RoomType.oneToOne, name }), owner), isNew: true };
  }

  /** Both people of a one-to-one room are in it from the first message on. */
  fillOneToOne(room: Room): void {
    if (room.type !== RoomType.oneToOne) return;
    for (const id of JSON.parse(room.name) as string[]) {
      const user = this.accounts.get(id);
      if (user !== undefined) this.#fill(room, user);
    }
  }

  delete(room: Room): void {
    this.rooms.delete(room);
    this.changed({ room: room.token, what: 'room' });
  }

  /** Throws a Refusal 400 `value`. */
  rename(room: Room, by: Actor, written: string): void {
    const name = written.trim();
    if (name === '' || [...name].length > maxNameLength) throw new Refusal(400, { error: 'value' });
    const oldName = room.name;
    if (oldName === name) return;
    room.name = name;
    this.#tell(room, by, 'conversation_renamed', { oldName, newName: name });
  }

  /** Throws a Refusal 400 `value`. */
  describe(room: Room, by: Actor, written: string): void {
    const description = written.trim();
    if ([...description].length > maxDescriptionLength) throw new Refusal(400, { error: 'value' });
    if (room.description === description) return;
    room.description = description;
    this.#tell(room, by, description === '' ? 'description_removed' : 'description_set');
  }

  setPicture(room: Room, by: Actor, picture: RoomPicture): void {
    room.picture = picture;
    this.#tell(room, by, 'avatar_set');
  }

  removePicture(room: Room, by: Actor): void {
    if (room.picture === undefined) return;
    room.picture = undefined;
    this.#tell(room, by, 'avatar_removed');
  }

  setPublic(room: Room, by: Actor, isPublic: boolean): void {
    const type = isPublic ? RoomType.public : RoomType.group;
    if (room.type === type) return;
    room.type = type;
    if (!isPublic) this.#sendVisitorsAway(room);
    this.#tell(room, by, isPublic ? 'guests_allowed' : 'guests_disallowed');
  }

  /** Whoever was not invited is out, without a word. */
  #sendVisitorsAway(room: Room): void {
    const visiting: readonly number[] = [
      ParticipantType.guest,
      ParticipantType.guestModerator,
      ParticipantType.selfJoined,
    ];
    for (const attendee of [...room.attendees.values()]) {
      if (visiting.includes(attendee.participantType)) this.rooms.removeAttendee(room, attendee);
    }
  }

  setPassword(room: Room, by: Actor, password: string): void {
    room.password = password;
    this.#tell(room, by, password === '' ? 'password_removed' : 'password_set');
  }

  setReadOnly(room: Room, by: Actor, readOnly: 0 | 1): void {
    if (room.readOnly === readOnly) return;
    room.readOnly = readOnly;
    this.#tell(room, by, readOnly === 1 ? 'read_only' : 'read_only_off');
  }

  setListable(room: Room, by: Actor, listable: 0 | 1 | 2): void {
    if (room.listable === listable) return;
    room.listable = listable;
    this.#tell(room, by, listableNotes[listable] ?? 'listable_none');
  }

  setLobby(room: Room, by: Actor, state: 0 | 1, timerSeconds: number): void {
    room.lobbyTimerSeconds = state === 1 ? timerSeconds : 0;
    if (room.lobbyState === state) return;
    room.lobbyState = state;
    this.#tell(room, by, state === 1 ? 'lobby_non_moderators' : 'lobby_none');
  }

  /** Throws a Refusal 400 `value`. */
  setMessageExpiration(room: Room, by: Actor, seconds: number): void {
    if (!Number.isInteger(seconds) || seconds < 0) throw new Refusal(400, { error: 'value' });
    room.messageExpirationSeconds = seconds;
    this.#tell(room, by, seconds === 0 ? 'message_expiration_disabled' : 'message_expiration_enabled', { seconds });
  }

  addUser(room: Room, by: Actor, user: User): void {
    if (room.attendees.has(`users/${user.id}`)) return;
    this.#attend(room, user, ParticipantType.user);
    this.#tell(room, by, 'user_added', { user: userActor(user.id) });
    this.changed({ room: room.token, what: 'members' });
  }

  /** Somebody of another server, who is known here by the address. */
  addFederated(room: Room, by: Actor, person: NewFederated): Attendee {
    const attendee = this.rooms.addAttendee(room, {
      id: person.id,
      actor: { type: 'federated_users', id: person.cloudId },
      displayName: person.displayName,
      participantType: ParticipantType.user,
      accessToken: person.accessToken,
    });
    this.#tell(room, by, 'federated_user_added', { user: attendee.actor });
    this.changed({ room: room.token, what: 'members' });
    return attendee;
  }

  /** Somebody who is called by phone. */
  addPhone(room: Room, by: Actor, number: string): void {
    const id = createHash('sha256').update(number).digest('hex');
    if (room.attendees.has(`phones/${id}`)) return;
    const actor: Actor = { type: 'phones', id, name: number };
    const whom = { actor, displayName: number, participantType: ParticipantType.user, phoneNumber: number };
    this.rooms.addAttendee(room, whom);
    this.#tell(room, by, 'phone_added', { user: actor });
    this.changed({ room: room.token, what: 'members' });
  }

  noteAccepted(room: Room, attendee: Attendee): void {
    this.#tell(room, attendee.actor, 'federated_user_added', { user: attendee.actor });
  }

  /** Somebody finds an open room by themselves. */
  joinOpen(room: Room, user: User): Attendee {
    const attendee = this.#attend(room, user, ParticipantType.user);
    this.#tell(room, attendee.actor, 'user_added', { user: attendee.actor });
    this.changed({ room: room.token, what: 'members' });
    return attendee;
  }

  /** Somebody follows a public room's link: nothing tells of it. */
  joinByLink(room: Room, user: User): Attendee {
    const attendee = this.#attend(room, user, ParticipantType.selfJoined);
    this.changed({ room: room.token, what: 'members' });
    return attendee;
  }

  /** An address that is invited makes the room a public one. */
  addEmail(room: Room, by: Actor, address: string): void {
    const id = createHash('sha256').update(address).digest('hex');
    if (room.attendees.has(`emails/${id}`)) return;
    this.setPublic(room, by, true);
    const actor: Actor = { type: 'emails', id };
    this.rooms.addAttendee(room, {
      actor,
      displayName: '',
      participantType: ParticipantType.guest,
      invitedAs: address,
    });
    this.changed({ room: room.token, what: 'members' });
  }

  nameGuest(room: Room, attendee: Attendee, name: string): void {
    this.rooms.nameGuest(attendee, name);
    this.changed({ room: room.token, what: 'members' });
  }

  /** Removed by another, or by themselves. */
  remove(room: Room, by: Actor, attendee: Attendee): void {
    this.rooms.removeAttendee(room, attendee);
    this.calls.leaveWhole(room, attendee);
    if (attendee.actor.type === 'users') this.#tell(room, by, 'user_removed', { user: attendee.actor });
    if (attendee.actor.type === 'federated_users')
      this.#tell(room, by, 'federated_user_removed', { user: attendee.actor });
    this.changed({ room: room.token, what: 'members' });
  }

  /** Throws a Refusal 400 where the attendee is none to promote or demote. */
  setModerator(room: Room, by: Actor, attendee: Attendee, moderates: boolean): void {
    const before = attendee.participantType;
    const isGuest = before === ParticipantType.guest || before === ParticipantType.guestModerator;
    const ranks = isGuest
      ? { moderator: ParticipantType.guestModerator, other: ParticipantType.guest }
      : { moderator: ParticipantType.moderator, other: ParticipantType.user };
    const from = moderates ? [ranks.other, ParticipantType.selfJoined] : [ranks.moderator];
    if (!(from as number[]).includes(before)) throw new Refusal(400, null);
    attendee.participantType = moderates ? ranks.moderator : ranks.other;
    const told = moderates ? 'moderator_promoted' : 'moderator_demoted';
    this.#tell(room, by, isGuest ? `guest_${told}` : told, { user: attendee.actor });
    this.changed({ room: room.token, what: 'members' });
  }

  /** Whether nobody would moderate without this one. */
  isLastModerator(room: Room, attendee: Attendee): boolean {
    if (!isAccountModerator(attendee)) return false;
    return [...room.attendees.values()].filter((other) => isModerator(other) && other !== attendee).length === 0;
  }

  #open(room: Room, owner: User): Room {
    this.chat.note(room, userActor(owner.id), 'conversation_created');
    this.#attend(room, owner, ParticipantType.owner);
    this.changed({ room: room.token, what: 'room' });
    return room;
  }

  #fill(room: Room, user: User): void {
    if (!room.attendees.has(actorKey(userActor(user.id)))) this.#attend(room, user, ParticipantType.owner);
  }

  #attend(room: Room, user: User, participantType: ParticipantType): Attendee {
    return this.rooms.addAttendee(room, {
      actor: userActor(user.id),
      displayName: user.displayName,
      participantType,
      isReadPrivate: user.privacy.read === 1,
    });
  }

  #tell(room: Room, by: Actor, type: SystemType, details: Parameters<Chat['note']>[3] = {}): void {
    this.chat.note(room, by, type, details);
    this.changed({ room: room.token, what: 'room' });
  }
}
