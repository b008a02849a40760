import type { RoomId } from '../../model/ids.js';
import type { WatchMode } from '../../model/network-adapter.js';
import type { Position } from './talk.cursor.js';

/** A message that the room list showed, and that the room's own watch should have read by itself. */
export interface Awaited {
  readonly room: RoomId;
  readonly at: Position;
  readonly by: WatchMode;
  readonly sinceMs: number;
}

/** What is awaited, each message until it was read or is overdue. */
export class AwaitedMessages {
  readonly #awaited = new Set<Awaited>();

  add(awaited: Awaited): void {
    this.#awaited.add(awaited);
  }

  /** Those that were read meanwhile are awaited no longer. */
  takeRead(isRead: (awaited: Awaited) => boolean): readonly Awaited[] {
    const read = [...this.#awaited].filter(isRead);
    this.forget(read);
    return read;
  }

  /** Those that are awaited for too long; they stay until they are forgotten. */
  overdue(nowMs: number, patienceMs: (by: WatchMode) => number): readonly Awaited[] {
    return [...this.#awaited].filter(({ by, sinceMs }) => nowMs - sinceMs >= patienceMs(by));
  }

  forget(some: readonly Awaited[]): void {
    for (const awaited of some) this.#awaited.delete(awaited);
  }
}
