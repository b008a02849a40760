import { isObject, type JsonObject } from './matrix/events.js';
import type { PageQuestion } from './page.types.js';

/** Clients write the names of the proposal, and know those of the specification. Source: MSC3381. */
const types: Readonly<Record<string, PollEventKind>> = {
  'm.poll.start': 'start',
  'm.poll.response': 'response',
  'm.poll.end': 'end',
  'org.matrix.msc3381.poll.start': 'start',
  'org.matrix.msc3381.poll.response': 'response',
  'org.matrix.msc3381.poll.end': 'end',
};
const written = {
  start: 'org.matrix.msc3381.poll.start',
  response: 'org.matrix.msc3381.poll.response',
  end: 'org.matrix.msc3381.poll.end',
} as const;

export type PollEventKind = 'start' | 'response' | 'end';

/** A poll as its first event has it. */
export interface MatrixPoll extends PageQuestion {
  /** The ids of its options. */
  readonly ids: readonly string[];
}

export interface PollEvent {
  readonly type: string;
  readonly content: JsonObject;
}

export function pollKindOf(type: string): PollEventKind | undefined {
  return types[type];
}

/** Pure: what a poll asks; undefined where the content is no poll's. */
export function pollIn(content: JsonObject): MatrixPoll | undefined {
  const poll = content['m.poll'] ?? content['m.poll.start'] ?? content[written.start];
  if (!isObject(poll) || !Array.isArray(poll['answers'])) return undefined;
  const answers = poll['answers'].filter(isObject);
  const { kind, max_selections: most = 1 } = poll;
  return {
    question: wordsIn(poll['question']),
    options: answers.map(wordsIn),
    ids: answers.map(idIn),
    results: typeof kind === 'string' && kind.endsWith('undisclosed') ? 'hidden' : 'shown',
    maxVotes: typeof most === 'number' && most < answers.length ? most : 0,
  };
}

/** Pure: what somebody chose, as places in the poll's options; one that there is not spoils the vote. */
export function choicesIn(content: JsonObject, { ids }: MatrixPoll): number[] {
  const old = content[written.response];
  const named: unknown = content['m.selections'] ?? (isObject(old) ? old['answers'] : []);
  const choices = Array.isArray(named) ? named.map((id) => ids.indexOf(String(id))) : [];
  return choices.includes(-1) ? [] : choices;
}

/** Pure: as clients ask it. */
export function askedBy({ question, options, results, maxVotes }: PageQuestion): PollEvent {
  const text = 'org.matrix.msc1767.text';
  const poll = {
    question: { [text]: question, body: question, msgtype: 'm.text' },
    kind: `org.matrix.msc3381.poll.${results === 'shown' ? 'disclosed' : 'undisclosed'}`,
    max_selections: maxVotes === 0 ? options.length : maxVotes,
    answers: options.map((option, at) => ({ id: `answer-${String(at)}`, [text]: option })),
  };
  const list = options.map((option, at) => `${String(at + 1)}. ${option}`);
  return { type: written.start, content: { [text]: [question, ...list].join('\n'), [written.start]: poll } };
}

/** Pure: somebody's vote. */
export function votedBy(poll: string, { ids }: MatrixPoll, choices: readonly number[]): PollEvent {
  const answers = choices.flatMap((choice) => ids[choice] ?? []);
  return { type: written.response, content: { ...about(poll), [written.response]: { answers } } };
}

/** Pure: that a poll is over. */
export function endedBy(poll: string): PollEvent {
  const text = 'The poll has ended.';
  return {
    type: written.end,
    content: { ...about(poll), [written.end]: {}, 'org.matrix.msc1767.text': text, body: text, msgtype: 'm.text' },
  };
}

function idIn(answer: JsonObject): string {
  const id = answer['m.id'] ?? answer['id'];
  return typeof id === 'string' ? id : '';
}

function about(poll: string): JsonObject {
  return { 'm.relates_to': { rel_type: 'm.reference', event_id: poll } };
}

function wordsIn(value: unknown): string {
  if (!isObject(value)) return '';
  const parts: unknown = value['m.text'];
  const first: unknown = Array.isArray(parts) ? parts[0] : undefined;
  const words: unknown = isObject(first) ? first['body'] : (value['org.matrix.msc1767.text'] ?? value['body']);
  return typeof words === 'string' ? words : '';
}
