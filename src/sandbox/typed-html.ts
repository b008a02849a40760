import type { ShownElement, ShownKind, ShownNode, ShownText } from './shown-text.types.js';
import { shownMarkdown } from './shown-markdown.js';

const names: Readonly<Record<ShownKind, string>> = {
  paragraph: 'p',
  heading: 'h3',
  quote: 'blockquote',
  list: 'ul',
  orderedList: 'ol',
  item: 'li',
  codeBlock: 'pre',
  table: 'table',
  row: 'tr',
  headCell: 'th',
  cell: 'td',
  rule: 'hr',
  bold: 'strong',
  italic: 'em',
  strike: 'del',
  underline: 'u',
  raised: 'sup',
  lowered: 'sub',
  code: 'code',
  spoiler: 'span',
  mention: 'span',
  emoji: 'span',
  link: 'a',
  break: 'br',
};
const empty: ReadonlySet<ShownKind> = new Set<ShownKind>(['rule', 'break']);

/** Pure: what a Matrix client sends as HTML with a typed text; undefined where there is nothing to format. */
export function typedHtml(typed: string): string | undefined {
  const text = shownMarkdown(typed);
  if (text.every(isPlain)) return undefined;
  const [first] = text;
  // One paragraph alone is sent without its marks.
  if (text.length === 1 && typeof first === 'object' && first.is === 'paragraph') return html(first.of);
  return html(text);
}

function isPlain(node: ShownNode): boolean {
  if (typeof node === 'string') return true;
  return node.is === 'break' || (node.is === 'paragraph' && node.of.every(isPlain)) || isBareAddress(node);
}

/** Clients find addresses by themselves. */
function isBareAddress(node: ShownElement): boolean {
  return node.is === 'link' && node.of.length === 1 && node.of[0] === node.href;
}

function html(text: ShownText): string {
  return text.map(htmlOf).join('');
}

function htmlOf(node: ShownNode): string {
  if (typeof node === 'string') return escaped(node);
  const name = names[node.is];
  if (empty.has(node.is)) return `<${name} />`;
  const mark = node.checked === undefined ? '' : node.checked ? '☑ ' : '☐ ';
  const within = mark + html(node.of);
  const attributes =
    (node.href === undefined ? '' : ` href="${escaped(node.href)}"`) +
    (node.start === undefined ? '' : ` start="${String(node.start)}"`);
  if (node.is === 'codeBlock') return `<pre><code>${within}\n</code></pre>`;
  return `<${name}${attributes}>${within}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
