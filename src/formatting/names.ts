import { cleanText } from './clean.js';
import { splitText } from './split.js';

const longestName = 80;
/** Leaves something of the name beside it. */
const longestHandle = 56;
/** What one cannot see: marks of direction, joiners, fillers, tags; but not what asks for an emoji's colours. */
const invisible = /(?!(?<=\p{Extended_Pictographic})\ufe0f)[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
/** The same, but for joiners that join something: in the name of a file they belong to its emoji and words. */
const invisibleInFiles =
  /(?!(?<=\p{Extended_Pictographic})\ufe0f)(?!(?<=[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])[\u200c\u200d](?=[\p{L}\p{Extended_Pictographic}]))[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
/** The blank of Braille looks like a space and counts as a letter. */
const blanks = /[\s\u2800]+/gu;

/**
 * Pure: a display name as one line of at most 80 UTF-16 code units without anything invisible in it; never empty.
 * A longer one ends in an ellipsis, after a whole word where possible.
 */
export function cleanName(name: string): string {
  return cut(oneLine(name) || 'Someone', longestName);
}

/**
 * Pure: the same with what tells its bearer from others of that name behind it, `Anna [@anna:there]`. Where both do not fit the name
 * gives way: a handle of usual length stays whole, of a longer one the beginning and the end.
 */
export function nameWithHandle(name: string, handle: string): string {
  const whole = [...oneLine(handle)];
  const most = longestHandle / 2;
  const short =
    whole.join('').length <= longestHandle ? whole : [...whole.slice(0, most), '…', ...whole.slice(1 - most)];
  const behind = ` [${cut(short.join(''), longestHandle)}]`;
  return `${cut(oneLine(name) || 'Someone', longestName - behind.length)}${behind}`;
}

/** Pure: the name of a file as a line of its own; of a longer one the beginning and the ending. */
export function cleanFileName(name: string): string {
  const line = oneLine(name, invisibleInFiles) || 'file';
  const [ending = ''] = /(?<=.)\.[^.\s]{1,15}$/su.exec(line) ?? [];
  return cut(line.slice(0, line.length - ending.length), longestName - ending.length) + ending;
}

function oneLine(name: string, hidden = invisible): string {
  const spaced = cleanText(name.replaceAll(blanks, ' '));
  return spaced.replaceAll(hidden, '').replaceAll(blanks, ' ').trim();
}

function cut(line: string, longest: number): string {
  if (line.length <= longest) return line;
  const [beginning = ''] = splitText(line, { chars: longest - 1 });
  return `${beginning.trimEnd()}…`;
}
