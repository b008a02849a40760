import { pinOf } from './api/phones.api.js';
import type { Actor } from './state/actor.js';
import { userActor } from './state/conversations.js';
import { RoomType, type Room } from './state/room.js';
import type { TalkState } from './state/talk-state.js';

export interface SandboxRoom {
  readonly name: string;
  readonly owner: string;
  /** Default group. */
  readonly type?: 'group' | 'public';
  readonly members?: readonly string[];
}

/** Rooms: who is in them, and who may come in and speak. What nobody is named for is done by the first of the room. */
export class TalkRooms {
  constructor(private readonly state: TalkState) {}

  /** @returns the room's token */
  create(room: SandboxRoom): string {
    const type = room.type === 'public' ? RoomType.public : RoomType.group;
    const created = this.state.conversations.create(this.state.user(room.owner), { type, name: room.name });
    for (const member of room.members ?? []) this.addMember(created.token, member, room.owner);
    return created.token;
  }

  /** With what somebody joins the room by phone. */
  pinOf(token: string, user: string): string {
    const room = this.state.room(token);
    return pinOf(room, this.state.attendee(room, user));
  }

  delete(token: string): void {
    this.state.conversations.delete(this.state.room(token));
  }

  addMember(token: string, user: string, by?: string): void {
    const room = this.state.room(token);
    this.state.conversations.addUser(room, this.#owner(room, by), this.state.user(user));
  }

  removeMember(token: string, user: string, by?: string): void {
    const room = this.state.room(token);
    this.state.conversations.remove(room, this.#owner(room, by), this.state.attendee(room, user));
  }

  /** Makes somebody a moderator. */
  promote(token: string, user: string): void {
    const room = this.state.room(token);
    this.state.conversations.setModerator(room, this.#owner(room), this.state.attendee(room, user), true);
  }

  /** Makes a moderator one no longer. */
  demote(token: string, user: string): void {
    const room = this.state.room(token);
    this.state.conversations.setModerator(room, this.#owner(room), this.state.attendee(room, user), false);
  }

  /** What the room is called and how it is shown. */
  describe(token: string): { readonly name: string; readonly description: string; readonly hasPicture: boolean } {
    const { name, description, picture } = this.state.room(token);
    return { name, description, hasPicture: picture !== undefined };
  }

  rename(token: string, name: string, by?: string): void {
    const room = this.state.room(token);
    this.state.conversations.rename(room, this.#owner(room, by), name);
  }

  setLobby(token: string, isOn: boolean): void {
    const room = this.state.room(token);
    this.state.conversations.setLobby(room, this.#owner(room), isOn ? 1 : 0, 0);
  }

  setReadOnly(token: string, isReadOnly: boolean): void {
    const room = this.state.room(token);
    this.state.conversations.setReadOnly(room, this.#owner(room), isReadOnly ? 1 : 0);
  }

  /** Lets people without an account in, or sends them away. */
  setPublic(token: string, isPublic: boolean): void {
    const room = this.state.room(token);
    this.state.conversations.setPublic(room, this.#owner(room), isPublic);
  }

  /** Empty: none. */
  setPassword(token: string, password: string): void {
    const room = this.state.room(token);
    this.state.conversations.setPassword(room, this.#owner(room), password);
  }

  /** Who is in the room; whoever was not heard of in time is out from then on. */
  participants(token: string): readonly { readonly type: string; readonly id: string; readonly name: string }[] {
    const room = this.state.room(token);
    this.state.attendance.expire(room);
    return [...room.attendees.values()].map(({ actor, displayName }) => ({ ...actor, name: displayName }));
  }

  clearHistory(token: string, by?: string): void {
    const room = this.state.room(token);
    this.state.chat.clear(room, this.#owner(room, by));
  }

  #owner(room: Room, by?: string): Actor {
    if (by !== undefined) return userActor(this.state.user(by).id);
    const first = room.attendees.values().next().value;
    if (first === undefined) throw new Error(`nobody is in ${room.token}`);
    return first.actor;
  }
}
