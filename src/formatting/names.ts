import { cleanText } from './clean.js';

const longestName = 80;
const invisible =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028\u2029\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]/gu;

/** Pure: a display name as one line of at most 80 characters without anything invisible in it; never empty. */
export function cleanName(name: string): string {
  const line = cleanText(name).replaceAll(invisible, '').replaceAll(/\s+/gu, ' ').trim();
  if (line === '') return 'Someone';
  const characters = [...line];
  return characters.length > longestName
    ? `${characters
        .slice(0, longestName - 1)
        .join('')
        .trimEnd()}…`
    : line;
}
