import { changeInlines } from '../../formatting/change-inlines.js';
import { labelOf } from '../../formatting/plain.js';
import type { AccountId } from '../../model/ids.js';
import type { Block, Inline, RichText } from '../../model/rich-text.js';
import { mentionIdOf } from './talk.ids.js';

/** Where a text is shown. */
export interface MentionPlace {
  readonly account: AccountId;
  /** The address of the account's server, without a slash at its end. */
  readonly baseUrl: string;
}

/** Stands for the sign of a meant mention until all others are made harmless: a noncharacter, which no clean text has. */
const meant = '\ufdd1';
/** Stands within what looks like a mention and is none. */
const zeroWidthSpace = '\u200b';
/** Where Talk may take something for a mention. Source: the parser of Nextcloud's comments. */
const mention = /\B(?<![^a-z0-9_\-@.'\s])@(?=["a-z0-9_\-@.'\ufdd1])/gi;
/** The server puts mentions where a text has such names in braces, wherever they stand. */
const placeholder = /\{(?=mention-)/g;
const address = /https?:\/\/[^\s<>]+/gi;

/** The text with only those mentions left that Talk knows: of people there, and of everybody. The others say whom they name. */
export function withKnownMentions(body: RichText, place: MentionPlace): RichText {
  return changeInlines(body.map(withExactCode), (inline, isInLink) => {
    if (inline.type === 'code') return [{ ...inline, text: withExactAddresses(inline.text) }];
    if (inline.type !== 'mention' || written(inline, place.account) !== undefined) return [inline];
    const url = inline.of.kind === 'room' ? roomAddress(inline, place) : undefined;
    const label: Inline = { type: 'text', text: labelOf(inline) };
    return url === undefined || isInLink ? [label] : [{ type: 'link', url, content: [label] }];
  });
}

function withExactCode(block: Block): Block {
  switch (block.type) {
    case 'code':
      return { ...block, text: withExactAddresses(block.text) };
    case 'quote':
      return { ...block, content: block.content.map(withExactCode) };
    case 'list':
      return { ...block, items: block.items.map((item) => ({ ...item, content: item.content.map(withExactCode) })) };
    default:
      return block;
  }
}

/** In code nothing is written otherwise: what `withoutPings` finds there is made harmless before. */
function withExactAddresses(code: string): string {
  return code.replaceAll(address, (each) =>
    each.replaceAll(mention, `@${zeroWidthSpace}`).replaceAll(placeholder, `{${zeroWidthSpace}`),
  );
}

/** How a mention that Talk knows stands in the Markdown, until `withoutPings` has seen it. */
export function meantMention(inline: Extract<Inline, { type: 'mention' }>, account: AccountId): string {
  return `${meant}${written(inline, account) ?? ''}`;
}

/**
 * The finished text: nobody is pinged but who was meant. What Talk would take for a mention gets something behind its `@`
 * that no id begins with; in an address it is written as `%40`, so that it still leads there. Nobody's name comes where
 * somebody wrote the place that the server keeps for one.
 */
export function withoutPings(text: string): string {
  return text
    .replaceAll(address, (each) => each.replaceAll(mention, '%40').replaceAll(placeholder, '%7B'))
    .replaceAll(placeholder, `{${zeroWidthSpace}`)
    .replaceAll(mention, `@${zeroWidthSpace}`)
    .replaceAll(meant, '@');
}

/** What follows the `@`; undefined where Talk knows none. */
function written({ of }: Extract<Inline, { type: 'mention' }>, account: AccountId): string | undefined {
  switch (of.kind) {
    case 'person': {
      const id = of.user.account === account ? mentionIdOf(of.user.id) : undefined;
      return id === undefined ? undefined : `"${id}"`;
    }
    case 'everyone':
      return '"all"';
    case 'room':
    case 'group':
      return undefined;
  }
}

function roomAddress(
  { of, url }: Extract<Inline, { type: 'mention' }>,
  { account, baseUrl }: MentionPlace,
): string | undefined {
  return of.kind === 'room' && of.room.account === account ? `${baseUrl}/index.php/call/${of.room.id}` : url;
}
