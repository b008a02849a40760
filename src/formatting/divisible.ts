import type { Block, Inline, RichText } from '../model/rich-text.js';
import { toPlain } from './plain.js';

type Fits = (part: RichText) => boolean;

/** What is shorter than this fits wherever anything does. */
const shortChars = 200;

/**
 * Pure: a rich text without anything that would not fit even alone and cannot be cut: a table whose rows are too long
 * becomes paragraphs; a link, a formula or a name becomes the text that it says.
 */
export function divisible(body: RichText, fits: Fits): RichText {
  return body.flatMap((block) => divide(block, fits));
}

function divide(block: Block, fits: Fits): Block[] {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return [{ ...block, content: divideAll(block.content, fits) }];
    case 'quote':
      return [{ ...block, content: divisible(block.content, fits) }];
    case 'list':
      return [{ ...block, items: block.items.map((item) => ({ ...item, content: divisible(item.content, fits) })) }];
    case 'table': {
      const { head, rows } = block;
      if ([[], ...rows].every((row) => fits([{ ...block, rows: [row] }]))) return [block];
      return [head, ...rows].map((row) => ({ type: 'paragraph', content: divideAll(lineOf(row), fits) }));
    }
    case 'code': {
      const { language = '', text } = block;
      return language.length < shortChars ? [block] : [{ type: 'code', text }];
    }
    case 'rule':
      return [block];
  }
}

function lineOf(row: readonly (readonly Inline[])[]): Inline[] {
  return row.flatMap((cell, index) => [...(index > 0 ? [{ type: 'text', text: ' | ' } as const] : []), ...cell]);
}

function divideAll(inlines: readonly Inline[], fits: Fits): Inline[] {
  return inlines.flatMap((inline) => divideOne(inline, fits));
}

function divideOne(inline: Inline, fits: Fits): Inline[] {
  if (besideItsText(inline) >= shortChars) {
    const least = 'content' in inline ? { ...inline, content: [{ type: 'text', text: '…' } as const] } : inline;
    if (!fits([{ type: 'paragraph', content: [least] }])) {
      return [{ type: 'text', text: toPlain([{ type: 'paragraph', content: [inline] }]) }];
    }
  }
  return 'content' in inline ? [{ ...inline, content: divideAll(inline.content, fits) }] : [inline];
}

/** How much is written of an inline that no cut makes shorter. */
function besideItsText(inline: Inline): number {
  switch (inline.type) {
    case 'link':
      return inline.url.length;
    case 'spoiler':
      return inline.reason?.length ?? 0;
    case 'mention':
    case 'date':
      return inline.label.length;
    case 'customEmoji':
      return inline.shortcode.length;
    case 'math':
      return inline.latex.length;
    default:
      return 0;
  }
}
