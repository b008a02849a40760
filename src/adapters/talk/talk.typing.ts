import type { TypingChanged } from '../../model/bridge-event.js';
import type { AccountId, RoomId, UserRef } from '../../model/ids.js';
import { actorType } from './talk.constants.js';
import { talkUserId } from './talk.ids.js';
import type { SignalingPerson } from './talk.signaling-messages.js';

/** Talk's clients say it again every ten seconds while somebody types. */
const silentAfterMs = 15_000;
const mostTyping = 100;

interface Typing {
  readonly person: SignalingPerson;
  readonly untilMs: number;
}

/** Who types in a room, by their sessions. Each is forgotten after 15 s without a word of it. */
export class TypingSessions {
  readonly #typing = new Map<string, Typing>();

  get people(): readonly SignalingPerson[] {
    return [...this.#typing.values()].map(({ person }) => person);
  }

  /** When the next one is to be forgotten; undefined where nobody types. */
  get nextMs(): number | undefined {
    const times = [...this.#typing.values()].map(({ untilMs }) => untilMs);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  started(person: SignalingPerson, nowMs: number): void {
    if (!this.#typing.has(person.session) && this.#typing.size >= mostTyping) return;
    this.#typing.set(person.session, { person, untilMs: nowMs + silentAfterMs });
  }

  /** Whether that changes anything. */
  stopped(session: string): boolean {
    return this.#typing.delete(session);
  }

  /** Whether anybody is forgotten now. */
  expire(nowMs: number): boolean {
    const before = this.#typing.size;
    for (const [session, { untilMs }] of this.#typing) if (untilMs <= nowMs) this.#typing.delete(session);
    return this.#typing.size < before;
  }

  /** Whether anybody typed. */
  clear(): boolean {
    const some = this.#typing.size > 0;
    this.#typing.clear();
    return some;
  }
}

/** Pure: who types in a room, each once. `self`: our own user, in whatever window. Sessions of nobody knows whom are left out. */
export function typingIn(
  room: { readonly account: AccountId; readonly id: RoomId },
  people: readonly SignalingPerson[],
  self: string,
): TypingChanged {
  const known = new Map<string, UserRef>();
  for (const { actor, user, isFederated, name } of people) {
    const { type, id } = actor ?? { type: isFederated ? actorType.federatedUsers : actorType.users, id: user };
    if (id === '' || (type === actorType.users && id === self)) continue;
    const userId = talkUserId(type, id);
    known.set(userId, { account: room.account, id: userId, name, standing: 'person' });
  }
  return { kind: 'typingChanged', room, typing: [...known.values()] };
}
