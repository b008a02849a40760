import { skeleton } from './look-alike.js';
import { toPlain } from './plain.js';
import { inlinesOf, type Run, runsOf } from './runs.js';
import type { Block, Inline, RichText } from '../model/rich-text.js';

/** Stands before a line that looks as if somebody else began to speak: so it is seen to go on. */
const goesOn = '… ';
const longestHead = 600;
/** With the separators of lines and paragraphs that some clients show as line ends. */
const lineEnds = /[\n\u2028\u2029]/;
/** Such a line is seen to be a quote, an item, or to go on. */
const plainlyNone = /^\s*[>…-]\s/;
/** `Name (Network): ` and `* Name (Network) `, as a skeleton: without spaces, whatever letters they are made of. */
const head = /^[^()]{1,200}\([^()]{1,60}\)[:;]|^\*[^()]{1,200}\([^()]{1,60}\)/;

/** Pure: whether a reader may take a line for the beginning of what another person says through the relay. */
export function looksLikeHead(line: string): boolean {
  return !plainlyNone.test(line) && head.test(skeleton(line.slice(0, longestHead)));
}

/** Pure: a text that the relay shows behind a name, with every line but its first seen to belong to it. */
export function withoutForgedHeads(body: RichText): RichText {
  return body.map((block, index) => marked(block, index === 0 && block.type === 'paragraph' ? 'goesOn' : 'begins'));
}

/** Pure: the same for a text that is nothing but lines. */
export function plainWithoutForgedHeads(text: string): string {
  const [first = '', ...others] = text.split(lineEnds);
  return [first, ...others.map((line) => (looksLikeHead(line) ? goesOn + line : line))].join('\n');
}

/** What stands in quotes, lists, tables and code is seen to do so. */
function marked(block: Block, line: 'begins' | 'goesOn'): Block {
  if (block.type !== 'paragraph' && block.type !== 'heading') return block;
  const lines = linesOf(runsOf(block.content));
  if (lines.every((runs, index) => (index === 0 && line === 'goesOn') || !looksLikeHead(textOf(runs)))) return block;
  const runs = lines.flatMap((each, index) => {
    const isFirst = index === 0;
    const isForged = !(isFirst && line === 'goesOn') && looksLikeHead(textOf(each));
    return [...(isFirst ? [] : [lineEnd]), ...(isForged ? [goingOn] : []), ...each];
  });
  return { ...block, content: inlinesOf(runs) };
}

const lineEnd: Run = { leaf: { type: 'break' }, marks: [] };
const goingOn: Run = { leaf: { type: 'text', text: goesOn }, marks: [] };

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
