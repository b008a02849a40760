import type { FileRef } from '../model/ids.js';
import type { Block, Inline, ListItem } from '../model/rich-text.js';
import { cleanText } from './clean.js';
import type { HtmlElement, HtmlNode } from './html-tree.js';
import { isLinkable } from './link.js';
import { standing } from './raised.js';
import { commonMarks, inlinesOf, type Leaf, type Mark, type Run, withMark } from './runs.js';

export interface HtmlReading {
  /** What a link stands for, a mention for example; undefined where it is a link. */
  link?(href: string, label: string): Inline | undefined;
  /** How a custom emoji looks; undefined where its name alone stands for it. */
  emoji?(address: string, shortcode: string): FileRef | undefined;
}

type Names = ReadonlySet<string>;
type CodeBlock = Extract<Block, { type: 'code' }>;

const silent = new Set('mx-reply script style head title template noscript iframe object'.split(' '));
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
const box = /^(?:\[([ xX])\]|([☐☑☒]))(?:[ \u00a0]|$)/u;

/** Reads a tree of HTML into blocks, one line of text at a time. */
export class HtmlReader {
  private blocks: Block[] = [];
  private runs: Run[] = [];
  /** A blank that counts as soon as something follows it on its line. */
  private blank: readonly Mark[] | undefined;
  private breaks = 0;
  /** What is said of the first of the breaks. */
  private breakMarks: readonly Mark[] = [];

  constructor(
    private readonly read: HtmlReading,
    private marks: readonly Mark[],
  ) {}

  /** The blocks of what stands within an element. `marks`: what was said of all of it. */
  static blocksOf(nodes: readonly HtmlNode[], read: HtmlReading, marks: readonly Mark[] = []): Block[] {
    const reader = new HtmlReader(read, marks);
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
        return this.code(cleanText(textOf(children)));
      case 'pre':
        return this.codeBlock(codeOf(element));
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
      case 'sup':
      case 'sub':
        return this.apart(element);
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
      this.marked(
        { type: 'spoiler', ...(reason.trim() === '' ? {} : { reason: onOneLine(cleanText(reason)) }) },
        children,
      );
    } else {
      this.nodes(children);
    }
    if (ownLine.has(name)) this.endParagraph();
  }

  /** Words alone: what is more, a link to a note for example, is not torn. */
  private apart({ name, children }: HtmlElement): void {
    const words = textOf(children).trim();
    if (words === '' || children.some((child) => typeof child !== 'string')) return this.nodes(children);
    this.text(standing(name === 'sup' ? 'above' : 'below', cleanText(words)));
  }

  private code(text: string): void {
    if (text !== '') this.leaf({ type: 'code', text });
  }

  /** A block cannot be hidden: in a spoiler it is a part of the text. */
  private codeBlock(block: CodeBlock): void {
    if (!this.marks.some(({ type }) => type === 'spoiler')) return this.own([block]);
    this.endParagraph();
    this.code(block.text);
    this.endParagraph();
  }

  private marked(mark: Mark, children: readonly HtmlNode[]): void {
    const outside = this.marks;
    this.marks = withMark(outside, mark);
    this.nodes(children);
    this.marks = outside;
  }

  private link({ attributes, children }: HtmlElement): void {
    const href = addressIn(attributes.get('href') ?? '');
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
    const alt = onOneLine(cleanText(attributes.get('alt') || attributes.get('title') || ''));
    const isEmoticon = attributes.has('data-mx-emoticon');
    const shortcode = alt.replaceAll(/^:|:$/g, '');
    if (!isEmoticon && alt !== '' && /^https?:/i.test(src) && isLinkable(src)) {
      return this.marked({ type: 'link', url: addressIn(src) }, [alt]);
    }
    if (!isEmoticon || shortcode === '') return this.text(alt);
    const image = this.read.emoji?.(src, shortcode);
    this.leaf({ type: 'customEmoji', shortcode, ...(image === undefined ? {} : { image }) });
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
    if (items.length === 0) return [];
    const ordered = name === 'ol';
    return [{ type: 'list', ordered, start: ordered ? startIn(attributes.get('start')) : 1, items }];
  }

  /** What stands in a table outside its cells comes before it, as browsers show it. */
  private table(table: HtmlElement): Block[] {
    const sections = [
      ...elementsOf(table, 'thead'),
      table,
      ...elementsOf(table, 'tbody'),
      ...elementsOf(table, 'tfoot'),
    ];
    const all = sections.flatMap((section) => elementsOf(section, 'tr'));
    const outside = [...sections, ...all].flatMap(({ children }) => children.filter((child) => !isOfTable(child)));
    const before = this.inner(outside);
    const [above, ...others] = all.filter((row) => row.children.some(isCell));
    if (above === undefined) return before;
    const cellsOf = (row: HtmlElement): Inline[][] =>
      row.children.filter(isCell).map((cell) => this.lineOf(cell.children));
    const isHead = elementsOf(above, 'td').length === 0;
    const rows = (isHead ? others : [above, ...others]).map(cellsOf);
    const named = isHead ? cellsOf(above) : [];
    // Nothing but the empty names of columns.
    if (rows.length === 0 && named.every((cell) => cell.length === 0)) return before;
    const width = rows.reduce((most, row) => Math.max(most, row.length), named.length);
    const head = [...named, ...Array.from({ length: width - named.length }, () => [])];
    return [...before, { type: 'table', head, rows }];
  }

  private details(children: readonly HtmlNode[]): void {
    this.endParagraph();
    for (const child of children) {
      if (typeof child === 'string' || child.name !== 'summary') {
        this.nodes([child]);
        continue;
      }
      this.endParagraph();
      this.marked({ type: 'bold' }, child.children);
      this.endParagraph();
    }
    this.endParagraph();
  }

  private own(blocks: readonly Block[]): void {
    this.endParagraph();
    this.blocks.push(...blocks);
  }

  private inner(nodes: readonly HtmlNode[]): Block[] {
    return HtmlReader.blocksOf(nodes, this.read, this.marks);
  }

  /** What stands within as one line. */
  private lineOf(nodes: readonly HtmlNode[]): Inline[] {
    return lineWithin(this.inner(nodes));
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
    const before = this.runs.at(-1);
    if (this.breaks === 1 && before !== undefined) {
      // Nothing begins or ends with a break.
      const marks = commonMarks(this.breakMarks, commonMarks(before.marks, this.marks));
      this.runs.push({ leaf: { type: 'break' }, marks });
    }
    if (this.blank !== undefined && !isFirst) this.runs.push({ leaf: { type: 'text', text: ' ' }, marks: this.blank });
    this.runs.push({ leaf, marks: this.marks });
    this.blank = undefined;
    this.breaks = 0;
  }

  private break(): void {
    if (this.breaks === 0) this.breakMarks = this.marks;
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

/** The number that a list begins with, as browsers read it; 1 where it is none that every network can show. */
function startIn(written: string | undefined): number {
  const digits = /^\s*\+?(\d+)/.exec(written ?? '')?.[1];
  const start = Number(digits ?? 1);
  return start <= largestStart ? start : 1;
}

/** As browsers read it: without line ends, and with its blanks written out. */
function addressIn(href: string): string {
  return cleanText(href)
    .trim()
    .replaceAll(/[\t\n]/g, '')
    .replaceAll(' ', '%20');
}

function elementsOf(element: HtmlElement, name: string): HtmlElement[] {
  return element.children.filter((child): child is HtmlElement => typeof child !== 'string' && child.name === name);
}

function textOf(nodes: readonly HtmlNode[]): string {
  return nodes
    .map((node) => (typeof node === 'string' ? node : node.name === 'br' ? '\n' : textOf(node.children)))
    .join('');
}

function codeOf({ children }: HtmlElement): CodeBlock {
  const [inner] = children.filter((child) => typeof child !== 'string' || child.trim() !== '');
  const classes = typeof inner === 'object' && inner.name === 'code' ? (inner.attributes.get('class') ?? '') : '';
  const language = /(?:^|\s)language-(\S+)/.exec(classes)?.[1];
  // HTML does not count the line end behind `<pre>`, nor do people the one before its end.
  const text = cleanText(textOf(children))
    .replace(typeof children[0] === 'string' ? /^\n/ : /^(?!)/, '')
    .replace(/\n$/, '');
  return { type: 'code', ...(language === undefined ? {} : { language: cleanText(language) }), text };
}

function isCell(node: HtmlNode): node is HtmlElement {
  return typeof node !== 'string' && (node.name === 'td' || node.name === 'th');
}

const parts: Names = new Set(['thead', 'tbody', 'tfoot', 'tr', 'td', 'th', 'colgroup', 'col']);

function isOfTable(node: HtmlNode): boolean {
  return typeof node !== 'string' && parts.has(node.name);
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

/** Blocks as one line of text, with breaks between them. */
function lineWithin(blocks: readonly Block[]): Inline[] {
  return joined(blocks.map(inlinesWithin), { type: 'break' });
}

function inlinesWithin(block: Block): readonly Inline[] {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return block.content;
    case 'code':
      return block.text === '' ? [] : [{ type: 'code', text: block.text }];
    case 'quote':
      return lineWithin(block.content);
    case 'list':
      return lineWithin(block.items.flatMap(({ content }) => content));
    case 'table': {
      const rows = [block.head, ...block.rows].filter((row) => row.some((cell) => cell.length > 0));
      return joined(
        rows.map((row) => joined(row, { type: 'text', text: ' | ' })),
        { type: 'break' },
      );
    }
    case 'rule':
      return [];
  }
}

function joined(pieces: readonly (readonly Inline[])[], between: Inline): Inline[] {
  return pieces.flatMap((piece, index) => (index > 0 ? [between, ...piece] : [...piece]));
}

/** Words of an attribute: whatever breaks in them, they stand within a line. */
function onOneLine(words: string): string {
  return words.replaceAll(/[\s\u2028\u2029]+/gu, ' ').trim();
}
