import { pollInWords } from '../formatting/poll-in-words.js';
import type { BridgeEvent, MessageSent, PollStarted } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import type { AskedOtherwise, PollBoard, PollCast, PollTally, PollTerms, PollVote, PollWords } from '../model/poll.js';
import { type RowId, voterKey } from '../model/routing.js';
import type { Inline, RichText } from '../model/rich-text.js';

/** Tallies are parts of the poll's copy: the latest of these is edited, and followed by the next where that cannot be any more. */
export const firstTally = 1;
export const lastTally = 499;

type PollEvent = Extract<BridgeEvent, { kind: 'pollVoted' | 'pollCounted' | 'pollClosed' }>;

export function isOfPoll(event: BridgeEvent): event is PollEvent {
  return event.kind === 'pollVoted' || event.kind === 'pollCounted' || event.kind === 'pollClosed';
}

/** Whether it changes how a poll stands, and so what all rooms show of it. */
export function tellsOfPoll(event: BridgeEvent): boolean {
  return isOfPoll(event) || (event.kind === 'messageEdited' && event.asks !== undefined);
}

/** Pure: everybody's votes, wherever they were given. */
export function wholeTally(board: PollBoard): PollTally {
  return plus(
    sumOf(board, board.votes.map(choicesOf)),
    board.counts.map((count) => anonymousIn(board, count)),
  );
}

/**
 * Pure: what a room's own count lacks: the votes of other rooms, less those that were cast there for their people. One that is to be
 * cast counts as cast: it tells of itself when that has come to nothing.
 */
export function tallyElsewhere(board: PollBoard, portal: RowId): PollTally {
  const cast = new Map(castsIn(board, portal).map((each) => [keyOf(each), each]));
  const elsewhere = board.votes.filter((vote) => vote.portal !== portal && cast.get(keyOf(vote))?.isUnderWay !== true);
  const standing = [...cast.values()].filter(({ isUnderWay }) => !isUnderWay);
  const wanted = sumOf(board, elsewhere.map(choicesOf));
  const there = sumOf(board, standing.map(choicesOf));
  const missing: PollTally = {
    counts: wanted.counts.map((count, option) => count - (there.counts[option] ?? 0)),
    voters: wanted.voters - there.voters,
    unknown: 0,
  };
  const others = board.counts.filter((count) => count.portal !== portal);
  return plus(
    missing,
    others.map((count) => anonymousIn(board, count)),
  );
}

/** Of a room's count what is its own people's, of whom nobody tells who they are. */
function anonymousIn(board: PollBoard, { portal, voters, counts }: PollBoard['counts'][number]): PollTally {
  const wanted = new Map(board.votes.map((vote) => [keyOf(vote), vote.choices]));
  // What is on its way there may be counted there already: the next count tells.
  const ours = castsIn(board, portal).map((cast) => (cast.isUnderWay ? (wanted.get(keyOf(cast)) ?? []) : cast.choices));
  const { counts: cast, voters: castVoters } = sumOf(board, ours);
  const own = Math.max(0, voters - castVoters);
  return {
    counts: board.poll.options.map((_, option) =>
      counts === null ? 0 : Math.max(0, (counts[option] ?? 0) - (cast[option] ?? 0)),
    ),
    voters: own,
    unknown: counts === null ? own : 0,
  };
}

function castsIn({ casts }: PollBoard, portal: RowId): readonly PollCast[] {
  return casts.filter((cast) => cast.portal === portal);
}

function sumOf({ poll }: PollBoard, votes: readonly (readonly number[])[]): PollTally {
  return {
    counts: poll.options.map((_, option) => votes.filter((choices) => choices.includes(option)).length),
    voters: votes.filter((choices) => choices.length > 0).length,
    unknown: 0,
  };
}

function plus(first: PollTally, others: readonly PollTally[]): PollTally {
  return others.reduce(
    (sum, each) => ({
      counts: sum.counts.map((count, option) => count + (each.counts[option] ?? 0)),
      voters: sum.voters + each.voters,
      unknown: sum.unknown + each.unknown,
    }),
    first,
  );
}

const choicesOf = ({ choices }: Pick<PollVote, 'choices'>): readonly number[] => choices;
const keyOf = ({ account, person }: Pick<PollVote, 'account' | 'person'>): string => voterKey(account, person);

/** Pure: how a poll of so many options is in a room. `words`: it is told, and nobody votes in it. */
export function pollIn(options: number, { polls }: Pick<Capabilities, 'polls'>): 'native' | 'counted' | 'words' {
  if (polls === undefined || options < polls.minOptions || options > polls.maxOptions) return 'words';
  return polls.are;
}

/**
 * Pure: a poll that is asked otherwise, which had so many options. Votes were given for these by their places: of more or fewer nobody
 * could say which is which, so that the poll stays.
 */
export function askedOtherwise({ question, options }: PollWords, before: number): AskedOtherwise {
  return { question, options, ...(options.length === before ? {} : { kept: before }) };
}

/** Pure: what is said with what a poll asks now where it stands as it was. */
export const staysAsItWas: RichText = [
  {
    type: 'paragraph',
    content: [text('The poll here keeps the options that it had: votes for others are not counted in it.')],
  },
];

/** Pure: a poll for a room that has none like it. */
export function pollAsMessage({ room, actor, at, message, question, options, thread }: PollStarted): MessageSent {
  const body = pollInWords({ question, options });
  const inThread = thread === undefined ? {} : { thread };
  return { kind: 'messageSent', room, actor, at, message, body, files: [], style: 'text', ...inThread };
}

/**
 * Pure: what stands under a poll. `of`: `rest`: what the room's own count lacks; `all`: the room counts nothing itself. While results
 * are hidden it tells how many have voted, and nothing else. Undefined where there is nothing to tell.
 */
export function tallyInWords(
  poll: PollTerms & { readonly state: 'open' | 'closed' },
  tally: PollTally,
  of: 'rest' | 'all',
): RichText | undefined {
  const isSecret = poll.results === 'hidden' && poll.state === 'open';
  const parts = isSecret ? [] : poll.options.flatMap((option, index) => countOf(option, tally.counts[index] ?? 0));
  const silent = isSecret ? tally.voters : tally.unknown;
  const isOver = poll.state === 'closed';
  if (parts.length === 0 && silent <= 0 && !(of === 'all' && isOver)) return undefined;
  const title = of === 'rest' ? 'Votes from elsewhere' : isOver ? 'The poll is over' : 'Votes';
  const told = parts.length === 0 && silent <= 0 ? ['nobody voted'] : [...parts, ...numberOf(silent, parts.length > 0)];
  return [{ type: 'paragraph', content: [text(`📊 ${title}: ${told.join(' · ')}`)] }];
}

/** Pure: what stands under a poll of which there is nothing more to tell. */
export const nothingElsewhere: RichText = [
  { type: 'paragraph', content: [text('📊 Votes from elsewhere: none that the poll does not show')] },
];

function countOf(option: string, count: number): string[] {
  if (count === 0) return [];
  return [`${option} ${count < 0 ? `−${String(-count)}` : String(count)}`];
}

/** Those of whom it is not told what they chose. */
function numberOf(people: number, isMore: boolean): string[] {
  if (people <= 0) return [];
  const who = `${String(people)} ${isMore ? 'more ' : ''}${people === 1 ? 'person' : 'people'}`;
  return [`${who} voted`];
}

function text(words: string): Inline {
  return { type: 'text', text: words };
}
