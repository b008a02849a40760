import type { Attendee, Room, Session } from './room.js';

/** What waits for one session. */
interface Box {
  readonly messages: string[];
  /** Whether who is in the room has changed since it was last told. */
  isStale: boolean;
}

/** What a session is told when it asks. */
export type Told = { readonly kind: 'people' } | { readonly kind: 'messages'; readonly messages: readonly string[] };

/** The internal signaling: messages between the sessions of a room, which fetch them. */
export class Signaling {
  readonly #boxes = new Map<string, Box>();

  /** Every session of the room is told anew who is in it. */
  refresh(room: Room): void {
    for (const session of sessionsOf(room)) this.#box(session.id).isStale = true;
  }

  /** A session that is gone is not told. */
  send(room: Room, to: string, message: string): void {
    if (sessionsOf(room).some((session) => session.id === to)) this.#box(to).messages.push(message);
  }

  /**
   * Undefined where there is nothing. A change of the people is told by itself, before messages: as recorded, what was sent just
   * before comes with the next request.
   */
  take(sessionId: string): Told | undefined {
    const box = this.#box(sessionId);
    if (box.isStale) {
      box.isStale = false;
      return { kind: 'people' };
    }
    return box.messages.length === 0 ? undefined : { kind: 'messages', messages: box.messages.splice(0) };
  }

  forget(sessionId: string): void {
    this.#boxes.delete(sessionId);
  }

  #box(sessionId: string): Box {
    const known = this.#boxes.get(sessionId);
    if (known !== undefined) return known;
    // Who has just come knows nobody.
    const box: Box = { messages: [], isStale: true };
    this.#boxes.set(sessionId, box);
    return box;
  }
}

export function sessionsOf(room: Room): Session[] {
  return [...room.attendees.values()].flatMap(({ sessions }: Attendee) => sessions);
}
