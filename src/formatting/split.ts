export interface SplitLimit {
  /** UTF-16 code units. */
  readonly chars: number;
  /** Bytes of UTF-8. */
  readonly bytes?: number;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Pure: cuts a text into parts within the limit, in order, one at least. It cuts at the last line end, else at the last space,
 * in the second half of a part, and drops that one character; where there is none, between two graphemes, and drops nothing.
 */
export function splitText(text: string, limit: SplitLimit): string[] {
  const parts: string[] = [];
  let rest = text;
  while (!fits(rest, limit)) {
    const end = longestFitting(rest, limit);
    const cut = breakBefore(rest, end);
    parts.push(rest.slice(0, cut.end));
    rest = rest.slice(cut.next);
  }
  parts.push(rest);
  return parts;
}

function fits(text: string, { chars, bytes }: SplitLimit): boolean {
  if (text.length > chars) return false;
  // A UTF-16 code unit takes at most three bytes: most texts need not be measured.
  return bytes === undefined || text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes;
}

/** The length of the longest beginning that fits and ends between two graphemes; of at least one character. */
function longestFitting(text: string, { chars, bytes }: SplitLimit): number {
  // Looked at a window's length only, so that the whole takes linear time.
  const window = text.slice(0, Math.min(chars, bytes ?? Infinity) + 1);
  let end = 0;
  let usedBytes = 0;
  for (const { segment } of graphemes.segment(window)) {
    const next = end + segment.length;
    usedBytes += bytes === undefined ? 0 : Buffer.byteLength(segment);
    if (next > chars || (bytes !== undefined && usedBytes > bytes)) break;
    end = next;
  }
  return end > 0 ? end : atCodePoint(text, Math.min(chars, Math.floor((bytes ?? Infinity) / 3)));
}

/** A single grapheme that is too long by itself is cut all the same, though never within a surrogate pair. */
function atCodePoint(text: string, end: number): number {
  const high = text.charCodeAt(end - 1);
  const within = high >= 0xd800 && high <= 0xdbff;
  return Math.max(1, within ? (end > 1 ? end - 1 : end + 1) : end);
}

function breakBefore(text: string, end: number): { readonly end: number; readonly next: number } {
  for (const mark of ['\n', ' ']) {
    const at = text.lastIndexOf(mark, end);
    if (at > end / 2) return { end: at, next: at + 1 };
  }
  return { end, next: end };
}
