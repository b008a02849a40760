import { Refusal } from '../refusal.js';
import type { Chat } from './chat.js';
import type { Message, RichParameter } from './message.js';
import { actorKey, type Actor, type ActorKey } from './actor.js';
import { isModerator, RoomType, type Attendee, type Room } from './room.js';

export const PollStatus = { open: 0, closed: 1, draft: 2 } as const;
export type PollStatus = (typeof PollStatus)[keyof typeof PollStatus];

export interface PollText {
  readonly question: string;
  readonly options: readonly string[];
  /** 0 public, 1 hidden. */
  readonly resultMode: 0 | 1;
  /** 0 is as many as there are options. */
  readonly maxVotes: number;
}

export interface Poll {
  readonly id: number;
  readonly author: Actor;
  text: PollText;
  status: PollStatus;
  readonly votes: Map<ActorKey, { readonly actor: Actor; readonly options: readonly number[] }>;
}

const nobody: Actor = { type: 'guests', id: 'system', name: '' };
const fewestOptions = 2;

/** The polls of all rooms. Each method throws a Refusal with the error's name, as the API words it. */
export class Polls {
  readonly #byRoom = new Map<Room, Map<number, Poll>>();
  #lastId = 0;

  constructor(
    private readonly chat: Chat,
    /** Called with each poll that somebody voted in, or ended. */
    private readonly changed: (room: Room, poll: Poll) => void,
  ) {}

  /** A poll that is no draft is told of in the room. */
  create(room: Room, author: Actor, text: PollText, status: PollStatus, threadId = 0): Poll {
    if (room.type === RoomType.oneToOne) throw new Refusal(400, { error: 'room' });
    check(text);
    this.#lastId += 1;
    const poll: Poll = { id: this.#lastId, author, text, status, votes: new Map() };
    const polls = this.#byRoom.get(room) ?? new Map<number, Poll>();
    this.#byRoom.set(room, polls.set(poll.id, poll));
    if (status !== PollStatus.draft) {
      this.chat.say(room, author, { kind: 'object', object: pollObject(poll) }, { threadId });
    }
    return poll;
  }

  /** Drafts are there for moderators only. */
  get(room: Room, id: number, attendee: Attendee): Poll {
    const poll = this.#byRoom.get(room)?.get(id);
    if (poll === undefined || (poll.status === PollStatus.draft && !isModerator(attendee))) {
      throw new Refusal(404, { error: 'poll' });
    }
    return poll;
  }

  /** All that are no drafts, the oldest first. */
  inRoom(room: Room): readonly Poll[] {
    return [...(this.#byRoom.get(room)?.values() ?? [])].filter((poll) => poll.status !== PollStatus.draft);
  }

  /** The one that a message shows; undefined where it shows none. */
  shownBy(room: Room, { content }: Message): Poll | undefined {
    const isPoll = content.kind === 'object' && content.object['type'] === 'talk-poll';
    return isPoll ? this.#byRoom.get(room)?.get(Number(content.object['id'])) : undefined;
  }

  drafts(room: Room): readonly Poll[] {
    return [...(this.#byRoom.get(room)?.values() ?? [])].filter((poll) => poll.status === PollStatus.draft);
  }

  change(room: Room, id: number, attendee: Attendee, text: PollText): Poll {
    if (!isModerator(attendee)) throw new Refusal(400, { error: 'draft' });
    const poll = this.get(room, id, attendee);
    if (poll.status !== PollStatus.draft) throw new Refusal(400, { error: 'poll' });
    check(text);
    poll.text = text;
    return poll;
  }

  /** Replaces the actor's votes; none withdraws them. Votes in a public poll are told of without a name. */
  vote(room: Room, poll: Poll, actor: Actor, options: readonly number[]): void {
    if (poll.status !== PollStatus.open) throw new Refusal(400, { error: 'poll' });
    const chosen = [...new Set(options)];
    const { maxVotes, options: offered } = poll.text;
    const isFew = maxVotes === 0 || chosen.length <= maxVotes;
    if (!isFew || chosen.some((option) => offered[option] === undefined)) throw new Refusal(400, { error: 'options' });
    if (chosen.length === 0) poll.votes.delete(actorKey(actor));
    else poll.votes.set(actorKey(actor), { actor, options: chosen });
    if (poll.text.resultMode === 0) this.chat.note(room, nobody, 'poll_voted', { objects: { poll: pollObject(poll) } });
    this.changed(room, poll);
  }

  /** Answers undefined where it was a draft, which is gone then. */
  close(room: Room, id: number, attendee: Attendee): Poll | undefined {
    const poll = this.get(room, id, attendee);
    const isAuthor = actorKey(poll.author) === actorKey(attendee.actor);
    if (!isAuthor && !isModerator(attendee)) throw new Refusal(403, { error: 'poll' });
    if (poll.status === PollStatus.closed) throw new Refusal(400, { error: 'poll' });
    if (poll.status === PollStatus.draft) {
      this.#byRoom.get(room)?.delete(id);
      return undefined;
    }
    poll.status = PollStatus.closed;
    this.chat.note(room, attendee.actor, 'poll_closed', { objects: { poll: pollObject(poll) } });
    this.changed(room, poll);
    return poll;
  }
}

function pollObject(poll: Poll): RichParameter {
  return { type: 'talk-poll', id: String(poll.id), name: poll.text.question };
}

function check({ question, options }: PollText): void {
  if (question.trim() === '') throw new Refusal(400, { error: 'question' });
  const isEach = options.every((option) => option.trim() !== '');
  if (options.length < fewestOptions || !isEach) throw new Refusal(400, { error: 'options' });
}
