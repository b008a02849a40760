import type { ShownElement, ShownKind, ShownNode, ShownText } from './shown-text.types.js';

/** What begins and ends on a line of its own. */
const blocks: ReadonlySet<ShownKind> = new Set<ShownKind>([
  'paragraph',
  'heading',
  'quote',
  'list',
  'orderedList',
  'item',
  'codeBlock',
  'table',
  'row',
  'rule',
]);

export function isBlock(node: ShownElement): boolean {
  return blocks.has(node.is);
}

/** Pure: the letters of a text, a line for each block. */
export function plainText(text: ShownText): string {
  return text.map(plainOf).join('').replaceAll(/\n+/g, '\n').trim();
}

function plainOf(node: ShownNode): string {
  if (typeof node === 'string') return node;
  if (node.is === 'break') return '\n';
  const words = node.of.map(plainOf).join('');
  if (node.is === 'cell' || node.is === 'headCell') return `${words} `;
  return isBlock(node) ? `\n${words}\n` : words;
}

/** Pure: the address where a link may lead there; nothing that a browser would run. */
export function safeHref(href: string): string | undefined {
  try {
    return ['http:', 'https:', 'mailto:'].includes(new URL(href).protocol) ? href : undefined;
  } catch {
    return undefined; // It is no address.
  }
}

const address = /https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}]/g;

/** Pure: a text without formatting, as clients show it: line by line, with addresses to follow. */
export function shownPlain(text: string): ShownText {
  return [
    { is: 'paragraph', of: text.split('\n').flatMap((line, at) => [...(at === 0 ? [] : [newLine]), ...linked(line)]) },
  ];
}

const newLine: ShownNode = { is: 'break', of: [] };

function linked(line: string): ShownNode[] {
  const nodes: ShownNode[] = [];
  let from = 0;
  for (const { 0: href, index } of line.matchAll(address)) {
    if (index > from) nodes.push(line.slice(from, index));
    nodes.push(safeHref(href) === undefined ? href : { is: 'link', href, of: [href] });
    from = index + href.length;
  }
  if (from < line.length) nodes.push(line.slice(from));
  return nodes;
}
