import type { PollWords } from '../model/poll.js';
import type { Inline, RichText } from '../model/rich-text.js';

/** Pure: a poll in words, for rooms that have none. */
export function pollInWords({ question, options }: PollWords): RichText {
  return [
    { type: 'paragraph', content: [text('📊 '), { type: 'bold', content: [text(question)] }] },
    {
      type: 'list',
      ordered: true,
      start: 1,
      items: options.map((option) => ({ content: [{ type: 'paragraph', content: [text(option)] }] })),
    },
  ];
}

function text(words: string): Inline {
  return { type: 'text', text: words };
}
