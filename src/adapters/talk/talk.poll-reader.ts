import { TargetGone } from '../../model/errors.js';
import type { RoomId } from '../../model/ids.js';
import type { NewPoll } from './api/polls.js';
import type { Poll } from './api/polls.endpoints.js';
import type { TalkClient } from './talk.client.js';
import { pollResult } from './talk.constants.js';
import type { OrderedRow } from './talk.payloads.js';
import { pollNamedIn, type StoredPoll } from './talk.poll-payloads.js';
import type { PollStore } from './talk.poll-store.js';

/** Reads the polls of which rows say no more than what they are called. */
export class PollReader {
  constructor(
    private readonly client: Pick<TalkClient, 'api'>,
    private readonly polls: PollStore,
    /** Whether nobody but us acts as that one. */
    private readonly isOurs: (type: string, id: string) => Promise<boolean>,
  ) {}

  /** The poll that a row tells of, as it is now; undefined where it tells of none, or of one that began before, or is gone. */
  async of(room: RoomId, row: OrderedRow, signal: AbortSignal): Promise<StoredPoll | undefined> {
    const named = pollNamedIn(row);
    if (named === undefined) return undefined;
    const message = named.isShown ? row.id : await this.polls.rowOf(room, named.id);
    const poll = message === undefined ? undefined : await this.#get(room, named.id, signal);
    if (poll === undefined || message === undefined) return undefined;
    const isOurs = named.isShown && (await this.isOurs(row.actorType, row.actorId));
    const key = named.isShown ? await this.polls.keyOf(room, askedBy(poll), row, isOurs) : undefined;
    if (named.isShown) await this.polls.learn(room, named.id, row.id);
    const votes = await this.#votesIn(room, poll);
    return {
      message,
      question: poll.question,
      options: [...poll.options],
      hidden: poll.resultMode === pollResult.hidden,
      maxVotes: poll.maxVotes,
      voters: poll.numVoters ?? 0,
      counts: countsIn(poll),
      ...(votes === undefined ? {} : { votes }),
      ...(key === undefined ? {} : { key }),
    };
  }

  async #get(token: RoomId, pollId: number, signal: AbortSignal): Promise<Poll | undefined> {
    try {
      return (await this.client.api.polls.get({ token, pollId }, signal)).data;
    } catch (error) {
      if (error instanceof TargetGone) return undefined;
      throw error;
    }
  }

  /** Without those that were cast for people of other rooms, who are known by themselves. */
  async #votesIn(room: RoomId, { id, details }: Poll): Promise<StoredPoll['votes']> {
    if (details === undefined) return undefined;
    const ours = new Set((await this.polls.votersIn(room, id)).map((voter) => `${voter.type}/${voter.id}`));
    const byActor = new Map<string, NonNullable<StoredPoll['votes']>[number]>();
    for (const { actorType: type, actorId, actorDisplayName: name, optionId } of details) {
      const actor = `${type}/${actorId}`;
      if (ours.has(actor) || (await this.isOurs(type, actorId))) continue;
      const choices = [...(byActor.get(actor)?.choices ?? []), optionId];
      byActor.set(actor, { type, id: actorId, name, choices });
    }
    return [...byActor.values()];
  }
}

/** What was asked, as it is written down. */
export function askedBy({ question, options, resultMode, maxVotes }: Poll): NewPoll {
  return { question, options: [...options], resultMode: resultMode === pollResult.hidden ? 1 : 0, maxVotes };
}

/** An empty map says nothing where somebody voted. */
function countsIn({ options, votes = {}, numVoters = 0 }: Poll): number[] | null {
  if (Object.keys(votes).length === 0 && (numVoters ?? 0) > 0) return null;
  return options.map((_, option) => Math.max(0, votes[`option-${String(option)}`] ?? 0));
}
