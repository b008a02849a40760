import { cleanText } from '../../formatting/clean.js';
import { fromHtml } from '../../formatting/html.js';
import { cleanName } from '../../formatting/names.js';
import { fromPlain, saysNothing } from '../../formatting/plain.js';
import type { AccountId, FileRef } from '../../model/ids.js';
import type { RichText } from '../../model/rich-text.js';
import { mentionOf, type Pills, withEveryone } from './from-matrix-mentions.js';
import { localpartOf, parseMxc, parsePill } from './matrix.ids.js';
import { type JsonObject, type MessageContent, readFile, readMessage, readRelation } from './matrix.payloads.js';

export interface Quoted {
  readonly name: string;
  readonly text: string;
}

const htmlFormat = 'org.matrix.custom.html';
const longestQuote = 300;
const mostAliases = 5;

/** What a message says; empty where that is nothing. `mayCallAll`: `@room` in it names everybody where its writer meant so. */
export function bodyOf(message: MessageContent, isAnswer: boolean, pills: Pills, mayCallAll: boolean): RichText {
  const text = captionOf(message);
  const html = text === '' || message.format !== htmlFormat ? undefined : message.formatted_body;
  const formatted = fromHtml(html ?? '', {
    link: (href, label) => mentionOf(href, label, pills),
    emoji: (address, shortcode) => emojiImage(address, shortcode, pills.account),
  });
  const plain = (): RichText => fromPlain(cleanText(isAnswer ? withoutReplyFallback(text).text : text));
  // What says nothing that we can read may say it without formatting.
  const body = formatted.length > 0 ? formatted : plain();
  if (saysNothing(body)) return [];
  return mayCallAll && message['m.mentions']?.room === true ? withEveryone(body) : body;
}

/** A custom emoji's picture, of which nobody says what kind it is; undefined where it is none of Matrix. */
function emojiImage(address: string, name: string, account: AccountId): FileRef | undefined {
  return parseMxc(address) === undefined ? undefined : { account, id: address, name, mime: 'application/octet-stream' };
}

/** What a client without pictures shows of a message: its text, with the name of what it carries above it. */
export function readableText(message: MessageContent): string {
  const name = isFile(message) ? nameOf(message) : '';
  return [name === '' ? '' : `📎 ${name}`, captionOf(message)].filter((line) => line !== '').join('\n');
}

/** What a message says. With a name of its own, the body of a file is its caption; else it is the name. */
function captionOf(message: MessageContent): string {
  const { body = '', filename } = message;
  return isFile(message) && (filename === undefined || filename === body) ? '' : body;
}

function nameOf({ body = '', filename }: MessageContent): string {
  return filename ?? body;
}

/** The file that a message carries, which nobody need be able to fetch; undefined where it carries none. A sticker is a picture. */
export function fileIn(type: string, content: JsonObject, account: AccountId): FileRef | undefined {
  if (!showsFile(type, content)) return undefined;
  const message = readMessage(content);
  const { url = '', file, info, voice, audio } = readFile(content);
  const { mime, bytes, width, height, durationMs = audio?.duration, blurhash } = info;
  const waveform = audio?.waveform;
  const name = cleanText(nameOf(message));
  // Neither a name nor an address: nothing.
  if (name.trim() === '' && url === '' && file === undefined) return undefined;
  const instead =
    file !== undefined ? 'it is encrypted' : parseMxc(url) === undefined ? 'it has no address' : undefined;
  return {
    account,
    id: url,
    name,
    mime,
    ...(bytes === undefined ? {} : { bytes }),
    ...(width === undefined || height === undefined ? {} : { size: { width, height } }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(blurhash === undefined ? {} : { blurhash }),
    ...(voice === undefined ? {} : { voice: waveform === undefined ? {} : { waveform } }),
    ...(instead === undefined ? {} : { instead: { why: instead } }),
  };
}

/** Whether an event is a file of somebody's. */
export function showsFile(type: string, content: JsonObject): boolean {
  return type === 'm.sticker' || isFile(readMessage(content));
}

/** What an edit says from now on. */
export function editedContent(content: JsonObject): MessageContent {
  const message = readMessage(content);
  const replacement = message['m.new_content'];
  if (replacement !== undefined) return readMessage(replacement);
  const { body, formatted_body: html } = message;
  return {
    ...message,
    ...(body === undefined ? {} : { body: body.replace(/^\* /, '') }),
    ...(html === undefined ? {} : { formatted_body: html.replace(/^\* /, '') }),
  };
}

/** The beginning of what an event says, for those who answer it; empty where it says nothing. */
export function wordsOf(type: string, content: JsonObject): string {
  if (type !== 'm.room.message' && type !== 'm.sticker') return '';
  const { rel_type: relation, 'm.in_reply_to': answered } = readRelation(content);
  const text = readableText(relation === 'm.replace' ? editedContent(content) : readMessage(content));
  const own = answered === undefined ? text : withoutReplyFallback(text).text;
  return own.trim().slice(0, longestQuote).toWellFormed();
}

/** What the words of a message leave open. */
export interface Open {
  readonly callsAll: boolean;
  /** The event that it answers without showing it. */
  readonly answers?: string;
  readonly aliases: readonly string[];
}

export function openIn(content: JsonObject): Open {
  const relation = readRelation(content);
  const isEdit = relation.rel_type === 'm.replace';
  const message = isEdit ? editedContent(content) : readMessage(content);
  const answers = isEdit ? undefined : answeredBy(content);
  const shows = answers === undefined || withoutReplyFallback(message.body ?? '').quoted !== undefined;
  return {
    callsAll: message['m.mentions']?.room === true,
    ...(shows ? {} : { answers }),
    aliases: aliasesIn(message),
  };
}

/** The event that a message answers. In a thread its last message stands there only for clients that know no threads. */
export function answeredBy(content: JsonObject): string | undefined {
  const { rel_type: type, is_falling_back: isFallingBack, 'm.in_reply_to': answered } = readRelation(content);
  return type === 'm.thread' && isFallingBack === true ? undefined : answered?.event_id;
}

/** What a user is called; without a name of its own, by its id. */
export function shownName(name: string | undefined, user: string): string {
  return cleanName(name === undefined || name.trim() === '' ? localpartOf(user) : name);
}

export interface WithoutFallback {
  readonly text: string;
  readonly quoted?: Quoted;
}

/**
 * Cuts off the quote that older clients put in front of a reply: `> <@user:server> …` up to an empty line.
 * Source: client-server API, "Fallbacks for rich replies" (before 1.13).
 */
export function withoutReplyFallback(body: string): WithoutFallback {
  const first = /^> (?:\* )?<(@[^>\n]+)> ?(.*)$/m.exec(body);
  if (first?.index !== 0) return { text: body };
  const lines = body.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('>'));
  const quoted = (end === -1 ? lines : lines.slice(0, end)).map((line) => line.replace(/^> ?/, ''));
  quoted[0] = first[2] ?? '';
  const rest = end === -1 ? [] : lines.slice(lines[end] === '' ? end + 1 : end);
  return {
    text: rest.join('\n'),
    quoted: { name: localpartOf(first[1] ?? ''), text: quoted.join('\n').trim() },
  };
}

/** Room aliases of pills; a few at most, since each may be asked for. */
function aliasesIn({ formatted_body: html = '' }: MessageContent): readonly string[] {
  const links = [...html.matchAll(/\shref\s*=\s*["']([^"'\s]+)["']/gi)].map(([, url = '']) => url);
  const named = links.flatMap((url) => {
    const pill = parsePill(url);
    return pill !== undefined && 'room' in pill && pill.room.startsWith('#') ? [pill.room] : [];
  });
  return [...new Set(named)].slice(0, mostAliases);
}

function isFile({ msgtype }: MessageContent): boolean {
  return msgtype === 'm.image' || msgtype === 'm.file' || msgtype === 'm.audio' || msgtype === 'm.video';
}
