import type { AccountId, MessageRef, UserId } from './ids.js';

export interface PollWords {
  readonly question: string;
  readonly options: readonly string[];
}

/** What a poll asks from now on. */
export interface AskedOtherwise extends PollWords {
  /** There are more options now, or fewer: so many has the poll still where people vote. Absent: it has these. */
  readonly kept?: number;
}

/** What a poll asks, and how it is voted in. */
export interface PollTerms extends PollWords {
  /** `hidden`: nobody is shown what was chosen before the poll is over. */
  readonly results: 'shown' | 'hidden';
  /** 0: as many as there are options. */
  readonly maxVotes: number;
}

export interface Poll extends PollTerms {
  readonly state: 'open' | 'closed';
}

/** What somebody chose last. Nothing: the vote was taken back. */
export interface PollVote {
  readonly account: AccountId;
  readonly person: UserId;
  /** Where they voted: a row's id. */
  readonly portal: string;
  /** Indexes of `options`. */
  readonly choices: readonly number[];
}

/** What a room tells of its votes without saying whose they are: those that we cast there are among them. */
export interface PollCount {
  readonly portal: string;
  readonly voters: number;
  /** How many chose each option; null where that is not told. */
  readonly counts: readonly number[] | null;
}

/** A vote as it was cast in a room for somebody of another one. */
export interface PollCast extends PollVote {
  /** It is to be cast, or cast anew: what will stand there is not known yet. */
  readonly isUnderWay: boolean;
}

/** All that is known of a poll. */
export interface PollBoard {
  readonly poll: Poll;
  /** The first message of the thread that it was asked in. */
  readonly thread?: MessageRef;
  readonly votes: readonly PollVote[];
  readonly counts: readonly PollCount[];
  readonly casts: readonly PollCast[];
}

/** How many chose what. */
export interface PollTally {
  /** For each option; below zero where somebody whose vote a room counts takes it for another. */
  readonly counts: readonly number[];
  readonly voters: number;
  /** Those among the voters of whom it is not told what they chose. */
  readonly unknown: number;
}
