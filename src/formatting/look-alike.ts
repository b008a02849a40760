import unhomoglyph from 'unhomoglyph';
import { cleanText } from './clean.js';

/** Nothing to see: spaces of every width, joiners, fillers, tags, selectors; the blank of Braille counts as a letter. */
const unseen = /[\s\u2800\p{Cc}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
/** More of a name than anybody compares. */
const longestName = 1000;
const known = new Map<string, string>();
const mostKnown = 10_000;

/**
 * Pure: what a name looks like: names that a person takes for the same have the same skeleton, which is not meant to be
 * shown. Case, width, spaces and what cannot be seen count for nothing, and letters that look alike in any script
 * (Unicode, UTS #39) count as one, `I`, `l`, `i`, `1` and `|` among them. Letters of one script whose capital looks
 * like one Latin letter and whose small form like another (Greek `Ν` and `ν`) stay apart.
 */
export function skeleton(name: string): string {
  const seen = cleanText(name).slice(0, longestName).normalize('NFKD').replaceAll(unseen, '');
  return Array.from(seen, likeness).join('').normalize('NFKD').replaceAll(unseen, '');
}

function likeness(character: string): string {
  const before = known.get(character);
  if (before !== undefined) return before;
  const likely = [character, character.toUpperCase(), character.toLowerCase()].map(prototype);
  // The form of a letter that looks like a Latin one says more than the form that does not.
  const found = likely.find((text) => /^[ -~]+$/.test(text)) ?? likely[2] ?? character;
  if (known.size >= mostKnown) known.clear();
  known.set(character, found);
  return found;
}

function prototype(character: string): string {
  const shape = unhomoglyph(unhomoglyph(character.normalize('NFKD')).toLowerCase());
  return shape.normalize('NFKD').toLowerCase().replaceAll(/[i1|]/g, 'l').replaceAll('0', 'o');
}
