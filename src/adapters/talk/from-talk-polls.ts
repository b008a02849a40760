import { cleanText } from '../../formatting/clean.js';
import type { BridgeEvent, PollStarted } from '../../model/bridge-event.js';
import { type MessageRef, userId, type UserRef } from '../../model/ids.js';
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

/**
 * Pure: who chose what is told when a public poll is over; of a hidden one how many. Both also where it was ended from elsewhere, by us:
 * nothing of it was told before, so that it is the server's word, and not that of whoever ended it.
 */
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
    atEnd: true,
  }));
  const server = { account: base.room.account, id: userId(''), name: '', standing: 'system' } as const;
  const counted = told === undefined ? { voters, counts } : { voters: 0, counts: null };
  return {
    events: [
      ...(told ?? []),
      { ...base, actor: server, kind: 'pollCounted', message, counted, version, atEnd: true },
      { ...base, kind: 'pollClosed', message, version },
    ],
  };
}

function oneLine(text: string): string {
  return cleanText(text).replaceAll(/\s+/g, ' ').trim();
}
