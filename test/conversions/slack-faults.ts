import type { SlackText } from '../../src/adapters/slack/to-slack.js';
import type { SlackBlock } from '../../src/adapters/slack/to-slack-blocks.js';
import type { SlackInline } from '../../src/adapters/slack/to-slack-inlines.js';

/** What stands in a message, element by element. */
function inlinesIn(blocks: readonly SlackBlock[]): SlackInline[] {
  return blocks.flatMap((block) => {
    if (block.type !== 'rich_text') return [];
    return block.elements.flatMap((element) =>
      element.type === 'rich_text_list' ? element.elements.flatMap((item) => item.elements) : [...element.elements],
    );
  });
}

/** What of Slack's rules a message breaks; nothing, if all is well. */
export function faults({ text: fallback, blocks }: SlackText, mostBytes: number): string[] {
  const found: string[] = [];
  const check = (isFine: boolean, fault: string): void => {
    if (!isFine) found.push(fault);
  };
  check(blocks.length > 0 && blocks.length <= 50, 'number of blocks');
  check(Buffer.byteLength(JSON.stringify(blocks)) <= mostBytes, 'length of blocks');
  check(fallback.length > 0 && fallback.length <= 4_000, 'length of text');
  for (const block of blocks) {
    if (block.type === 'header')
      check(block.text.text.length > 0 && block.text.text.length <= 150, 'length of a header');
    if (block.type !== 'rich_text') continue;
    check(block.elements.length > 0, 'an empty block');
    for (const element of block.elements) {
      check(element.elements.length > 0, `an empty ${element.type}`);
      if (element.type !== 'rich_text_list') continue;
      check(element.indent >= 0 && element.indent <= 8, 'how far in a list stands');
      check(
        element.elements.every((item) => item.elements.length > 0),
        'an empty item',
      );
      check((element.offset ?? 1) > 0, 'an offset that is none');
    }
  }
  for (const element of inlinesIn(blocks)) {
    if (element.type === 'text') check(element.text.length > 0, 'an empty text');
    if (element.type === 'link') {
      check(new URL(element.url).href !== '' && element.url.length <= 3_000 && element.text !== '', 'a link');
    }
    if (element.type === 'date') check(Number.isInteger(element.timestamp) && element.fallback !== '', 'a date');
    if (element.type === 'emoji') check(element.name === 'kazoo', 'an emoji');
  }
  return found;
}

/** Whom a message rings for. */
export function calls(blocks: readonly SlackBlock[]): string[] {
  return inlinesIn(blocks).flatMap((element) => {
    if (element.type === 'user') return [element.user_id];
    return element.type === 'broadcast' ? [element.range] : [];
  });
}
