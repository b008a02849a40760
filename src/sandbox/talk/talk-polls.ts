import { PollStatus, type PollText } from './state/polls.js';
import type { TalkState } from './state/talk-state.js';

/** A poll, as one sees it who is shown everything. */
export interface ShownPoll extends PollText {
  readonly id: number;
  readonly author: string;
  readonly isOpen: boolean;
  readonly votes: readonly { readonly voter: string; readonly options: readonly number[] }[];
}

/** Polls, as the people of a room ask and answer them. */
export class TalkPolls {
  constructor(private readonly state: TalkState) {}

  /** Asks something in a room's poll. @returns the poll's id */
  ask(
    token: string,
    user: string,
    question: string,
    options: readonly string[],
    { threadId, ...how }: Partial<PollText> & { readonly threadId?: number } = {},
  ): number {
    const room = this.state.room(token);
    const { actor } = this.state.attendee(room, user);
    const text = { question, options, resultMode: 0, maxVotes: 1, ...how } as const;
    return this.state.polls.create(room, actor, text, PollStatus.open, threadId).id;
  }

  /** Chooses these options in the place of what the user chose before; none takes that back. */
  vote(token: string, user: string, poll: number, options: readonly number[]): void {
    const room = this.state.room(token);
    const attendee = this.state.attendee(room, user);
    this.state.polls.vote(room, this.state.polls.get(room, poll, attendee), attendee.actor, options);
  }

  close(token: string, user: string, poll: number): void {
    const room = this.state.room(token);
    this.state.polls.close(room, poll, this.state.attendee(room, user));
  }

  /** The polls of a room, drafts left out, with who chose what. */
  shown(token: string): readonly ShownPoll[] {
    return this.state.polls.inRoom(this.state.room(token)).map(({ id, author, text, status, votes }) => ({
      id,
      author: this.state.actorName(author),
      ...text,
      isOpen: status === PollStatus.open,
      votes: [...votes.values()].map(({ actor, options }) => ({
        voter: this.state.actorName(actor),
        options: [...options],
      })),
    }));
  }
}
