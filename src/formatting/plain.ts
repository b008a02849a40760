import { assertNever } from '../model/bridge-event.js';
import type { Block, Inline, ListItem, RichText } from '../model/rich-text.js';
import { cleanText } from './clean.js';
import { spoilerMarks } from './spoiler-marks.js';

/** Pure: a plain text as paragraphs. `toPlain` gives back the cleaned text, letter for letter. */
export function fromPlain(text: string): RichText {
  const clean = cleanText(text);
  if (clean === '') return [];
  return clean.split('\n\n').map((paragraph): Block => ({ type: 'paragraph', content: lines(paragraph) }));
}

/** Pure: what a rich text says, for where nothing but text can be shown. */
export function toPlain(body: RichText): string {
  return body.map(block).join('\n\n');
}

/** Nothing to see: blanks, joiners, fillers. */
const nothing = /^[\s\u2800\p{Default_Ignorable_Code_Point}]*$/u;

/** Pure: whether there is nothing in it that people could see: a quote of nothing, and a list of that, is nothing. */
export function saysNothing(body: RichText): boolean {
  return body.every(isNothing);
}

function isNothing(given: Block): boolean {
  switch (given.type) {
    case 'quote':
      return saysNothing(given.content);
    case 'list':
      return given.items.every(({ checked, content }) => checked === undefined && saysNothing(content));
    case 'table':
      return [given.head, ...given.rows].every((row) => row.every((cell) => isBlank(inlines(cell))));
    default:
      return isBlank(block(given));
  }
}

/** Pure: the same of a text. */
export function isBlank(text: string): boolean {
  return nothing.test(text);
}

/** Pure: whether `toPlain` says all there is: paragraphs of text and breaks. */
export function isPlain(body: RichText): boolean {
  return body.every(
    ({ type, ...given }) =>
      type === 'paragraph' &&
      'content' in given &&
      given.content.every((inline) => inline.type === 'text' || inline.type === 'break'),
  );
}

/** Pure: a mention's label with the sigil that people know it by; one that has it already keeps it. */
export function labelOf({ of, label }: Extract<Inline, { type: 'mention' }>): string {
  const sigil = of.kind === 'room' ? '#' : '@';
  return /^[@#!+]/.test(label) ? label : sigil + label;
}

function lines(paragraph: string): Inline[] {
  return paragraph.split('\n').flatMap((line, index): Inline[] => {
    const text: Inline[] = line === '' ? [] : [{ type: 'text', text: line }];
    return index === 0 ? text : [{ type: 'break' }, ...text];
  });
}

function block(given: Block): string {
  switch (given.type) {
    case 'paragraph':
    case 'heading':
      return inlines(given.content);
    case 'quote':
      return indent(toPlain(given.content), '> ', '> ');
    case 'list':
      return given.items
        .map((item, index) => listItem(item, given.ordered ? `${String(given.start + index)}. ` : '- '))
        .join('\n');
    case 'code':
      return given.text;
    case 'table': {
      const head = given.head.some((cell) => cell.length > 0) ? [given.head] : [];
      return [...head, ...given.rows].map((row) => row.map(inlines).join(' | ')).join('\n');
    }
    case 'rule':
      return '———';
    default:
      return assertNever(given);
  }
}

function listItem(item: ListItem, marker: string): string {
  const box = item.checked === undefined ? '' : item.checked ? '[x] ' : '[ ] ';
  const content = item.content.map(block).join('\n');
  return indent(`${box}${content}`, marker, ' '.repeat(marker.length));
}

function indent(text: string, first: string, others: string): string {
  return text
    .split('\n')
    .map((line, index) => `${index === 0 ? first : others}${line}`)
    .join('\n');
}

function inlines(content: readonly Inline[]): string {
  return content.map(inline).join('');
}

function inline(given: Inline): string {
  switch (given.type) {
    case 'text':
    case 'code':
      return given.text;
    case 'bold':
    case 'italic':
    case 'strike':
    case 'underline':
      return inlines(given.content);
    case 'spoiler': {
      const [before, behind] = spoilerMarks(given);
      return `${before}${inlines(given.content)}${behind}`;
    }
    case 'link': {
      const label = inlines(given.content);
      return label === '' ? given.url : namesAddress(label, given.url) ? label : `${label} (${given.url})`;
    }
    case 'break':
      return '\n';
    case 'mention':
      return labelOf(given);
    case 'customEmoji':
      return `:${given.shortcode}:`;
    case 'date':
      return given.label;
    case 'math':
      return given.latex;
    default:
      return assertNever(given);
  }
}

/** Pure: whether a label names the address itself: `example.org` does for `https://example.org/`. */
export function namesAddress(label: string, url: string): boolean {
  if (label === url) return true;
  return ['mailto:', 'tel:', 'http://', 'https://'].some(
    (scheme) => url === scheme + label || url === `${scheme}${label}/`,
  );
}
