import type { Clock } from '../../model/clock.js';
import { signalingWords, type SignalingPerson } from './talk.signaling-messages.js';
import { RoomPeople } from './talk.signaling-people.js';
import { TypingSessions } from './talk.typing.js';

/** Who says to more that somebody types says more than is worth it. */
const mostTold = 100;

export interface RoomTypingParts {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Says it over the room's connection; nothing where we are not in. */
  say(words: string): void;
  /** Exactly these type now; told again while it lasts. */
  onTyping(people: readonly SignalingPerson[]): void;
}

/** Who is in a room beside us, who of them types, and whether we do. Nobody tells it but one session to another. */
export class RoomTyping {
  readonly #people = new RoomPeople();
  readonly #typing = new TypingSessions();
  #doWe = false;

  constructor(private readonly parts: RoomTypingParts) {}

  /** When somebody falls silent next; undefined where nobody types. */
  get nextMs(): number | undefined {
    return this.#typing.nextMs;
  }

  /** Our session is about to enter, and knows nobody yet. */
  begin(own: string): void {
    this.#people.begin(own);
  }

  /** Nothing is heard any more. */
  end(): void {
    if (this.#typing.clear()) this.parts.onTyping([]);
  }

  /** They are in the room. Who comes while we type sees it too. */
  meet(people: readonly SignalingPerson[]): void {
    const newcomers = this.#people.meet(people);
    if (this.#doWe) this.#say('startedTyping', newcomers);
  }

  leave(sessions: readonly string[]): void {
    this.#people.leave(sessions);
    if (sessions.filter((session) => this.#typing.stopped(session)).length > 0) this.#tell();
  }

  /** Who says it is what the server says, never what the words say. */
  hear(session: string, user: string, what: string): void {
    if (what === 'stoppedTyping') {
      if (this.#typing.stopped(session)) this.#tell();
    } else if (what === 'startedTyping') {
      this.#typing.started(this.#people.of(session, user), this.parts.clock.monotonicMs());
      this.#tell();
    }
  }

  /** Forgets who fell silent. */
  expire(): void {
    if (this.#typing.expire(this.parts.clock.monotonicMs())) this.#tell();
  }

  /** Says to everybody in the room that we type, or no longer. */
  show(isTyping: boolean): void {
    const did = this.#doWe;
    this.#doWe = isTyping;
    if (!isTyping && !did) return;
    this.#say(isTyping ? 'startedTyping' : 'stoppedTyping', this.#people.sessions.slice(0, mostTold));
  }

  #tell(): void {
    this.parts.onTyping(this.#typing.people);
  }

  #say(state: 'startedTyping' | 'stoppedTyping', sessions: readonly string[]): void {
    for (const session of sessions) this.parts.say(signalingWords.typing(state, session));
  }
}
