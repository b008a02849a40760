import type { FileRef } from '../model/ids.js';
import type { Block, Inline } from '../model/rich-text.js';
import { cleanText } from './clean.js';
import { lineWithin } from './html-lines.js';
import { listOf } from './html-lists.js';
import { HtmlParagraphs } from './html-paragraphs.js';
import { tableOf } from './html-tables.js';
import type { HtmlElement, HtmlNode } from './html-tree.js';
import { isLinkable } from './link.js';
import { standing } from './raised.js';
import type { Mark } from './runs.js';

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

/** Reads a tree of HTML into blocks, one line of text at a time. */
export class HtmlReader {
  constructor(
    private readonly read: HtmlReading,
    private readonly paragraphs: HtmlParagraphs,
  ) {}

  /** The blocks of what stands within an element. `marks`: what was said of all of it. */
  static blocksOf(nodes: readonly HtmlNode[], read: HtmlReading, marks: readonly Mark[] = []): Block[] {
    const paragraphs = new HtmlParagraphs(marks);
    new HtmlReader(read, paragraphs).nodes(nodes);
    paragraphs.end();
    return paragraphs.blocks;
  }

  private nodes(nodes: readonly HtmlNode[]): void {
    for (const node of nodes) {
      if (typeof node === 'string') this.paragraphs.text(cleanText(node));
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
      return this.paragraphs.own(content.length === 0 ? [] : [{ type: 'heading', level, content }]);
    }
    switch (name) {
      case 'br':
        return this.paragraphs.break();
      case 'hr':
        return this.paragraphs.own([{ type: 'rule' }]);
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
        return this.paragraphs.own(content.length === 0 ? [] : [{ type: 'quote', content }]);
      }
      case 'ul':
      case 'ol':
        return this.paragraphs.own(listOf(element, (nodes) => this.inner(nodes)));
      case 'table':
        return this.paragraphs.own(tableOf(element, (nodes) => this.inner(nodes)));
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
    if (ownLine.has(name)) this.paragraphs.end();
    if (latex !== undefined && latex !== '') {
      this.paragraphs.leaf({ type: 'math', latex: cleanText(latex) });
    } else if (reason !== undefined) {
      this.marked(
        { type: 'spoiler', ...(reason.trim() === '' ? {} : { reason: onOneLine(cleanText(reason)) }) },
        children,
      );
    } else {
      this.nodes(children);
    }
    if (ownLine.has(name)) this.paragraphs.end();
  }

  /** Words alone: what is more, a link to a note for example, is not torn. */
  private apart({ name, children }: HtmlElement): void {
    const words = textOf(children).trim();
    if (words === '' || children.some((child) => typeof child !== 'string')) return this.nodes(children);
    this.paragraphs.text(standing(name === 'sup' ? 'above' : 'below', cleanText(words)));
  }

  private code(text: string): void {
    if (text !== '') this.paragraphs.leaf({ type: 'code', text });
  }

  /** A block cannot be hidden: in a spoiler it is a part of the text. */
  private codeBlock(block: CodeBlock): void {
    if (!this.paragraphs.marks.some(({ type }) => type === 'spoiler')) return this.paragraphs.own([block]);
    this.paragraphs.end();
    this.code(block.text);
    this.paragraphs.end();
  }

  private marked(mark: Mark, children: readonly HtmlNode[]): void {
    this.paragraphs.marked(mark, () => this.nodes(children));
  }

  private link({ attributes, children }: HtmlElement): void {
    const href = addressIn(attributes.get('href') ?? '');
    const label = cleanText(textOf(children)).trim();
    const known = href === '' ? undefined : this.read.link?.(href, label);
    if (known !== undefined) return this.paragraphs.inline(known);
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
    if (!isEmoticon || shortcode === '') return this.paragraphs.text(alt);
    const image = this.read.emoji?.(src, shortcode);
    this.paragraphs.leaf({ type: 'customEmoji', shortcode, ...(image === undefined ? {} : { image }) });
  }

  private checkbox({ attributes }: HtmlElement): void {
    if (attributes.get('type')?.toLowerCase() !== 'checkbox') return;
    this.paragraphs.text(attributes.has('checked') ? '☑ ' : '☐ ');
  }

  private details(children: readonly HtmlNode[]): void {
    this.paragraphs.end();
    for (const child of children) {
      if (typeof child === 'string' || child.name !== 'summary') {
        this.nodes([child]);
        continue;
      }
      this.paragraphs.end();
      this.marked({ type: 'bold' }, child.children);
      this.paragraphs.end();
    }
    this.paragraphs.end();
  }

  private inner(nodes: readonly HtmlNode[]): Block[] {
    return HtmlReader.blocksOf(nodes, this.read, this.paragraphs.marks);
  }

  /** What stands within as one line. */
  private lineOf(nodes: readonly HtmlNode[]): Inline[] {
    return lineWithin(this.inner(nodes));
  }
}

/** As browsers read it: without line ends, and with its blanks written out. */
function addressIn(href: string): string {
  return cleanText(href)
    .trim()
    .replaceAll(/[\t\n]/g, '')
    .replaceAll(' ', '%20');
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

/** Words of an attribute: whatever breaks in them, they stand within a line. */
function onOneLine(words: string): string {
  return words.replaceAll(/[\s\u2028\u2029]+/gu, ' ').trim();
}
