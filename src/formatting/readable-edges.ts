import { assertNever } from '../model/bridge-event.js';
import { commonMarks, type Mark, type Run } from './runs.js';

type Side = 'start' | 'end';
type Kind = Mark['type'];

const opposite: Record<Side, Side> = { start: 'end', end: 'start' };
const punctuation = /[\p{P}\p{S}]/u;
const blank = /\s/u;
/** Between blanks of which nothing is said no mark depends on what stands further away. */
const betweenBlanks = /(?<=\s)(?=\S)|(?<=\S)(?=\s)/u;

/**
 * Pure: runs that Markdown can write without a letter as its number. A mark with punctuation inside and a letter beside it
 * is one to Markdown only if that letter is written as `&#x74;`, which not all of Talk's clients read. There punctuation,
 * blanks and code stand outside of the mark, and a link around it; where that does not help, a word has one kind of mark
 * alone, or none.
 */
export function withReadableEdges(line: readonly Run[], isReadable: (runs: readonly Run[]) => boolean): readonly Run[] {
  if (isUnmarked(line) || isReadable(line)) return line;
  const moved = withEdgesOutside(line);
  if (isReadable(moved)) return moved;
  return wordsOf(withEdgesOutside(line.map(withLinkOutermost))).flatMap((word) => {
    if (isUnmarked(word) || isReadable(word)) return word;
    const ways = [...kindsOf(word)].map((kind) => withEdgesOutside(withMarks(word, kind)));
    return ways.find(isReadable) ?? withMarks(word);
  });
}

const isUnmarked = (runs: readonly Run[]): boolean => runs.every(({ marks }) => marks.length === 0);

/** Punctuation and code at the edge of a mark that stands beside a letter are outside of the mark. */
function withEdgesOutside(line: readonly Run[]): Run[] {
  const begun = freed(line.flatMap(piecesOf), 'start');
  return freed(begun.toReversed(), 'end').toReversed();
}

/** A marked text as what stands before its first letter, up to its last one, and behind that. */
function piecesOf(run: Run): Run[] {
  if (run.leaf.type !== 'text' || run.marks.length === 0) return [run];
  const { text } = run.leaf;
  let from = 0;
  while (from < text.length && !isLetter(text.charAt(from))) from += 1;
  let to = text.length;
  while (to > from && !isLetter(text.charAt(to - 1))) to -= 1;
  return [text.slice(0, from), text.slice(from, to), text.slice(to)]
    .filter((piece) => piece !== '')
    .map((piece) => ({ ...run, leaf: { type: 'text', text: piece } }));
}

/** From one side on, as what is outside of a mark there decides about what stands further inside. */
function freed(pieces: readonly Run[], side: Side): Run[] {
  const done: Run[] = [];
  for (const piece of pieces) {
    const outside = done.at(-1);
    const outer = outside === undefined ? [] : commonMarks(outside.marks, piece.marks);
    done.push(isOutside(piece, outside, outer, side) ? { ...piece, marks: outer } : piece);
  }
  return done;
}

/** Whether a piece cannot be the edge of the marks that it has beyond those of what is outside of it. */
function isOutside(piece: Run, outside: Run | undefined, outer: readonly Mark[], side: Side): boolean {
  if (piece.marks.slice(outer.length).some(isLink)) return false;
  const edge = edgeOf(piece, side);
  if (isLetter(edge) || outside === undefined) return false;
  const isBesideLetter = outside.marks.length === outer.length && isLetter(edgeOf(outside, opposite[side]));
  return isBesideLetter || blank.test(edge);
}

function edgeOf({ leaf }: Run, side: Side): string {
  switch (leaf.type) {
    case 'text':
      return side === 'start' ? leaf.text.charAt(0) : leaf.text.charAt(leaf.text.length - 1);
    case 'mention':
      return side === 'start' ? '@' : 'a';
    case 'break':
      return '\n';
    case 'code':
    case 'math':
    case 'date':
    case 'customEmoji':
      return '`';
    default:
      return assertNever(leaf);
  }
}

/** As those who read Markdown by its UTF-16 units take it: half of an emoji is a letter. */
const isLetter = (unit: string): boolean => unit !== '' && !blank.test(unit) && !punctuation.test(unit);
const isLink = ({ type }: Mark): boolean => type === 'link';

function withLinkOutermost(run: Run): Run {
  return { ...run, marks: run.marks.toSorted((a, b) => Number(isLink(b)) - Number(isLink(a))) };
}

/** The kinds of marks but links, which are one beside anything. */
function kindsOf(word: readonly Run[]): Set<Kind> {
  return new Set(word.flatMap(({ marks }) => marks.filter((mark) => !isLink(mark)).map(({ type }) => type)));
}

/** A word of whose marks only those of one kind are left, and its links. */
function withMarks(word: readonly Run[], kind?: Kind): Run[] {
  return word.map((run) => ({ ...run, marks: run.marks.filter((mark) => isLink(mark) || mark.type === kind) }));
}

/** A line cut before and behind each blank of which nothing is said. */
function wordsOf(line: readonly Run[]): Run[][] {
  const words: Run[][] = [];
  let isWithin = false;
  for (const piece of line.flatMap(cutAtBlanks)) {
    const isBlank = isUnmarked([piece]) && (piece.leaf.type === 'break' || blank.test(edgeOf(piece, 'start')));
    if (isWithin && !isBlank) words.at(-1)?.push(piece);
    else words.push([piece]);
    isWithin = !isBlank;
  }
  return words;
}

function cutAtBlanks(run: Run): Run[] {
  const { leaf, marks } = run;
  if (leaf.type !== 'text' || marks.length > 0) return [run];
  return leaf.text.split(betweenBlanks).map((text) => ({ leaf: { type: 'text', text }, marks }));
}
