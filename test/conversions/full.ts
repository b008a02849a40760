import { assertNever } from '../../src/model/bridge-event.js';
import type { Block, Inline, RichText } from '../../src/model/rich-text.js';
import { saysNothing } from '../../src/formatting/plain.js';

/** Whether every block, item and cell says something: what people write. What empty ones become is each format's own affair. */
export function isFull(body: RichText): boolean {
  return body.length > 0 && body.every(isFullBlock);
}

function isFullBlock(block: Block): boolean {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
    case 'code':
      return !saysNothing([block]);
    case 'quote':
      return isFull(block.content);
    case 'list':
      return block.items.length > 0 && block.items.every(({ content }) => isFull(content));
    case 'table':
      return [block.head, ...block.rows].every((row) => row.length > 0 && row.every(isFullLine));
    case 'rule':
      return true;
    default:
      return assertNever(block);
  }
}

function isFullLine(content: readonly Inline[]): boolean {
  return !saysNothing([{ type: 'paragraph', content }]);
}
