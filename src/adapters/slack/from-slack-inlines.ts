import { cleanText } from '../../formatting/clean.js';
import { fromShortcode, oneEmoji } from '../../formatting/emoji.js';
import { isLinkable } from '../../formatting/link.js';
import { type Leaf, type Mark, type Run } from '../../formatting/runs.js';
import { type FileRef, roomId } from '../../model/ids.js';
import type { Inline } from '../../model/rich-text.js';
import { aliasedTo, channelAddress, slackFileId, type SlackSelf, slackUserId } from './slack.ids.js';
import type { KnownUser } from './slack.payloads.js';

/** What is called how. What it does not know is shown by its id. */
export interface Names {
  /** By `U…`, `W…` or `B…`. */
  user(id: string): KnownUser | undefined;
  channel(id: string): string | undefined;
  /** Of a user group, without `@`. */
  group(id: string): string | undefined;
  /** What one of the workspace's own emoji is: the address of its picture, or `alias:NAME` for one that everybody has. */
  emoji(name: string): string | undefined;
}

/** What texts are read with. */
export interface Reading {
  readonly self: SlackSelf;
  readonly names: Names;
}

const shortcodes = /:([a-z0-9_+-]{1,100}(?:::skin-tone-[2-6]){0,2}):/gi;

export function userMention(id: string, { self, names }: Reading, written = ''): Leaf {
  const label = names.user(id)?.name ?? (oneLine(written).replace(/^@/, '') || id);
  // The app itself is nobody elsewhere.
  if (id === self.user) return textLeaf(`@${oneLine(label)}`);
  return {
    type: 'mention',
    of: { kind: 'person', user: { account: self.account, id: slackUserId(id) } },
    label: oneLine(label),
  };
}

export function channelMention(id: string, { self, names }: Reading, written = ''): Leaf {
  const label = names.channel(id) ?? (oneLine(written).replace(/^#/, '') || id);
  return {
    type: 'mention',
    of: { kind: 'room', room: { account: self.account, id: roomId(id) } },
    label: oneLine(label),
    url: channelAddress(id, self),
  };
}

export function groupMention(id: string, { names }: Reading, written = ''): Leaf {
  const label = names.group(id) ?? (oneLine(written) || id);
  return { type: 'mention', of: { kind: 'group', id }, label: oneLine(label).replace(/^@/, '') };
}

/** Slack lets nobody write such a thing who may not: a text that looks like one is text. */
export function everyoneMention(range: string): Leaf {
  return { type: 'mention', of: { kind: 'everyone' }, label: range };
}

/** An emoji by its name: the character, or one of the workspace's own. */
export function emojiLeaf(name: string, reading: Reading, points?: string): Leaf {
  const shown = fromShortcode(name) ?? ofPoints(points);
  if (shown !== undefined) return textLeaf(shown);
  const shortcode = oneLine(name).replaceAll(/[:\s]/g, '');
  const known = reading.names.emoji(shortcode);
  const standard = known === undefined ? undefined : aliasedTo(known);
  if (standard !== undefined) return textLeaf(fromShortcode(standard) ?? `:${shortcode}:`);
  const image = known === undefined ? undefined : emojiFile(shortcode, known, reading);
  return { type: 'customEmoji', shortcode, ...(image === undefined ? {} : { image }) };
}

/** Nobody says what kind of picture it is. */
function emojiFile(name: string, address: string, { self }: Reading): FileRef {
  const mime = 'application/octet-stream';
  return { account: self.account, id: slackFileId({ of: 'emoji', address }), name, mime };
}

function ofPoints(points: string | undefined): string | undefined {
  if (points === undefined || !/^[0-9a-f]{1,6}(?:-[0-9a-f]{1,6}){0,15}$/i.test(points)) return undefined;
  const values = points.split('-').map((point) => Number.parseInt(point, 16));
  return values.every((value) => value <= 0x10ffff) ? oneEmoji(String.fromCodePoint(...values)) : undefined;
}

/** A moment; without words for it, as everybody can read it. */
export function dateLeaf(seconds: number, label: string): Leaf {
  const at = new Date(seconds * 1000).toISOString();
  const shown = oneLine(label);
  return { type: 'date', at, label: shown === '' ? `${at.slice(0, 16).replace('T', ' ')} UTC` : shown };
}

/** A link, or its text where it leads nowhere that people may be led. */
export function linkMark(url: string): Mark | undefined {
  const address = cleanText(url).trim();
  return isLinkable(address) ? { type: 'link', url: address } : undefined;
}

/** The three characters that Slack writes as entities. Source: docs.slack.dev, "Formatting message text". */
export function unescaped(text: string): string {
  return text.replaceAll(/&(amp|lt|gt);/g, (_, name: string) => (name === 'amp' ? '&' : name === 'lt' ? '<' : '>'));
}

/** A text with the standard emoji that it names. Others stay as they are written: here clients show no pictures. */
export function withEmoji(text: string): string {
  return text.replaceAll(shortcodes, (written, name: string) => fromShortcode(name) ?? written);
}

/** A text as runs: its line ends are breaks. */
export function textRuns(text: string, marks: readonly Mark[] = []): Run[] {
  return cleanText(text)
    .split('\n')
    .flatMap((line, index): Run[] => [
      ...(index === 0 ? [] : [{ leaf: { type: 'break' } as const, marks: [] }]),
      ...(line === '' ? [] : [{ leaf: textLeaf(line), marks }]),
    ]);
}

/** The same for a piece of code within a line. */
export function codeRuns(code: string, marks: readonly Mark[] = []): Run[] {
  return textRuns(code, marks).map((run) =>
    run.leaf.type === 'text' ? { ...run, leaf: { type: 'code', text: run.leaf.text } } : run,
  );
}

function textLeaf(text: string): Leaf & Inline {
  return { type: 'text', text };
}

export function oneLine(label: string): string {
  return cleanText(label).replaceAll(/\s+/g, ' ').trim();
}
