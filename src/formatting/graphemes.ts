const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Begins a grapheme behind a plain character; marks, joiners, skin tones and vowels written behind do not. */
const beginsOne = /^(?![\p{Emoji_Modifier}\u0e33\u0eb3\uff9e\uff9f])[\p{L}\p{N}\p{P}\p{S}\p{Z}]/u;

/**
 * Pure: the last end of a grapheme in `(from, most]`, or undefined where the grapheme at `from` is longer. `from` is
 * itself between two graphemes. Looks at the neighbourhood of `most` only, as far as its letters are plain.
 */
export function graphemeEnd(text: string, from: number, most: number): number | undefined {
  if (most >= text.length) return text.length > from ? text.length : undefined;
  const start = sureBoundary(text, from, most);
  let end = start;
  for (const { index, segment } of segmenter.segment(text.slice(start, nextSureBoundary(text, most)))) {
    if (start + index + segment.length > most) break;
    end = start + index + segment.length;
  }
  return end > from ? end : undefined;
}

/** Where a grapheme surely ends, without looking further: the last such place up to `most`, `from` at the least. */
function sureBoundary(text: string, from: number, most: number): number {
  let at = most;
  while (at > from && !isSure(text, at)) at -= 1;
  return at;
}

function nextSureBoundary(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isSure(text, at)) at += 1;
  return at;
}

function isSure(text: string, at: number): boolean {
  if (!isPlain(text.charCodeAt(at - 1))) return false;
  const right = text.charCodeAt(at);
  return isPlain(right) || beginsOne.test(text.slice(at, at + 2));
}

/** ASCII, Chinese characters and kana: nothing joins them to what follows but marks. */
function isPlain(unit: number): boolean {
  return (
    (unit >= 0x20 && unit <= 0x7e) ||
    unit === 0x0a ||
    (unit >= 0x4e00 && unit <= 0x9fff) ||
    (unit >= 0x3041 && unit <= 0x3096) ||
    (unit >= 0x30a1 && unit <= 0x30fa)
  );
}
