import { plainText, type SideMessage } from './side.js';
import type { SideName } from './page.types.js';

const other = { talk: 'matrix', matrix: 'talk' } as const;
/** More than this is not waited for: what came first has surely been given up. */
const mostWaiting = 2000;

interface Waiting {
  readonly id: string;
  readonly content: string;
}

/**
 * Notices which messages reached the other side, by what one sees there: a copy holds the words of its original, or,
 * where that was cut into parts, the original holds the words of the copy. Of equal ones the oldest came first.
 */
export class Arrivals {
  readonly #waiting: Readonly<Record<SideName, Waiting[]>> = { talk: [], matrix: [] };

  /** Takes a message in; answers with the id of the other side's message that it is a copy of. */
  see(side: SideName, message: SideMessage): string | undefined {
    const content = contentOf(message);
    if (message.origin === 'bridged') {
      const waiting = this.#waiting[other[side]];
      const at = waiting.findIndex(
        (original) => content.includes(original.content) || original.content.includes(content),
      );
      return at < 0 ? undefined : waiting.splice(at, 1)[0]?.id;
    }
    this.#waiting[side].push({ id: message.id, content });
    if (this.#waiting[side].length > mostWaiting) this.#waiting[side].shift();
    return undefined;
  }
}

/** What stays the same however a network writes it: no blanks, no marks, nothing invisible. */
function contentOf(message: SideMessage): string {
  const text = plainText(message);
  const said = message.origin === 'bridged' ? text.replace(/^[^\n]{1,200}? \([^)\n]{1,40}\): /, '') : text;
  return said.replaceAll(/[\s\p{Cf}*_~`\\]/gu, '');
}
