import type { Inline } from '../model/rich-text.js';

type Marked = Extract<Inline, { readonly content: readonly Inline[] }>;
type Without<T> = T extends unknown ? Omit<T, 'content'> : never;
export type Mark = Without<Marked>;
export type Leaf = Exclude<Inline, Marked>;

/** A piece of text with all that is said about it, the outermost first. */
export interface Run {
  readonly leaf: Leaf;
  readonly marks: readonly Mark[];
}

/** Pure: inlines as a row of runs. What is marked the same way twice is marked once; links end where others begin. */
export function runsOf(inlines: readonly Inline[]): Run[] {
  const runs: Run[] = [];
  collect(inlines, [], runs);
  return runs;
}

function collect(inlines: readonly Inline[], marks: readonly Mark[], runs: Run[]): void {
  for (const inline of inlines) {
    if (!('content' in inline)) {
      runs.push({ leaf: inline, marks });
      continue;
    }
    const { content, ...mark } = inline;
    collect(content, withMark(marks, mark), runs);
  }
}

/** Pure: the marks with one more inside, unless it is there already. */
export function withMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  return marks.some(({ type }) => type === mark.type) ? marks : [...marks, mark];
}

/** Pure: what is said of both, from the outermost on. */
export function commonMarks(a: readonly Mark[], b: readonly Mark[]): readonly Mark[] {
  const differing = a.findIndex((mark, depth) => !isSameMark(b[depth], mark));
  return differing < 0 ? a : a.slice(0, differing);
}

/** Pure: runs as inlines; neighbours that say the same share one mark, neighbouring texts are one. */
export function inlinesOf(runs: readonly Run[]): Inline[] {
  return nest(runs, 0);
}

function nest(runs: readonly Run[], depth: number): Inline[] {
  const inlines: Inline[] = [];
  for (let at = 0; at < runs.length;) {
    const run = runs[at];
    if (run === undefined) break;
    const mark = run.marks[depth];
    if (mark === undefined) {
      push(inlines, run.leaf);
      at += 1;
      continue;
    }
    let end = at + 1;
    while (isSameMark(runs[end]?.marks[depth], mark)) end += 1;
    inlines.push({ ...mark, content: nest(runs.slice(at, end), depth + 1) });
    at = end;
  }
  return inlines;
}

function push(inlines: Inline[], leaf: Leaf): void {
  const last = inlines.at(-1);
  if (leaf.type === 'text' && last?.type === 'text')
    inlines[inlines.length - 1] = { type: 'text', text: last.text + leaf.text };
  else if (leaf.type !== 'text' || leaf.text !== '') inlines.push(leaf);
}

/** Pure: whether two marks say the same, of the same. */
function isSameMark(a: Mark | undefined, b: Mark): boolean {
  if (a === undefined || a.type !== b.type) return false;
  if (a.type === 'link' && b.type === 'link') return a.url === b.url;
  if (a.type === 'spoiler' && b.type === 'spoiler') return a.reason === b.reason;
  return true;
}
