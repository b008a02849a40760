import { runsOf } from '../../src/formatting/runs.js';
import { labelOf } from '../../src/formatting/plain.js';
import type { Block, Inline, RichText } from '../../src/model/rich-text.js';

/** The letters that people see, with what they stand in: ` item 1 quote: tent`. Blanks are none. */
export function signsIn(body: RichText): string[] {
  const signs: { as: string; text: string }[] = [];
  for (const { as, text } of body.flatMap((block) => blockSigns(block, ''))) {
    const last = signs.at(-1);
    const seen = text.replaceAll(/[\s\u200b\u2060]+/gu, '');
    if (seen === '') continue;
    if (last?.as === as) last.text += seen;
    else signs.push({ as, text: seen });
  }
  return signs.map(({ as, text }) => `${as}: ${text}`);
}

/** The letters alone. */
export function lettersIn(body: RichText): string {
  return body.flatMap((block) => blockSigns(block, '').map(({ text }) => text)).join('');
}

interface Signs {
  readonly as: string;
  readonly text: string;
}

function blockSigns(block: Block, within: string): Signs[] {
  switch (block.type) {
    case 'paragraph':
      return inlineSigns(block.content, within);
    case 'heading':
      return inlineSigns(block.content, `${within} heading ${String(block.level)}`);
    case 'quote':
      return block.content.flatMap((each) => blockSigns(each, `${within} quote`));
    case 'list':
      return block.items.flatMap(({ checked, content }, index) => {
        const mark = block.ordered ? `item ${String(block.start + index)}` : `item ${String(checked ?? '')}`;
        return content.flatMap((each) => blockSigns(each, `${within} ${mark}`));
      });
    case 'code':
      return [{ as: `${within} code ${block.language ?? ''}`, text: block.text }];
    case 'table':
      return [block.head, ...block.rows].flatMap((row) => row.flatMap((cell) => inlineSigns(cell, `${within} cell`)));
    case 'rule':
      return [{ as: `${within} rule`, text: '—' }];
  }
}

function inlineSigns(content: readonly Inline[], within: string): Signs[] {
  return runsOf(content).map(({ leaf }) => ({ as: within, text: textOf(leaf) }));
}

function textOf(leaf: ReturnType<typeof runsOf>[number]['leaf']): string {
  switch (leaf.type) {
    case 'text':
    case 'code':
      return leaf.text;
    case 'mention':
      return labelOf(leaf);
    case 'customEmoji':
      return `:${leaf.shortcode}:`;
    case 'date':
      return leaf.label;
    case 'math':
      return leaf.latex;
    case 'break':
      return '';
  }
}
