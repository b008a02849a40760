import type { Block, Inline } from '../model/rich-text.js';
import { lineWithin } from './html-lines.js';
import type { HtmlElement, HtmlNode } from './html-tree.js';

type Inside = (nodes: readonly HtmlNode[]) => Block[];

/** Of what a table is made. */
const parts: ReadonlySet<string> = new Set(['thead', 'tbody', 'tfoot', 'tr', 'td', 'th', 'colgroup', 'col']);

/**
 * A table. `inside`: the blocks of what stands within an element. What stands in a table outside its cells comes before it, as
 * browsers show it.
 */
export function tableOf(table: HtmlElement, inside: Inside): Block[] {
  const sections = [...elementsOf(table, 'thead'), table, ...elementsOf(table, 'tbody'), ...elementsOf(table, 'tfoot')];
  const all = sections.flatMap((section) => elementsOf(section, 'tr'));
  const outside = [...sections, ...all].flatMap(({ children }) => children.filter((child) => !isOfTable(child)));
  const before = inside(outside);
  const [above, ...others] = all.filter((row) => row.children.some(isCell));
  if (above === undefined) return before;
  const cellsOf = (row: HtmlElement): Inline[][] =>
    row.children.filter(isCell).map((cell) => lineWithin(inside(cell.children)));
  const isHead = elementsOf(above, 'td').length === 0;
  const rows = (isHead ? others : [above, ...others]).map(cellsOf);
  const named = isHead ? cellsOf(above) : [];
  // Nothing but the empty names of columns.
  if (rows.length === 0 && named.every((cell) => cell.length === 0)) return before;
  const width = rows.reduce((most, row) => Math.max(most, row.length), named.length);
  const head = [...named, ...Array.from({ length: width - named.length }, () => [])];
  return [...before, { type: 'table', head, rows }];
}

function elementsOf(element: HtmlElement, name: string): HtmlElement[] {
  return element.children.filter((child): child is HtmlElement => typeof child !== 'string' && child.name === name);
}

function isCell(node: HtmlNode): node is HtmlElement {
  return typeof node !== 'string' && (node.name === 'td' || node.name === 'th');
}

function isOfTable(node: HtmlNode): boolean {
  return typeof node !== 'string' && parts.has(node.name);
}
