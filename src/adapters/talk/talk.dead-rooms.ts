import type { Clock } from '../../model/clock.js';
import { deadRoom } from './talk.errors.js';

interface Missing {
  times: number;
  notBeforeMs: number;
}

const askedAtOnce = 3;
const longestPauseMs = 3_600_000;

/** Rooms that answered 404. After a few times each is asked for ever more seldom: the server counts these as an attack. */
export class DeadRooms {
  readonly #missing = new Map<string, Missing>();

  constructor(
    private readonly clock: Clock,
    private readonly pauseMs: number,
  ) {}

  /** Throws RoomClosed where the room must not be asked for yet. */
  check(token: string): void {
    const missing = this.#missing.get(token);
    if (missing !== undefined && this.clock.monotonicMs() < missing.notBeforeMs) throw deadRoom();
  }

  missed(token: string): void {
    const times = (this.#missing.get(token)?.times ?? 0) + 1;
    const pauseMs = times < askedAtOnce ? 0 : Math.min(this.pauseMs * 2 ** (times - askedAtOnce), longestPauseMs);
    this.#missing.set(token, { times, notBeforeMs: this.clock.monotonicMs() + pauseMs });
  }

  /** The room answered, or stands in the room list. */
  found(token: string): void {
    this.#missing.delete(token);
  }
}
