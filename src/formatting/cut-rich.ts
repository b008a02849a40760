import { assertNever } from '../model/bridge-event.js';
import type { Block, Inline, ListItem, RichText } from '../model/rich-text.js';
import { graphemeEnd, lastSeparator } from './graphemes.js';

/** Where one may cut, the best first. */
const places = ['block', 'inner', 'line', 'word'] as const;
type Place = (typeof places)[number];

/** Two halves of something; an empty one says nothing. */
type Halves<T> = readonly [T[], T[]];

/** Whether a grapheme may be torn, where a part cannot hold even one. */
type Torn = 'never' | 'ifNeeded';

/** Pure: where to cut what is `most` long: at the best place in its second half. */
export function bestPlace(rest: RichText, most: number): number {
  const found = new Map<Place, number>();
  findInBlocks(rest, 0, most, 'block', (place, at) => {
    if (at > 0 && at <= most) found.set(place, Math.max(at, found.get(place) ?? 0));
  });
  return places.map((place) => found.get(place) ?? 0).find((at) => at > most / 2) ?? most;
}

type Note = (place: Place, at: number) => void;

function findInBlocks(blocks: readonly Block[], from: number, most: number, place: Place, note: Note): void {
  let at = from;
  for (const block of blocks) {
    note(place, at);
    if (at >= most) return;
    findInBlock(block, at, most, note);
    at += weighBlock(block, most - at + 1);
  }
  note(place, at);
}

function findInBlock(block: Block, from: number, most: number, note: Note): void {
  let at = from;
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      findInInlines(block.content, from, most, note);
      return;
    case 'quote':
      findInBlocks(block.content, from, most, 'inner', note);
      return;
    case 'list':
      for (const item of block.items) {
        if (at > most) return;
        note('inner', at);
        findInBlocks(item.content, at, most, 'inner', note);
        at += weighItem(item, most - at + 1);
      }
      return;
    case 'table':
      for (let row = 0; row < block.rows.length && at + row <= most; row += 1) note('inner', at + row);
      return;
    case 'code': {
      const end = lastSeparator(block.text, '\n', 0, most - from);
      if (end !== undefined) note('line', from + end);
      return;
    }
    case 'rule':
      return;
    default:
      assertNever(block);
  }
}

function findInInlines(inlines: readonly Inline[], from: number, most: number, note: Note): void {
  let at = from;
  for (const inline of inlines) {
    if (at > most) return;
    if (inline.type === 'break') note('line', at);
    else if (inline.type === 'text') {
      const space = lastSeparator(inline.text, ' ', 0, most - at);
      if (space !== undefined) note('word', at + space);
    } else if ('content' in inline) findInInlines(inline.content, at, most, note);
    at += weighInline(inline, most - at + 1);
  }
}

/** Pure: how much there is to cut; counted up to `most` and not much further. */
export function weighBlocks(blocks: readonly Block[], most: number): number {
  return sum(blocks, most, weighBlock);
}

function weighBlock(block: Block, most: number): number {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return Math.max(1, weighInlines(block.content, most));
    case 'quote':
      return Math.max(1, weighBlocks(block.content, most));
    case 'list':
      return Math.max(1, sum(block.items, most, weighItem));
    case 'table':
      return Math.max(1, sum(block.rows, most, weighRow));
    case 'code':
      return Math.max(1, block.text.length);
    case 'rule':
      return 1;
    default:
      return assertNever(block);
  }
}

function weighItem({ content }: ListItem, most: number): number {
  return Math.max(1, weighBlocks(content, most));
}

/** Rows are cut nowhere. */
function weighRow(): number {
  return 1;
}

function weighInlines(inlines: readonly Inline[], most: number): number {
  return sum(inlines, most, weighInline);
}

function weighInline(inline: Inline, most: number): number {
  if ('content' in inline) return Math.max(1, weighInlines(inline.content, most));
  return inline.type === 'text' || inline.type === 'code' ? Math.max(1, inline.text.length) : 1;
}

function sum<T>(all: readonly T[], most: number, weigh: (one: T, most: number) => number): number {
  let weight = 0;
  for (const one of all) {
    if (weight > most) break;
    weight += weigh(one, most - weight);
  }
  return weight;
}

/** Cuts a row of things behind what weighs `at`; the one in the middle is cut itself. */
function cut<T>(
  all: readonly T[],
  at: number,
  weigh: (one: T, most: number) => number,
  cutOne: (one: T, at: number) => Halves<T>,
): Halves<T> {
  let left = at;
  for (const [index, one] of all.entries()) {
    const weight = left <= 0 ? Infinity : weigh(one, left);
    if (weight <= left) {
      left -= weight;
      continue;
    }
    const [before, behind] = left <= 0 ? [[], [one]] : cutOne(one, left);
    return [
      [...all.slice(0, index), ...before],
      [...behind, ...all.slice(index + 1)],
    ];
  }
  return [[...all], []];
}

/** Pure: what stands before and behind a place, in units of `weighBlocks`; see `splitRich` for what goes on as what. */
export function cutBlocks(blocks: readonly Block[], at: number, torn: Torn = 'never'): Halves<Block> {
  return cut(blocks, at, weighBlock, (block, within) => cutBlock(block, within, torn));
}

function cutBlock(block: Block, at: number, torn: Torn): Halves<Block> {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return both(cutInlines(block.content, at, torn), (content) => ({ ...block, content }));
    case 'quote':
      return both(cutBlocks(block.content, at, torn), (content) => ({ ...block, content }));
    case 'list': {
      const [before, behind] = cut(block.items, at, weighItem, (item, within) => cutItem(item, within, torn));
      // An item that is cut goes on under its own number.
      const start = block.start + block.items.length - behind.length;
      return [
        before.length === 0 ? [] : [{ ...block, items: before }],
        behind.length === 0 ? [] : [{ ...block, start, items: behind }],
      ];
    }
    case 'table':
      return both(
        cut(block.rows, at, weighRow, (row) => [[], [row]]),
        (rows) => ({ ...block, rows }),
      );
    case 'code': {
      const [before, behind] = cutCode(block.text, at, torn);
      return [before === '' ? [] : [{ ...block, text: before }], [{ ...block, text: behind }]];
    }
    case 'rule':
      return [[], [block]];
    default:
      return assertNever(block);
  }
}

function both<T>([before, behind]: Halves<T>, make: (half: T[]) => Block): Halves<Block> {
  return [before.length === 0 ? [] : [make(before)], behind.length === 0 ? [] : [make(behind)]];
}

function cutItem(item: ListItem, at: number, torn: Torn): Halves<ListItem> {
  const [before, behind] = cutBlocks(item.content, at, torn);
  // The box of a task stands before its beginning alone.
  return [before.length === 0 ? [] : [{ ...item, content: before }], behind.length === 0 ? [] : [{ content: behind }]];
}

function cutCode(text: string, at: number, torn: Torn): readonly [string, string] {
  if (text[at] === '\n') return [text.slice(0, at), text.slice(at + 1)];
  const end = wholeGraphemes(text, at, torn);
  return [text.slice(0, end), text.slice(end)];
}

/** The longest beginning of at most `most` units that ends between graphemes; where these may be torn, between code points. */
function wholeGraphemes(text: string, most: number, torn: Torn): number {
  const end = graphemeEnd(text, 0, most) ?? 0;
  if (end > 0 || torn === 'never') return end;
  const tearsPair = /[\ud800-\udbff]/.test(text[most - 1] ?? '') && /[\udc00-\udfff]/.test(text[most] ?? '');
  return tearsPair ? (most > 1 ? most - 1 : 2) : most;
}

function cutInlines(inlines: readonly Inline[], at: number, torn: Torn): Halves<Inline> {
  const [before, behind] = cut(inlines, at, weighInline, (inline, within) => cutInline(inline, within, torn));
  return [trimmed(before, 'end'), trimmed(behind, 'start')];
}

function cutInline(inline: Inline, at: number, torn: Torn): Halves<Inline> {
  if ('content' in inline) {
    const [before, behind] = cutInlines(inline.content, at, torn);
    return [
      before.length === 0 ? [] : [{ ...inline, content: before }],
      behind.length === 0 ? [] : [{ ...inline, content: behind }],
    ];
  }
  if (inline.type !== 'text' && inline.type !== 'code') return [[], [inline]];
  const end = wholeGraphemes(inline.text, at, torn);
  if (end === 0) return [[], [inline]];
  return [[{ ...inline, text: inline.text.slice(0, end) }], [{ ...inline, text: inline.text.slice(end) }]];
}

/** Without the breaks and the white space at one side. */
function trimmed(inlines: readonly Inline[], side: 'start' | 'end'): Inline[] {
  const left = [...inlines];
  for (;;) {
    const outermost = side === 'start' ? left.shift() : left.pop();
    if (outermost === undefined) return [];
    const rest = trimmedInline(outermost, side);
    if (rest === undefined) continue;
    if (side === 'start') left.unshift(rest);
    else left.push(rest);
    return left;
  }
}

function trimmedInline(inline: Inline, side: 'start' | 'end'): Inline | undefined {
  if (inline.type === 'break') return undefined;
  if (inline.type === 'text') {
    const text = side === 'start' ? inline.text.trimStart() : inline.text.trimEnd();
    return text === '' ? undefined : { type: 'text', text };
  }
  if (!('content' in inline)) return inline;
  const content = trimmed(inline.content, side);
  return content.length === 0 ? undefined : { ...inline, content };
}
