import type { PageCount } from './page.types.js';
import { plainText } from './shown-text.js';
import type { SideMessage } from './side.js';

/** As a pair of sides is not its own to know. */
export type CopyTally = Omit<PageCount, 'from' | 'to'>;

interface Waiting {
  readonly id: string;
  /** How many of its side were written before it. */
  readonly place: number;
  readonly author: string;
  /** What it said, its edits included: any of them may be what is copied. */
  readonly contents: string[];
  /** Deleted before it arrived: it need not. */
  isWithdrawn: boolean;
}

/**
 * Counts which messages of one side reached another one, by what people see there and nothing that the service says of
 * itself: a copy holds the words of its original, or, where that was cut into parts, the original those of the copy. Of
 * equal ones the oldest came first. A copy with other words is the author's oldest, since order is kept.
 *
 * Nothing that waits is forgotten, however much that is: its copy would be taken for one too many.
 */
export class CopyCount {
  /** In the order in which they were written. */
  readonly #waiting = new Map<string, Waiting>();
  /** Those of which a later one of their side has arrived, in the same order. */
  readonly #overtaken = new Map<string, Waiting>();
  /** Both by what they said, the oldest first. */
  readonly #byContent = new Map<string, Set<Waiting>>();
  readonly #extra = new Set<string>();
  readonly #seen = new Set<string>();
  #written = 0;
  #arrived = 0;
  /** Deleted before they arrived. */
  #withdrawn = 0;
  /** Overtaken and not withdrawn. */
  #lost = 0;

  /** Takes a message of this side, or one in its new form. */
  original(message: SideMessage): void {
    const known = this.#waiting.get(message.id) ?? this.#overtaken.get(message.id);
    if (known !== undefined) {
      if (message.text === null) this.#withdraw(known);
      else this.#says(known, contentOf(message));
      return;
    }
    if (this.#seen.has(message.id)) return;
    this.#seen.add(message.id);
    const { id, author } = message;
    const waiting = { id, place: this.#written, author: author.name, contents: [], isWithdrawn: false };
    this.#written += 1;
    this.#waiting.set(id, waiting);
    this.#says(waiting, contentOf(message));
  }

  /** Takes a message of the other side that came from this one; answers with the id of what it is a copy of. */
  copy(message: SideMessage): string | undefined {
    if (this.#seen.has(message.id)) {
      // A second copy that the service took back is none.
      if (message.text === null) this.#extra.delete(message.id);
      return undefined;
    }
    this.#seen.add(message.id);
    if (message.isCopy !== true || partOf(message.key) > 0) return undefined;
    const original = this.#originalOf(message);
    if (original === undefined) {
      this.#extra.add(message.id);
      return undefined;
    }
    this.#arrive(original);
    return original.id;
  }

  get count(): CopyTally {
    return {
      written: this.#written - this.#withdrawn,
      arrived: this.#arrived,
      lost: this.#lost,
      doubled: this.#extra.size,
    };
  }

  /** Whether something that waits could be what this is a copy of. */
  awaits(copy: SideMessage): boolean {
    return this.#originalOf(copy) !== undefined;
  }

  #says(waiting: Waiting, content: string): void {
    if (waiting.contents.includes(content)) return;
    const isEdit = waiting.contents.length > 0;
    waiting.contents.push(content);
    const same = this.#byContent.get(content) ?? new Set();
    same.add(waiting);
    // What is new is the newest; an edit may be of an old one.
    const inOrder = isEdit ? new Set([...same].sort((one, other) => one.place - other.place)) : same;
    this.#byContent.set(content, inOrder);
  }

  #withdraw(waiting: Waiting): void {
    if (waiting.isWithdrawn) return;
    waiting.isWithdrawn = true;
    this.#withdrawn += 1;
    if (this.#overtaken.has(waiting.id)) this.#lost -= 1;
  }

  #arrive(original: Waiting): void {
    this.#arrived += 1;
    if (original.isWithdrawn) this.#withdrawn -= 1;
    for (const content of original.contents) {
      const same = this.#byContent.get(content);
      same?.delete(original);
      if (same?.size === 0) this.#byContent.delete(content);
    }
    if (this.#overtaken.delete(original.id)) {
      if (!original.isWithdrawn) this.#lost -= 1;
      return;
    }
    for (const [id, earlier] of this.#waiting) {
      this.#waiting.delete(id);
      if (earlier === original) return;
      this.#overtaken.set(id, earlier);
      if (!earlier.isWithdrawn) this.#lost += 1;
    }
  }

  #originalOf(copy: SideMessage): Waiting | undefined {
    const content = contentOf(copy);
    const [same] = this.#byContent.get(content) ?? [];
    if (same !== undefined) return same;
    const holds = (each: string): boolean =>
      each !== '' && content !== '' && (content.includes(each) || each.includes(content));
    const who = `${copy.author.name} ${copy.text === null ? '' : plainText(copy.text).slice(0, 200)}`;
    return this.#find(({ contents }) => contents.some(holds)) ?? this.#find(({ author }) => who.includes(author));
  }

  #find(isIt: (waiting: Waiting) => boolean): Waiting | undefined {
    for (const each of this.#overtaken.values()) if (isIt(each)) return each;
    for (const each of this.#waiting.values()) if (isIt(each)) return each;
    return undefined;
  }
}

/** What stays the same however a network writes it: no blanks, no marks, nothing invisible. */
function contentOf({ text, origin }: SideMessage): string {
  const plain = text === null ? '' : plainText(text);
  const said = origin === 'bridged' ? plain.replace(/^[^\n]{1,200}? \([^)\n]{1,40}\)(?::|(?= ))\s*/, '') : plain;
  return said.replaceAll(/[\s\p{Cf}*_~`\\]/gu, '');
}

/** A key names its delivery, 16 bytes, and its part, 2 more: docs/architecture.md. */
export function keyOf(key: string): { readonly delivery: string; readonly part: number } | undefined {
  if (!/^[\w-]{46}$/.test(key)) return undefined;
  const bytes = Buffer.from(key, 'base64url');
  return { delivery: bytes.subarray(0, 16).toString('hex'), part: bytes.readUInt16BE(16) };
}

function partOf(key: string | undefined): number {
  return key === undefined ? 0 : (keyOf(key)?.part ?? 0);
}
