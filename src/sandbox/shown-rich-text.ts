import { emojiOf } from './slack/state/emoji.js';
import { isObject, objectsIn, type JsonObject } from './slack/state/json.js';
import { emojiFile } from './slack/view/emoji-file.js';
import { safeHref } from './shown-text.js';
import type { ShownKind, ShownNode, ShownText } from './shown-text.types.js';

/** What people, channels and groups are called. */
export type NameOf = (id: string) => string;

const looks: readonly (readonly [string, ShownKind])[] = [
  ['code', 'code'],
  ['underline', 'underline'],
  ['strike', 'strike'],
  ['italic', 'italic'],
  ['bold', 'bold'],
];

/** Pure: what Slack's clients show of a message's blocks. */
export function shownRichText(blocks: readonly JsonObject[], nameOf: NameOf): ShownText {
  return blocks.flatMap((block) => shownBlock(block, nameOf));
}

function shownBlock(block: JsonObject, nameOf: NameOf): ShownNode[] {
  const elements = objectsIn(block['elements']);
  const within = (): ShownNode[] => elements.flatMap((element) => shownInline(element, nameOf));
  switch (block['type']) {
    case 'rich_text':
      return elements.flatMap((element) => shownBlock(element, nameOf));
    case 'rich_text_section':
      return [{ is: 'paragraph', of: within() }];
    case 'rich_text_quote':
      return [{ is: 'quote', of: within() }];
    case 'rich_text_preformatted':
      return [{ is: 'codeBlock', of: within() }];
    case 'rich_text_list':
      return [listOf(block, elements, nameOf)];
    case 'divider':
      return [{ is: 'rule', of: [] }];
    case 'context':
      return [{ is: 'paragraph', of: [elements.map(textIn).join(' ')] }];
    case 'actions':
      return [];
    case 'header':
      return [{ is: 'heading', of: [textIn(block)] }];
    default:
      return [{ is: 'paragraph', of: [textIn(block)] }];
  }
}

function listOf({ style, offset }: JsonObject, items: readonly JsonObject[], nameOf: NameOf): ShownNode {
  const isOrdered = style === 'ordered';
  const start = typeof offset === 'number' ? offset + 1 : 1;
  return {
    is: isOrdered ? 'orderedList' : 'list',
    of: items.map((item) => ({
      is: 'item',
      of: objectsIn(item['elements']).flatMap((element) => shownInline(element, nameOf)),
    })),
    ...(isOrdered && start !== 1 ? { start } : {}),
  };
}

function textIn({ text }: JsonObject): string {
  const words = isObject(text) ? text['text'] : text;
  return typeof words === 'string' ? words : '';
}

function shownInline(element: JsonObject, nameOf: NameOf): ShownNode[] {
  const { style } = element;
  const bare = bareOf(element, nameOf);
  if (!isObject(style)) return bare;
  return looks.filter(([name]) => style[name] === true).reduce<ShownNode[]>((of, [, is]) => [{ is, of }], bare);
}

function bareOf(element: JsonObject, nameOf: NameOf): ShownNode[] {
  const value = (name: string): string => (typeof element[name] === 'string' ? element[name] : '');
  switch (element['type']) {
    case 'text':
      return broken(value('text'));
    case 'link':
      return linkOf(value('url'), value('text') || value('url'));
    case 'emoji':
      return [emojiOf(value('name')) ?? { is: 'emoji', file: emojiFile(value('name')), of: [`:${value('name')}:`] }];
    case 'user':
      return [{ is: 'mention', of: [`@${nameOf(value('user_id'))}`] }];
    case 'usergroup':
      return [{ is: 'mention', of: [`@${nameOf(value('usergroup_id'))}`] }];
    case 'channel':
      return [{ is: 'mention', of: [`#${nameOf(value('channel_id'))}`] }];
    case 'broadcast':
      return [{ is: 'mention', of: [`@${value('range')}`] }];
    default:
      return [value('fallback') || value('value')];
  }
}

function linkOf(url: string, label: string): ShownNode[] {
  const href = safeHref(url);
  return href === undefined ? [label] : [{ is: 'link', href, of: [label] }];
}

function broken(text: string): ShownNode[] {
  return text.split('\n').flatMap((line, at): ShownNode[] => {
    const words = line === '' ? [] : [line];
    return at === 0 ? words : [{ is: 'break', of: [] }, ...words];
  });
}
