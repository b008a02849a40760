import { labelOf, namesAddress } from '../../formatting/plain.js';
import { cleanText } from '../../formatting/clean.js';
import { spoilerMarks } from '../../formatting/spoiler-marks.js';
import type { AccountId } from '../../model/ids.js';
import type { Inline } from '../../model/rich-text.js';
import { isChannelId, isPersonId } from './slack.ids.js';

export type EmojiNames = Pick<ReadonlySet<string>, 'has'>;

/** Where a text is shown. */
export interface InlinePlace {
  readonly account: AccountId;
  /** The names of the workspace's own emoji. */
  readonly customEmoji: EmojiNames;
  /** What a mention of everybody becomes: `channel` rings for all members, `here` for those who are there. */
  readonly everyone: 'channel' | 'here' | 'text';
  /** Whether people named in it are rung for. */
  readonly mentions: 'ring' | 'text';
}

export interface Style {
  readonly bold?: true;
  readonly italic?: true;
  readonly strike?: true;
  readonly underline?: true;
  readonly code?: true;
}

/** An element of a line. In a text nothing means anything: only elements mention, link and show emoji. */
export type SlackInline = (
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'link'; readonly url: string; readonly text?: string }
  | { readonly type: 'user'; readonly user_id: string }
  | { readonly type: 'channel'; readonly channel_id: string }
  | { readonly type: 'broadcast'; readonly range: 'channel' | 'here' }
  | { readonly type: 'emoji'; readonly name: string }
  | { readonly type: 'date'; readonly timestamp: number; readonly format: string; readonly fallback: string }
) & { readonly style?: Style };

/** Slack takes these as addresses of links; others are shown. */
const reachable = /^(?:https?:\/\/|mailto:|tel:)\S+$/i;
const longestAddress = 3_000;
/** Addresses that people wrote as text: clients show them as links only where we say so. */
const address = /\bhttps?:\/\/[^\s<>"]+/gi;
const dateFormat = '{date_short_pretty} {time}';
const latestSeconds = 253_402_300_799;

/** Inlines as elements: neighbouring texts of one look are one, none is empty. */
export function inlineElements(inlines: readonly Inline[], place: InlinePlace, style: Style = {}): SlackInline[] {
  const elements = merged(inlines.flatMap((inline) => elementsOf(inline, place, style, undefined)));
  return merged(
    elements.flatMap((element) =>
      element.type === 'text' && element.style?.code !== true ? withLinks(element.text, element.style) : [element],
    ),
  );
}

export function textElement(text: string, style: Style = {}): SlackInline {
  return { type: 'text', text, ...(Object.keys(style).length === 0 ? {} : { style }) };
}

/** Texts next to each other as one; what says nothing goes. */
export function merged(elements: readonly SlackInline[]): SlackInline[] {
  const all: SlackInline[] = [];
  appendInlines(all, elements);
  return all;
}

export function appendInlines(all: SlackInline[], elements: readonly SlackInline[]): void {
  for (const element of elements) {
    const last = all.at(-1);
    if (element.type === 'text' && last?.type === 'text' && isSameStyle(element.style, last.style)) {
      all[all.length - 1] = { ...last, text: last.text + element.text };
    } else if (element.type !== 'text' || element.text !== '') all.push(element);
  }
}

function isSameStyle(a: Style = {}, b: Style = {}): boolean {
  return (['bold', 'italic', 'strike', 'underline', 'code'] as const).every((mark) => a[mark] === b[mark]);
}

function elementsOf(inline: Inline, place: InlinePlace, style: Style, url: string | undefined): SlackInline[] {
  const text = (words: string, looks: Style = style): SlackInline[] => {
    const shown = cleanText(words);
    if (shown === '') return [];
    if (url === undefined) return [textElement(shown, looks)];
    return [styled(shown === url ? { type: 'link', url } : { type: 'link', url, text: shown }, looks)];
  };
  const all = (content: readonly Inline[], looks: Style, to = url): SlackInline[] =>
    content.flatMap((each) => elementsOf(each, place, looks, to));
  switch (inline.type) {
    case 'text':
      return text(inline.text);
    case 'bold':
    case 'italic':
    case 'strike':
    case 'underline':
      return all(inline.content, { ...style, [inline.type]: true });
    case 'spoiler': {
      const [before, behind] = spoilerMarks(inline);
      return [...text(before), ...all(inline.content, style), ...text(behind)];
    }
    case 'code':
      return text(inline.text, { ...style, code: true });
    case 'math':
      return text(inline.latex, { ...style, code: true });
    case 'link':
      return link(inline, place, style, all);
    case 'break':
      return url === undefined ? [textElement('\n')] : text(' ');
    case 'mention':
      return url === undefined ? mention(inline, place, style) : text(labelOf(inline));
    case 'customEmoji': {
      const isKnown = url === undefined && place.customEmoji.has(inline.shortcode);
      return isKnown ? [styled({ type: 'emoji', name: inline.shortcode }, style)] : text(`:${inline.shortcode}:`);
    }
    case 'date': {
      const seconds = Math.floor(Date.parse(inline.at) / 1000);
      const isShown = url === undefined && seconds >= 0 && seconds <= latestSeconds && inline.label !== '';
      if (!isShown) return text(inline.label);
      const fallback = cleanText(inline.label);
      return [styled({ type: 'date', timestamp: seconds, format: dateFormat, fallback }, style)];
    }
  }
}

function styled(element: SlackInline, style: Style): SlackInline {
  return Object.keys(style).length === 0 ? element : { ...element, style };
}

function link(
  { url, content }: Extract<Inline, { type: 'link' }>,
  place: InlinePlace,
  style: Style,
  all: (content: readonly Inline[], looks: Style, to?: string) => SlackInline[],
): SlackInline[] {
  const target = cleanText(url).trim();
  if (isReachable(target)) {
    const shown = merged(all(content, style, target));
    return shown.length > 0 ? shown : [styled({ type: 'link', url: target }, style)];
  }
  const label = all(content, style);
  const isSaid =
    target === '' ||
    label.some(
      (element) => element.type === 'text' && element.text !== '' && namesAddress(element.text.trim(), target),
    );
  return isSaid ? label : [...label, textElement(label.length === 0 ? target : ` (${target})`, style)];
}

function isReachable(url: string): boolean {
  return reachable.test(url) && url.length <= longestAddress && isAddress(url);
}

/** Not by `URL.canParse`: that of Node 20 says no to umlauts once it was asked often. */
function isAddress(url: string): boolean {
  try {
    return new URL(url).href !== '';
  } catch {
    return false;
  }
}

function withLinks(text: string, style: Style = {}): SlackInline[] {
  const elements: SlackInline[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(address)) {
    const url = withoutTail(found);
    if (!isReachable(url)) continue;
    elements.push(textElement(text.slice(from, index), style), styled({ type: 'link', url }, style));
    from = index + url.length;
  }
  return [...elements, textElement(text.slice(from), style)];
}

/** An address without what ends the sentence around it. A bracket at its end is its own where it has the other one as well. */
function withoutTail(found: string): string {
  let end = found.length;
  let unclosed = [...found].reduce((open, char) => open + (char === '(' ? 1 : char === ')' ? -1 : 0), 0);
  for (; end > 0; end -= 1) {
    const last = found[end - 1] ?? '';
    if (last === ')' && unclosed < 0) unclosed += 1;
    else if (!/[.,:;!?'"*_~\]}]/.test(last)) break;
  }
  return found.slice(0, end);
}

/** A mention that rings, where it names somebody of this workspace; else whom it names. */
function mention(inline: Extract<Inline, { type: 'mention' }>, place: InlinePlace, style: Style): SlackInline[] {
  const { of, url } = inline;
  const label = cleanText(labelOf(inline));
  const named = (): SlackInline[] => {
    if (url === undefined || !isReachable(url) || label === '') return label === '' ? [] : [textElement(label, style)];
    return [styled({ type: 'link', url, text: label }, style)];
  };
  switch (of.kind) {
    case 'person': {
      const isHere = place.mentions === 'ring' && of.user.account === place.account && isPersonId(of.user.id);
      return isHere ? [styled({ type: 'user', user_id: of.user.id }, style)] : named();
    }
    case 'room': {
      const isHere = of.room.account === place.account && isChannelId(of.room.id);
      return isHere ? [styled({ type: 'channel', channel_id: of.room.id }, style)] : named();
    }
    case 'everyone': {
      if (place.everyone === 'text' || place.mentions === 'text') return named();
      return [styled({ type: 'broadcast', range: place.everyone }, style)];
    }
    // A group has no account with its id: it may be anybody's.
    case 'group':
      return named();
  }
}
