import type { SignalingPerson } from './talk.signaling-messages.js';

const mostPeople = 5000;

/** Whose sessions are in a room beside ours, as the signaling server tells it. */
export class RoomPeople {
  readonly #people = new Map<string, SignalingPerson>();
  #own = '';

  /** A session of ours is about to enter, and knows nobody yet. */
  begin(own: string): void {
    this.#people.clear();
    this.#own = own;
  }

  get sessions(): readonly string[] {
    return [...this.#people.keys()];
  }

  /** Answers which of them were not known. */
  meet(people: readonly SignalingPerson[]): readonly string[] {
    const before = new Set(this.#people.keys());
    for (const person of people) {
      const known = this.#people.get(person.session);
      if (known === undefined && (person.session === this.#own || this.#people.size >= mostPeople)) continue;
      // Each list tells something that the other one does not.
      const actor = person.actor ?? known?.actor;
      this.#people.set(person.session, {
        session: person.session,
        user: person.user === '' ? (known?.user ?? '') : person.user,
        name: person.name === '' ? (known?.name ?? '') : person.name,
        isFederated: person.isFederated || known?.isFederated === true,
        ...(actor === undefined ? {} : { actor }),
      });
    }
    return this.sessions.filter((session) => !before.has(session));
  }

  leave(sessions: readonly string[]): void {
    for (const session of sessions) this.#people.delete(session);
  }

  /** Whoever has a session; of one that nobody told of, the user alone is known. */
  of(session: string, user: string): SignalingPerson {
    return this.#people.get(session) ?? { session, user, name: '', isFederated: false };
  }
}
