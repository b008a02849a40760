import { codePointsOf } from './emoji.js';
import { newBlockId } from './ids.js';
import type { JsonObject } from './json.js';

type Style = Readonly<Record<string, true>>;

/** Pure but for its id: the block that Slack makes of a text in its own markup. Empty for no text. */
export function richTextOf(text: string): readonly JsonObject[] {
  const elements = text
    .split(/(```[\s\S]*?```)/)
    .flatMap((part) => (/^```[\s\S]*```$/.test(part) ? [preformatted(part)] : linesOf(part)));
  return elements.length === 0 ? [] : [{ type: 'rich_text', block_id: newBlockId(), elements }];
}

function preformatted(part: string): JsonObject {
  const code = part.slice(3, -3).replace(/^\n/, '').replace(/\n$/, '');
  return { type: 'rich_text_preformatted', elements: [{ type: 'text', text: unescaped(code) }], border: 0 };
}

type Line = { readonly kind: 'text' | 'quote' | 'bullet' | 'ordered'; readonly words: string };

function linesOf(part: string): JsonObject[] {
  const text = part.replace(/^\n/, '').replace(/\n$/, '');
  if (text === '') return [];
  const groups: Line[][] = [];
  for (const line of text.split('\n').map(lineOf)) {
    const last = groups.at(-1);
    if (last?.[0]?.kind === line.kind) last.push(line);
    else groups.push([line]);
  }
  return groups.map(blockOf);
}

function lineOf(line: string): Line {
  const [, quoted] = /^&gt; ?(.*)$/.exec(line) ?? [];
  if (quoted !== undefined) return { kind: 'quote', words: quoted };
  const [, bullet] = /^\s*[•◦▪] +(.*)$/.exec(line) ?? [];
  if (bullet !== undefined) return { kind: 'bullet', words: bullet };
  const [, ordered] = /^\s*\d+\. +(.*)$/.exec(line) ?? [];
  return ordered === undefined ? { kind: 'text', words: line } : { kind: 'ordered', words: ordered };
}

function blockOf(lines: readonly Line[]): JsonObject {
  const kind = lines[0]?.kind ?? 'text';
  const words = lines.map((line) => line.words);
  switch (kind) {
    case 'text':
      return { type: 'rich_text_section', elements: inlines(words.join('\n'), {}) };
    case 'quote':
      return { type: 'rich_text_quote', elements: inlines(words.join('\n'), {}) };
    case 'bullet':
    case 'ordered':
      return {
        type: 'rich_text_list',
        style: kind,
        indent: 0,
        border: 0,
        elements: words.map((item) => ({ type: 'rich_text_section', elements: inlines(item, {}) })),
      };
  }
}

const tokens =
  /<([^<>\n]+)>|`([^`\n]+)`|:([a-z0-9_+'-]+)(?:::skin-tone-([2-6]))?:|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\5(?![\p{L}\p{N}])/gu;
const styles: Readonly<Record<string, string>> = { '*': 'bold', _: 'italic', '~': 'strike' };

function inlines(text: string, style: Style): JsonObject[] {
  const found: JsonObject[] = [];
  let from = 0;
  for (const match of text.matchAll(tokens)) {
    const [whole, angled, code, emoji, tone, mark, marked] = match;
    if (match.index > from) found.push(plain(text.slice(from, match.index), style));
    if (angled !== undefined) found.push(angle(angled, style));
    else if (code !== undefined) found.push(plain(code, { ...style, code: true }));
    else if (emoji !== undefined) found.push(emojiOf(emoji, tone, style));
    else found.push(...inlines(marked ?? '', { ...style, [styles[mark ?? ''] ?? 'bold']: true }));
    from = match.index + whole.length;
  }
  if (from < text.length) found.push(plain(text.slice(from), style));
  return found;
}

function styled(style: Style): JsonObject {
  return Object.keys(style).length === 0 ? {} : { style };
}

function plain(text: string, style: Style): JsonObject {
  return { type: 'text', text: unescaped(text), ...styled(style) };
}

function emojiOf(name: string, tone: string | undefined, style: Style): JsonObject {
  const unicode = codePointsOf(name);
  return {
    type: 'emoji',
    name,
    ...(unicode === undefined ? {} : { unicode }),
    ...(tone === undefined ? {} : { skin_tone: Number(tone) }),
    ...styled(style),
  };
}

function angle(inner: string, style: Style): JsonObject {
  const [target = '', label] = inner.split(/\|(.*)/s);
  if (/^@[UW]/.test(target)) return { type: 'user', user_id: target.slice(1), ...styled(style) };
  if (/^#[CG]/.test(target)) return { type: 'channel', channel_id: target.slice(1), ...styled(style) };
  if (/^!(?:here|channel|everyone)$/.test(target)) {
    return { type: 'broadcast', range: target.slice(1), ...styled(style) };
  }
  if (target.startsWith('!subteam^')) {
    return { type: 'usergroup', usergroup_id: target.slice('!subteam^'.length), ...styled(style) };
  }
  const [, seconds, format = '{date_num}', url] = /^!date\^(\d+)\^([^^]*)(?:\^(.*))?$/.exec(target) ?? [];
  if (seconds !== undefined) {
    return {
      type: 'date',
      timestamp: Number(seconds),
      format,
      ...(url === undefined ? {} : { url }),
      ...(label === undefined ? {} : { fallback: unescaped(label) }),
      ...styled(style),
    };
  }
  return {
    type: 'link',
    url: unescaped(target),
    ...(label === undefined ? {} : { text: unescaped(label) }),
    ...styled(style),
  };
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

const bareAddress = /(<[^<>\n]*>|`[^`\n]*`)|(https?:\/\/[^\s<>|`]*[^\s<>|`.,;:!?)\]}*_~'"])/g;

/** Pure: a text as Slack keeps it: a lone ampersand is written out, a bare address is a link. */
export function keptText(text: string): string {
  return text
    .replaceAll(/&(?!(?:amp|lt|gt);)/g, '&amp;')
    .replaceAll(bareAddress, (whole, kept: string | undefined) => (kept === undefined ? `<${whole}>` : whole));
}
