import { cleanText } from '../../formatting/clean.js';
import { fromShortcode, toShortcode } from '../../formatting/emoji.js';
import { type Heads, withoutForgedHeads } from '../../formatting/forged-heads.js';
import { graphemeEnd } from '../../formatting/graphemes.js';
import { withFileNames, withLine } from '../../formatting/named-files.js';
import { cleanName } from '../../formatting/names.js';
import { fromPlain, isBlank, isPlain, toPlain } from '../../formatting/plain.js';
import { type Fullness, splitRich } from '../../formatting/split-rich.js';
import type { MessageSent } from '../../model/bridge-event.js';
import type { Speaker } from '../../model/network-adapter.js';
import type { Inline, RichText } from '../../model/rich-text.js';
import { fromBlocks } from './from-slack-blocks.js';
import { fromMrkdwn } from './from-slack-mrkdwn.js';
import type { Reading } from './from-slack-inlines.js';
import { type EmojiName, emojiName, type SlackSelf } from './slack.ids.js';
import { readMessage, readNodes } from './slack.payloads.js';
import { type SlackBlock, toBlocks } from './to-slack-blocks.js';
import { withShownDepth } from './to-slack-depth.js';
import type { EmojiNames, InlinePlace } from './to-slack-inlines.js';

export type SpokenBy = Pick<Speaker, 'as' | 'networkLabel' | 'profile' | 'person'>;
export type Said = Pick<MessageSent, 'body' | 'style' | 'attention'> & Partial<Pick<MessageSent, 'files'>>;

export interface SlackPlace {
  readonly self: Pick<SlackSelf, 'account'>;
  /** The names of the workspace's own emoji, without colons. */
  readonly customEmoji: EmojiNames;
  /** What a mention of everybody becomes, where its author may call everybody. */
  readonly everyone: InlinePlace['everyone'];
  /** Where the name of who speaks stands: beside the message, as its `username`, or in its text. */
  readonly name: 'beside' | 'inText';
  /** The most that a message's blocks may be, in bytes of JSON. */
  readonly maxBlockBytes?: number;
}

/** What a message shows: its blocks, and `text` for notifications and clients without them, escaped and without mentions. */
export interface SlackText {
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/**
 * Slack refuses blocks of more than about 13,200 characters together, as `msg_blocks_too_long`: 13,297 were seen to pass in
 * one block, 13,172 in two. It cuts a `text` of more than 40,000 characters, tears one of more than 4,000 in two where there are
 * no blocks, and takes none of more than 4,000 in a changed message (`msg_too_long`).
 */
export const maxBlockBytes = 12_000;
const maxBlocks = 50;
/** The longest text that is surely one message's. */
export const maxTextChars = 10_000;
const maxFallbackChars = 3_900;
/** A text so full of formatting that it would be this many times as many messages is shown without it. */
const mostTimesLonger = 2;
const fewParts = 3;

/** The messages that show what was said, in order; one at least. */
export function toSlack(said: Said, by: SpokenBy, place: SlackPlace): SlackText[] {
  const inlines = inlinePlace(said, place);
  const write = (part: RichText): SlackText => {
    const shown = withHead(part, said, by, place);
    return { text: fallbackOf(toPlain(shown)), blocks: toBlocks(shown, inlines, looksOf(said, by)) };
  };
  const most = place.maxBlockBytes ?? maxBlockBytes;
  const known = new Map<RichText, SlackText>();
  // Most messages are one part, which was written already when it was seen to fit.
  const written = (part: RichText): SlackText => {
    const text = known.get(part) ?? write(part);
    known.set(part, text);
    return text;
  };
  const fullness = (part: RichText): number => {
    const sureBytes = toPlain(part).length;
    if (sureBytes > most) return sureBytes / most;
    const { blocks } = written(part);
    return Math.max(blocks.length / maxBlocks, Buffer.byteLength(JSON.stringify(blocks)) / most);
  };
  const body = guarded(withFileNames(withShownDepth(said.body), said.files ?? []), by, place);
  const texts = partsOf(body, fullness).map(written).filter(saysSomething);
  // Something was said, even where nothing of it can be shown.
  return texts.length > 0 ? texts : [write(withLine([], '…'))];
}

function partsOf(body: RichText, fullness: Fullness): readonly RichText[] {
  const parts = splitRich(body, fullness);
  if (parts.length <= fewParts || isPlain(body)) return parts;
  const plain = splitRich(fromPlain(toPlain(body)), fullness);
  return parts.length > mostTimesLonger * plain.length ? plain : parts;
}

function saysSomething({ text, blocks }: SlackText): boolean {
  return blocks.length > 0 && !isBlank(text);
}

/** The name that stands beside a message: `Anna (Talk)`; undefined where our app speaks for itself. */
export function usernameOf({ as, profile, person, networkLabel }: SpokenBy): string | undefined {
  return as === 'bridge' ? undefined : `${cleanName(profile.name || person.name)} (${networkLabel})`;
}

/** The same message with a delivery key in it, where it comes back whichever way it is read. */
export function withKey({ text, blocks }: SlackText, key: string): SlackText {
  return { text, blocks: blocks.map((block, index) => (index === 0 ? { ...block, block_id: key } : block)) };
}

/**
 * Whether a message of the channel shows what we wrote, however Slack writes that: it adds ids and fields to blocks, and
 * names emoji.
 */
export function isShown({ blocks }: SlackText, message: unknown, self: SlackSelf): boolean {
  const reading: Reading = { self, names: { user: nobody, channel: nobody, group: nobody, emoji: nobody } };
  const { blocks: found = [], text = '' } = readMessage(message);
  const shown = found.length > 0 ? fromBlocks(found, reading) : fromMrkdwn(text, reading);
  return JSON.stringify(shown) === JSON.stringify(fromBlocks(readNodes(blocks), reading));
}

const nobody = (): undefined => undefined;

/** The name of a reaction; undefined where the workspace has no such emoji. A tone that Slack has no name for is left out. */
export function reactionName(emoji: string, customEmoji: EmojiNames): EmojiName | undefined {
  const standard = toShortcode(emoji);
  if (standard !== undefined) return emojiName(standard);
  const [, custom = ''] = /^:([^:\s]+):$/.exec(emoji) ?? [];
  return customEmoji.has(custom) ? emojiName(custom) : undefined;
}

function inlinePlace({ attention }: Said, { self, customEmoji, everyone }: SlackPlace): InlinePlace {
  return { account: self.account, customEmoji, everyone, mentions: attention === 'silent' ? 'text' : 'ring' };
}

/** Where names stand in texts, no line may look like the beginning of what somebody else says. */
function guarded(body: RichText, by: SpokenBy, { name }: SlackPlace): RichText {
  if (by.as !== 'bridge' && name === 'beside') return body;
  const heads: Heads = by.as === 'bridge' ? { first: 'begins' } : { first: 'goesOn', label: by.networkLabel };
  return withoutForgedHeads(body, heads);
}

/** Each part begins with the speaker's name, since others may speak between them. */
function withHead(body: RichText, { style }: Said, by: SpokenBy, { name: where }: SlackPlace): RichText {
  const username = usernameOf(by);
  if (username === undefined || where === 'beside') return body;
  const name: Inline = { type: 'bold', content: [{ type: 'text', text: username }] };
  const head: Inline[] = [name, { type: 'text', text: style === 'emote' ? ' ' : ': ' }];
  const [first, ...others] = body;
  if (first?.type !== 'paragraph') return [{ type: 'paragraph', content: head }, ...body];
  return [{ type: 'paragraph', content: [...head, ...first.content] }, ...others];
}

/** What somebody does is in italics, as Slack shows `/me`; so is what the bridge tells. */
function looksOf({ style }: Said, { as }: SpokenBy): { readonly italic?: true } {
  return style === 'emote' || (as === 'bridge' && style === 'notice') ? { italic: true } : {};
}

/**
 * Pure: the `text` of a message. Slack reads it as its markup: what could mean something in it is written so that it does not, and no
 * name of somebody else's emoji becomes one that everybody has.
 */
export function fallbackOf(words: string): string {
  const plain = cleanText(words);
  const whole = escaped(plain);
  if (whole.length <= maxFallbackChars) return whole;
  // An escape takes five characters at most.
  let most = maxFallbackChars - 1;
  for (;;) {
    const short = escaped(plain.slice(0, graphemeEnd(plain, 0, most) ?? most).toWellFormed());
    if (short.length < maxFallbackChars) return `${short}…`;
    most -= Math.ceil((short.length - maxFallbackChars + 1) / 5);
  }
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/@(?=channel|here|everyone|group)/gi, '@\u200b')
    .replaceAll(/:(?=([a-z0-9_+'-]{1,100}):)/gi, (colon, name: string) =>
      fromShortcode(name) ? `${colon}\u200b` : colon,
    );
}
