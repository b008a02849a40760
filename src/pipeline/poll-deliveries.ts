import { createHash } from 'node:crypto';
import type {
  MessageEdited,
  MessageSent,
  PollClosed,
  PollCounted,
  PollStarted,
  PollVoted,
} from '../model/bridge-event.js';
import type { Capabilities, SpeakerKind } from '../model/capabilities.js';
import type { Lane, ShownCopy } from '../model/delivery.js';
import type { ShownPoll } from '../model/network-adapter.js';
import type { PollBoard } from '../model/poll.js';
import type { RichText } from '../model/rich-text.js';
import { noticeLine } from './degraded.js';
import { noticeOf } from './notices.js';
import { firstTally, lastTally, nothingElsewhere, pollIn, tallyElsewhere, tallyInWords, wholeTally } from './polls.js';

type PollEvent = PollVoted | PollCounted | PollClosed;

/** How what is told of a poll is shown in a room. `part`: the part of the poll's copy that shows it. */
export type PollStep =
  | { readonly then: 'skip'; readonly reason: string }
  /** As it is, by who is to be seen to do it. */
  | { readonly then: 'do'; readonly event: PollVoted | PollClosed; readonly inLine?: MessageSent }
  /** The poll is shown as it stands now. */
  | { readonly then: 'show'; readonly event: PollCounted; readonly poll: ShownPoll; readonly hash: Buffer }
  | {
      readonly then: 'tell';
      readonly event: MessageSent | MessageEdited;
      readonly part: number;
      readonly hash: Buffer;
    };

/** What of a lane's room decides it. */
export interface PollPlace {
  readonly lane: Pick<Lane, 'id'>;
  readonly capabilities: Pick<Capabilities, 'polls' | 'editWindowMs'>;
  /** What of the poll stands in the room: at least itself. */
  readonly copies: readonly ShownCopy[];
  readonly now: Date;
  /** As whom the person is seen there. */
  readonly as: SpeakerKind;
  readonly networkLabel: string;
}

/** Pure: a poll in which nobody has voted yet. */
export function begunPoll({ question, options, results, maxVotes }: PollStarted): ShownPoll {
  const tally = { counts: options.map(() => 0), voters: 0, unknown: 0 };
  return { question, options, results, maxVotes, state: 'open', tally };
}

export function hashOfPoll(poll: ShownPoll): Buffer {
  return hashed(poll);
}

/** Pure. */
export function pollStep(event: PollEvent, board: PollBoard, place: PollPlace): PollStep {
  const form = pollIn(board.poll.options.length, place.capabilities);
  switch (event.kind) {
    case 'pollVoted':
      return form === 'native' && mayVote(board, place)
        ? { then: 'do', event }
        : { then: 'skip', reason: 'the votes are told under the poll' };
    case 'pollClosed':
      if (form !== 'native') return { then: 'skip', reason: 'the votes under the poll tell that it is over' };
      return { then: 'do', event, inLine: { ...noticeLine(event, noticeOf(event, place.networkLabel)), by: 'bridge' } };
    case 'pollCounted':
      return form === 'counted' ? shown(event, board, place) : told(event, board, form, place);
  }
}

/** While results are hidden nobody is to find out what somebody chose elsewhere. */
function mayVote({ poll }: PollBoard, { as, capabilities: { polls } }: PollPlace): boolean {
  const isThemselves = as === 'ghost' || as === 'own' || as === 'guest';
  return isThemselves && (poll.results === 'shown' || polls?.votes === 'secret');
}

function shown(event: PollCounted, board: PollBoard, { copies }: PollPlace): PollStep {
  const poll: ShownPoll = { ...board.poll, tally: wholeTally(board) };
  const hash = hashOfPoll(poll);
  if (copies.find(({ part }) => part === 0)?.hash?.equals(hash) === true) return sameAlready;
  return { then: 'show', event, poll, hash };
}

const sameAlready = { then: 'skip', reason: 'the room shows the same already' } as const;

function told(event: PollCounted, board: PollBoard, form: 'native' | 'words', place: PollPlace): PollStep {
  const { lane, copies, now, capabilities } = place;
  const tally = form === 'native' ? tallyElsewhere(board, lane.id) : wholeTally(board);
  const words = tallyInWords(board.poll, tally, form === 'native' ? 'rest' : 'all');
  const standing = copies.findLast(({ part }) => part >= firstTally && part <= lastTally);
  if (standing === undefined && words === undefined) return { then: 'skip', reason: 'there is nothing to tell' };
  const body = words ?? nothingElsewhere;
  const hash = hashed(body);
  if (standing?.hash?.equals(hash) === true) return sameAlready;
  const { room, actor, at, message, version } = event;
  const said = { room, actor, at, message, body, style: 'notice', attention: 'silent', by: 'bridge' } as const;
  const isOld =
    standing !== undefined &&
    capabilities.editWindowMs !== undefined &&
    now.getTime() - standing.madeAt.getTime() >= capabilities.editWindowMs;
  if (standing === undefined || isOld) {
    const part = standing === undefined ? firstTally : Math.min(standing.part + 1, lastTally);
    return { then: 'tell', event: { ...said, kind: 'messageSent', files: [], replyTo: message }, part, hash };
  }
  return { then: 'tell', event: { ...said, kind: 'messageEdited', version }, part: standing.part, hash };
}

function hashed(what: ShownPoll | RichText): Buffer {
  return createHash('sha256').update(JSON.stringify(what)).digest();
}
