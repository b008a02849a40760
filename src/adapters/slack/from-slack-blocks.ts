import { lineWithin } from '../../formatting/html-lines.js';
import { fromMarkdown } from '../../formatting/markdown.js';
import { inlinesOf, type Run } from '../../formatting/runs.js';
import type { Block, Inline } from '../../model/rich-text.js';
import { linkMark, oneLine, type Reading, textRuns, unescaped, withEmoji } from './from-slack-inlines.js';
import { fromMrkdwn } from './from-slack-mrkdwn.js';
import { fromRichText, paragraphs } from './from-slack-rich-text.js';
import type { SlackNode, TextObject } from './slack.payloads.js';

/** The level of a header block: there is one kind of them. */
const headerLevel = 2;

/** What the blocks of a message say, as far as it can be read. Source: docs.slack.dev, "Blocks". */
export function fromBlocks(blocks: readonly SlackNode[], reading: Reading): Block[] {
  return blocks.flatMap((block) => fromBlock(block, reading));
}

function fromBlock(block: SlackNode, reading: Reading): Block[] {
  const { elements = [] } = block;
  switch (block.type) {
    case 'rich_text':
      return fromRichText(block, reading);
    case 'section': {
      const { fields = [], accessory } = block;
      return [block.text, ...fields].flatMap((each) => fromText(each, reading)).concat(shownLine([accessory], reading));
    }
    case 'header': {
      const content = inlinesOf(runsOf(block.text));
      return content.length === 0 ? [] : [{ type: 'heading', level: headerLevel, content }];
    }
    case 'context':
      return joined(elements, reading);
    case 'actions':
    case 'context_actions':
      return shownLine(elements, reading);
    case 'divider':
      return [{ type: 'rule' }];
    case 'image':
    case 'video':
    case 'call':
      return shownLine([block], reading);
    case 'markdown':
      return typeof block.text === 'string' ? [...fromMarkdown(block.text)] : [];
    case 'table':
      return tableOf(block, reading);
    case 'input':
      return fromText(block.label, reading);
    default: {
      // Newer kinds have their words in these.
      const said = [block.title, block.subtitle, block.text, block.body, block.description];
      return [...said.flatMap((each) => fromText(each, reading)), ...fromBlocks(elements, reading)];
    }
  }
}

function fromText(text: SlackNode['text'], reading: Reading): Block[] {
  if (text === undefined) return [];
  const { type = 'mrkdwn', text: words } = typeof text === 'string' ? { text } : text;
  return type === 'mrkdwn' ? fromMrkdwn(words, reading) : paragraphs(runsOf(text));
}

/** Plain text; names of emoji are shown as such unless its writer says that they are not. */
function runsOf(text: SlackNode['text']): Run[] {
  if (text === undefined) return [];
  const { text: words, emoji = true }: Pick<TextObject, 'text' | 'emoji'> = typeof text === 'string' ? { text } : text;
  const plain = unescaped(words);
  return textRuns(emoji ? withEmoji(plain) : plain);
}

/** What stands in one line: small texts and pictures. */
function joined(elements: readonly SlackNode[], reading: Reading): Block[] {
  const shown = elements.flatMap((element): Block[] =>
    element.type === 'mrkdwn' || element.type === 'plain_text'
      ? fromText({ type: element.type, text: textIn(element), emoji: true }, reading)
      : shownLine([element], reading),
  );
  if (!shown.every((block) => block.type === 'paragraph')) return shown;
  const content = shown.flatMap(({ content: each }, index): Inline[] => [...(index === 0 ? [] : [space]), ...each]);
  return content.length === 0 ? [] : [{ type: 'paragraph', content }];
}

const space: Inline = { type: 'text', text: ' ' };

function textIn({ text }: SlackNode): string {
  return typeof text === 'string' ? text : (text?.text ?? '');
}

/** What one can click or look at, by its label. */
function shownLine(elements: readonly (SlackNode | undefined)[], reading: Reading): Block[] {
  const runs = elements.flatMap((element): Run[][] => {
    const shown = element === undefined ? [] : labelRuns(element, reading);
    return shown.length === 0 ? [] : [shown];
  });
  const line = runs.flatMap((each, index): Run[] => [
    ...(index === 0 ? [] : [{ leaf: space, marks: [] } as Run]),
    ...each,
  ]);
  return paragraphs(line);
}

function labelRuns(element: SlackNode, _reading: Reading): Run[] {
  switch (element.type) {
    case 'button':
    case 'workflow_button':
      return linked(`[${labelled(element.text)}]`, element.url);
    case 'image':
      return linked(`🖼️ ${labelled(element.title) || oneLine(element.alt_text ?? '') || 'image'}`, element.image_url);
    case 'video':
      return linked(`🎬 ${labelled(element.title) || 'video'}`, element.title_url ?? element.video_url);
    case 'call': {
      const { name = '', display_id: id = '', join_url: url } = element.call?.v1 ?? {};
      return linked(`📞 ${oneLine(name) || oneLine(id) || 'call'}`, url);
    }
    default:
      return [];
  }
}

function labelled(text: SlackNode['text']): string {
  const words = typeof text === 'string' ? text : (text?.text ?? '');
  return oneLine(withEmoji(unescaped(words)));
}

/** A text that leads somewhere, where that is known. */
export function linked(text: string, url: string | undefined): Run[] {
  const mark = url === undefined ? undefined : linkMark(url);
  return textRuns(text, mark === undefined ? [] : [mark]);
}

function tableOf({ rows = [] }: SlackNode, reading: Reading): Block[] {
  const cells = rows.map((row) => row.map((cell) => cellOf(cell, reading)));
  const [head, ...others] = cells;
  if (head === undefined) return [];
  const columns = Math.max(...cells.map((row) => row.length));
  const whole = (row: readonly (readonly Inline[])[]): (readonly Inline[])[] =>
    Array.from({ length: columns }, (_, column) => row[column] ?? []);
  return columns === 0 ? [] : [{ type: 'table', head: whole(head), rows: others.map(whole) }];
}

function cellOf(cell: SlackNode, reading: Reading): readonly Inline[] {
  if (cell.type !== 'rich_text') return inlinesOf(textRuns(textIn(cell).replaceAll('\n', ' ')));
  return lineWithin(fromRichText(cell, reading));
}
