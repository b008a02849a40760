import type { Block, Inline, ListItem, RichText } from '../model/rich-text.js';

/** What stands in place of an inline that holds no others; the same one where nothing changes. */
export type Change = (leaf: Inline, isInLink: boolean) => readonly Inline[];

/** Where a link leads from now on. */
export type ChangeUrl = (url: string) => string;

/** Pure: the same text with each of its innermost inlines changed, and the addresses of its links where that is asked for. */
export function changeInlines(body: RichText, change: Change, changeUrl: ChangeUrl = (url) => url): RichText {
  return body.map((block) => changeBlock(block, change, changeUrl));
}

function changeBlock(block: Block, change: Change, changeUrl: ChangeUrl): Block {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return { ...block, content: changeAll(block.content, change, changeUrl, false) };
    case 'quote':
      return { ...block, content: changeInlines(block.content, change, changeUrl) };
    case 'list':
      return { ...block, items: block.items.map((item) => changeItem(item, change, changeUrl)) };
    case 'table': {
      const row = (cells: readonly (readonly Inline[])[]): (readonly Inline[])[] =>
        cells.map((cell) => changeAll(cell, change, changeUrl, false));
      return { ...block, head: row(block.head), rows: block.rows.map(row) };
    }
    case 'code':
    case 'rule':
      return block;
  }
}

function changeItem(item: ListItem, change: Change, changeUrl: ChangeUrl): ListItem {
  return { ...item, content: changeInlines(item.content, change, changeUrl) };
}

function changeAll(
  inlines: readonly Inline[],
  change: Change,
  changeUrl: ChangeUrl,
  isInLink: boolean,
): readonly Inline[] {
  return inlines.flatMap((inline) => {
    if (!('content' in inline)) return change(inline, isInLink);
    const content = changeAll(inline.content, change, changeUrl, isInLink || inline.type === 'link');
    return [inline.type === 'link' ? { ...inline, url: changeUrl(inline.url), content } : { ...inline, content }];
  });
}
