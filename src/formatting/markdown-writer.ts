import type { BlockContent, ListItem as TreeItem, PhrasingContent, TableRow } from 'mdast';
import { gfmToMarkdown } from 'mdast-util-gfm';
import { toMarkdown, type Handle, type Options } from 'mdast-util-to-markdown';
import { assertNever } from '../model/bridge-event.js';
import type { Block, Inline, ListItem, RichText } from '../model/rich-text.js';
import { cleanText } from './clean.js';
import { rootWithFewerEscapes } from './markdown-escapes.js';
import { markdownLine, markdownLines } from './markdown-lines.js';
import { isReadAsTyped, isReadAsLink } from './markdown-tree.js';
import { toPlain } from './plain.js';
import { withReadableEdges } from './readable-edges.js';
import { inlinesOf, type Run } from './runs.js';

/** What is written as it is. */
interface Raw {
  type: 'raw';
  value: string;
}

declare module 'mdast' {
  interface PhrasingContentMap {
    raw: Raw;
  }
}

/** Nobody sees more levels. */
const deepest = 12;
const largestStart = 999_999_999;
const lineEnd: Run = { leaf: { type: 'break' }, marks: [] };
/** An address behind what Markdown takes one for. */
const address = /(?:(?<![a-z])https?:\/\/|(?<![^\s(*_[\]~])www\.)[^\s<>]+/giu;
const mail = /(?<![\w.+-])[a-z0-9][\w.+-]*@[\w-]+(?:\.[\w-]+)+/giu;
const endOfSentence = /(?:&[a-z0-9]+;|[.,;:!?'")\\])+$/i;
/** Behind this an address without a scheme is one to every reader. Blanks that do not break are none of Markdown's. */
const beginsAddress = /(?:^|[ \t\n(*_[\]~])$/;
/** With this behind it an address ends where it should. */
const endsAddress = /^(?:[.,;:!?'")]*(?:[ \t\n]|$))/;
const endsMail = /^(?![\p{L}\p{N}_@-])/u;
/** Lines of words alone: nothing in them can be a mark or an address. */
const words = /^(?:[\p{L}\p{M}"'(][\p{L}\p{M}\p{N}\p{Emoji_Presentation} ,.;:?!'"()…–—%-]*(?:\n|$))+$/u;
/** With a `;` behind it this end of an address would be read as a sign. */
const endsAsSign = /&[a-z0-9]+$/i;
/** How a mark looks to an address before it. */
const mark = '*';
/** A link within a link is none. */
type Within = 'text' | 'link';
const reference = /&#x[0-9a-f]+;/gi;
/** Talk shows these as a bracket even where they are escaped. */
const alwaysBracket = /&(?=[lg]t;)/gi;

const raws: Record<'raw', Handle> = { raw: ({ value }: Raw) => value };
const options: Options = {
  bullet: '-',
  emphasis: '*',
  rule: '-',
  listItemIndent: 'one',
  resourceLink: true,
  handlers: { break: () => '\n', root: rootWithFewerEscapes, ...raws },
  extensions: [gfmToMarkdown()],
};

export interface MarkdownWriting {
  /** How a mention is written: it stands unescaped, behind a blank or at a line's start. */
  mention(mention: Extract<Inline, { type: 'mention' }>): string;
}

/** Turns a rich text into a tree of Markdown and writes that. */
export class MarkdownWriter {
  constructor(private readonly writing: MarkdownWriting) {}

  write(body: RichText): string {
    const children = this.#blocks(body, 0);
    return asWritten(children) ?? textOf(children).replace(/\n$/, '');
  }

  #blocks(blocks: readonly Block[], depth: number): BlockContent[] {
    return blocks.flatMap((block) => this.#block(block, depth));
  }

  #block(block: Block, depth: number): BlockContent[] {
    switch (block.type) {
      case 'paragraph':
        return this.#paragraphs(block.content, depth);
      case 'heading': {
        const children = this.#runs(markdownLine(block.content));
        return children.length === 0 ? [] : [{ type: 'heading', depth: block.level, children }];
      }
      case 'quote': {
        if (depth >= deepest) return this.#asText(block, depth);
        const children = this.#blocks(block.content, depth + 1);
        return children.length === 0 ? [] : [{ type: 'blockquote', children }];
      }
      case 'list': {
        if (depth >= deepest) return this.#asText(block, depth);
        const children = block.items.map((item) => this.#item(item, depth + 1));
        const start = Math.min(largestStart, Math.max(0, Math.trunc(block.start)));
        return children.length === 0 ? [] : [{ type: 'list', ordered: block.ordered, start, spread: false, children }];
      }
      case 'code': {
        const lang = block.language !== undefined && /^[\w+#.-]{1,50}$/.test(block.language) ? block.language : null;
        return [{ type: 'code', lang, value: cleanText(block.text) }];
      }
      case 'table':
        return this.#table(block);
      case 'rule':
        return [{ type: 'thematicBreak' }];
      default:
        return assertNever(block);
    }
  }

  #asText(block: Block, depth: number): BlockContent[] {
    return this.#paragraphs([{ type: 'text', text: toPlain([block]) }], depth);
  }

  #item({ checked, content }: ListItem, depth: number): TreeItem {
    const children = this.#blocks(content, depth);
    const isTask = checked !== undefined && children[0]?.type === 'paragraph';
    return { type: 'listItem', spread: false, ...(isTask ? { checked } : {}), children };
  }

  #table({ head, rows }: Extract<Block, { type: 'table' }>): BlockContent[] {
    const columns = Math.max(head.length, ...rows.map((row) => row.length));
    const row = (cells: readonly (readonly Inline[])[]): TableRow => ({
      type: 'tableRow',
      children: Array.from({ length: columns }, (_, at) => ({
        type: 'tableCell',
        children: this.#runs(markdownLine(cells[at] ?? [])),
      })),
    });
    return columns === 0 ? [] : [{ type: 'table', children: [row(head), ...rows.map(row)] }];
  }

  /** An empty line ends a paragraph. */
  #paragraphs(content: readonly Inline[], depth: number): BlockContent[] {
    const paragraphs: Run[][][] = [[]];
    for (const line of markdownLines(content)) {
      if (line.length > 0) paragraphs.at(-1)?.push(line);
      else paragraphs.push([]);
    }
    return paragraphs
      .filter((lines) => lines.length > 0)
      .map((lines) => {
        const runs = lines.flatMap((line, at) => (at === 0 ? line : [lineEnd, ...line]));
        const typed = depth === 0 ? this.#asTyped(runs) : undefined;
        return { type: 'paragraph', children: typed === undefined ? this.#runs(runs) : [raw(typed)] };
      });
  }

  /** Text that means nothing else in Markdown: it needs no backslashes. */
  #asTyped(runs: readonly Run[]): string | undefined {
    let text = '';
    for (const { leaf, marks } of runs) {
      if (marks.length > 0) return undefined;
      if (leaf.type === 'text') text += visible(leaf.text);
      else if (leaf.type === 'break') text += '\n';
      else if (leaf.type === 'mention') text += this.writing.mention(leaf);
      else return undefined;
    }
    const isPlain = words.test(text) && !/www\./i.test(text);
    return isPlain || isReadAsTyped(text) ? text : undefined;
  }

  #runs(runs: readonly Run[]): PhrasingContent[] {
    return this.#nodes(withReadableEdges(runs, (some) => this.#isReadable(some)));
  }

  #nodes(runs: readonly Run[]): PhrasingContent[] {
    return this.#nested(inlinesOf(runs), '', 'text');
  }

  /** Whether what is written holds no more characters as their numbers than were typed. */
  #isReadable(runs: readonly Run[]): boolean {
    const written = textOf([{ type: 'paragraph', children: this.#nodes(runs) }]);
    return countOf(reference, written) <= countOf(reference, JSON.stringify(runs));
  }

  /** `before`, `behind`: how what stands beside it ends and begins. */
  #inline(inline: Inline, before: string, behind: string, within: Within): PhrasingContent[] {
    switch (inline.type) {
      case 'text':
        return within === 'link' ? [text(visible(inline.text))] : textNodes(visible(inline.text), behind, before);
      case 'bold':
        return [{ type: 'strong', children: this.#nested(inline.content, mark, within) }];
      case 'italic':
        return [{ type: 'emphasis', children: this.#nested(inline.content, mark, within) }];
      case 'strike':
        return [{ type: 'delete', children: this.#nested(inline.content, mark, within) }];
      case 'code':
        return [{ type: 'inlineCode', value: inline.text.replaceAll('\n', ' ') }];
      case 'link': {
        const label = toPlain([{ type: 'paragraph', content: inline.content }]);
        const isSign = behind.startsWith(';') && endsAsSign.test(label);
        const isAlone = !/[a-z]$/i.test(before) && endsAddress.test(behind) && !isSign;
        if (label === inline.url && isAlone && isReadAsLink(label)) return [raw(label)];
        return [{ type: 'link', url: encoded(inline.url), children: this.#nested(inline.content, mark, 'link') }];
      }
      case 'break':
        return [{ type: 'break' }];
      case 'mention':
        return [raw(this.writing.mention(inline))];
      default:
        return textNodes(toPlain([{ type: 'paragraph', content: [inline] }]), behind, before);
    }
  }

  #nested(content: readonly Inline[], behind: string, within: Within): PhrasingContent[] {
    const nodes: PhrasingContent[][] = [];
    let beginning = behind;
    for (const [at, inline] of [...content.entries()].toReversed()) {
      const before = content[at - 1];
      nodes.push(this.#inline(inline, endOf(before), beginning, within));
      beginning = inline.type === 'text' ? inline.text + beginning : inline.type === 'break' ? '' : mark;
    }
    return nodes.toReversed().flat();
  }
}

/** Most messages are one paragraph that needs no backslash: there is nothing left to be written. */
function asWritten([first, ...others]: readonly BlockContent[]): string | undefined {
  if (first?.type !== 'paragraph' || others.length > 0) return undefined;
  const [only, ...more] = first.children;
  return only?.type === 'raw' && more.length === 0 ? only.value : undefined;
}

const textOf = (children: BlockContent[]): string => toMarkdown({ type: 'root', children }, options);

/** How an inline ends, for what stands behind it. */
function endOf(inline: Inline | undefined): string {
  switch (inline?.type) {
    case undefined:
    case 'break':
      return '';
    case 'text':
      return inline.text;
    case 'bold':
    case 'italic':
    case 'strike':
      return mark;
    default:
      return ')';
  }
}

/** Text with the addresses in it as they are: with backslashes they would lead elsewhere. */
function textNodes(value: string, behind: string, before: string): PhrasingContent[] {
  const nodes: PhrasingContent[] = [];
  let from = 0;
  for (const match of value.matchAll(address)) {
    const found = match[0].replace(endOfSentence, '');
    if (!isReadAsLink(found)) continue;
    const isBegun = !/^www/i.test(found) || beginsAddress.test(before + value.slice(0, match.index));
    const isAlone = isBegun && endsAddress.test(value.slice(match.index + found.length) + behind);
    nodes.push(...withMails(value.slice(from, match.index)));
    nodes.push(isAlone ? raw(found) : { type: 'link', url: withScheme(found), children: [text(found)] });
    from = match.index + found.length;
  }
  return [...nodes, ...withMails(value.slice(from))];
}

function withMails(value: string): PhrasingContent[] {
  const nodes: PhrasingContent[] = [];
  let from = 0;
  for (const match of value.matchAll(mail)) {
    const end = match.index + match[0].length;
    if (!endsMail.test(value.slice(end)) || !isReadAsLink(match[0])) continue;
    if (match.index > from) nodes.push(text(value.slice(from, match.index)));
    nodes.push(raw(match[0]));
    from = end;
  }
  return from < value.length ? [...nodes, text(value.slice(from))] : nodes;
}

const text = (value: string): PhrasingContent => ({ type: 'text', value });
const raw = (value: string): PhrasingContent => ({ type: 'raw', value });

/** A word joiner keeps `&lt;` from being shown as what it stands for. */
function visible(value: string): string {
  return value.replaceAll(alwaysBracket, '&\u2060');
}

const countOf = (pattern: RegExp, value: string): number => value.match(pattern)?.length ?? 0;
const withScheme = (found: string): string => (/^www/i.test(found) ? `http://${found}` : found);

/** Without blanks and brackets that open. */
function encoded(url: string): string {
  return cleanText(url).replaceAll(/[ \t\n<]/g, (character) => encodeURIComponent(character));
}
