import { countsAsUnread, type Message } from './message.js';

export type RowFilter = (row: Message) => boolean;

export interface LogRead {
  /** The last row that the reader knows; 0 is none. */
  readonly cursor: number;
  readonly limit: number;
  readonly includeCursor: boolean;
}

/**
 * The rows of one room in the cursor's order: creation time in whole seconds, then id.
 * A row that was reserved earlier and stored later sorts before rows that were read already.
 */
export class MessageLog {
  #rows: Message[] = [];
  /** Whether the order by id is the same one, as it is until a row comes late. */
  #idsInOrder = true;
  readonly #byId = new Map<number, Message>();
  /** Ids of the rows that count as unread, ascending. */
  #countable: number[] = [];

  add(message: Message): void {
    this.#byId.set(message.id, message);
    if (countsAsUnread(message)) this.#countable.push(message.id);
    const last = this.#rows.at(-1);
    if (last === undefined || compare(last, message) < 0) {
      this.#rows.push(message);
      return;
    }
    this.#idsInOrder = false;
    this.#rows.splice(this.#placeAfter(message), 0, message);
  }

  get(id: number): Message | undefined {
    return this.#byId.get(id);
  }

  newest(): Message | undefined {
    return this.#rows.at(-1);
  }

  all(): readonly Message[] {
    return this.#rows;
  }

  clear(): void {
    this.#rows = [];
    this.#idsInOrder = true;
    this.#byId.clear();
    this.#countable = [];
  }

  /** To be called when what a row says no longer counts as unread. */
  forgetUnread(message: Message): void {
    const at = firstAbove(this.#countable, message.id) - 1;
    if (this.#countable[at] === message.id) this.#countable.splice(at, 1);
  }

  unreadAfter(id: number): number {
    return this.#countable.length - firstAbove(this.#countable, id);
  }

  /** The countable row before `id`, 0 where there is none. */
  countableBefore(id: number): number {
    return this.#countable[firstAbove(this.#countable, id - 1) - 1] ?? 0;
  }

  /** Oldest first. */
  after(read: LogRead, isWanted?: RowFilter): Message[] {
    if (isWanted === undefined) return this.#after(read);
    return this.#after({ ...read, limit: Infinity })
      .filter(isWanted)
      .slice(0, read.limit);
  }

  /** Newest first. */
  before(read: LogRead, isWanted?: RowFilter): Message[] {
    if (isWanted === undefined) return this.#before(read);
    return this.#before({ ...read, limit: Infinity })
      .filter(isWanted)
      .slice(0, read.limit);
  }

  #after({ cursor, limit, includeCursor }: LogRead): Message[] {
    const known = this.#byId.get(cursor);
    if (known !== undefined || this.#idsInOrder) {
      const start =
        known !== undefined ? this.#placeAfter(known) - (includeCursor ? 1 : 0) : this.#placeAfterId(cursor);
      return this.#rows.slice(start, start + limit);
    }
    return this.#rows.filter((row) => (includeCursor ? row.id >= cursor : row.id > cursor)).slice(0, limit);
  }

  #before({ cursor, limit, includeCursor }: LogRead): Message[] {
    const known = this.#byId.get(cursor);
    if (cursor <= 0 || known !== undefined || this.#idsInOrder) {
      let end = this.#rows.length;
      if (known !== undefined) end = this.#placeAfter(known) - (includeCursor ? 0 : 1);
      else if (cursor > 0) end = this.#placeAfterId(cursor);
      return this.#rows.slice(Math.max(0, end - limit), end).reverse();
    }
    const rows = this.#rows.filter((row) => (includeCursor ? row.id <= cursor : row.id < cursor));
    return rows.slice(-limit).reverse();
  }

  /** Index of the first row that sorts after `message`. */
  #placeAfter(message: Message): number {
    return firstIndex(this.#rows.length, (index) => compare(this.#rows[index] as Message, message) > 0);
  }

  /** Index of the first row with a higher id, where ids are in order. */
  #placeAfterId(id: number): number {
    return firstIndex(this.#rows.length, (index) => (this.#rows[index] as Message).id > id);
  }
}

function compare(a: Message, b: Message): number {
  return a.createdSeconds - b.createdSeconds || a.id - b.id;
}

function firstAbove(ascending: readonly number[], value: number): number {
  return firstIndex(ascending.length, (index) => (ascending[index] as number) > value);
}

/** The first index from which `holds` is true, `length` where it never is. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
