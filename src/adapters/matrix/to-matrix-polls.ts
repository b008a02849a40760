import type { PollTerms } from '../../model/poll.js';
import type { PollDialect, PollForm } from './from-matrix-polls.js';
import type { JsonObject } from './matrix.payloads.js';

/** Pure: a new poll, as clients write it. */
export function startContent({ question, options, results, maxVotes }: PollTerms): JsonObject {
  const kind = results === 'shown' ? 'disclosed' : 'undisclosed';
  const fallback = [question, ...options.map((option, index) => `${String(index + 1)}. ${option}`)].join('\n');
  return {
    'org.matrix.msc1767.text': fallback,
    'org.matrix.msc3381.poll.start': {
      question: { 'org.matrix.msc1767.text': question, body: question, msgtype: 'm.text' },
      kind: `org.matrix.msc3381.poll.${kind}`,
      max_selections: maxVotes === 0 ? options.length : maxVotes,
      answers: options.map((option, index) => ({ id: String(index + 1), 'org.matrix.msc1767.text': option })),
    },
  };
}

/** Pure: what somebody chose. */
export function responseContent(poll: string, { ids, dialect }: PollForm, choices: readonly number[]): JsonObject {
  const answers = choices.flatMap((choice) => ids[choice] ?? []).filter((id) => id !== '');
  const chosen =
    dialect === 'stable' ? { 'm.selections': answers } : { 'org.matrix.msc3381.poll.response': { answers } };
  return { 'm.relates_to': { rel_type: 'm.reference', event_id: poll }, ...chosen };
}

/** Pure: that a poll is over. */
export function endContent(poll: string, dialect: PollDialect): JsonObject {
  const text = 'The poll has ended.';
  const relation = { 'm.relates_to': { rel_type: 'm.reference', event_id: poll } };
  if (dialect === 'stable') return { ...relation, 'm.text': [{ body: text }] };
  return {
    ...relation,
    body: text,
    msgtype: 'm.text',
    'org.matrix.msc1767.text': text,
    'org.matrix.msc3381.poll.end': {},
  };
}
