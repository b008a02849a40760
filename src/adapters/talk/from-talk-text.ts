import { fromPlain } from '../../formatting/plain.js';
import { userId, type AccountId, type RoomId } from '../../model/ids.js';
import type { Block, Inline, Mention, RichText } from '../../model/rich-text.js';
import { talkUserId } from './talk.ids.js';
import type { RichParameter } from './talk.payloads.js';

interface Text {
  readonly message: string;
  readonly messageParameters: Readonly<Record<string, RichParameter>>;
}

const placeholder = /\{([A-Za-z0-9_-]+)\}/g;

/** A message's text with its placeholders filled in. A file whose caption does not name it is named after the caption. */
export function bodyOf({ message, messageParameters }: Text, account: AccountId, room: RoomId): RichText {
  const fill = (name: string): Inline | undefined => {
    const parameter = Object.hasOwn(messageParameters, name) ? messageParameters[name] : undefined;
    return parameter === undefined ? undefined : inlineOf(name, parameter, account, room);
  };
  const blocks = fromPlain(message).map((block) => fillBlock(block, fill));
  const unnamed = Object.entries(messageParameters).filter(
    ([name, parameter]) => textOf(parameter, 'type') === 'file' && !message.includes(`{${name}}`),
  );
  return [
    ...blocks,
    ...unnamed.map(([name, parameter]): Block => ({
      type: 'paragraph',
      content: [inlineOf(name, parameter, account, room)],
    })),
  ];
}

/** A field of a rich object as text; empty where it is absent. */
export function textOf(parameter: RichParameter | undefined, field: string): string {
  const value = parameter !== undefined && Object.hasOwn(parameter, field) ? parameter[field] : undefined;
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function inlineOf(name: string, parameter: RichParameter, account: AccountId, room: RoomId): Inline {
  const label = textOf(parameter, 'name') || textOf(parameter, 'id');
  if (!name.startsWith('mention-')) return objectOf(parameter, label);
  const of = mentionOf(parameter, account, room);
  return of === undefined ? { type: 'text', text: label } : { type: 'mention', of, label };
}

function mentionOf(parameter: RichParameter, account: AccountId, room: RoomId): Mention | undefined {
  const id = textOf(parameter, 'id');
  const server = textOf(parameter, 'server');
  switch (textOf(parameter, 'type')) {
    case 'user': {
      const user = server === '' ? talkUserId('users', id) : talkUserId('federated_users', `${id}@${server}`);
      return { kind: 'person', user: { account, id: user } };
    }
    case 'guest':
      return { kind: 'person', user: { account, id: userId(id.replace(/^guest\//, 'guests/')) } };
    case 'email':
      return { kind: 'person', user: { account, id: userId(id.replace(/^email\//, 'emails/')) } };
    case 'call':
      return textOf(parameter, 'mention-id') === 'all' || id === room
        ? { kind: 'everyone' }
        : { kind: 'room', room: { account, id: id as RoomId } };
    case 'user-group':
    case 'circle':
      return { kind: 'group', id };
    default:
      return undefined;
  }
}

/** Readable words for a shared object. */
function objectOf(parameter: RichParameter, label: string): Inline {
  switch (textOf(parameter, 'type')) {
    case 'file':
      return { type: 'text', text: `📎 ${label}` };
    case 'talk-poll':
      return { type: 'text', text: `📊 ${label}` };
    case 'geo-location': {
      const place = `mlat=${encodeURIComponent(textOf(parameter, 'latitude'))}&mlon=${encodeURIComponent(textOf(parameter, 'longitude'))}`;
      return {
        type: 'link',
        url: `https://www.openstreetmap.org/?${place}`,
        content: [{ type: 'text', text: `📍 ${label}` }],
      };
    }
    case 'deck-card': {
      const where = [textOf(parameter, 'boardname'), textOf(parameter, 'stackname')]
        .filter((part) => part !== '')
        .join(', ');
      return linked(where === '' ? label : `${label} (${where})`, textOf(parameter, 'link'));
    }
    default:
      return linked(label, textOf(parameter, 'link') || textOf(parameter, 'call-link'));
  }
}

function linked(text: string, url: string): Inline {
  const isAddress = /^https?:\/\//i.test(url);
  return isAddress ? { type: 'link', url, content: [{ type: 'text', text }] } : { type: 'text', text };
}

type Fill = (name: string) => Inline | undefined;

function fillBlock(block: Block, fill: Fill): Block {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return { ...block, content: fillInlines(block.content, fill) };
    case 'quote':
      return { ...block, content: block.content.map((inner) => fillBlock(inner, fill)) };
    case 'list':
      return {
        ...block,
        items: block.items.map((item) => ({ ...item, content: item.content.map((inner) => fillBlock(inner, fill)) })),
      };
    case 'table':
      return {
        ...block,
        head: block.head.map((cell) => fillInlines(cell, fill)),
        rows: block.rows.map((row) => row.map((cell) => fillInlines(cell, fill))),
      };
    case 'code':
    case 'rule':
      return block;
  }
}

function fillInlines(inlines: readonly Inline[], fill: Fill): Inline[] {
  return inlines.flatMap((inline) => {
    if (inline.type === 'text') return fillText(inline.text, fill);
    if ('content' in inline) return [{ ...inline, content: fillInlines(inline.content, fill) }];
    return [inline];
  });
}

function fillText(text: string, fill: Fill): Inline[] {
  const inlines: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(placeholder)) {
    const filled = fill(match[1] ?? '');
    if (filled === undefined) continue;
    if (match.index > from) inlines.push({ type: 'text', text: text.slice(from, match.index) });
    inlines.push(filled);
    from = match.index + match[0].length;
  }
  if (from < text.length || inlines.length === 0) inlines.push({ type: 'text', text: text.slice(from) });
  return inlines;
}
