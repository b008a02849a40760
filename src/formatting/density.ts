import type { Block, Inline, RichText } from '../model/rich-text.js';
import { toPlain } from './plain.js';

/** Nobody writes more pieces, or more signs that mean something in Markdown, into one message. */
const mostPieces = 3_000;
const mostSigns = 3_000;
const signs = /[\\`*_~[\]<>#|&!+=-]/g;

/** Pure: a text of so many pieces or signs that to write it would take long, and to read it too, as code: it is shown as it is. */
export function withoutExcess(body: RichText): RichText {
  if (pieces(body, 0) <= mostPieces && signsIn(body) <= mostSigns) return body;
  return [{ type: 'code', text: toPlain(body) }];
}

/** Counted no further than is asked for. */
function pieces(blocks: readonly Block[], counted: number): number {
  let count = counted;
  for (const block of blocks) {
    if (count > mostPieces) break;
    count += 1 + inBlock(block, count);
  }
  return count - counted;
}

function inBlock(block: Block, counted: number): number {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return inlines(block.content);
    case 'quote':
      return pieces(block.content, counted);
    case 'list':
      return block.items.reduce((count, item) => count + 1 + pieces(item.content, counted + count), 0);
    case 'table':
      return [block.head, ...block.rows].flat().reduce((count, cell) => count + 1 + inlines(cell), 0);
    case 'code':
    case 'rule':
      return 0;
  }
}

function inlines(content: readonly Inline[]): number {
  return content.reduce((count, inline) => count + 1 + ('content' in inline ? inlines(inline.content) : 0), 0);
}

/** Blocks of code are written as they are. */
function signsIn(body: RichText): number {
  return toPlain(body.filter(({ type }) => type !== 'code')).match(signs)?.length ?? 0;
}
