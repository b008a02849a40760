import { Refusal } from '../refusal.js';
import { inCall, offline, type Accounts } from './accounts.js';
import { actorKey, type Actor } from './actor.js';
import type { Chat } from './chat.js';
import {
  CallFlag,
  callFlagsOf,
  RecordingStatus,
  RoomType,
  type Attendee,
  type Call,
  type Room,
  type Session,
} from './room.js';

/** Who is in which call, and the messages that tell of it. */
export class Calls {
  constructor(
    private readonly accounts: Accounts,
    private readonly chat: Chat,
    private readonly nowSeconds: () => number,
    /** Told after who is in a room's call, and with what, has changed. */
    private readonly changed: (room: Room) => void,
  ) {}

  /** The first who joins starts it. */
  join(room: Room, attendee: Attendee, session: Session, flags: number, tells: 'loud' | 'silent' = 'loud'): void {
    const wasIn = callFlagsOf(attendee) !== CallFlag.out;
    const isNew = room.call === undefined;
    const call: Call = room.call ?? { startedSeconds: this.nowSeconds(), flags: 0, people: new Map() };
    room.call = call;
    call.flags |= flags | CallFlag.in;
    call.people.set(actorKey(attendee.actor), attendee.actor);
    session.callFlags = flags | CallFlag.in;
    this.#setStatus(attendee.actor, 'in call');
    if (isNew) this.chat.note(room, attendee.actor, 'call_started', { isSilent: tells === 'silent' });
    else if (!wasIn) this.chat.note(room, attendee.actor, 'call_joined');
    this.changed(room);
  }

  /** Throws a Refusal 400 for a session that is not in it. */
  change(room: Room, session: Session, flags: number): void {
    if (session.callFlags === CallFlag.out) throw new Refusal(400, null);
    session.callFlags = flags;
    this.changed(room);
  }

  /** The last who leaves ends it. A session that is not in it changes nothing. */
  leave(room: Room, attendee: Attendee, session: Session): void {
    if (session.callFlags === CallFlag.out) return;
    session.callFlags = CallFlag.out;
    if (callFlagsOf(attendee) !== CallFlag.out) return;
    this.#setStatus(attendee.actor, 'out');
    this.chat.note(room, attendee.actor, 'call_left');
    if (![...room.attendees.values()].some((other) => callFlagsOf(other) !== CallFlag.out)) this.#end(room);
    this.changed(room);
  }

  /** Somebody who is no longer in the room. */
  leaveWhole(room: Room, attendee: Attendee): void {
    for (const session of attendee.sessions) this.leave(room, attendee, session);
  }

  endForEveryone(room: Room, by: Actor): void {
    const { call } = room;
    if (call === undefined) return;
    for (const attendee of room.attendees.values())
      for (const session of attendee.sessions) session.callFlags = CallFlag.out;
    // Only who ends it leaves it: the others' status stays, as recorded.
    this.#setStatus(by, 'out');
    this.#close(room);
    const others = [...call.people.values()].filter((actor) => actorKey(actor) !== actorKey(by));
    this.chat.note(room, by, 'call_ended_everyone', { people: others, seconds: this.#length(call) });
    this.changed(room);
  }

  /** Everybody's sessions that are in the room's call. */
  sessionsIn(room: Room): { readonly attendee: Attendee; readonly session: Session }[] {
    return [...room.attendees.values()].flatMap((attendee) =>
      attendee.sessions
        .filter((session) => session.callFlags !== CallFlag.out)
        .map((session) => ({ attendee, session })),
    );
  }

  #end(room: Room): void {
    const { call } = room;
    if (call === undefined) return;
    this.#close(room);
    const people = [...call.people.values()];
    const [caller] = people;
    const isAnswered = room.type !== RoomType.oneToOne || people.length > 1;
    // Nobody ends it: the server notes that it ended.
    const system: Actor = { type: 'guests', id: 'system', name: '' };
    if (caller !== undefined && !isAnswered) this.chat.note(room, caller, 'call_missed');
    else this.chat.note(room, system, 'call_ended', { people, seconds: this.#length(call) });
  }

  #close(room: Room): void {
    room.call = undefined;
    room.recording = RecordingStatus.none;
  }

  #length({ startedSeconds }: Call): number {
    return this.nowSeconds() - startedSeconds;
  }

  #setStatus(actor: Actor, where: 'in call' | 'out'): void {
    const user = actor.type === 'users' ? this.accounts.get(actor.id) : undefined;
    if (user !== undefined) user.status = where === 'in call' ? inCall : offline;
  }
}
