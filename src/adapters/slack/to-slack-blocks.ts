import { cleanText } from '../../formatting/clean.js';
import { toPlain } from '../../formatting/plain.js';
import type { Block, Inline, ListItem, RichText } from '../../model/rich-text.js';
import type { ButtonBlock, PlainText } from './to-slack-buttons.js';
import { deepestIndent } from './to-slack-depth.js';
import {
  appendInlines,
  type InlinePlace,
  inlineElements,
  merged,
  type SlackInline,
  type Style,
  textElement,
} from './to-slack-inlines.js';

interface Section {
  readonly type: 'rich_text_section';
  readonly elements: SlackInline[];
}
/** `border` 1: it stands in a quote. */
type RichElement =
  | Section
  | { readonly type: 'rich_text_quote'; readonly elements: SlackInline[] }
  | {
      readonly type: 'rich_text_preformatted';
      readonly elements: readonly SlackInline[];
      readonly language?: string;
      readonly border?: 1;
    }
  | {
      readonly type: 'rich_text_list';
      readonly style: 'bullet' | 'ordered';
      readonly indent: number;
      /** How many numbers come before its first one. */
      readonly offset?: number;
      readonly border?: 1;
      readonly elements: readonly Section[];
    };

export type SlackBlock = { readonly block_id?: string } & (
  | { readonly type: 'rich_text'; readonly elements: readonly RichElement[] }
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'divider' }
  | ButtonBlock
);

/** Source: docs.slack.dev, "Header block". */
const longestHeader = 150;
/** Headings below this are bold: a header is as large as a first one. */
const lowestHeader = 3;
const widestColumn = 40;

/**
 * A text as blocks of `rich_text`, headers and dividers. Slack shows rich text and its own markup, mrkdwn. Rich text keeps
 * more: lists that nest and go on from a number, the language of code, underlines, several looks at once and within a word,
 * and any character as it is, since nothing in it is markup. mrkdwn has none of that, takes 3,000 characters a section and 50
 * of these, and reads words between stars as bold. Tables are code in columns: Slack's own stand below the message whatever comes behind
 * them, one in each message, and are refused for an empty cell.
 */
export function toBlocks(body: RichText, place: InlinePlace, style: Style = {}): SlackBlock[] {
  const blocks: SlackBlock[] = [];
  let rich: RichElement[] = [];
  const endRich = (): void => {
    if (rich.length > 0) blocks.push({ type: 'rich_text', elements: rich });
    rich = [];
  };
  for (const block of body) {
    const alone = blockAlone(block);
    if (alone !== undefined) {
      endRich();
      blocks.push(alone);
      continue;
    }
    append(rich, richElements(block, place, style));
  }
  endRich();
  return blocks;
}

function blockAlone(block: Block): SlackBlock | undefined {
  if (block.type === 'rule') return { type: 'divider' };
  if (block.type !== 'heading' || block.level > lowestHeader || !block.content.every(isText)) return undefined;
  const text = cleanText(toPlain([block]))
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (text === '' || text.length > longestHeader) return undefined;
  return { type: 'header', text: { type: 'plain_text', text, emoji: false } };
}

function isText({ type }: Inline): boolean {
  return type === 'text' || type === 'break';
}

/** Paragraphs that follow one another are one section, with an empty line between, as people write them; so are quotes. */
function append(all: RichElement[], next: readonly RichElement[]): void {
  for (const element of next) {
    const last = all.at(-1);
    const isFlowing = element.type === 'rich_text_section' || element.type === 'rich_text_quote';
    if (isFlowing && last?.type === element.type)
      appendInlines(last.elements, [textElement('\n\n'), ...element.elements]);
    else all.push(element);
  }
}

function richElements(block: Block, place: InlinePlace, style: Style): RichElement[] {
  switch (block.type) {
    case 'paragraph':
      return section(inlineElements(block.content, place, style));
    case 'heading':
      return section(inlineElements(block.content, place, { ...style, bold: true }));
    case 'quote':
      return quoteElements(block.content, place, style);
    case 'list':
      return new ListWriter(place, style, undefined).write(block, 0);
    case 'code':
    case 'table':
      return preformatted(block);
    case 'rule':
      return section([textElement('———', style)]);
  }
}

function section(elements: readonly SlackInline[]): Section[] {
  const shown = trimmed(elements);
  return shown.length === 0 ? [] : [{ type: 'rich_text_section', elements: shown }];
}

/** Without line ends at the ends: blocks stand on lines of their own. */
function trimmed(elements: readonly SlackInline[]): SlackInline[] {
  const all = [...elements];
  const [first] = all;
  if (first?.type === 'text') all[0] = { ...first, text: first.text.replace(/^\n+/, '') };
  const last = all.at(-1);
  if (last?.type === 'text') all[all.length - 1] = { ...last, text: last.text.replace(/(?<!\n)\n+$/, '') };
  return merged(all);
}

function preformatted(block: Extract<Block, { type: 'code' | 'table' }>, border?: 1): RichElement[] {
  const text = cleanText(block.type === 'code' ? block.text : inColumns(block));
  if (text === '') return [];
  const { language = '' } = block.type === 'code' ? block : {};
  const named = cleanText(language).replaceAll(/\s/g, '');
  return [
    {
      type: 'rich_text_preformatted',
      elements: [textElement(text)],
      ...(named === '' ? {} : { language: named }),
      ...(border === undefined ? {} : { border }),
    },
  ];
}

/** A table as monospaced text, with a line below its head where it has one. */
function inColumns({ head, rows }: Extract<Block, { type: 'table' }>): string {
  const cells = [head, ...rows].map((row) =>
    row.map((content) => toPlain([{ type: 'paragraph', content }]).replaceAll('\n', ' ')),
  );
  const widths = head.map((_, column) =>
    Math.min(widestColumn, Math.max(1, ...cells.map((row) => (row[column] ?? '').length))),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(' | ')
      .trimEnd(),
  );
  const below = widths.map((width) => '-'.repeat(width)).join('-+-');
  const isNamed = head.some((cell) => cell.length > 0);
  return (isNamed ? [...lines.slice(0, 1), below, ...lines.slice(1)] : lines.slice(1)).join('\n');
}

/** Within a quote only lists and code are blocks of their own. */
function quoteElements(content: readonly Block[], place: InlinePlace, style: Style): RichElement[] {
  const all: RichElement[] = [];
  for (const block of content) append(all, quoted(block, place, style));
  return all;
}

function quoted(block: Block, place: InlinePlace, style: Style): RichElement[] {
  switch (block.type) {
    case 'list':
      return new ListWriter(place, style, 1).write(block, 0);
    case 'code':
    case 'table':
      return preformatted(block, 1);
    default: {
      const elements = trimmed(lineElements(block, place, style));
      return elements.length === 0 ? [] : [{ type: 'rich_text_quote', elements }];
    }
  }
}

/** A block as lines, where no blocks can be. */
function lineElements(block: Block, place: InlinePlace, style: Style): SlackInline[] {
  switch (block.type) {
    case 'paragraph':
      return inlineElements(block.content, place, style);
    case 'heading':
      return inlineElements(block.content, place, { ...style, bold: true });
    case 'quote':
      return block.content.flatMap((each, index) => [
        ...(index === 0 ? [] : [textElement('\n')]),
        ...withMarks(trimmed(lineElements(each, place, style))),
      ]);
    case 'rule':
      return [textElement('———', style)];
    case 'list':
    case 'table':
    case 'code':
      return [textElement(cleanText(toPlain([block])), block.type === 'list' ? style : { ...style, code: true })];
  }
}

/** Each line with the mark of a quote before it. */
function withMarks(elements: readonly SlackInline[]): SlackInline[] {
  const marked = elements.map((element) =>
    element.type === 'text' ? { ...element, text: element.text.replaceAll('\n', '\n> ') } : element,
  );
  return merged([textElement('> '), ...marked]);
}

type List = Extract<Block, { type: 'list' }>;

/**
 * Lists nest by how far in they stand, one after another, and an item is one text: what interrupts a list ends it, and it
 * goes on behind with the right number.
 */
class ListWriter {
  readonly #elements: RichElement[] = [];

  constructor(
    private readonly place: InlinePlace,
    private readonly style: Style,
    private readonly border: 1 | undefined,
  ) {}

  write(list: List, depth: number): RichElement[] {
    let items: Section[] = [];
    let before = 0;
    const end = (): void => {
      if (items.length > 0) this.#elements.push(this.#list(list, depth, before, items));
      before += items.length;
      items = [];
    };
    for (const item of list.items) {
      const [lines, others] = this.#linesOf(item);
      items.push({ type: 'rich_text_section', elements: lines.length === 0 ? [textElement(' ')] : lines });
      if (others.length === 0) continue;
      end();
      for (const block of others) this.#interrupt(block, depth);
    }
    end();
    return this.#elements;
  }

  #list({ ordered, start }: List, depth: number, before: number, elements: readonly Section[]): RichElement {
    const offset = ordered ? Math.max(0, start - 1) + before : 0;
    return {
      type: 'rich_text_list',
      style: ordered ? 'ordered' : 'bullet',
      indent: Math.min(depth, deepestIndent),
      ...(offset === 0 ? {} : { offset }),
      ...(this.border === undefined ? {} : { border: this.border }),
      elements,
    };
  }

  /** What stands in the item itself, and what comes behind. */
  #linesOf({ checked, content }: ListItem): readonly [SlackInline[], readonly Block[]] {
    const from = content.findIndex(({ type }) => type === 'list' || type === 'code');
    const own = from < 0 ? content : content.slice(0, from);
    const lines = own
      .map((block) => trimmed(lineElements(block, this.place, this.style)))
      .filter((elements) => elements.length > 0)
      .flatMap((elements, index) => [...(index === 0 ? [] : [textElement('\n')]), ...elements]);
    const box = checked === undefined ? [] : [textElement(checked ? '☑ ' : '☐ ')];
    return [merged([...box, ...lines]), from < 0 ? [] : content.slice(from)];
  }

  #interrupt(block: Block, depth: number): void {
    if (block.type === 'list') {
      this.write(block, depth + 1);
      return;
    }
    const elements =
      this.border === undefined ? richElements(block, this.place, this.style) : quoted(block, this.place, this.style);
    append(this.#elements, elements);
  }
}
