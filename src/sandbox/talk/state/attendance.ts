import { createHash } from 'node:crypto';
import { Refusal } from '../refusal.js';
import type { User } from './accounts.js';
import type { Bans } from './bans.js';
import type { BrowserSessions } from './browser-sessions.js';
import type { Calls } from './calls.js';
import type { Conversations } from './conversations.js';
import { randomText } from './random-text.js';
import { actorKey } from './actor.js';
import { CallFlag, ParticipantType, RoomType, type Attendee, type Room, type Session } from './room.js';
import type { Rooms } from './rooms.js';
import type { Signaling } from './signaling.js';

const sessionIdLength = 255;
/** A session without a ping for so long is gone. */
const sessionSeconds = 100;

/** Who joins: with which cookie, and whether that came with the request. */
export interface Visitor {
  readonly user: User | undefined;
  readonly cookie: string;
  readonly cookieIsNew: boolean;
  /** What the session's id ends with, by which another server tells it from its own. */
  readonly suffix?: string;
}

export interface Joined {
  readonly attendee: Attendee;
  readonly session: Session;
}

/** People's open windows in rooms, and the guests who are there only as long as theirs are. */
export class Attendance {
  constructor(
    private readonly rooms: Rooms,
    private readonly conversations: Conversations,
    private readonly browsers: BrowserSessions,
    private readonly bans: Bans,
    private readonly calls: Calls,
    private readonly signaling: Signaling,
    private readonly nowSeconds: () => number,
  ) {}

  /** The guest whom the cookie stands for in the room. */
  guestOf(room: Room, cookie: string): Attendee | undefined {
    const presence = this.browsers.get(cookie, room.token);
    return presence?.actor.startsWith('guests/') === true ? room.attendees.get(presence.actor) : undefined;
  }

  sessionOf(room: Room, attendee: Attendee, cookie: string): Session | undefined {
    const presence = this.browsers.get(cookie, room.token);
    if (presence?.actor !== actorKey(attendee.actor)) return undefined;
    return attendee.sessions.find((session) => session.id === presence.sessionId);
  }

  /**
   * Throws a Refusal: 404 for a room that is closed to the visitor, 403 `password` or `ban`, and 409 with the session where the same
   * browser is in the room's call already and does not `force` it out.
   */
  join(room: Room, visitor: Visitor, password: string, force: boolean): Joined {
    const isBanned =
      visitor.user === undefined
        ? this.bans.keepsOut(room, this.browsers.get(visitor.cookie, room.token)?.actor)
        : this.bans.isBanned(room, visitor.user.id);
    if (isBanned) throw new Refusal(403, { error: 'ban' });
    const attendee = this.#knownVisitor(room, visitor) ?? this.#newVisitor(room, visitor, password);
    const previous = this.sessionOf(room, attendee, visitor.cookie);
    if (previous !== undefined && previous.callFlags !== CallFlag.out && !force) {
      const { id, callFlags, lastPingSeconds } = previous;
      throw new Refusal(409, { sessionId: id, inCall: callFlags, lastPing: lastPingSeconds });
    }
    if (previous !== undefined) this.#end(room, attendee, previous);
    const session = this.open(room, attendee, `${randomText(sessionIdLength, 'secret')}${visitor.suffix ?? ''}`);
    // A login on a browser session's first request renews that session, and what was kept in it is lost.
    if (visitor.user === undefined || !visitor.cookieIsNew) {
      this.browsers.set(visitor.cookie, room.token, { actor: actorKey(attendee.actor), sessionId: session.id });
    }
    return { attendee, session };
  }

  /** A session by its id, as other servers open them for their people. */
  open(room: Room, attendee: Attendee, id: string): Session {
    const session: Session = { id, lastPingSeconds: this.nowSeconds(), state: 1, callFlags: CallFlag.out };
    attendee.sessions.push(session);
    this.signaling.refresh(room);
    return session;
  }

  /** One that is not open is closed already. */
  close(room: Room, attendee: Attendee, id: string): void {
    const session = attendee.sessions.find((one) => one.id === id);
    if (session !== undefined) this.#end(room, attendee, session);
  }

  /** Whether the browser joined the room and did not leave it: without a session, that one was ended. */
  wasIn(room: Room, cookie: string): boolean {
    return this.browsers.get(cookie, room.token) !== undefined;
  }

  ping(session: Session): void {
    session.lastPingSeconds = this.nowSeconds();
  }

  /** Guests and people who joined by themselves are no longer in the room without a session. */
  leave(room: Room, attendee: Attendee, cookie: string): void {
    const session = this.sessionOf(room, attendee, cookie);
    this.browsers.delete(cookie, room.token);
    if (session === undefined) return;
    this.#end(room, attendee, session);
    this.#dropIfGone(room, attendee);
  }

  /** Ends the sessions that did not ping in time, as the server does when the participants are listed. */
  expire(room: Room): void {
    const oldest = this.nowSeconds() - sessionSeconds;
    for (const attendee of [...room.attendees.values()]) {
      const gone = attendee.sessions.filter((session) => session.lastPingSeconds <= oldest);
      if (gone.length === 0) continue;
      for (const session of gone) this.#end(room, attendee, session);
      this.#dropIfGone(room, attendee);
    }
  }

  #knownVisitor(room: Room, visitor: Visitor): Attendee | undefined {
    return visitor.user === undefined
      ? this.guestOf(room, visitor.cookie)
      : room.attendees.get(`users/${visitor.user.id}`);
  }

  #newVisitor(room: Room, visitor: Visitor, password: string): Attendee {
    const { user } = visitor;
    if (room.type !== RoomType.public && (user === undefined || room.listable === 0)) throw new Refusal(404);
    if (user !== undefined && room.listable > 0) return this.conversations.joinOpen(room, user);
    if (room.password !== '' && room.password !== password) throw new Refusal(403, { error: 'password' });
    if (user !== undefined) return this.conversations.joinByLink(room, user);
    const id = createHash('sha1').update(randomText(sessionIdLength, 'secret')).digest('hex');
    return this.rooms.addAttendee(room, {
      actor: { type: 'guests', id },
      displayName: '',
      participantType: ParticipantType.guest,
    });
  }

  #end(room: Room, attendee: Attendee, session: Session): void {
    this.calls.leave(room, attendee, session);
    attendee.sessions.splice(attendee.sessions.indexOf(session), 1);
    this.signaling.forget(session.id);
    this.signaling.refresh(room);
  }

  #dropIfGone(room: Room, attendee: Attendee): void {
    if (attendee.sessions.length > 0) return;
    const type = attendee.participantType;
    const isVisitor = attendee.actor.type === 'guests' || type === ParticipantType.selfJoined;
    if (isVisitor) this.rooms.removeAttendee(room, attendee);
  }
}
