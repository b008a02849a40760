import { mayMentionAll } from './message-rules.js';
import type { Content, Message } from './message.js';
import type { PollCache } from './poll-cache.js';
import { actorKey, type Actor } from './actor.js';
import type { Room } from './room.js';

export interface NewRow {
  readonly actor: Actor;
  readonly content: Content;
  readonly referenceId?: string;
  readonly silent?: boolean;
  readonly parent?: Message | undefined;
  readonly createdSeconds: number;
}

/** Makes the rows of all rooms, which share one line of ids. */
export class Stream {
  #lastId = 0;

  constructor(private readonly cache: PollCache) {}

  /** Stores a row; forward reads look again. */
  add(room: Room, row: NewRow): Message {
    const before = room.log.newest()?.id ?? 0;
    const message = this.addUnnoticed(room, row);
    this.cache.stored(room.token, before);
    return message;
  }

  /** Stores a row without dropping the cache, as the server does with reactions. */
  addUnnoticed(room: Room, row: NewRow): Message {
    this.#lastId += 1;
    const expires = room.messageExpirationSeconds;
    const message: Message = {
      id: this.#lastId,
      actor: row.actor,
      createdSeconds: row.createdSeconds,
      content: row.content,
      referenceId: row.referenceId ?? '',
      silent: row.silent ?? false,
      mentionsAll: mayMentionAll(room, room.attendees.get(actorKey(row.actor))),
      parent: row.parent,
      root: row.parent?.root ?? row.parent,
      thread: undefined,
      pin: undefined,
      expiresSeconds: expires === 0 ? 0 : row.createdSeconds + expires,
      lastEdit: undefined,
      reactions: [],
    };
    room.log.add(message);
    return message;
  }
}
