import { cleanText } from '../../formatting/clean.js';
import { withoutExcess } from '../../formatting/density.js';
import { type Heads, withoutForgedHeads } from '../../formatting/forged-heads.js';
import { toMarkdown } from '../../formatting/markdown.js';
import { withFileNames } from '../../formatting/named-files.js';
import { cleanName } from '../../formatting/names.js';
import { toPlain } from '../../formatting/plain.js';
import { splitRich } from '../../formatting/split-rich.js';
import type { MessageSent } from '../../model/bridge-event.js';
import type { Speaker } from '../../model/network-adapter.js';
import type { RichText } from '../../model/rich-text.js';
import { textOf } from './from-talk-text.js';
import type { RichParameter } from './talk.payloads.js';
import { meantMention, type MentionPlace, withKnownMentions, withoutPings } from './to-talk-mentions.js';

export type RelayedBy = Pick<Speaker, 'as' | 'networkLabel' | 'profile' | 'person'>;

export interface TextPlace extends MentionPlace {
  /** The longest text, in UTF-16 code units. */
  readonly maxChars: number;
}

/**
 * The Markdown that our own account posts for somebody, in parts, in order: `**Name** (Matrix): text`. Every part begins
 * with the name, since others may speak between them.
 */
export function relayedTexts(
  event: Pick<MessageSent, 'body' | 'style'> & Partial<Pick<MessageSent, 'files'>>,
  by: RelayedBy,
  place: TextPlace,
): string[] {
  const head = headOf(by, event.style);
  const known = new Map<RichText, string>();
  const write = (part: RichText): string => {
    const text = toMarkdown(part, { mention: (mention) => meantMention(mention, place.account) });
    // What is a block of its own cannot begin behind the name. Of a blank paragraph nothing is written.
    const first = part.find((block) => block.type !== 'paragraph' || cleanText(toPlain([block])).trim() !== '');
    const between = head === '' || text === '' ? '' : first?.type === 'paragraph' ? ' ' : '\n\n';
    return withoutPings(`${head}${between}${text}`).trim();
  };
  // Most messages are one part, which was written already when it was seen to fit.
  const written = (part: RichText): string => {
    const text = known.get(part) ?? write(part);
    known.set(part, text);
    return text;
  };
  const fullness = (part: RichText): number => {
    const sureChars = toPlain(part).length;
    return (sureChars > place.maxChars ? sureChars : written(part).length) / place.maxChars;
  };
  const said = withFileNames(withoutExcess(event.body), event.files ?? []);
  // Without a name in front the first line could be taken for anybody's, too.
  const heads: Heads = by.as === 'bridge' ? { first: 'begins' } : { first: 'goesOn', label: by.networkLabel };
  return splitRich(withoutForgedHeads(withKnownMentions(said, place), heads), fullness).map(written);
}

/** Whether a row shows a text that we wrote. The server puts placeholders where a text mentions somebody. */
export function isShown(
  text: string,
  row: { readonly message: string; readonly messageParameters: Readonly<Record<string, RichParameter>> },
): boolean {
  const written = row.message.replaceAll(/\{([a-z0-9-]+)\}/g, (placeholder, name: string) => {
    const id = Object.hasOwn(row.messageParameters, name) ? textOf(row.messageParameters[name], 'mention-id') : '';
    return id === '' ? placeholder : `@${id}`;
  });
  return unquoted(written) === unquoted(text);
}

/** A mention may be written with quotes and without. */
function unquoted(text: string): string {
  return text.replaceAll(/@"([^"\n]*)"/g, '@$1').trim();
}

function headOf({ as, profile, person, networkLabel }: RelayedBy, style: MessageSent['style']): string {
  if (as === 'bridge') return '';
  const name = nameInMarkdown(profile.name || person.name);
  return `**${name}** (${nameInMarkdown(networkLabel)})${style === 'emote' ? '' : ':'}`;
}

/** A name as text that Talk's Markdown shows as it is. */
function nameInMarkdown(name: string): string {
  return cleanName(name).replaceAll(/[\\`*_[\]<>~&|]/g, String.raw`\$&`);
}
