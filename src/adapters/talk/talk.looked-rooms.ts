import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { roomId, type RoomId } from '../../model/ids.js';

interface Keeping {
  readonly front: string;
  /** For how long a room counts after it was told of. */
  readonly forMs: number;
  readonly writtenEveryMs: number;
  readonly most: number;
}

/** Who types is told of every ten seconds. */
const whereSomebodyTypes: Keeping = { front: 'people-looked/', forMs: 15_000, writtenEveryMs: 5000, most: 10 };

/**
 * Rooms that somebody looks at: whoever types in a room has it before them, and with it those that are linked with it; no network tells
 * more. It is heard by any replica, and written down for the one that owns the account. That one counts by its own clock, since those
 * of two hosts differ.
 */
export class LookedRooms {
  readonly #writtenAtMs = new Map<RoomId, number>();
  readonly #untilMs = new Map<RoomId, number>();
  #isTold = false;

  constructor(
    private readonly store: AccountStore,
    private readonly clock: Clock,
    private readonly keeping = whereSomebodyTypes,
  ) {}

  /** Whether one is looked at, as far as this replica knows by itself. */
  get isAny(): boolean {
    return this.#isTold || this.#untilMs.size > 0;
  }

  /** Somebody types in a room that is linked with this one. */
  async told(room: RoomId): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    const { front, writtenEveryMs } = this.keeping;
    for (const [written, atMs] of this.#writtenAtMs)
      if (nowMs - atMs >= writtenEveryMs) this.#writtenAtMs.delete(written);
    if (this.#writtenAtMs.has(room)) return;
    this.#writtenAtMs.set(room, nowMs);
    await this.store.put(front + room, {});
    this.#isTold = true;
  }

  /** Takes what was told, and says which are looked at now: of more than are kept, those of which it was told last. */
  async now(): Promise<ReadonlySet<RoomId>> {
    this.#isTold = false;
    const { front, forMs, most } = this.keeping;
    for (const { key } of await this.store.list(front)) {
      await this.store.delete(key);
      const room = roomId(key.slice(front.length));
      this.#untilMs.delete(room);
      this.#untilMs.set(room, this.clock.monotonicMs() + forMs);
    }
    const surplus = this.#untilMs.size - most;
    for (const [at, [room, untilMs]] of [...this.#untilMs].entries())
      if (at < surplus || untilMs <= this.clock.monotonicMs()) this.#untilMs.delete(room);
    return new Set(this.#untilMs.keys());
  }
}
