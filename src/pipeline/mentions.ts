import type { Block, Inline, ListItem, Mention, RichText } from '../model/rich-text.js';

/** Whom or what a mention names on another account; undefined where that is not known. */
export type Translate = (mention: Mention) => Mention | undefined;

/** Pure: the mentions of rooms in a text. */
export function mentionsIn(body: RichText): Mention[] {
  const found: Mention[] = [];
  translateMentions(body, (mention) => {
    found.push(mention);
    return undefined;
  });
  return found;
}

/** Pure: the same text with its mentions translated; those that nobody can translate stay as they are. */
export function translateMentions(body: RichText, translate: Translate): RichText {
  return body.map((given) => block(given, translate));
}

function block(given: Block, translate: Translate): Block {
  switch (given.type) {
    case 'paragraph':
    case 'heading':
      return { ...given, content: inlines(given.content, translate) };
    case 'quote':
      return { ...given, content: translateMentions(given.content, translate) };
    case 'list':
      return { ...given, items: given.items.map((item) => listItem(item, translate)) };
    case 'table': {
      const row = (cells: readonly (readonly Inline[])[]): Inline[][] => cells.map((cell) => inlines(cell, translate));
      return { ...given, head: row(given.head), rows: given.rows.map(row) };
    }
    case 'code':
    case 'rule':
      return given;
  }
}

function listItem(item: ListItem, translate: Translate): ListItem {
  return { ...item, content: translateMentions(item.content, translate) };
}

function inlines(content: readonly Inline[], translate: Translate): Inline[] {
  return content.map((given): Inline => {
    if (given.type === 'mention') return { ...given, of: translate(given.of) ?? given.of };
    return 'content' in given ? { ...given, content: inlines(given.content, translate) } : given;
  });
}
