import type { Block, Inline, ListItem } from '../model/rich-text.js';
import { cleanText } from './clean.js';
import type { HtmlElement, HtmlNode } from './html-tree.js';
import { isLinkable } from './link.js';
import { inlinesOf, type Leaf, type Mark, type Run, withMark } from './runs.js';

export interface HtmlReading {
  /** What a link stands for, a mention for example; undefined where it is a link. */
  link?(href: string, label: string): Inline | undefined;
  /** What a picture within the text stands for; undefined where its words stand for it. */
  image?(src: string, alt: string, isEmoticon: boolean): Inline | undefined;
}

type Names = ReadonlySet<string>;

const silent = new Set(['mx-reply', 'script', 'style', 'head', 'template', 'noscript', 'iframe', 'object']);
const marks = new Map<string, Mark>([
  ...['b', 'strong'].map((name) => [name, { type: 'bold' }] as const),
  ...['i', 'em'].map((name) => [name, { type: 'italic' }] as const),
  ...['s', 'del', 'strike'].map((name) => [name, { type: 'strike' }] as const),
  ...['u', 'ins'].map((name) => [name, { type: 'underline' }] as const),
]);
const headings = new Map<string, 1 | 2 | 3 | 4 | 5 | 6>([
  ['h1', 1],
  ['h2', 2],
  ['h3', 3],
  ['h4', 4],
  ['h5', 5],
  ['h6', 6],
]);
/** Elements that begin on a line of their own and say nothing else that we know. */
const ownLine: Names = new Set(
  'address article aside body caption center dd div dl dt fieldset figcaption figure footer form header html main nav p section summary td th thead tbody tfoot tr li'.split(
    ' ',
  ),
);
const largestStart = 999_999_999;
/** Blanks that HTML shows as one; the one that does not break is none of them. */
const blanks = /[ \t\n\r\f]+/;
const box = /^(?:\[([ xX])\]|([☐☑☒✅]))(?:[ \u00a0]|$)/u;

/** Reads a tree of HTML into blocks, one line of text at a time. */
export class HtmlReader {
  private blocks: Block[] = [];
  private runs: Run[] = [];
  private marks: readonly Mark[] = [];
  /** A blank that counts as soon as something follows it on its line. */
  private blank: readonly Mark[] | undefined;
  private breaks = 0;

  constructor(private readonly read: HtmlReading) {}

  /** The blocks of what stands within an element. */
  static blocksOf(nodes: readonly HtmlNode[], read: HtmlReading): Block[] {
    const reader = new HtmlReader(read);
    reader.nodes(nodes);
    reader.endParagraph();
    return reader.blocks;
  }

  private nodes(nodes: readonly HtmlNode[]): void {
    for (const node of nodes) {
      if (typeof node === 'string') this.text(cleanText(node));
      else this.element(node);
    }
  }

  private element(element: HtmlElement): void {
    const { name, children } = element;
    if (silent.has(name)) return;
    const mark = marks.get(name);
    if (mark !== undefined) return this.marked(mark, children);
    const level = headings.get(name);
    if (level !== undefined) {
      const content = this.lineOf(children);
      return this.own(content.length === 0 ? [] : [{ type: 'heading', level, content }]);
    }
    switch (name) {
      case 'br':
        return this.break();
      case 'hr':
        return this.own([{ type: 'rule' }]);
      case 'a':
        return this.link(element);
      case 'img':
        return this.image(element);
      case 'input':
        return this.checkbox(element);
      case 'code':
        return this.leaf({ type: 'code', text: cleanText(textOf(children)) });
      case 'pre':
        return this.own([codeOf(element)]);
      case 'blockquote': {
        const content = this.inner(children);
        return this.own(content.length === 0 ? [] : [{ type: 'quote', content }]);
      }
      case 'ul':
      case 'ol':
        return this.own(this.list(element));
      case 'table':
        return this.own(this.table(element));
      case 'details':
        return this.details(children);
      default:
        return this.other(element);
    }
  }

  private other({ name, attributes, children }: HtmlElement): void {
    const latex = attributes.get('data-mx-maths');
    const reason = attributes.get('data-mx-spoiler');
    if (ownLine.has(name)) this.endParagraph();
    if (latex !== undefined && latex !== '') {
      this.leaf({ type: 'math', latex: cleanText(latex) });
    } else if (reason !== undefined) {
      this.marked({ type: 'spoiler', ...(reason.trim() === '' ? {} : { reason: cleanText(reason) }) }, children);
    } else {
      this.nodes(children);
    }
    if (ownLine.has(name)) this.endParagraph();
  }

  private marked(mark: Mark, children: readonly HtmlNode[]): void {
    const outside = this.marks;
    this.marks = withMark(outside, mark);
    this.nodes(children);
    this.marks = outside;
  }

  private link({ attributes, children }: HtmlElement): void {
    const href = cleanText(attributes.get('href') ?? '').trim();
    const label = cleanText(textOf(children)).trim();
    const known = href === '' ? undefined : this.read.link?.(href, label);
    if (known !== undefined) return this.inline(known);
    if (!isLinkable(href)) return this.nodes(children);
    if (label === '' && !children.some((child) => typeof child !== 'string')) {
      return this.marked({ type: 'link', url: href }, [href]);
    }
    this.marked({ type: 'link', url: href }, children);
  }

  private image({ attributes }: HtmlElement): void {
    const src = cleanText(attributes.get('src') ?? '');
    const alt = cleanText(attributes.get('alt') || attributes.get('title') || '').trim();
    const isEmoticon = attributes.has('data-mx-emoticon');
    const known = this.read.image?.(src, alt, isEmoticon);
    if (known !== undefined) return this.inline(known);
    const shortcode = alt.replaceAll(/^:|:$/g, '');
    if (!isEmoticon || shortcode === '') return this.text(alt);
    this.leaf({ type: 'customEmoji', shortcode, ...(src.startsWith('mxc://') ? { image: src } : {}) });
  }

  private checkbox({ attributes }: HtmlElement): void {
    if (attributes.get('type')?.toLowerCase() !== 'checkbox') return;
    this.text(attributes.has('checked') ? '☑ ' : '☐ ');
  }

  private list({ name, attributes, children }: HtmlElement): Block[] {
    const contents: Block[][] = [];
    for (const child of children) {
      const content = this.inner(typeof child !== 'string' && child.name === 'li' ? child.children : [child]);
      // What stands between the items belongs to the one before it.
      const before = typeof child !== 'string' && child.name === 'li' ? undefined : contents.at(-1);
      if (before !== undefined) before.push(...content);
      else if (content.length > 0 || typeof child !== 'string') contents.push(content);
    }
    const items = contents.map(taskOf);
    const start = Number(attributes.get('start') ?? 1);
    const isStart = Number.isInteger(start) && start >= 0 && start <= largestStart;
    return items.length === 0
      ? []
      : [{ type: 'list', ordered: name === 'ol', start: isStart && name === 'ol' ? start : 1, items }];
  }

  private table(table: HtmlElement): Block[] {
    const captions = elementsOf(table, 'caption').flatMap(({ children }) => this.inner(children));
    const sections = ['thead', 'tbody', 'tfoot'].flatMap((name) => elementsOf(table, name));
    const [above, ...others] = [
      ...sections.filter(({ name }) => name === 'thead'),
      table,
      ...sections.filter(({ name }) => name !== 'thead'),
    ].flatMap((section) => elementsOf(section, 'tr'));
    if (above === undefined) return [...captions, ...this.inner(table.children)];
    const cellsOf = (row: HtmlElement): (readonly Inline[])[] =>
      row.children.flatMap((cell) =>
        typeof cell !== 'string' && (cell.name === 'td' || cell.name === 'th') ? [this.lineOf(cell.children)] : [],
      );
    const isHead = !elementsOf(above, 'td').length && elementsOf(above, 'th').length > 0;
    const rows = (isHead ? others : [above, ...others]).map(cellsOf);
    const width = Math.max(0, ...rows.slice(0, 1).map((row) => row.length));
    const head = isHead ? cellsOf(above) : Array.from({ length: width }, () => []);
    return [...captions, { type: 'table', head, rows }];
  }

  private details(children: readonly HtmlNode[]): void {
    this.endParagraph();
    for (const child of children) {
      if (typeof child === 'string' || child.name !== 'summary') this.nodes([child]);
      else this.own([{ type: 'paragraph', content: [{ type: 'bold', content: this.lineOf(child.children) }] }]);
    }
    this.endParagraph();
  }

  /** Blocks of their own, whatever was marked around them. */
  private own(blocks: readonly Block[]): void {
    this.endParagraph();
    this.blocks.push(...blocks);
  }

  private inner(nodes: readonly HtmlNode[]): Block[] {
    return HtmlReader.blocksOf(nodes, this.read);
  }

  /** What stands within as one line. */
  private lineOf(nodes: readonly HtmlNode[]): Inline[] {
    return this.inner(nodes).flatMap((block, index) => [
      ...(index > 0 ? [{ type: 'break' } as const] : []),
      ...inlinesWithin(block),
    ]);
  }

  private inline(inline: Inline): void {
    if (!('content' in inline)) return this.leaf(inline);
    const { content, ...mark } = inline;
    const outside = this.marks;
    this.marks = withMark(outside, mark);
    for (const inner of content) this.inline(inner);
    this.marks = outside;
  }

  private text(text: string): void {
    const words = text.split(blanks);
    for (const [index, word] of words.entries()) {
      if (index > 0) this.blank ??= this.marks;
      if (word !== '') this.leaf({ type: 'text', text: word });
    }
  }

  private leaf(leaf: Leaf): void {
    if (leaf.type === 'break') return this.break();
    if (this.breaks > 1) this.endParagraph();
    const isFirst = this.runs.length === 0 || this.breaks > 0;
    if (this.breaks === 1 && this.runs.length > 0) this.runs.push({ leaf: { type: 'break' }, marks: this.marks });
    if (this.blank !== undefined && !isFirst) this.runs.push({ leaf: { type: 'text', text: ' ' }, marks: this.blank });
    this.runs.push({ leaf, marks: this.marks });
    this.blank = undefined;
    this.breaks = 0;
  }

  private break(): void {
    this.breaks += 1;
    this.blank = undefined;
  }

  private endParagraph(): void {
    if (this.runs.length > 0) this.blocks.push({ type: 'paragraph', content: inlinesOf(this.runs) });
    this.runs = [];
    this.blank = undefined;
    this.breaks = 0;
  }
}

function elementsOf(element: HtmlElement, name: string): HtmlElement[] {
  return element.children.filter((child): child is HtmlElement => typeof child !== 'string' && child.name === name);
}

function textOf(nodes: readonly HtmlNode[]): string {
  return nodes
    .map((node) => (typeof node === 'string' ? node : node.name === 'br' ? '\n' : textOf(node.children)))
    .join('');
}

function codeOf({ children }: HtmlElement): Block {
  const [inner] = children.filter((child) => typeof child !== 'string' || child.trim() !== '');
  const classes = typeof inner === 'object' && inner.name === 'code' ? (inner.attributes.get('class') ?? '') : '';
  const language = /(?:^|\s)language-(\S+)/.exec(classes)?.[1];
  // HTML does not count the line end behind `<pre>`, nor do people the one before its end.
  const text = cleanText(textOf(children))
    .replace(typeof children[0] === 'string' ? /^\n/ : /^(?!)/, '')
    .replace(/\n$/, '');
  return { type: 'code', ...(language === undefined ? {} : { language: cleanText(language) }), text };
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

function inlinesWithin(block: Block): readonly Inline[] {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return block.content;
    case 'code':
      return [{ type: 'code', text: block.text }];
    case 'quote':
      return block.content.flatMap(inlinesWithin);
    case 'list':
      return block.items.flatMap((item, index) => [
        ...(index > 0 ? [{ type: 'break' } as const] : []),
        ...item.content.flatMap(inlinesWithin),
      ]);
    case 'table':
      return [block.head, ...block.rows].flatMap((row) => row.flat());
    case 'rule':
      return [];
  }
}
