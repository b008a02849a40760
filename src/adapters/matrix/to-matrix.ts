import { cleanText } from '../../formatting/clean.js';
import { toHtml } from '../../formatting/html.js';
import { withFileNames, withLine } from '../../formatting/named-files.js';
import { cleanName } from '../../formatting/names.js';
import { isPlain, labelOf, saysNothing, toPlain } from '../../formatting/plain.js';
import { splitRich } from '../../formatting/split-rich.js';
import type { MessageSent } from '../../model/bridge-event.js';
import type { FileRef } from '../../model/ids.js';
import type { Inline, RichText } from '../../model/rich-text.js';
import { isUserId, type MatrixSelf, pillOf } from './matrix.ids.js';
import { isObject, type JsonObject, readMessage } from './matrix.payloads.js';
import { changeInlines } from '../../formatting/change-inlines.js';
import { type Heads, plainWithoutForgedHeads, withoutForgedHeads } from '../../formatting/forged-heads.js';

/**
 * The longest content of a message, in bytes of JSON. An event may have 65,536 bytes as canonical JSON; ids, hashes and
 * signatures take up to 3,500 of them, and what its edit says besides up to 2,000.
 */
const maxContentBytes = 60_000;
/** The delivery key, with its field. */
const keyBytes = 80;
/** How much of a long text a client that knows no edits is shown. */
const shortFallbackChars = 500;
/** The longest text that is surely one event's where there is no formatting. */
export const maxTextBytes = 59_000;
const longestNameChars = 255;

/** Who is seen to speak: a ghost says it itself; for the relay, the text says who speaks; the bridge speaks for itself. */
export type Voice =
  { readonly as: 'ghost' | 'bridge' } | { readonly as: 'relay'; readonly name: string; readonly networkLabel: string };

export interface Placing {
  readonly voice: Voice;
  /** The event that is answered. */
  readonly replyTo?: string;
  /** The first event of the thread. */
  readonly thread?: string;
}

/** `files`: those that are named in the text. */
export type Said = Pick<MessageSent, 'body' | 'style' | 'attention'> & { readonly files?: MessageSent['files'] };

/** What stands with a file that nobody says anything to: who sent it, where the text has to tell that. */
export function wordless(file: FileRef, self: MatrixSelf, placing: Placing, part: number): JsonObject {
  const bare = { 'm.mentions': {}, ...relationOf(placing, part) };
  if (placing.voice.as !== 'relay') return bare;
  const said: Said = { body: [], files: [file], style: 'text' };
  return { ...wordsOf(shownBody(said), said, self, placing.voice), ...bare };
}

/** The contents of the `m.room.message` events that show a message, in order; one at least. */
export function toMatrix(said: Said, self: MatrixSelf, placing: Placing): JsonObject[] {
  const known = new Map<RichText, JsonObject>();
  // A part was written already when it was seen to fit.
  const words = (body: RichText): JsonObject => {
    const content = known.get(body) ?? wordsOf(body, said, self, placing.voice);
    known.set(body, content);
    return content;
  };
  const content = (body: RichText, part: number): JsonObject => ({ ...words(body), ...relationOf(placing, part) });
  const fullness = (body: RichText): number => {
    const sureBytes = toPlain(body).length;
    if (sureBytes > maxContentBytes) return sureBytes / maxContentBytes;
    const whole = content(body, 0);
    // An edit names its words once, and whom they mention twice.
    return (bytesOf(whole) + bytesOf(whole['m.mentions']) + keyBytes) / maxContentBytes;
  };
  return splitRich(shownBody(said), fullness).map(content);
}

/** The content of the event that replaces one that was said. `before`: whom the event mentions already. */
export function replacing(said: JsonObject, target: string, before: Mentioned): JsonObject {
  const { 'm.relates_to': _stays, ...content } = said;
  const edit = (fallback: JsonObject): JsonObject => ({
    ...fallback,
    // Only whom the edit adds is notified.
    'm.mentions': without(mentionedIn(content), before),
    'm.new_content': content,
    'm.relates_to': { rel_type: 'm.replace', event_id: target },
  });
  const whole = edit(marked(content));
  return bytesOf(whole) + keyBytes <= maxContentBytes ? whole : edit(marked(beginningOf(content)));
}

export interface Mentioned {
  readonly users: readonly string[];
  readonly everyone: boolean;
}

/** Whom events mention, the new contents of edits included. */
export function mentionedIn(...contents: readonly (JsonObject | undefined)[]): Mentioned {
  const all = contents.flatMap((content) => {
    const replacement = content?.['m.new_content'];
    return content === undefined ? [] : [content, ...(isObject(replacement) ? [replacement] : [])];
  });
  const mentions = all.map((content) => readMessage(content)['m.mentions']);
  return {
    users: [...new Set(mentions.flatMap((each) => each?.user_ids ?? []))],
    everyone: mentions.some((each) => each?.room === true),
  };
}

/** What a ghost is called: `Anna (Talk)`. */
export function ghostName(template: string, name: string, networkLabel: string): string {
  const filled = template.replaceAll(/\{(name|network)\}/g, (_, field: string) =>
    field === 'name' ? cleanName(name) : networkLabel,
  );
  return filled.slice(0, longestNameChars).toWellFormed();
}

/** The text with its files, never empty: something was said, even where nothing of it can be shown. */
function shownBody({ body, files = [] }: Said): RichText {
  const shown = withFileNames(body, files);
  return saysNothing(shown) ? withLine([], '…') : shown;
}

function wordsOf(body: RichText, said: Said, self: MatrixSelf, voice: Voice): JsonObject {
  const { called, mentions } = callsIn(body, self);
  // Whatever our own user says may stand beside what it says in somebody's name.
  const isOurOwn = voice.as !== 'ghost';
  const shown = withHead(isOurOwn ? withoutForgedHeads(called, headsOf(voice)) : called, headOf(voice, said));
  const text = cleanText(toPlain(shown));
  return {
    msgtype: msgtypeOf(voice, said),
    body: isOurOwn ? plainWithoutForgedHeads(text) : text,
    ...(isPlain(shown) ? {} : { format: 'org.matrix.custom.html', formatted_body: toHtml(shown, writing(self)) }),
    'm.mentions': said.attention === 'silent' ? {} : mentions,
  };
}

function headsOf(voice: Voice): Heads {
  return voice.as === 'relay' ? { first: 'goesOn', label: voice.networkLabel } : { first: 'begins' };
}

/** Whom a text is to notify: people of this account, and everybody. Clients find the latter by the text `@room`. */
function callsIn(body: RichText, self: MatrixSelf): { readonly called: RichText; readonly mentions: JsonObject } {
  const users = new Set<string>();
  let callsAll = false;
  const called = changeInlines(body, (inline) => {
    if (inline.type !== 'mention') return [inline];
    const { of } = inline;
    if (of.kind === 'person' && isPersonHere(of.user, self)) users.add(of.user.id);
    if (of.kind !== 'everyone') return [inline];
    callsAll = true;
    return [{ type: 'text', text: '@room' }];
  });
  return { called, mentions: written({ users: [...users], everyone: callsAll }) };
}

function isPersonHere({ account, id }: { readonly account: string; readonly id: string }, self: MatrixSelf): boolean {
  return account === self.account && isUserId(id) && !self.users.isOurs(id);
}

/** Mentions that clients show as pills, and where the others lead. */
function writing(self: MatrixSelf): Parameters<typeof toHtml>[1] {
  return {
    mention: (mention) => {
      const href = pillFor(mention, self);
      if (href !== undefined) return { href, label: mention.of.kind === 'room' ? labelOf(mention) : mention.label };
      return mention.url === undefined ? undefined : { href: mention.url, label: labelOf(mention) };
    },
    emoji: (image) => addressHere(image, self),
  };
}

function addressHere({ account, id }: Pick<FileRef, 'account' | 'id'>, self: MatrixSelf): string | undefined {
  return account === self.account ? id : undefined;
}

function pillFor({ of }: Extract<Inline, { type: 'mention' }>, { account, users }: MatrixSelf): string | undefined {
  switch (of.kind) {
    case 'person':
      if (of.user.account !== account) return pillOf(users.ghostOf(of.user));
      return isUserId(of.user.id) ? pillOf(of.user.id) : undefined;
    case 'room':
      return of.room.account === account ? pillOf(of.room.id, users.serverName) : undefined;
    case 'group':
    case 'everyone':
      return undefined;
  }
}

function withHead(body: RichText, head: readonly Inline[]): RichText {
  const [first, ...others] = body;
  if (head.length === 0) return body;
  if (first?.type !== 'paragraph') return [paragraph(head), ...body];
  return [paragraph([...head, ...first.content]), ...others];
}

/** Each part begins with the speaker's name, since others may speak between them. */
function headOf(voice: Voice, { style, attention }: Said): readonly Inline[] {
  const text = (words: string): Inline => ({ type: 'text', text: words });
  // Notices know no emotes.
  if (voice.as !== 'relay') return style === 'emote' && attention === 'silent' ? [text('* ')] : [];
  const name: Inline = { type: 'bold', content: [text(`${cleanName(voice.name)} (${voice.networkLabel})`)] };
  return style === 'emote' ? [text('* '), name, text(' ')] : [name, text(': ')];
}

/** Clients notify nobody of a notice. */
function msgtypeOf({ as }: Voice, { style, attention }: Said): string {
  if (style === 'notice' || attention === 'silent' || as === 'bridge') return 'm.notice';
  return style === 'emote' && as === 'ghost' ? 'm.emote' : 'm.text';
}

/** Pure: where an event stands. */
export function relationOf({ replyTo, thread }: Pick<Placing, 'replyTo' | 'thread'>, part: number): JsonObject {
  const answers = part === 0 ? replyTo : undefined;
  if (thread === undefined) {
    return answers === undefined ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: answers } } };
  }
  return {
    'm.relates_to': {
      rel_type: 'm.thread',
      event_id: thread,
      is_falling_back: answers === undefined,
      'm.in_reply_to': { event_id: answers ?? thread },
    },
  };
}

/** What clients that know no edits show of one. */
function marked(content: JsonObject): JsonObject {
  const { body, formatted_body: html } = content;
  return {
    ...content,
    ...(typeof body === 'string' ? { body: `* ${body}` } : {}),
    ...(typeof html === 'string' ? { formatted_body: `* ${html}` } : {}),
  };
}

/** The words of an edit stand in its event twice: of long ones, once only the beginning. */
function beginningOf({ msgtype, body }: JsonObject): JsonObject {
  const text = typeof body === 'string' ? body.slice(0, shortFallbackChars).toWellFormed() : '';
  return { msgtype, body: `${text}…` };
}

function without(mentioned: Mentioned, before: Mentioned): JsonObject {
  return written({
    users: mentioned.users.filter((user) => !before.users.includes(user)),
    everyone: mentioned.everyone && !before.everyone,
  });
}

/** Always there: without it clients notify by what stands in the text. */
function written({ users, everyone }: Mentioned): JsonObject {
  return { ...(users.length === 0 ? {} : { user_ids: users }), ...(everyone ? { room: true } : {}) };
}

function paragraph(content: readonly Inline[]): RichText[number] {
  return { type: 'paragraph', content };
}

function bytesOf(content: unknown): number {
  return Buffer.byteLength(JSON.stringify(content));
}
