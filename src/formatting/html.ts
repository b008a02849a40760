import { assertNever } from '../model/bridge-event.js';
import type { FileRef } from '../model/ids.js';
import type { Block, Inline, ListItem, RichText } from '../model/rich-text.js';
import { cleanText } from './clean.js';
import { HtmlReader, type HtmlReading } from './html-reader.js';
import { htmlTree } from './html-tree.js';
import { isLinkable } from './link.js';
import { labelOf, toPlain } from './plain.js';
import { inlinesOf, runsOf } from './runs.js';

export interface HtmlWriting {
  /** Where a mention leads and what it is called; undefined where it stays text. */
  mention(mention: Extract<Inline, { type: 'mention' }>): { readonly href: string; readonly label: string } | undefined;
  /** The `mxc:` address of a custom emoji's picture, which stays `:shortcode:` where that is undefined. */
  emoji?(image: FileRef): string | undefined;
}

/** Each level takes two elements at most, of which clients show 100. */
const deepest = 45;

/**
 * Pure: Matrix's `formatted_body` as a rich text: tags that nobody knows count for their content, scripts, styles and
 * quotes of what is replied to for nothing. Never throws; takes linear time; what is nested deeper than 100 levels is
 * read as if it were not.
 */
export function fromHtml(html: string, read: HtmlReading = {}): RichText {
  return HtmlReader.blocksOf(htmlTree(cleanText(html)).children, read);
}

/**
 * Pure: a rich text as Matrix's `formatted_body`, with nothing in it but what the specification allows. A single
 * paragraph stands alone, without `<p>`.
 */
export function toHtml(body: RichText, write: HtmlWriting): string {
  return new Writer(write).body(body);
}

class Writer {
  constructor(private readonly write: HtmlWriting) {}

  body(body: RichText): string {
    const [first, ...others] = body;
    if (first?.type === 'paragraph' && others.length === 0) return this.inlines(first.content);
    return this.blocks(body, 0);
  }

  private blocks(blocks: readonly Block[], depth: number): string {
    return blocks.map((block) => this.block(block, depth)).join('');
  }

  private block(block: Block, depth: number): string {
    if (depth >= deepest) return `<p>${lines(toPlain([block]))}</p>`;
    switch (block.type) {
      case 'paragraph':
        return block.content.length === 0 ? '' : `<p>${this.inlines(block.content)}</p>`;
      case 'heading':
        return `<h${block.level}>${this.inlines(block.content)}</h${block.level}>`;
      case 'quote':
        return `<blockquote>${this.blocks(block.content, depth + 1)}</blockquote>`;
      case 'list': {
        const items = block.items.map((item) => `<li>${this.item(item, depth + 1)}</li>`).join('');
        if (!block.ordered) return `<ul>${items}</ul>`;
        return `<ol${block.start === 1 ? '' : ` start="${Math.trunc(block.start)}"`}>${items}</ol>`;
      }
      case 'code':
        return `<pre><code${classOf(block.language)}>${escaped(block.text)}\n</code></pre>`;
      case 'table':
        return this.table(block);
      case 'rule':
        return '<hr>';
      default:
        return assertNever(block);
    }
  }

  private item({ checked, content }: ListItem, depth: number): string {
    const box = checked === undefined ? '' : checked ? '☑ ' : '☐ ';
    const [first, ...others] = content;
    if (first?.type !== 'paragraph') return box + this.blocks(content, depth);
    // As clients write it: a line, and perhaps a list below it.
    const isLine = others.every(({ type }) => type === 'list');
    if (isLine) return box + this.inlines(first.content) + this.blocks(others, depth);
    return `<p>${box}${this.inlines(first.content)}</p>${this.blocks(others, depth)}`;
  }

  private table({ head, rows }: Extract<Block, { type: 'table' }>): string {
    const row = (cells: readonly (readonly Inline[])[], tag: string): string =>
      `<tr>${cells.map((cell) => `<${tag}>${this.inlines(cell)}</${tag}>`).join('')}</tr>`;
    const isNamed = head.some((cell) => cell.length > 0);
    const above = isNamed ? `<thead>${row(head, 'th')}</thead>` : '';
    const below = rows.length > 0 ? `<tbody>${rows.map((cells) => row(cells, 'td')).join('')}</tbody>` : '';
    return `<table>${above}${below}</table>`;
  }

  private inlines(inlines: readonly Inline[]): string {
    return this.nested(inlinesOf(runsOf(inlines.map(withLabel))), false);
  }

  private nested(inlines: readonly Inline[], isInLink: boolean): string {
    return inlines.map((inline) => this.inline(inline, isInLink)).join('');
  }

  private inline(inline: Inline, isInLink: boolean): string {
    switch (inline.type) {
      case 'text':
        return lines(inline.text);
      case 'bold':
        return `<strong>${this.nested(inline.content, isInLink)}</strong>`;
      case 'italic':
        return `<em>${this.nested(inline.content, isInLink)}</em>`;
      case 'strike':
        return `<del>${this.nested(inline.content, isInLink)}</del>`;
      case 'underline':
        return `<u>${this.nested(inline.content, isInLink)}</u>`;
      case 'spoiler': {
        const reason = inline.reason === undefined ? '' : `="${escaped(inline.reason)}"`;
        return `<span data-mx-spoiler${reason}>${this.nested(inline.content, isInLink)}</span>`;
      }
      case 'code':
        return `<code>${escaped(inline.text)}</code>`;
      case 'link': {
        const label = this.nested(inline.content, true);
        const address = escaped(inline.url);
        if (isLinkable(inline.url)) return `<a href="${address}">${label}</a>`;
        return label === address ? address : `${label} (${address})`;
      }
      case 'break':
        return '<br>';
      case 'mention': {
        const written = this.write.mention(inline);
        if (written === undefined) return escaped(labelOf(inline));
        if (isInLink || !isLinkable(written.href)) return escaped(written.label);
        return `<a href="${escaped(written.href)}">${escaped(written.label)}</a>`;
      }
      case 'customEmoji': {
        const name = escaped(`:${inline.shortcode}:`);
        const image = inline.image === undefined ? undefined : this.write.emoji?.(inline.image);
        if (image === undefined || !image.startsWith('mxc://')) return name;
        return `<img data-mx-emoticon src="${escaped(image)}" alt="${name}" title="${name}" height="32">`;
      }
      case 'date':
        return escaped(inline.label);
      case 'math':
        return `<span data-mx-maths="${escaped(inline.latex)}"><code>${escaped(inline.latex)}</code></span>`;
      default:
        return assertNever(inline);
    }
  }
}

/** A link without a text is named by its address. */
function withLabel(inline: Inline): Inline {
  if (!('content' in inline)) return inline;
  const isNamed = inline.content.some((each) => each.type !== 'text' || each.text !== '');
  if (inline.type === 'link' && !isNamed) return { ...inline, content: [{ type: 'text', text: inline.url }] };
  return { ...inline, content: inline.content.map(withLabel) };
}

function classOf(language: string | undefined): string {
  return language !== undefined && /^[\w+#.-]{1,50}$/.test(language) ? ` class="language-${language}"` : '';
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return cleanText(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

function lines(text: string): string {
  return escaped(text).replaceAll('\n', '<br>');
}
