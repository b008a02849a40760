import { cleanText } from '../../formatting/clean.js';
import { cleanName } from '../../formatting/names.js';
import { toPlain } from '../../formatting/plain.js';
import { splitText } from '../../formatting/split.js';
import type { MessageSent } from '../../model/bridge-event.js';
import type { Speaker } from '../../model/network-adapter.js';
import { textOf } from './from-talk-text.js';
import type { RichParameter } from './talk.payloads.js';

export type RelayedBy = Pick<Speaker, 'as' | 'networkLabel' | 'profile' | 'person'>;

/** Stands after each `@`, so that Talk finds nobody to ping. */
const zeroWidthSpace = '\u200b';

/**
 * The texts that our own account posts for somebody, in order, each at most `maxChars` UTF-16 code units long:
 * `**Name** (Matrix): text`. Every part begins with the name, since others may speak between them.
 */
export function relayedTexts(
  event: Pick<MessageSent, 'body' | 'style'> & Partial<Pick<MessageSent, 'files'>>,
  by: RelayedBy,
  maxChars: number,
): string[] {
  const name = nameInMarkdown(by.profile.name || by.person.name);
  const head =
    by.as === 'bridge' ? '' : `**${name}** (${nameInMarkdown(by.networkLabel)})${event.style === 'emote' ? '' : ':'}`;
  const files = (event.files ?? []).map((file) => `📎 ${cleanName(file.name)}`);
  const body = [withoutForgedNames(toPlain(event.body)), ...files].filter((text) => text.trim() !== '').join('\n');
  const text = withoutPings(cleanText(body));
  return splitText(text, { chars: Math.max(1, maxChars - head.length - 1) }).map((part) => `${head} ${part}`.trim());
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

/** Every `@` is followed by something that no id begins with; in an address it is written as `%40`, so that it still leads there. */
export function withoutPings(text: string): string {
  const addresses = text.replace(/(https?:\/\/[^\s/?#]*)([/?#]\S*)/gi, (_, authority: string, rest: string) => {
    return authority + rest.replaceAll('@', '%40');
  });
  return addresses.replaceAll('@', `@${zeroWidthSpace}`);
}

const invisible = String.raw`(?:[\s\u2028-\u202e]|\p{Default_Ignorable_Code_Point})*`;
const forgedName = new RegExp(String.raw`^(${invisible})(\*\*|__)(?=[^\n]*\))`, 'gmu');

/** Lines that begin like ours do lose their bold, so that nobody can speak in another's name. */
function withoutForgedNames(text: string): string {
  return text.replace(
    forgedName,
    (_, before: string, mark: string) => before + mark.replaceAll(/[*_]/g, String.raw`\$&`),
  );
}

/** A name as text that Talk's Markdown shows as it is. */
function nameInMarkdown(name: string): string {
  return withoutPings(cleanName(name).replaceAll(/[\\`*_[\]<>~]/g, String.raw`\$&`));
}
