import { Refusal } from '../refusal.js';
import type { Credential, User } from '../state/accounts.js';
import { isAccountModerator, isModerator, mayChat, waitsInLobby, type Attendee, type Room } from '../state/room.js';
import type { TalkState } from '../state/talk-state.js';
import type { Names } from '../state/names.js';
import type { Input } from './input.js';
import type { Answer } from './ocs.js';
import type { Router } from './router.js';

/** One request, as an endpoint sees it. */
export interface Call {
  readonly talk: TalkState;
  readonly names: Names;
  /** Undefined without a login. */
  readonly credential: Credential | undefined;
  /** Set where another server asks for one of its people. */
  readonly federated: FederatedLogin | undefined;
  readonly cookie: Cookie;
  /** Empty where it did not come; names are in small letters. */
  readonly header: (name: string) => string;
  readonly input: Input;
  /** The parts of the path. */
  readonly parameters: Readonly<Record<string, string>>;
  /** When the request began. */
  readonly beganSeconds: number;
}

/** Somebody of another server, with what proves that it is their server that asks. */
export interface FederatedLogin {
  readonly cloudId: string;
  readonly accessToken: string;
}

/** The browser session that a request belongs to. */
export interface Cookie {
  readonly value: string;
  /** Whether it came without one. */
  readonly isNew: boolean;
}

export interface UserCall extends Call {
  readonly user: User;
}

export interface RoomCall extends Call {
  readonly room: Room;
  readonly attendee: Attendee;
}

export type Handler<C extends Call = Call> = (call: C) => Answer | Promise<Answer>;
export type OcsRouter = Router<Handler>;

/**
 * What a room's endpoint asks of its caller, in the order in which the server checks: `login` any login (else 401), `account` a
 * participant with an account, here or on another server (else 404), `moderator` (403), `accountModerator` (403), `readWrite` a room that is not locked (403),
 * `noLobby` not waiting in the lobby (412), `chat` the permission to write (403).
 */
export type Need = 'login' | 'account' | 'moderator' | 'accountModerator' | 'readWrite' | 'noLobby' | 'chat';

export const talkApi = '/apps/spreed/api';

/** Answers 401 without a login. */
export function asUser(handler: Handler<UserCall>): Handler {
  return (call) => handler({ ...call, user: requireUser(call) });
}

/** Answers 404 where the room is unknown or the caller is not in it. */
export function inRoom(needs: readonly Need[], handler: Handler<RoomCall>): Handler {
  return (call) => {
    if (needs.includes('login')) requireUser(call);
    const room = roomOf(call);
    const attendee = room === undefined ? undefined : attendeeOf(call, room);
    if (room === undefined || attendee === undefined) throw new Refusal(404);
    for (const need of needs) check(need, room, attendee);
    return handler({ ...call, room, attendee });
  };
}

function requireUser(call: Call): User {
  if (call.credential === undefined) throw new Refusal(401);
  return call.credential.user;
}

export function roomOf(call: Call): Room | undefined {
  return call.talk.rooms.get(call.parameters['token'] ?? '');
}

export function attendeeOf(call: Call, room: Room): Attendee | undefined {
  if (call.federated !== undefined) {
    const attendee = room.attendees.get(`federated_users/${call.federated.cloudId}`);
    return attendee?.accessToken === call.federated.accessToken ? attendee : undefined;
  }
  if (call.credential !== undefined) return room.attendees.get(`users/${call.credential.user.id}`);
  return call.talk.attendance.guestOf(room, call.cookie.value);
}

function check(need: Need, room: Room, attendee: Attendee): void {
  switch (need) {
    case 'login':
      return;
    case 'account':
      if (attendee.actor.type !== 'users' && attendee.actor.type !== 'federated_users') throw new Refusal(404);
      return;
    case 'moderator':
      if (!isModerator(attendee)) throw new Refusal(403);
      return;
    case 'accountModerator':
      if (!isAccountModerator(attendee)) throw new Refusal(403);
      return;
    case 'readWrite':
      if (room.readOnly === 1) throw new Refusal(403);
      return;
    case 'noLobby':
      if (waitsInLobby(room, attendee)) throw new Refusal(412);
      return;
    case 'chat':
      if (!mayChat(room, attendee)) throw new Refusal(403);
      return;
  }
}
