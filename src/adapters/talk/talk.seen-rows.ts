import type { Cursor, InboxKey } from '../../model/ids.js';

interface SeenRow {
  readonly key: InboxKey;
  readonly seconds: number;
}

interface SeenInRoom {
  /** The last cursor handed out, and what was handed out with it. */
  cursor: Cursor;
  handed: readonly SeenRow[];
  /** Handed out and known to be stored. Absent: nothing, as in most rooms, which are idle. */
  stored: Map<InboxKey, number> | undefined;
}

const mostRooms = 5000;

/**
 * Which of the rows that are read again were handed on and stored already. Proof that a batch was stored is that its own
 * cursor comes back; without that proof everything is handed on again, and the inbox keeps the first.
 */
export class SeenRows {
  readonly #rooms = new Map<string, SeenInRoom>();

  /** To be called with the cursor of each read, before it. */
  begin(token: string, from: Cursor): void {
    const seen = this.#rooms.get(token);
    if (seen === undefined) return;
    if (seen.cursor !== from) {
      this.#rooms.delete(token);
      return;
    }
    if (seen.handed.length === 0) return;
    seen.stored ??= new Map();
    for (const { key, seconds } of seen.handed) seen.stored.set(key, seconds);
    seen.handed = [];
  }

  /** Whether the row was handed on, stored or not yet. */
  wasHanded(token: string, key: InboxKey): boolean {
    const seen = this.#rooms.get(token);
    return seen !== undefined && (seen.stored?.has(key) === true || seen.handed.some((row) => row.key === key));
  }

  isStored(token: string, key: InboxKey): boolean {
    return this.#rooms.get(token)?.stored?.has(key) ?? false;
  }

  /** Remembers a batch, and forgets what no overlap reaches any more. */
  hand(token: string, rows: readonly SeenRow[], next: Cursor, floorSeconds: number): void {
    const stored = this.#rooms.get(token)?.stored;
    for (const [key, seconds] of stored ?? []) if (seconds < floorSeconds) stored?.delete(key);
    this.#rooms.delete(token);
    this.#rooms.set(token, {
      cursor: next,
      handed: rows.filter((row) => row.seconds >= floorSeconds),
      stored: stored?.size === 0 ? undefined : stored,
    });
    const oldest = this.#rooms.keys().next();
    if (this.#rooms.size > mostRooms && oldest.done !== true) this.#rooms.delete(oldest.value);
  }
}
