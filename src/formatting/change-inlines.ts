import type { Block, Inline, ListItem, RichText } from '../model/rich-text.js';

/** What stands in place of an inline that holds no others; the same one where nothing changes. */
export type Change = (leaf: Inline, isInLink: boolean) => readonly Inline[];

/** Pure: the same text with each of its innermost inlines changed. */
export function changeInlines(body: RichText, change: Change): RichText {
  return body.map((block) => changeBlock(block, change));
}

function changeBlock(block: Block, change: Change): Block {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return { ...block, content: changeAll(block.content, change, false) };
    case 'quote':
      return { ...block, content: changeInlines(block.content, change) };
    case 'list':
      return { ...block, items: block.items.map((item) => changeItem(item, change)) };
    case 'table': {
      const row = (cells: readonly (readonly Inline[])[]): (readonly Inline[])[] =>
        cells.map((cell) => changeAll(cell, change, false));
      return { ...block, head: row(block.head), rows: block.rows.map(row) };
    }
    case 'code':
    case 'rule':
      return block;
  }
}

function changeItem(item: ListItem, change: Change): ListItem {
  return { ...item, content: changeInlines(item.content, change) };
}

function changeAll(inlines: readonly Inline[], change: Change, isInLink: boolean): readonly Inline[] {
  return inlines.flatMap((inline) => {
    if (!('content' in inline)) return change(inline, isInLink);
    return [{ ...inline, content: changeAll(inline.content, change, isInLink || inline.type === 'link') }];
  });
}
