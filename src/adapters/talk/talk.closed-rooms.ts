import type { Clock } from '../../model/clock.js';
import type { RoomId } from '../../model/ids.js';

/** How long nobody knocks again where somebody was not let in. */
const closedForMs = 60_000;

/** Rooms that did not let others in than our account, which speaks there meanwhile. */
export class ClosedRooms {
  readonly #untilMs = new Map<RoomId, number>();

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  has(room: RoomId): boolean {
    const untilMs = this.#untilMs.get(room);
    if (untilMs === undefined) return false;
    if (this.clock.monotonicMs() < untilMs) return true;
    this.#untilMs.delete(room);
    return false;
  }

  close(room: RoomId): void {
    this.#untilMs.set(room, this.clock.monotonicMs() + closedForMs);
  }

  open(room: RoomId): void {
    this.#untilMs.delete(room);
  }
}
