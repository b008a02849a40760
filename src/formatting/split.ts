import { graphemeEnd, lastSeparator } from './graphemes.js';

export interface SplitLimit {
  /** UTF-16 code units. */
  readonly chars: number;
  /** Bytes of UTF-8. */
  readonly bytes?: number;
}

/**
 * Pure: cuts a text into parts within the limit, in order, one at least. It cuts at the last line end, else at the last
 * space, in the second half of a part, and drops that one character; where there is none, between two graphemes, and
 * drops nothing. Parts that hold nothing but white space are left out, unless the whole text does: then the first is
 * kept. Only where a single grapheme is longer than the limit is it cut, and a code point never: a limit smaller than
 * one is overstepped. Takes linear time.
 */
export function splitText(text: string, limit: SplitLimit): string[] {
  const parts: string[] = [];
  let from = 0;
  while (!fits(text, from, limit)) {
    const cut = cutOf(text, from, limit);
    parts.push(text.slice(from, cut.end));
    from = cut.next;
  }
  parts.push(text.slice(from));
  const said = parts.filter((part) => part.trim() !== '');
  return said.length > 0 ? said : parts.slice(0, 1);
}

function fits(text: string, from: number, { chars, bytes = Infinity }: SplitLimit): boolean {
  // A UTF-16 code unit takes one byte at least and three at most: only what lies between is measured.
  const length = text.length - from;
  if (length > chars || length > bytes) return false;
  return length * 3 <= bytes || Buffer.byteLength(text.slice(from)) <= bytes;
}

function cutOf(text: string, from: number, limit: SplitLimit): { readonly end: number; readonly next: number } {
  const most = wholeCodePoints(text, from, limit);
  const end = graphemeEnd(text, from, most);
  if (end === undefined) return { end: most, next: most };
  // One right behind what fits is as good: it is dropped.
  for (const separator of ['\n', ' '] as const) {
    const at = lastSeparator(text, separator, from + (end - from) / 2, end);
    if (at !== undefined) return { end: at, next: at + 1 };
  }
  return { end, next: end };
}

/** Up to where the code points fit; behind one at least. */
function wholeCodePoints(text: string, from: number, { chars, bytes = Infinity }: SplitLimit): number {
  let [end, usedBytes] = [from, 0];
  while (end < text.length) {
    const point = text.codePointAt(end) ?? 0;
    const length = point > 0xffff ? 2 : 1;
    usedBytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point > 0xffff ? 4 : 3;
    if (end > from && (end + length - from > chars || usedBytes > bytes)) break;
    end += length;
  }
  return end;
}
