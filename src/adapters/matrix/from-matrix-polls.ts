import { cleanText } from '../../formatting/clean.js';
import { pollInWords } from '../../formatting/poll-in-words.js';
import type { BridgeEvent } from '../../model/bridge-event.js';
import { type MessageRef, remoteId } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import type { PollTerms } from '../../model/poll.js';
import { isObject, type JsonObject, readRelation, type StoredEvent } from './matrix.payloads.js';

/** Polls have their old names and forms beside the new ones. Source: client-server API, "Polls"; MSC3381, MSC1767. */
export type PollDialect = 'stable' | 'unstable';

export const pollTypes = {
  stable: { start: 'm.poll.start', response: 'm.poll.response', end: 'm.poll.end' },
  unstable: {
    start: 'org.matrix.msc3381.poll.start',
    response: 'org.matrix.msc3381.poll.response',
    end: 'org.matrix.msc3381.poll.end',
  },
} as const;

/** Answers beyond these are none. */
export const mostAnswers = 20;

/** A poll as its first event has it. */
export interface PollForm extends PollTerms {
  /** The ids of its options. */
  readonly ids: readonly string[];
  readonly dialect: PollDialect;
  /** What its options were called before it was asked otherwise. */
  readonly earlierIds?: readonly string[];
}

export function dialectOf(type: string): PollDialect {
  return type.startsWith('org.matrix.msc3381.') ? 'unstable' : 'stable';
}

export function isPollStart(type: string): boolean {
  return type === pollTypes.stable.start || type === pollTypes.unstable.start;
}

/** Pure: what a poll asks; undefined where it asks nothing. */
export function pollForm(type: string, content: JsonObject): PollForm | undefined {
  const poll = content['m.poll'] ?? content['m.poll.start'] ?? content['org.matrix.msc3381.poll.start'];
  if (!isObject(poll)) return undefined;
  const { answers, kind, max_selections: most } = poll;
  const question = textIn(poll['question']);
  const offered = Array.isArray(answers) ? answers.slice(0, mostAnswers) : [];
  if (question === '' || offered.length === 0) return undefined;
  const isShown = kind === 'm.disclosed' || kind === 'org.matrix.msc3381.poll.disclosed';
  const maxVotes = typeof most === 'number' && Number.isSafeInteger(most) && most > 0 ? most : 1;
  return {
    question,
    options: offered.map(textIn),
    ids: offered.map(idIn),
    results: isShown ? 'shown' : 'hidden',
    maxVotes: maxVotes >= offered.length && offered.length > 1 ? 0 : maxVotes,
    dialect: dialectOf(type),
  };
}

/** Pure: what a poll asks whose words may have been edited: its first options, by the ids that they have now. */
export function standingForm({ type, content, edited }: NonNullable<StoredEvent['poll']>): PollForm | undefined {
  const first = pollForm(type, content);
  const now = edited === undefined ? undefined : pollForm(type, edited);
  if (first === undefined || now === undefined) return first;
  return { ...first, ids: first.ids.map((id, place) => idNow(id, place, first, now)), earlierIds: first.ids };
}

/** Where there are more options now, or fewer, by what they are called. Empty: it is gone. */
function idNow(id: string, place: number, first: PollForm, now: PollForm): string {
  if (now.ids.length === first.ids.length) return now.ids[place] ?? '';
  if (now.ids.includes(id)) return id;
  return now.ids[now.options.indexOf(first.options[place] ?? '')] ?? '';
}

/** Pure: what stands in an event, or replaces what stood there. */
export function newContentIn(content: JsonObject): JsonObject {
  const { 'm.new_content': replacement } = content;
  return isObject(replacement) ? replacement : content;
}

/** Pure: the options that a response names; those that there are not count for nothing. */
export function choicesIn(content: JsonObject, form: PollForm): number[] {
  const { ids, options, maxVotes, earlierIds = [] } = form;
  const old = content['org.matrix.msc3381.poll.response'];
  const named = content['m.selections'] ?? (isObject(old) ? old['answers'] : undefined);
  const most = maxVotes === 0 ? options.length : maxVotes;
  const chosen = Array.isArray(named) ? [...new Set(named)].slice(0, most) : [];
  const indexes = chosen.map((id) => {
    const place = typeof id === 'string' ? ids.indexOf(id) : -1;
    return place === -1 && typeof id === 'string' ? earlierIds.indexOf(id) : place;
  });
  // One answer that is none spoils the vote.
  return indexes.includes(-1) ? [] : indexes;
}

/** What an event says of itself. */
type Base = Pick<BridgeEvent, 'room' | 'actor' | 'at' | 'key'>;

/** Pure: somebody asks something, or otherwise. */
export function fromPollStart(stored: StoredEvent, base: Base, refTo: (id: string) => MessageRef): ReadResult {
  const { event } = stored;
  const { content, type } = event;
  const { rel_type: relation, event_id: first } = readRelation(content);
  if (relation === 'm.replace') return fromPollEdit(stored, base, refTo);
  const form = pollForm(type, content);
  if (form === undefined) return { ignored: `${type} that asks nothing` };
  const { question, options, results, maxVotes } = form;
  const message = refTo(event.event_id);
  const thread = relation === 'm.thread' && first !== undefined ? { thread: refTo(first) } : {};
  return { events: [{ ...base, kind: 'pollStarted', message, question, options, results, maxVotes, ...thread }] };
}

/** Servers pass on an edit of anybody's poll: only its author's counts. */
function fromPollEdit(
  { event, order, editedSender }: StoredEvent,
  base: Base,
  refTo: (id: string) => MessageRef,
): ReadResult {
  const target = readRelation(event.content).event_id;
  if (target === undefined) return { ignored: 'm.replace of nothing' };
  if (editedSender !== event.sender) return { ignored: 'm.replace by somebody else than the author' };
  return asksNow(event, base, refTo(target), order);
}

/** Pure: what a poll asks from now on: by an edit, or by itself again. */
export function asksNow(
  { type, content }: Pick<StoredEvent['event'], 'type' | 'content'>,
  base: Base,
  message: MessageRef,
  version: string,
): ReadResult {
  const form = pollForm(type, newContentIn(content));
  if (form === undefined) return { ignored: `${type} that asks nothing` };
  const asks = { question: form.question, options: form.options };
  return {
    events: [{ ...base, kind: 'messageEdited', message, body: pollInWords(asks), asks, style: 'text', version }],
  };
}

/** Pure: somebody votes. The source found the poll, whose options a vote names by their ids. */
export function fromPollResponse(
  { event, order, poll }: StoredEvent,
  base: Base,
  refTo: (id: string) => MessageRef,
): ReadResult {
  const { content, type } = event;
  const target = readRelation(content).event_id;
  const form = poll === undefined ? undefined : standingForm(poll);
  if (target === undefined || form === undefined) return { ignored: `${type} in a poll that is not known` };
  const choices = choicesIn(content, form);
  const row = remoteId(event.event_id);
  return { events: [{ ...base, kind: 'pollVoted', message: refTo(target), choices, version: order, row }] };
}

/** Pure: whoever asked, and moderators, may end a poll: what others say of its end counts for nothing. */
export function fromPollEnd(
  { event, order, poll }: StoredEvent,
  base: Base,
  refTo: (id: string) => MessageRef,
): ReadResult {
  const target = readRelation(event.content).event_id;
  if (target === undefined) return { ignored: `${event.type} of nothing` };
  if (poll?.mayEnd !== true) return { ignored: `${event.type} by somebody who may not end it` };
  return { events: [{ ...base, kind: 'pollClosed', message: refTo(target), version: order }] };
}

function idIn(answer: unknown): string {
  const id: unknown = isObject(answer) ? (answer['m.id'] ?? answer['id']) : undefined;
  return typeof id === 'string' ? id : '';
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
