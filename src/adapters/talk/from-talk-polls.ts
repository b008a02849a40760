import { cleanText } from '../../formatting/clean.js';
import type { BridgeEvent, PollStarted } from '../../model/bridge-event.js';
import type { MessageRef, UserRef } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import type { StoredPoll } from './talk.poll-payloads.js';

/** What a row says of itself. */
type Base = Pick<BridgeEvent, 'room' | 'actor' | 'at' | 'key'>;

/** Pure: what a poll asks. */
export function pollStarted(
  { question, options, hidden, maxVotes }: StoredPoll,
  base: Base,
  message: MessageRef,
): PollStarted {
  return {
    ...base,
    kind: 'pollStarted',
    message,
    question: oneLine(question),
    options: options.map(oneLine),
    results: hidden ? 'hidden' : 'shown',
    maxVotes,
  };
}

/** Pure: somebody voted, of whom it is not told who. */
export function pollVoted(
  { voters, counts }: StoredPoll,
  base: Base,
  message: MessageRef,
  version: string,
): ReadResult {
  return { events: [{ ...base, kind: 'pollCounted', message, counted: { voters, counts }, version }] };
}

/** Pure: who chose what is told when a public poll is over; of a hidden one how many. */
export function pollClosed(
  { voters, counts, votes }: StoredPoll,
  base: Base,
  message: MessageRef,
  version: string,
  person: (actor: { readonly type: string; readonly id: string; readonly name: string }) => UserRef,
): ReadResult {
  const told = votes?.map((vote): BridgeEvent => ({
    ...base,
    kind: 'pollVoted',
    actor: person(vote),
    message,
    choices: vote.choices,
    version,
  }));
  const counted = told === undefined ? { voters, counts } : { voters: 0, counts: null };
  return {
    events: [
      ...(told ?? []),
      { ...base, kind: 'pollCounted', message, counted, version },
      { ...base, kind: 'pollClosed', message, version },
    ],
  };
}

function oneLine(text: string): string {
  return cleanText(text).replaceAll(/\s+/g, ' ').trim();
}
