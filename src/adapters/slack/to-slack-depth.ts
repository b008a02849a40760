import type { Block, ListItem, RichText } from '../../model/rich-text.js';

/** How far in Slack's lists stand at most, counted from 0. */
export const deepestIndent = 8;

/** The same text with no list further in than Slack shows it: what is deeper stands behind its item. */
export function withShownDepth(body: RichText, depth = 0): Block[] {
  return body.map((block) => {
    if (block.type === 'quote') return { ...block, content: withShownDepth(block.content, depth) };
    return block.type === 'list' ? { ...block, items: block.items.flatMap((item) => shownItems(item, depth)) } : block;
  });
}

function shownItems(item: ListItem, depth: number): ListItem[] {
  if (depth < deepestIndent) return [{ ...item, content: withShownDepth(item.content, depth + 1) }];
  const own = item.content.filter(({ type }) => type !== 'list');
  const deeper = item.content.flatMap((block) => (block.type === 'list' ? block.items : []));
  return [{ ...item, content: withShownDepth(own, depth) }, ...deeper.flatMap((each) => shownItems(each, depth))];
}
