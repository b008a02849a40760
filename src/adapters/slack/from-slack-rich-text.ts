import { cleanText } from '../../formatting/clean.js';
import { inlinesOf, type Mark, type Run } from '../../formatting/runs.js';
import { labelOf } from '../../formatting/plain.js';
import type { Block, Inline, ListItem } from '../../model/rich-text.js';
import {
  channelMention,
  codeRuns,
  dateLeaf,
  emojiLeaf,
  everyoneMention,
  groupMention,
  linkMark,
  type Reading,
  textRuns,
  userMention,
} from './from-slack-inlines.js';
import type { ElementStyle, SlackNode } from './slack.payloads.js';

/** Lists stand no further in. */
const deepestIndent = 8;

/** What people type, as their clients send it. Source: docs.slack.dev, "Rich text block". */
export function fromRichText({ elements = [] }: SlackNode, reading: Reading): Block[] {
  const blocks: Block[] = [];
  let [at, quote]: [number, Block[] | undefined] = [0, undefined];
  while (at < elements.length) {
    const element = elements[at];
    if (element === undefined) break;
    const [read, next] = element.type === 'rich_text_list' ? readLists(elements, at, reading) : [undefined, at + 1];
    const shown = read ?? readElement(element, reading);
    at = next;
    if (!isQuoted(element)) {
      quote = undefined;
      blocks.push(...shown);
    } else if (quote === undefined) {
      quote = shown;
      blocks.push({ type: 'quote', content: quote });
    } else {
      quote.push(...shown);
    }
  }
  return blocks.filter((block) => block.type !== 'quote' || block.content.length > 0);
}

/** A list or code in a quote has the quote's line at its side. */
function isQuoted({ type, border }: SlackNode): boolean {
  return type === 'rich_text_quote' || border === 1;
}

function readElement(element: SlackNode, reading: Reading): Block[] {
  if (element.type !== 'rich_text_preformatted') return paragraphs(runsIn(element, reading));
  const text = (element.elements ?? []).map((each) => writtenAs(each, reading)).join('');
  const language = element.language ?? '';
  const code = cleanText(text);
  return code === '' ? [] : [{ type: 'code', ...(language === '' ? {} : { language }), text: code }];
}

/** What stands in code, where nothing but text is shown. */
function writtenAs(element: SlackNode, reading: Reading): string {
  return runsOfElement(element, reading)
    .map(({ leaf }) => {
      switch (leaf.type) {
        case 'text':
        case 'code':
          return leaf.text;
        case 'break':
          return '\n';
        case 'mention':
          return labelOf(leaf);
        case 'customEmoji':
          return `:${leaf.shortcode}:`;
        case 'date':
          return leaf.label;
        case 'math':
          return leaf.latex;
      }
    })
    .join('');
}

interface Item {
  checked?: boolean;
  readonly content: Block[];
}

interface Open {
  readonly indent: number;
  readonly ordered: boolean;
  readonly start: number;
  readonly items: Item[];
}

/** Lists that follow one another: one that stands further in belongs to the last item before it. */
function readLists(elements: readonly SlackNode[], from: number, reading: Reading): [Block[], number] {
  const blocks: Block[] = [];
  const open: Open[] = [];
  const border = elements[from]?.border === 1;
  let at = from;
  for (; at < elements.length; at += 1) {
    const element = elements[at];
    if (element?.type !== 'rich_text_list' || (element.border === 1) !== border) break;
    const items = (element.elements ?? []).map((item) => itemOf(paragraphs(runsIn(item, reading))));
    if (items.length === 0) continue;
    const { offset = 0 } = element;
    const indent = Math.min(element.indent ?? 0, deepestIndent);
    const ordered = element.style === 'ordered';
    while ((open.at(-1)?.indent ?? -1) > indent) open.pop();
    const last = open.at(-1);
    if (last?.indent === indent) {
      const goesOn = last.ordered === ordered && (!ordered || last.start + last.items.length === offset + 1);
      if (goesOn) {
        last.items.push(...items);
        continue;
      }
      open.pop();
    }
    const list: Open = { indent, ordered, start: ordered ? offset + 1 : 1, items };
    const parent = open.at(-1)?.items.at(-1);
    (parent?.content ?? blocks).push({ type: 'list', ordered, start: list.start, items: list.items });
    open.push(list);
  }
  return [blocks, at];
}

/** Slack has no tasks: people write a box. */
function itemOf(content: Block[]): Item & ListItem {
  const [first] = content;
  const [begin] = first?.type === 'paragraph' ? first.content : [];
  const [, box, text = ''] = begin?.type === 'text' ? (/^([☐☑])\ufe0f? ?(.*)$/su.exec(begin.text) ?? []) : [];
  if (box === undefined || first?.type !== 'paragraph') return { content };
  const rest: Inline[] = [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...first.content.slice(1)];
  const shown: Block[] = rest.length === 0 ? [] : [{ type: 'paragraph', content: rest }];
  return { checked: box === '☑', content: [...shown, ...content.slice(1)] };
}

function runsIn({ elements = [] }: SlackNode, reading: Reading): Run[] {
  return elements.flatMap((element) => runsOfElement(element, reading));
}

function runsOfElement(element: SlackNode, reading: Reading): Run[] {
  const style = typeof element.style === 'object' ? element.style : {};
  const marks = marksOf(style);
  const leaf = (found: Run['leaf']): Run[] => [{ leaf: found, marks }];
  const text = typeof element.text === 'string' ? element.text : (element.text?.text ?? '');
  switch (element.type) {
    case 'text':
      return style.code === true ? codeRuns(text, marks) : textRuns(text, marks);
    case 'link': {
      const mark = linkMark(element.url ?? '');
      const label = text === '' ? (element.url ?? '') : text;
      const around = mark === undefined ? marks : [mark, ...marks];
      return style.code === true ? codeRuns(label, around) : textRuns(label, around);
    }
    case 'emoji': {
      const { name = '', skin_tone: tone, unicode } = element;
      const toned = tone === undefined || tone < 2 || name.includes('::') ? name : `${name}::skin-tone-${String(tone)}`;
      return leaf(emojiLeaf(toned, reading, unicode));
    }
    case 'user':
      return element.user_id === undefined ? [] : leaf(userMention(element.user_id, reading));
    case 'channel':
      return element.channel_id === undefined ? [] : leaf(channelMention(element.channel_id, reading));
    case 'usergroup':
      return element.usergroup_id === undefined ? [] : leaf(groupMention(element.usergroup_id, reading));
    case 'broadcast':
      return leaf(everyoneMention(element.range ?? 'channel'));
    case 'date':
      return element.timestamp === undefined
        ? textRuns(element.fallback ?? '', marks)
        : leaf(dateLeaf(element.timestamp, element.fallback ?? ''));
    case 'color':
      return textRuns(element.value ?? '', marks);
    default:
      // Newer kinds say what they are about in one of these.
      return textRuns(text === '' ? (element.fallback ?? element.url ?? '') : text, marks);
  }
}

function marksOf({ bold, italic, strike, underline }: ElementStyle): Mark[] {
  return [
    ...(bold === true ? [{ type: 'bold' } as const] : []),
    ...(italic === true ? [{ type: 'italic' } as const] : []),
    ...(strike === true ? [{ type: 'strike' } as const] : []),
    ...(underline === true ? [{ type: 'underline' } as const] : []),
  ];
}

/** Runs as paragraphs: an empty line separates them, several as well as one. */
export function paragraphs(runs: readonly Run[]): Block[] {
  const found: Run[][] = [[]];
  let breaks = 0;
  for (const run of runs) {
    if (run.leaf.type === 'break') {
      breaks += 1;
      continue;
    }
    const isBegun = found.at(-1)?.length !== 0;
    if (breaks > 1 && isBegun) found.push([]);
    else if (breaks === 1 && isBegun) found.at(-1)?.push({ leaf: { type: 'break' }, marks: [] });
    breaks = 0;
    found.at(-1)?.push(run);
  }
  return found.filter((each) => each.length > 0).map((each) => ({ type: 'paragraph', content: inlinesOf(each) }));
}
