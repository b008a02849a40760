import type { Room } from './room.js';

interface Link {
  readonly room: Room;
  newer: Link | undefined;
  older: Link | undefined;
}

/** The rooms by their last activity, newest first, so that a list of what changed costs what changed. */
export class ActivityOrder {
  readonly #links = new Map<Room, Link>();
  #newest: Link | undefined;

  /** Moves the room to the front. */
  touch(room: Room): void {
    this.remove(room);
    const link: Link = { room, newer: undefined, older: this.#newest };
    if (this.#newest !== undefined) this.#newest.newer = link;
    this.#newest = link;
    this.#links.set(room, link);
  }

  remove(room: Room): void {
    const link = this.#links.get(room);
    if (link === undefined) return;
    if (link.newer !== undefined) link.newer.older = link.older;
    else this.#newest = link.older;
    if (link.older !== undefined) link.older.newer = link.newer;
    this.#links.delete(room);
  }

  /** Newest first, down to those last active at `seconds`. */
  *since(seconds: number): Generator<Room> {
    for (let link = this.#newest; link !== undefined; link = link.older) {
      if (link.room.lastActivitySeconds < seconds) return;
      yield link.room;
    }
  }
}
