import { cleanText } from './clean.js';
import { splitText } from './split.js';

const longestName = 80;
/** What one cannot see: marks of direction, joiners, fillers, tags; but not what asks for an emoji's colours. */
const invisible = /(?!(?<=\p{Extended_Pictographic})\ufe0f)[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
/** The blank of Braille looks like a space and counts as a letter. */
const blanks = /[\s\u2800]+/gu;

/**
 * Pure: a display name as one line of at most 80 UTF-16 code units without anything invisible in it; never empty.
 * A longer one ends in an ellipsis, after a whole word where possible.
 */
export function cleanName(name: string): string {
  const spaced = cleanText(name.replaceAll(blanks, ' '));
  const line = spaced.replaceAll(invisible, '').replaceAll(blanks, ' ').trim();
  if (line === '') return 'Someone';
  if (line.length <= longestName) return line;
  const [beginning = ''] = splitText(line, { chars: longestName - 1 });
  return `${beginning.trimEnd()}…`;
}
