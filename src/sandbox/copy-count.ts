import type { PageCount, SideName } from './page.types.js';
import { plainText } from './shown-text.js';
import type { SideMessage } from './side.js';

/** More than this is not waited for: what came first has surely been given up. */
const mostWaiting = 2000;

interface Waiting {
  readonly id: string;
  readonly author: string;
  /** What it said, its edits included: any of them may be what is copied. */
  readonly contents: string[];
  /** Deleted before it arrived: it need not. */
  isWithdrawn: boolean;
  /** A later one of its side has arrived. */
  isOvertaken: boolean;
}

/**
 * Counts which messages of one side reached the other one, by what people see there and nothing that the service says of
 * itself: a copy holds the words of its original, or, where that was cut into parts, the original those of the copy. Of
 * equal ones the oldest came first. A copy with other words is the author's oldest, since order is kept.
 */
export class CopyCount {
  readonly #waiting: Waiting[] = [];
  readonly #extra = new Set<string>();
  readonly #seen = new Set<string>();
  #written = 0;
  #arrived = 0;

  /** Takes a message of this side, or one in its new form. */
  original(message: SideMessage): void {
    const known = this.#waiting.find(({ id }) => id === message.id);
    if (known !== undefined) {
      if (message.text === null) known.isWithdrawn = true;
      else known.contents.push(contentOf(message));
      return;
    }
    if (this.#seen.has(message.id)) return;
    this.#seen.add(message.id);
    this.#written += 1;
    const contents = [contentOf(message)];
    this.#waiting.push({
      id: message.id,
      author: message.author.name,
      contents,
      isWithdrawn: false,
      isOvertaken: false,
    });
    if (this.#waiting.length > mostWaiting) this.#waiting.shift();
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
    const at = this.#originalOf(message);
    const [original] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (original === undefined) {
      this.#extra.add(message.id);
      return undefined;
    }
    this.#arrived += 1;
    for (const earlier of this.#waiting.slice(0, at)) earlier.isOvertaken = true;
    return original.id;
  }

  get count(): PageCount {
    const withdrawn = this.#waiting.filter(({ isWithdrawn }) => isWithdrawn).length;
    const lost = this.#waiting.filter(({ isWithdrawn, isOvertaken }) => isOvertaken && !isWithdrawn).length;
    return { written: this.#written - withdrawn, arrived: this.#arrived, lost, doubled: this.#extra.size };
  }

  #originalOf(copy: SideMessage): number {
    const content = contentOf(copy);
    const same =
      this.#find((each) => each === content) ??
      this.#find((each) => each !== '' && content !== '' && (content.includes(each) || each.includes(content)));
    if (same !== undefined) return same;
    const who = `${copy.author.name} ${copy.text === null ? '' : plainText(copy.text).slice(0, 200)}`;
    return this.#waiting.findIndex(({ author }) => who.includes(author));
  }

  #find(isIt: (content: string) => boolean): number | undefined {
    const at = this.#waiting.findIndex(({ contents }) => contents.some(isIt));
    return at < 0 ? undefined : at;
  }
}

export const otherSide: Readonly<Record<SideName, SideName>> = { talk: 'matrix', matrix: 'talk' };

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
