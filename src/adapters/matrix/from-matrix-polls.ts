import { cleanText } from '../../formatting/clean.js';
import type { Inline, RichText } from '../../model/rich-text.js';
import { isObject, type JsonObject } from './matrix.payloads.js';

/** Polls have their old names and forms beside the new ones. Source: client-server API, "Polls"; MSC3381, MSC1767. */

/** Answers beyond these are none. */
const mostAnswers = 20;

/** Pure: what a poll asks, and what there is to choose from; undefined where it asks nothing. */
export function pollBody(content: JsonObject): RichText | undefined {
  const poll = content['m.poll'] ?? content['m.poll.start'] ?? content['org.matrix.msc3381.poll.start'];
  if (!isObject(poll)) return undefined;
  const { answers } = poll;
  const question = textIn(poll['question']);
  const choices = Array.isArray(answers) ? answers.slice(0, mostAnswers).map(textIn) : [];
  if (question === '' || choices.length === 0) return undefined;
  return [
    { type: 'paragraph', content: [text('📊 '), { type: 'bold', content: [text(question)] }] },
    {
      type: 'list',
      ordered: true,
      start: 1,
      items: choices.map((choice) => ({ content: [{ type: 'paragraph', content: [text(choice)] }] })),
    },
  ];
}

/** Pure: that a poll is over, in the words of who ended it. */
export function pollEndBody(content: JsonObject): RichText {
  return [{ type: 'paragraph', content: [text(`📊 ${textIn(content) || 'The poll has ended.'}`)] }];
}

/** A text in any of the forms in which polls have theirs. */
function textIn(value: unknown): string {
  if (!isObject(value)) return '';
  const { 'm.text': parts } = value;
  const first: unknown = Array.isArray(parts) ? parts[0] : undefined;
  const found = [isObject(first) ? first['body'] : parts, value['org.matrix.msc1767.text'], value['body']].find(
    (each) => typeof each === 'string',
  );
  return typeof found === 'string' ? cleanText(found).replaceAll(/\s+/g, ' ').trim() : '';
}

function text(words: string): Inline {
  return { type: 'text', text: words };
}
