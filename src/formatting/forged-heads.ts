import { skeleton } from './look-alike.js';
import { toPlain } from './plain.js';
import { inlinesOf, type Run, runsOf } from './runs.js';
import type { Block, Inline, RichText } from '../model/rich-text.js';

/** Stands before a line that looks as if somebody else began to speak: so it is seen to go on. */
const goesOn = '… ';
const longestHead = 600;
/** With the separators of lines and paragraphs that some clients show as line ends. */
const lineEnds = /[\n\u2028\u2029]/g;
/** Such a line is seen to be a quote, an item, or to go on. */
const plainlyNone = /^\s*[>…-]\s/;
/** `Name (Network): ` and `* Name (Network) `, as a skeleton: without spaces, whatever letters they are made of. */
const head = /^.{1,200}?\([^()]{1,60}\)[:;]|^\*.{1,200}?\([^()]{1,60}\)/;

export interface Heads {
  /** How the first line stands: behind the speaker's name, or, where the bridge speaks for itself, alone. */
  readonly first: 'goesOn' | 'begins';
  /** What people call the speaker's network: where heads name it without a colon, as those of emotes do. */
  readonly label?: string;
}

/** Pure: whether a reader may take a line for the beginning of what another person says through the relay. */
function looksLikeHead(line: string, label?: string): boolean {
  if (plainlyNone.test(line)) return false;
  const shape = skeleton(line.slice(0, longestHead));
  return head.test(shape) || (label !== undefined && shape.indexOf(`(${skeleton(label)})`) > 0);
}

/** Pure: a text that the relay shows, with every line that could be taken for somebody else's seen to go on. */
export function withoutForgedHeads(body: RichText, { first, label }: Heads): RichText {
  return body.map((block, index) => marked(block, index === 0 && block.type === 'paragraph' ? first : 'begins', label));
}

/** Pure: the same for a text that is nothing but lines. */
export function plainWithoutForgedHeads(text: string): string {
  const [first = '', ...others] = text.split(lineEnds);
  return [first, ...others.map((line) => (looksLikeHead(line) ? goesOn + line : line))].join('\n');
}

/** What stands in quotes, lists, tables and code is seen to do so. */
function marked(block: Block, line: Heads['first'], label: string | undefined): Block {
  if (block.type !== 'paragraph' && block.type !== 'heading') return block;
  const lines = block.type === 'heading' ? [onOneLine(runsOf(block.content))] : linesOf(runsOf(block.content));
  if (lines.every((runs, index) => (index === 0 && line === 'goesOn') || !looksLikeHead(textOf(runs), label)))
    return block;
  const runs = lines.flatMap((each, index) => {
    const isFirst = index === 0;
    const isForged = !(isFirst && line === 'goesOn') && looksLikeHead(textOf(each), label);
    return [...(isFirst ? [] : [lineEnd]), ...(isForged ? [goingOn] : []), ...each];
  });
  return { ...block, content: inlinesOf(runs) };
}

const lineEnd: Run = { leaf: { type: 'break' }, marks: [] };
const goingOn: Run = { leaf: { type: 'text', text: goesOn }, marks: [] };

/** A heading is shown on one line. */
function onOneLine(runs: readonly Run[]): readonly Run[] {
  return runs.map(({ leaf, marks }) => {
    if (leaf.type === 'break') return { marks, leaf: { type: 'text', text: ' ' } };
    return { marks, leaf: leaf.type === 'text' ? { ...leaf, text: leaf.text.replaceAll(lineEnds, ' ') } : leaf };
  });
}

function linesOf(runs: readonly Run[]): readonly (readonly Run[])[] {
  const lines: Run[][] = [[]];
  for (const run of runs) {
    if (run.leaf.type === 'break') {
      lines.push([]);
    } else if (run.leaf.type === 'text') {
      for (const [index, text] of run.leaf.text.split(lineEnds).entries()) {
        if (index > 0) lines.push([]);
        lines.at(-1)?.push({ ...run, leaf: { type: 'text', text } });
      }
    } else {
      lines.at(-1)?.push(run);
    }
  }
  return lines;
}

function textOf(runs: readonly Run[]): string {
  const content: readonly Inline[] = inlinesOf(runs.map(({ leaf }) => ({ leaf, marks: [] })));
  return toPlain([{ type: 'paragraph', content }]);
}
