import type { Ledger } from '../../ledger.js';
import { Refusal } from '../refusal.js';
import type { Accounts } from './accounts.js';
import { isOneEmoji } from './emoji.js';
import { findMentions } from './mentions.js';
import {
  emojiOf,
  type Content,
  type Message,
  type SystemDetails,
  type SystemType,
  type RichParameter,
} from './message.js';
import type { PollCache } from './poll-cache.js';
import { actorKey, isModerator, type Actor, type Attendee, type Room } from './room.js';
import type { Rooms } from './rooms.js';

export const maxMessageLength = 32_000;

export interface PostOptions {
  readonly referenceId?: string;
  readonly replyTo?: number;
  readonly silent?: boolean;
  /** When the request began, which is the row's time. Default now. */
  readonly reservedSeconds?: number;
}

export interface TalkChange {
  readonly room: string;
  readonly what: 'message' | 'room' | 'members';
  /** The changed row of the room's stream. */
  readonly messageId?: number;
}

interface NewRow {
  readonly actor: Actor;
  readonly content: Content;
  readonly referenceId?: string;
  readonly silent?: boolean;
  readonly parent?: Message | undefined;
  readonly createdSeconds: number;
}

/** What changes a room's stream. Each write is whole when its call returns: row, room, cache and ledger change in one tick. */
export class Chat {
  #lastId = 0;

  constructor(
    private readonly accounts: Accounts,
    private readonly rooms: Rooms,
    private readonly cache: PollCache,
    private readonly ledger: Ledger,
    private readonly nowSeconds: () => number,
    private readonly changed: (change: TalkChange) => void,
  ) {}

  /** Throws a Refusal: 400 `message` for blank, 413 for too long, 400 `reply-to`. */
  post(room: Room, actor: Actor, text: string, options: PostOptions = {}): Message {
    const parent = this.#replyTarget(room, options.replyTo ?? 0);
    const content: Content = { kind: 'comment', text: checkedText(text) };
    return this.#say(room, actor, content, parent, options);
  }

  /** What the server itself says in a changelog: no write of anybody, so not in the ledger. */
  tellNews(room: Room, text: string): void {
    const actor: Actor = { type: 'bots', id: 'changelog', name: 'Talk updates ✅' };
    const row = this.#row(room, { actor, content: { kind: 'comment', text }, createdSeconds: this.nowSeconds() });
    this.#store(room, row);
    this.rooms.touch(room, row.createdSeconds, row);
  }

  share(room: Room, actor: Actor, object: RichParameter, options: PostOptions = {}): Message {
    return this.#say(room, actor, { kind: 'object', object }, this.#replyTarget(room, options.replyTo ?? 0), options);
  }

  /** Throws a Refusal 413 or 400. Answers the row that tells of the edit. */
  edit(room: Room, message: Message, by: Actor, text: string): Message {
    const trimmed = checkedText(text);
    message.content = { kind: 'comment', text: trimmed };
    message.lastEdit = { by, atSeconds: this.nowSeconds() };
    this.#noteMentions(room, message, trimmed);
    const row = this.#note(room, by, 'message_edited', {}, message);
    this.#enter('edit', room, by, row, { text: trimmed, target: String(message.id) });
    return row;
  }

  /** Answers the row that tells of the deletion. */
  remove(room: Room, message: Message, by: Actor): Message {
    message.content = { kind: 'deleted', by };
    message.lastEdit = undefined;
    room.log.forgetUnread(message);
    const row = this.#note(room, by, 'message_deleted', {}, message);
    this.#enter('deletion', room, by, row, { target: String(message.id) });
    return row;
  }

  /** Throws a Refusal 400. Answers whether it is new. */
  react(room: Room, message: Message, by: Actor, emoji: string): boolean {
    const replyable = message.content.kind === 'comment' || message.content.kind === 'object';
    if (!isOneEmoji(emoji) || !replyable) throw new Refusal(400, null);
    if (findReaction(message, by, emoji) !== undefined) return false;
    const row = this.#row(room, {
      actor: by,
      content: { kind: 'reaction', emoji },
      parent: message,
      createdSeconds: this.nowSeconds(),
    });
    message.reactions.push(row);
    room.log.add(row);
    this.#enter('reaction', room, by, row, { text: emoji, target: String(message.id) });
    return true;
  }

  /** Throws a Refusal 404 where there is no such reaction. */
  unreact(room: Room, message: Message, by: Actor, emoji: string): void {
    const reaction = findReaction(message, by, emoji);
    if (reaction === undefined) throw new Refusal(404, null);
    message.reactions.splice(message.reactions.indexOf(reaction), 1);
    reaction.content = { kind: 'reaction_deleted' };
    const row = this.#note(room, by, 'reaction_revoked', {}, message);
    this.#enter('reactionRemoval', room, by, row, { text: emoji, target: String(message.id) });
  }

  /** Removes every row; the read markers go back to "nobody has read anything". */
  clear(room: Room, by: Actor): Message {
    room.log.clear();
    for (const attendee of room.attendees.values()) attendee.lastReadMessage = -2;
    return this.note(room, by, 'history_cleared');
  }

  /** A system message. Those about other rows do not count as the room's activity. */
  note(room: Room, actor: Actor, type: SystemType, details: SystemDetails = {}, parent?: Message): Message {
    const row = this.#note(room, actor, type, details, parent);
    this.changed({ room: room.token, what: 'message', messageId: row.id });
    return row;
  }

  #note(room: Room, actor: Actor, type: SystemType, details: SystemDetails, parent: Message | undefined): Message {
    const createdSeconds = this.nowSeconds();
    const row = this.#row(room, { actor, content: { kind: 'system', type, details }, parent, createdSeconds });
    this.#store(room, row);
    if (parent === undefined) this.rooms.touch(room, createdSeconds, row);
    return row;
  }

  #say(room: Room, actor: Actor, content: Content, parent: Message | undefined, options: PostOptions): Message {
    const row = this.#row(room, {
      actor,
      content,
      parent,
      createdSeconds: options.reservedSeconds ?? this.nowSeconds(),
      referenceId: options.referenceId ?? '',
      silent: options.silent ?? false,
    });
    this.#store(room, row);
    this.rooms.touch(room, this.nowSeconds(), row);
    const speaker = room.attendees.get(actorKey(actor));
    if (speaker !== undefined) speaker.lastReadMessage = row.id;
    const text = content.kind === 'comment' ? content.text : '{object}';
    this.#noteMentions(room, row, text);
    this.#enter('message', room, actor, row, { text, ...(row.referenceId === '' ? {} : { key: row.referenceId }) });
    return row;
  }

  #row(room: Room, row: NewRow): Message {
    this.#lastId += 1;
    const expires = room.messageExpirationSeconds;
    return {
      id: this.#lastId,
      actor: row.actor,
      createdSeconds: row.createdSeconds,
      content: row.content,
      referenceId: row.referenceId ?? '',
      silent: row.silent ?? false,
      parent: row.parent,
      threadId: row.parent?.threadId ?? this.#lastId,
      expiresSeconds: expires === 0 ? 0 : row.createdSeconds + expires,
      lastEdit: undefined,
      reactions: [],
    };
  }

  #store(room: Room, row: Message): void {
    const before = room.log.all().at(-1)?.id ?? 0;
    room.log.add(row);
    this.cache.stored(room.token, before);
  }

  #replyTarget(room: Room, id: number): Message | undefined {
    if (id === 0) return undefined;
    const target = room.log.get(id);
    if (target === undefined || !isReplyable(target)) throw new Refusal(400, { error: 'reply-to' });
    return target;
  }

  #noteMentions(room: Room, message: Message, text: string): void {
    for (const mention of findMentions(text)) {
      if (mention.kind === 'all' && mayMentionAll(room, room.attendees.get(actorKey(message.actor)))) {
        for (const attendee of room.attendees.values())
          if (attendee.actor.type === 'users') attendee.lastMention = message.id;
      }
      const attendee = mention.kind === 'user' ? room.attendees.get(`users/${mention.id}`) : undefined;
      if (attendee === undefined || this.accounts.get(mention.id) === undefined) continue;
      attendee.lastMention = message.id;
      attendee.lastDirectMention = message.id;
    }
  }

  #enter(
    kind: 'message' | 'edit' | 'deletion' | 'reaction' | 'reactionRemoval',
    room: Room,
    actor: Actor,
    row: Message,
    more: { text?: string; target?: string; key?: string },
  ): void {
    this.ledger.add({ kind, room: room.token, id: String(row.id), actor: actorKey(actor), ...more });
    this.changed({ room: room.token, what: 'message', messageId: row.id });
  }
}

/** Whether it can be quoted. What bridges post in others' names cannot. */
export function isReplyable(message: Message): boolean {
  return (message.content.kind === 'comment' || message.content.kind === 'object') && message.actor.type !== 'bridged';
}

/** Where mention permissions are 1, `@all` of anybody but a moderator stays text. */
export function mayMentionAll(room: Room, speaker: Attendee | undefined): boolean {
  return room.mentionPermissions === 0 || (speaker !== undefined && isModerator(speaker));
}

export function findReaction(message: Message, by: Actor, emoji: string): Message | undefined {
  return message.reactions.find((row) => emojiOf(row) === emoji && actorKey(row.actor) === actorKey(by));
}

/** Stored without blanks around it; its length counts characters, not bytes. */
function checkedText(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') throw new Refusal(400, { error: 'message' });
  if (trimmed.length > maxMessageLength && [...trimmed].length > maxMessageLength)
    throw new Refusal(413, { error: 'message' });
  return trimmed;
}
