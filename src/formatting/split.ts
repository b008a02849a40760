export interface SplitLimit {
  /** UTF-16 code units. */
  readonly chars: number;
  /** Bytes of UTF-8. */
  readonly bytes?: number;
}

interface Stretch {
  /** How much of the text fits, ending between two graphemes; 0 where not even the first one fits. */
  readonly end: number;
  /** Where the last line end and the last space are at which one may cut; -1 where there is none. */
  readonly lineEnd: number;
  readonly space: number;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** A break right behind what fits is known as one by the code point that follows it: one unit, and two. */
const lookAheadChars = 3;

/**
 * Pure: cuts a text into parts within the limit, in order, one at least. It cuts at the last line end, else at the last
 * space, in the second half of a part, and drops that one character; where there is none, between two graphemes, and
 * drops nothing. Parts that hold nothing but white space are left out, unless the whole text does: then the first is
 * kept. Only where a single grapheme is longer than the limit is it cut, and a code point never: a limit smaller than
 * one is overstepped. Takes linear time.
 */
export function splitText(text: string, limit: SplitLimit): string[] {
  const parts: string[] = [];
  let rest = text;
  while (!fits(rest, limit)) {
    const cut = cutOf(rest, limit);
    parts.push(rest.slice(0, cut.end));
    rest = rest.slice(cut.next);
  }
  parts.push(rest);
  const said = parts.filter((part) => part.trim() !== '');
  return said.length > 0 ? said : parts.slice(0, 1);
}

function fits(text: string, { chars, bytes = Infinity }: SplitLimit): boolean {
  // A UTF-16 code unit takes one byte at least and three at most: only what lies between is measured.
  if (text.length > chars || text.length > bytes) return false;
  return text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes;
}

function cutOf(text: string, limit: SplitLimit): { readonly end: number; readonly next: number } {
  const { end, lineEnd, space } = measure(text, limit);
  for (const at of [lineEnd, space]) if (at > end / 2) return { end: at, next: at + 1 };
  const hard = end > 0 ? end : wholeCodePoints(text, limit);
  return { end: hard, next: hard };
}

function measure(text: string, { chars, bytes = Infinity }: SplitLimit): Stretch {
  // Looked at a window's length only, so that the whole takes linear time.
  const window = text.slice(0, Math.min(chars, bytes) + lookAheadChars);
  let [end, usedBytes, lineEnd, space] = [0, 0, -1, -1];
  for (const { segment, index } of graphemes.segment(window)) {
    if (segment === '\n') lineEnd = index;
    if (segment === ' ') space = index;
    usedBytes += bytes === Infinity ? 0 : Buffer.byteLength(segment);
    if (index + segment.length > chars || usedBytes > bytes) break;
    end = index + segment.length;
  }
  return { end, lineEnd, space };
}

/** The length of the code points at the beginning that fit; of one at least. */
function wholeCodePoints(text: string, { chars, bytes = Infinity }: SplitLimit): number {
  let [end, usedBytes] = [0, 0];
  for (const point of text.slice(0, Math.min(chars, bytes) + 2)) {
    usedBytes += Buffer.byteLength(point);
    if (end > 0 && (end + point.length > chars || usedBytes > bytes)) break;
    end += point.length;
  }
  return end;
}
