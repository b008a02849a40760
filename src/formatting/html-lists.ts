import type { Block, Inline, ListItem } from '../model/rich-text.js';
import type { HtmlElement, HtmlNode } from './html-tree.js';

type Inside = (nodes: readonly HtmlNode[]) => Block[];

const largestStart = 999_999_999;
const box = /^(?:\[([ xX])\]|([☐☑☒]))(?:[ \u00a0]|$)/u;

/** A list. `inside`: the blocks of what stands within an element. */
export function listOf({ name, attributes, children }: HtmlElement, inside: Inside): Block[] {
  const contents: Block[][] = [];
  for (const child of children) {
    const content = inside(typeof child !== 'string' && child.name === 'li' ? child.children : [child]);
    // What stands between the items belongs to the one before it.
    const before = typeof child !== 'string' && child.name === 'li' ? undefined : contents.at(-1);
    if (before !== undefined) before.push(...content);
    else if (content.length > 0 || typeof child !== 'string') contents.push(content);
  }
  const items = contents.map(taskOf);
  if (items.length === 0) return [];
  const ordered = name === 'ol';
  return [{ type: 'list', ordered, start: ordered ? startIn(attributes.get('start')) : 1, items }];
}

/** The number that a list begins with, as browsers read it; 1 where it is none that every network can show. */
function startIn(written: string | undefined): number {
  const digits = /^\s*\+?(\d+)/.exec(written ?? '')?.[1];
  const start = Number(digits ?? 1);
  return start <= largestStart ? start : 1;
}

/** An item that begins with a box is a task. */
function taskOf(content: readonly Block[]): ListItem {
  const [first, ...others] = content;
  const start = first?.type === 'paragraph' ? first.content[0] : undefined;
  const found = start?.type === 'text' ? box.exec(start.text) : null;
  if (first?.type !== 'paragraph' || start?.type !== 'text' || found === null) return { content };
  const rest = start.text.slice(found[0].length);
  const line: Inline[] = [...(rest === '' ? [] : [{ type: 'text' as const, text: rest }]), ...first.content.slice(1)];
  const checked = found[1] === undefined ? found[2] !== '☐' : found[1] !== ' ';
  return { checked, content: [{ type: 'paragraph', content: line }, ...others] };
}
