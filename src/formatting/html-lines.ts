import type { Block, Inline } from '../model/rich-text.js';

/** Blocks as one line of text, with breaks between them. */
export function lineWithin(blocks: readonly Block[]): Inline[] {
  return joined(blocks.map(inlinesWithin), { type: 'break' });
}

function inlinesWithin(block: Block): readonly Inline[] {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return block.content;
    case 'code':
      return block.text === '' ? [] : [{ type: 'code', text: block.text }];
    case 'quote':
      return lineWithin(block.content);
    case 'list':
      return lineWithin(block.items.flatMap(({ content }) => content));
    case 'table': {
      const rows = [block.head, ...block.rows].filter((row) => row.some((cell) => cell.length > 0));
      return joined(
        rows.map((row) => joined(row, { type: 'text', text: ' | ' })),
        { type: 'break' },
      );
    }
    case 'rule':
      return [];
  }
}

function joined(pieces: readonly (readonly Inline[])[], between: Inline): Inline[] {
  return pieces.flatMap((piece, index) => (index > 0 ? [between, ...piece] : [...piece]));
}
