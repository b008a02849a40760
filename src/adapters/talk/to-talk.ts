import { cleanText } from '../../formatting/clean.js';
import { withoutExcess } from '../../formatting/density.js';
import { type Heads, withoutForgedHeads } from '../../formatting/forged-heads.js';
import { toMarkdown } from '../../formatting/markdown.js';
import { withFileNames } from '../../formatting/named-files.js';
import { cleanName } from '../../formatting/names.js';
import { isBlank, toPlain } from '../../formatting/plain.js';
import { splitRich } from '../../formatting/split-rich.js';
import type { MessageSent } from '../../model/bridge-event.js';
import type { Speaker } from '../../model/network-adapter.js';
import type { RichText } from '../../model/rich-text.js';
import { textOf } from './from-talk-text.js';
import type { RichParameter } from './talk.payloads.js';
import { meantMention, type MentionPlace, withKnownMentions, withoutPings } from './to-talk-mentions.js';

export type RelayedBy = Pick<Speaker, 'networkLabel' | 'profile' | 'person'> & {
  /** `own`, `guest` and `bridged` are named above what they say: what they post has no name in it. */
  readonly as: 'relay' | 'bridge' | 'own' | 'guest' | 'bridged';
};

export interface TextPlace extends MentionPlace {
  /** The longest text, in UTF-16 code units. */
  readonly maxChars: number;
}

/**
 * The Markdown that is posted for somebody, in parts, in order: `**Name** (Matrix): text` by our own account. Every part begins
 * with the name, since others may speak between them. It is parted in the same places whoever posts it, so that one may go on
 * where another stopped.
 */
export function relayedTexts(
  event: Pick<MessageSent, 'body' | 'style'> & Partial<Pick<MessageSent, 'files'>>,
  by: RelayedBy,
  place: TextPlace,
): string[] {
  const known = new Map<RichText, string>();
  const write = (part: RichText, head: string): string => {
    const text = toMarkdown(part, { mention: (mention) => meantMention(mention, place.account) });
    // What is a block of its own cannot begin behind the name. Of a blank paragraph nothing is written.
    const first = part.find((block) => block.type !== 'paragraph' || cleanText(toPlain([block])).trim() !== '');
    const between = head === '' || text === '' ? '' : first?.type === 'paragraph' ? ' ' : '\n\n';
    return trimmed(withoutPings(`${head}${between}${text}`));
  };
  const isNamed = by.as !== 'relay' && by.as !== 'bridge';
  const head = headOf(by.as === 'bridge' ? 'bridge' : 'relay', by, event.style);
  // Without a name in front the first line could be taken for anybody's, too.
  const heads: Heads = by.as === 'bridge' ? { first: 'begins' } : { first: 'goesOn', label: by.networkLabel };
  // Most messages are one part, which was written already when it was seen to fit.
  const relayed = (part: RichText): string => {
    const text = known.get(part) ?? write(withoutForgedHeads(part, heads), head);
    known.set(part, text);
    return text;
  };
  const fullness = (part: RichText): number => {
    const sureChars = toPlain(part).length;
    return (sureChars > place.maxChars ? sureChars : relayed(part).length) / place.maxChars;
  };
  const said = withFileNames(withoutExcess(event.body), event.files ?? []);
  const parts = splitRich(withKnownMentions(said, place), fullness);
  // Whom the network names above the text nobody takes for somebody else.
  if (!isNamed) return parts.map(relayed);
  // Talk takes no message that says nothing: a quote of nothing is something.
  return parts.map((part) => write(part, emoteHead(by, event.style)) || (part.length === 0 ? '' : '…'));
}

/** Without blanks around it, but for those that do not break: they keep what begins a text from being a mark. */
function trimmed(text: string): string {
  return isBlank(text) ? '' : text.replaceAll(/^[ \t\n]+|(?<![ \t\n])[ \t\n]+$/g, '');
}

/** Whether a row shows a text that we wrote. The server puts placeholders where a text mentions somebody. */
export function isShown(text: string, row: ShownWords): boolean {
  return shownText(row) === shownText({ message: text });
}

export interface ShownWords {
  readonly message: string;
  readonly messageParameters?: Readonly<Record<string, RichParameter>> | undefined;
}

/** A text as it was written, in the one form that a mention has: it may be written with quotes and without. */
export function shownText({ message, messageParameters = {} }: ShownWords): string {
  const written = message.replaceAll(/\{([a-z0-9-]+)\}/g, (placeholder, name: string) => {
    const id = Object.hasOwn(messageParameters, name) ? textOf(messageParameters[name], 'mention-id') : '';
    return id === '' ? placeholder : `@${id}`;
  });
  return written.replaceAll(/@"([^"\n]*)"/g, '@$1').trim();
}

function headOf(
  as: 'relay' | 'bridge',
  { profile, person, networkLabel }: RelayedBy,
  style: MessageSent['style'],
): string {
  if (as === 'bridge') return '';
  const name = nameInMarkdown(profile.name || person.name);
  return `**${name}** (${nameInMarkdown(networkLabel)})${style === 'emote' ? '' : ':'}`;
}

/** What somebody does is told with the name, also where that stands above it. */
function emoteHead({ profile, person }: RelayedBy, style: MessageSent['style']): string {
  return style === 'emote' ? nameInMarkdown(profile.name || person.name) : '';
}

/** A name as text that Talk's Markdown shows as it is. */
function nameInMarkdown(name: string): string {
  return cleanName(name).replaceAll(/[\\`*_[\]<>~&|]/g, String.raw`\$&`);
}
