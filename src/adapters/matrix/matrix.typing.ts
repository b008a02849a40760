import type { TypingChanged } from '../../model/bridge-event.js';
import type { Clock } from '../../model/clock.js';
import { roomId, userId, type AccountId, type RoomId } from '../../model/ids.js';
import type { Speaker } from '../../model/network-adapter.js';
import type { RoomsApi } from './api/rooms.api.js';
import type { OurUsers } from './matrix.ids.js';
import { BoundedMap } from '../../model/bounded-map.js';
import { isObject } from './matrix.payloads.js';

export interface MatrixTypingParts {
  readonly id: AccountId;
  readonly users: OurUsers;
  readonly rooms: Pick<RoomsApi, 'setTyping'>;
  readonly clock: Clock;
  isLinked(room: string): boolean;
  tell(changed: TypingChanged): void;
}

const forMs = 30_000;
const againAfterMs = 20_000;
/** A ghost that is not in the room is asked about again after so long, or when it may have come in by speaking. */
const refusedForMs = 60_000;
const maxRemembered = 10_000;

interface Shown {
  /** By user: when its typing is to be said again. */
  readonly untilMs: ReadonlyMap<string, number>;
}

/** Who types in rooms: people, of whom the homeserver tells, and the ghosts of those who type elsewhere. */
export class MatrixTyping {
  readonly #shown = new BoundedMap<RoomId, Shown>(maxRemembered);
  readonly #refused = new BoundedMap<string, number>(maxRemembered);

  constructor(private readonly parts: MatrixTypingParts) {}

  /** What a transaction brings beside its events. */
  hear(values: readonly unknown[]): void {
    const { id: account, users, isLinked, tell } = this.parts;
    for (const value of values) {
      const typing = typingIn(value);
      if (typing === undefined || !isLinked(typing.room)) continue;
      const people = typing.users.filter((user) => !users.isOurs(user));
      tell({
        kind: 'typingChanged',
        room: { account, id: roomId(typing.room) },
        typing: people.map((user) => ({ account, id: userId(user), name: '', standing: 'person' })),
      });
    }
  }

  /** A ghost types only where it is: typing brings nobody into a room. */
  async show(room: RoomId, who: readonly Speaker[], signal: AbortSignal): Promise<void> {
    const { users, clock } = this.parts;
    const nowMs = clock.monotonicMs();
    const before = this.#shown.get(room)?.untilMs ?? new Map<string, number>();
    const wanted = new Set(who.map(({ as, person }): string => (as === 'ghost' ? users.ghostOf(person) : users.bot)));
    const now = new Map<string, number>();
    for (const user of before.keys()) if (!wanted.has(user)) await this.#set(room, user, 0, signal);
    for (const user of wanted) {
      const untilMs = before.get(user);
      if (untilMs !== undefined && untilMs > nowMs) now.set(user, untilMs);
      else if (await this.#set(room, user, forMs, signal)) now.set(user, nowMs + againAfterMs);
    }
    this.#shown.set(room, { untilMs: now });
  }

  async #set(room: RoomId, user: string, shownForMs: number, signal: AbortSignal): Promise<boolean> {
    const { rooms, clock } = this.parts;
    const key = `${room}\n${user}`;
    const nowMs = clock.monotonicMs();
    if (shownForMs > 0 && (this.#refused.get(key) ?? -Infinity) > nowMs) return false;
    const outcome = await rooms.setTyping(room, user, shownForMs, signal);
    if (outcome === 'refused') this.#refused.set(key, nowMs + refusedForMs);
    return outcome === 'shown';
  }
}

function typingIn(value: unknown): { readonly room: string; readonly users: readonly string[] } | undefined {
  if (!isObject(value) || value['type'] !== 'm.typing') return undefined;
  const { room_id: room, content } = value;
  const users: unknown = isObject(content) ? content['user_ids'] : undefined;
  if (typeof room !== 'string' || !Array.isArray(users)) return undefined;
  return { room, users: users.filter((user): user is string => typeof user === 'string') };
}
