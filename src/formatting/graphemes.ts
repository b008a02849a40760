const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Begins a grapheme behind a plain character; marks, joiners, skin tones and vowels written behind do not. */
const beginsOne = /^(?![\p{Emoji_Modifier}\u0e33\u0eb3\uff9e\uff9f])[\p{L}\p{N}\p{P}\p{S}\p{Z}]/u;
/** To a finished emoji nothing is joined but by a joiner. */
const endsEmoji = /[\u{1f300}-\u{1f3fa}\u{1f400}-\u{1faff}][\u{1f3fb}-\u{1f3ff}]?$/u;

/**
 * Pure: the last end of a grapheme in `(from, most]`, or undefined where the grapheme at `from` is longer. `from` is
 * itself between two graphemes. Looks at the neighbourhood of `most` only, as far as its letters are plain.
 */
export function graphemeEnd(text: string, from: number, most: number): number | undefined {
  if (most >= text.length) return text.length > from ? text.length : undefined;
  const start = sureBoundary(text, from, most);
  let end = start;
  // What stands behind the next character says nothing about a boundary before it.
  for (const { index, segment } of segmenter.segment(text.slice(start, most + 2))) {
    if (start + index + segment.length > most) break;
    end = start + index + segment.length;
  }
  return end > from ? end : undefined;
}

/**
 * Pure: the last line end or space in `(least, end]` at which one may cut: one that belongs to no larger grapheme.
 * Undefined where there is none.
 */
export function lastSeparator(text: string, separator: '\n' | ' ', least: number, end: number): number | undefined {
  let at = text.lastIndexOf(separator, end);
  while (at > least && graphemeEnd(text, at, at + 1) === undefined) at = text.lastIndexOf(separator, at - 1);
  return at > least ? at : undefined;
}

/** Where a grapheme surely ends, without looking further: the last such place up to `most`, `from` at the least. */
function sureBoundary(text: string, from: number, most: number): number {
  let at = most;
  while (at > from && !isSure(text, at)) at -= 1;
  return at;
}

function isSure(text: string, at: number): boolean {
  if (!isPlain(text.charCodeAt(at - 1)) && !endsEmoji.test(text.slice(Math.max(0, at - 4), at))) return false;
  const right = text.charCodeAt(at);
  return isPlain(right) || beginsOne.test(text.slice(at, at + 2));
}

/** ASCII, blanks, Chinese characters and kana: nothing joins them to what follows but marks. */
function isPlain(unit: number): boolean {
  return (
    (unit >= 0x20 && unit <= 0x7e) ||
    unit === 0x0a ||
    unit === 0xa0 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x3000 ||
    (unit >= 0x4e00 && unit <= 0x9fff) ||
    (unit >= 0x3041 && unit <= 0x3096) ||
    (unit >= 0x30a1 && unit <= 0x30fa)
  );
}
