import type { Ledger, LedgerEntry } from '../../ledger.js';
import { Refusal } from '../refusal.js';
import { isOneEmoji } from './emoji.js';
import type { Files } from './files.js';
import { checkedText, findReaction, isReplyable, markMentions } from './message-rules.js';
import { countsAsUnread, rootOf, type Content, type Message, type SystemDetails, type SystemType } from './message.js';
import { actorKey, type Actor } from './actor.js';
import type { Room } from './room.js';
import type { Rooms } from './rooms.js';
import type { Stream } from './stream.js';

export interface PostOptions {
  readonly referenceId?: string;
  readonly replyTo?: number;
  readonly silent?: boolean;
  /** The row that opened the thread to post into. */
  readonly threadId?: number;
  /** Opens a thread. */
  readonly threadTitle?: string;
  /** When the request began, which is the row's time. Default now. */
  readonly reservedSeconds?: number;
}

/** What those who listen to rooms are told, in the order in which it happened. */
export type ChatEvent =
  | { readonly kind: 'said' | 'noted'; readonly room: Room; readonly message: Message }
  | {
      readonly kind: 'reacted' | 'unreacted';
      readonly room: Room;
      readonly message: Message;
      readonly by: Actor;
      readonly emoji: string;
    };

/** What changes a room's stream. Each write is whole when its call returns: row, room, cache and ledger change in one tick. */
export class Chat {
  constructor(
    private readonly rooms: Rooms,
    private readonly stream: Stream,
    private readonly files: Files,
    private readonly ledger: Ledger,
    private readonly nowSeconds: () => number,
    private readonly told: (event: ChatEvent) => void,
  ) {}

  /** Throws a Refusal: 400 `message` for blank, 413 for too long, 400 `reply-to`. */
  post(room: Room, actor: Actor, text: string, options: PostOptions = {}): Message {
    return this.say(room, actor, { kind: 'comment', text: checkedText(text) }, options);
  }

  /** What the server itself says in a changelog: no write of anybody, so not in the ledger. */
  tellNews(room: Room, text: string): void {
    const actor: Actor = { type: 'bots', id: 'changelog', name: 'Talk updates ✅' };
    const row = this.stream.add(room, { actor, content: { kind: 'comment', text }, createdSeconds: this.nowSeconds() });
    this.rooms.touch(room, row.createdSeconds, row);
  }

  /** Throws a Refusal 400 `reply-to`. */
  say(room: Room, actor: Actor, content: Content, options: PostOptions = {}): Message {
    const parent = this.#replyTarget(room, options.replyTo ?? 0) ?? this.#threadRoot(room, options.threadId ?? 0);
    const row = this.stream.add(room, {
      actor,
      content,
      parent,
      createdSeconds: options.reservedSeconds ?? this.nowSeconds(),
      referenceId: options.referenceId ?? '',
      silent: options.silent ?? false,
    });
    this.rooms.touch(room, this.nowSeconds(), row);
    const speaker = room.attendees.get(actorKey(actor));
    if (speaker !== undefined) speaker.lastReadMessage = row.id;
    markMentions(room, row, textOf(content));
    this.#countInThread(row);
    const text = content.kind === 'file' && content.caption === '' ? content.file.name : textOf(content);
    this.#enter('message', room, actor, row, { text, ...(row.referenceId === '' ? {} : { key: row.referenceId }) });
    this.told({ kind: 'said', room, message: row });
    if (options.threadTitle !== undefined && options.threadTitle !== '')
      this.openThread(room, row, options.threadTitle);
    return row;
  }

  /** Throws a Refusal 413 or 400. Answers the row that tells of the edit. */
  edit(room: Room, message: Message, by: Actor, text: string): Message {
    const trimmed = checkedText(text);
    const { content } = message;
    message.content = content.kind === 'file' ? { ...content, caption: trimmed } : { kind: 'comment', text: trimmed };
    message.lastEdit = { by, atSeconds: this.nowSeconds() };
    markMentions(room, message, trimmed);
    const row = this.#note(room, by, 'message_edited', {}, message);
    this.#enter('edit', room, by, row, { text: trimmed, target: String(message.id) });
    this.told({ kind: 'noted', room, message: row });
    return row;
  }

  /** Answers the row that tells of the deletion. */
  remove(room: Room, message: Message, by: Actor): Message {
    if (message.content.kind === 'file') this.files.unshare(message.content.file, room);
    message.content = { kind: 'deleted', by };
    message.lastEdit = undefined;
    room.log.forgetUnread(message);
    const row = this.#note(room, by, 'message_deleted', {}, message);
    this.#enter('deletion', room, by, row, { target: String(message.id) });
    this.told({ kind: 'noted', room, message: row });
    return row;
  }

  /** Throws a Refusal 400. Answers whether it is new. */
  react(room: Room, message: Message, by: Actor, emoji: string): boolean {
    if (!isOneEmoji(emoji) || !countsAsUnread(message)) throw new Refusal(400, null);
    if (findReaction(message, by, emoji) !== undefined) return false;
    const content: Content = { kind: 'reaction', emoji };
    const createdSeconds = this.nowSeconds();
    const row = this.stream.addUnnoticed(room, { actor: by, content, parent: message, createdSeconds });
    message.reactions.push(row);
    this.#enter('reaction', room, by, row, { text: emoji, target: String(message.id) });
    this.told({ kind: 'reacted', room, message, by, emoji });
    return true;
  }

  /** Throws a Refusal: 404 where there is no such reaction, 400 on what never could be reacted to. */
  unreact(room: Room, message: Message, by: Actor, emoji: string): void {
    if (message.content.kind === 'deleted') throw new Refusal(404, null);
    if (!countsAsUnread(message)) throw new Refusal(400, null);
    const reaction = findReaction(message, by, emoji);
    if (reaction === undefined) throw new Refusal(404, null);
    message.reactions.splice(message.reactions.indexOf(reaction), 1);
    reaction.content = { kind: 'reaction_deleted' };
    const row = this.#note(room, by, 'reaction_revoked', {}, message);
    this.#enter('reactionRemoval', room, by, row, { text: emoji, target: String(message.id) });
    this.told({ kind: 'noted', room, message: row });
    this.told({ kind: 'unreacted', room, message, by, emoji });
  }

  /** Removes every row; the read markers go back to "nobody has read anything". */
  clear(room: Room, by: Actor): Message {
    room.log.clear();
    room.pinned.clear();
    for (const attendee of room.attendees.values()) attendee.lastReadMessage = -2;
    return this.note(room, by, 'history_cleared');
  }

  /** Answers the row that tells of it. */
  pin(room: Room, message: Message, by: Actor, untilSeconds: number): Message {
    room.pinned.add(message);
    message.pin = { by, atSeconds: this.nowSeconds(), untilSeconds, hiddenFor: new Set() };
    return this.note(room, by, 'message_pinned', {}, message);
  }

  /** Answers undefined for one that is not pinned. */
  unpin(room: Room, message: Message, by: Actor): Message | undefined {
    if (message.pin === undefined) return undefined;
    message.pin = undefined;
    room.pinned.delete(message);
    return this.note(room, by, 'message_unpinned', {}, message);
  }

  openThread(room: Room, message: Message, title: string): void {
    message.thread = { title, replies: 0, last: message, levels: new Map() };
    this.note(room, message.actor, 'thread_created', { objects: { title: titleObject(message, title) } }, message);
  }

  renameThread(room: Room, root: Message, by: Actor, title: string): void {
    if (root.thread === undefined) return;
    root.thread.title = title;
    this.note(room, by, 'thread_renamed', { objects: { title: titleObject(root, title) } }, root);
  }

  /** A system message. Those about other rows do not count as the room's activity. */
  note(room: Room, actor: Actor, type: SystemType, details: SystemDetails = {}, parent?: Message): Message {
    const row = this.#note(room, actor, type, details, parent);
    this.told({ kind: 'noted', room, message: row });
    return row;
  }

  #note(room: Room, actor: Actor, type: SystemType, details: SystemDetails, parent: Message | undefined): Message {
    const createdSeconds = this.nowSeconds();
    const silent = type === 'thread_created' || type === 'thread_renamed' || details.isSilent === true;
    const row = this.stream.add(room, {
      actor,
      content: { kind: 'system', type, details },
      parent,
      createdSeconds,
      silent,
    });
    if (parent === undefined) this.rooms.touch(room, createdSeconds, row);
    return row;
  }

  #replyTarget(room: Room, id: number): Message | undefined {
    if (id === 0) return undefined;
    const target = room.log.get(id);
    if (target === undefined || !isReplyable(target)) throw new Refusal(400, { error: 'reply-to' });
    return target;
  }

  #threadRoot(room: Room, id: number): Message | undefined {
    if (id === 0) return undefined;
    const root = room.log.get(id);
    if (root?.thread === undefined) throw new Refusal(400, { error: 'reply-to' });
    return root;
  }

  #countInThread(row: Message): void {
    const { thread } = rootOf(row);
    if (thread === undefined) return;
    thread.replies += 1;
    thread.last = row;
  }

  #enter(
    kind: LedgerEntry['kind'],
    room: Room,
    actor: Actor,
    row: Message,
    more: { text?: string; target?: string; key?: string },
  ): void {
    this.ledger.add({ kind, room: room.token, id: String(row.id), actor: actorKey(actor), ...more });
  }
}

function titleObject(root: Message, title: string): Record<string, string> {
  return { type: 'highlight', id: `thread/${root.id}`, name: title };
}

/** What it says: the text, the caption, or the object's name. */
function textOf(content: Content): string {
  switch (content.kind) {
    case 'comment':
      return content.text;
    case 'file':
      return content.caption;
    case 'object':
      return content.object['name'] ?? '';
    case 'reaction':
      return content.emoji;
    case 'system':
    case 'deleted':
    case 'reaction_deleted':
      return '';
  }
}
