import { changeInlines } from '../../formatting/change-inlines.js';
import { cleanText } from '../../formatting/clean.js';
import { locationAt, mapLink } from '../../formatting/location.js';
import { fromMarkdown } from '../../formatting/markdown.js';
import type { Placeholder } from '../../formatting/markdown-reader.js';
import { fromPlain } from '../../formatting/plain.js';
import { userId, type AccountId, type FileLine, type FileRef, type RoomId } from '../../model/ids.js';
import type { Location } from '../../model/location.js';
import type { Block, Inline, Mention, RichText } from '../../model/rich-text.js';
import { federatedUserId, talkFileId, talkUserId } from './talk.ids.js';
import type { RichParameter } from './talk.payloads.js';

interface Text {
  readonly message: string;
  readonly messageParameters: Readonly<Record<string, RichParameter>>;
  /** Whether clients show the text as Markdown. */
  readonly markdown?: boolean | undefined;
}

/**
 * A message's text with its placeholders filled in. `files`: those whose words do not name them are named behind; `apart`: they are shown
 * beside it.
 */
export function bodyOf(
  { message, messageParameters, markdown }: Text,
  account: AccountId,
  room: RoomId,
  files: 'named' | 'apart' = 'named',
): RichText {
  if (files === 'apart' && /^\{file\d*\}$/.test(message)) return [];
  const fill = (name: string): Placeholder | undefined => {
    const parameter = Object.hasOwn(messageParameters, name) ? messageParameters[name] : undefined;
    if (parameter === undefined) return undefined;
    return { inline: inlineOf(name, parameter, account, room), typed: typedFor(parameter) };
  };
  const unnamed = Object.entries(messageParameters).filter(
    ([name, parameter]) => files === 'named' && textOf(parameter, 'type') === 'file' && !message.includes(`{${name}}`),
  );
  return [
    ...(markdown === false ? asTyped(message, fill) : fromMarkdown(message, fill)),
    ...unnamed.map(([name, parameter]): Block => ({
      type: 'paragraph',
      content: [inlineOf(name, parameter, account, room)],
    })),
  ];
}

/** A text that clients do not read as Markdown. What it names they show all the same. */
function asTyped(message: string, fill: (name: string) => Placeholder | undefined): RichText {
  return changeInlines(fromPlain(message), (inline) => {
    if (inline.type !== 'text') return [inline];
    return inline.text.split(/(\{[a-z0-9-]+\})/i).flatMap((piece): Inline[] => {
      const filled = /^\{.*\}$/.test(piece) ? fill(piece.slice(1, -1))?.inline : undefined;
      return filled === undefined ? (piece === '' ? [] : [{ type: 'text', text: piece }]) : [filled];
    });
  });
}

/** The files that are shown with a message. `messageType` says what they are sent as. */
export function filesOf(
  { messageParameters }: Pick<Text, 'messageParameters'>,
  messageType: string | undefined,
  account: AccountId,
): FileRef[] {
  return Object.values(messageParameters)
    .filter((parameter) => textOf(parameter, 'type') === 'file')
    .map((parameter) => {
      const [bytes, width, height] = ['size', 'width', 'height'].map((field) => numberOf(parameter, field));
      const blurhash = textOf(parameter, 'blurhash');
      return {
        account,
        id: talkFileId({ of: 'file', file: textOf(parameter, 'id'), path: textOf(parameter, 'path') }),
        name: textOf(parameter, 'name'),
        mime: textOf(parameter, 'mimetype'),
        ...(bytes === undefined ? {} : { bytes }),
        ...(width === undefined || height === undefined || width * height === 0 ? {} : { size: { width, height } }),
        ...(blurhash === '' ? {} : { blurhash }),
        ...(hasPreview(parameter) ? { preview: talkFileId({ of: 'preview', file: textOf(parameter, 'id') }) } : {}),
        ...(messageType === 'voice-message' ? { voice: {} } : {}),
        ...inNextcloudOnly(parameter),
      };
    });
}

/** Nextcloud draws texts too: those are of no use elsewhere. */
function hasPreview(parameter: RichParameter): boolean {
  return textOf(parameter, 'preview-available') === 'yes' && /^(?:image|video)\//.test(textOf(parameter, 'mimetype'));
}

/** What nobody else is given: a folder has no contents of its own, and a file's owner may let it be looked at in Nextcloud alone. */
function inNextcloudOnly(parameter: RichParameter): { readonly instead?: FileLine } {
  const isFolder = textOf(parameter, 'mimetype') === 'httpd/unix-directory';
  if (!isFolder && textOf(parameter, 'hide-download') !== 'yes') return {};
  const why = isFolder ? 'a folder, to be seen in Nextcloud' : 'to be seen in Nextcloud only';
  const link = textOf(parameter, 'link');
  return { instead: { why, ...(/^https?:\/\//i.test(link) ? { url: link } : {}) } };
}

/** What was said with a file that is gone: Talk's own words stand before it, in a paragraph of their own. */
export function captionOfGone(message: string): string {
  const end = message.indexOf('*\n\n');
  return end < 0 ? '' : message.slice(end + 3);
}

function numberOf(parameter: RichParameter, field: string): number | undefined {
  const text = textOf(parameter, field);
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** What a placeholder stands for in code, where nothing but text is shown. */
function typedFor(parameter: RichParameter): string {
  const id = textOf(parameter, 'mention-id');
  return id === '' ? textOf(parameter, 'name') || textOf(parameter, 'id') : /[ /]/.test(id) ? `@"${id}"` : `@${id}`;
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

/** The place that a message shows and nothing besides. */
export function locationIn({
  message,
  messageParameters,
}: Pick<Text, 'message' | 'messageParameters'>): Location | undefined {
  const [, name = ''] = /^\{([a-z0-9-]+)\}$/.exec(message) ?? [];
  const parameter = Object.hasOwn(messageParameters, name) ? messageParameters[name] : undefined;
  return textOf(parameter, 'type') === 'geo-location' && parameter !== undefined ? locationOf(parameter) : undefined;
}

function locationOf(parameter: RichParameter): Location | undefined {
  const point = locationAt(textOf(parameter, 'latitude'), textOf(parameter, 'longitude'));
  const name = cleanText(textOf(parameter, 'name')).trim();
  return point === undefined || name === '' ? point : { ...point, name };
}

function mentionOf(parameter: RichParameter, account: AccountId, room: RoomId): Mention | undefined {
  const id = textOf(parameter, 'id');
  const server = textOf(parameter, 'server');
  switch (textOf(parameter, 'type')) {
    case 'user': {
      const user = server === '' ? talkUserId('users', id) : federatedUserId(id, server);
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
      const location = locationOf(parameter);
      return location === undefined ? { type: 'text', text: `📍 ${label}` } : mapLink(location);
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
