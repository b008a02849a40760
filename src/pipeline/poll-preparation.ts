import type { Speakers } from '../identities/speakers.js';
import type { EventOf } from '../model/bridge-event.js';
import type { Capabilities, SpeakerKind } from '../model/capabilities.js';
import type { Clock } from '../model/clock.js';
import type { Lane, ShownCopy, WaitingDelivery } from '../model/delivery.js';
import type { Speaker } from '../model/network-adapter.js';
import type { PollBoard } from '../model/poll.js';
import type { RowId } from '../model/routing.js';
import { copyOf, type CopyLookup } from './copies-here.js';
import { pollStep } from './poll-deliveries.js';
import type { Prepared } from './prepared.js';

export interface PollParts {
  readonly copies: Pick<CopyLookup, 'copiesOfRef'>;
  readonly speakers: Speakers;
  readonly polls: { board(message: RowId): Promise<PollBoard | undefined> };
  readonly clock: Clock;
}

/** What of a lane's room decides how a poll's votes are shown in it. */
interface PollRoom {
  readonly capabilities: Capabilities;
  readonly copies: readonly ShownCopy[];
  readonly chosen: Pick<Speaker, 'as' | 'otherwise'>;
}

/** What is to be done for votes, counts and the end of a poll that stands in the lane's room. */
export async function preparePoll(
  parts: PollParts,
  lane: Lane,
  delivery: WaitingDelivery,
  event: EventOf<'pollVoted' | 'pollCounted' | 'pollClosed'>,
  { capabilities, copies, chosen }: PollRoom,
): Promise<Prepared> {
  const board = delivery.message === null ? undefined : await parts.polls.board(delivery.message);
  if (board === undefined) return { skip: 'the poll is gone' };
  const networkLabel = parts.speakers.label(event.room.account);
  const now = parts.clock.now();
  const step = pollStep(event, board, {
    lane,
    capabilities,
    copies,
    now,
    as: chosen.as as SpeakerKind,
    networkLabel,
  });
  if (step.then === 'skip') return { skip: step.reason };
  const bridge = parts.speakers.bridge(event.actor);
  const target = copies.filter(({ part }) => part === 0);
  const [poll] = target;
  const { maxFileBytes } = capabilities;
  const thread = capabilities.threads === 'none' ? undefined : await copyOf(parts.copies, lane, board.thread);
  const inThread = thread === undefined ? {} : { thread };
  const request = { delivery: delivery.uuid, room: lane.room, target, firstPart: 0, maxFileBytes, ...inThread };
  switch (step.then) {
    case 'do': {
      const speaker = await parts.speakers.choose(event.actor, chosen);
      const answered = thread === undefined || poll === undefined ? {} : { replyTo: poll };
      const inLine = step.inLine === undefined ? {} : { inLine: step.inLine, ...answered };
      return { send: { ...request, event: step.event, speaker, ...inLine }, hash: null };
    }
    case 'show':
      return {
        send: { ...request, event: step.event, speaker: bridge, poll: step.poll },
        hash: step.hash,
        shownPart: 0,
      };
    case 'tell': {
      const { part, hash } = step;
      const isNew = step.event.kind === 'messageSent';
      const edited = copies.flatMap((copy) => (copy.part === part && !isNew ? [{ ...copy, part: 0 }] : []));
      const answered = isNew && poll !== undefined ? { replyTo: poll } : {};
      const told = { ...request, event: step.event, speaker: bridge, target: edited, firstPart: part, ...answered };
      return { send: told, hash, shownPart: part };
    }
  }
}
