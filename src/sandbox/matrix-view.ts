import { choicesIn, type MatrixPoll, pollIn, pollKindOf } from './matrix-poll.js';
import type { Note, PageFile, PageNote, PagePerson, PagePoll, PageReaction } from './page.types.js';
import { isObject, relationOf, type JsonObject } from './matrix/events.js';
import { deliveryField } from './matrix/ledger-entry.js';
import type { RoomMessage } from './matrix/matrix-sandbox.types.js';
import { shownHtml } from './shown-html.js';
import { shownPlain } from './shown-text.js';
import type { ShownText } from './shown-text.types.js';
import type { SideMessage } from './side.js';

export interface MatrixReading {
  /** The service's own user and its ghosts. */
  isGhost(user: string): boolean;
  isBot(user: string): boolean;
  nameOf(user: string): string;
}

interface Reaction {
  readonly event: string;
  readonly emoji: string;
  readonly by: string;
}

interface Kept {
  readonly event: RoomMessage;
  /** Newest last. */
  readonly edits: { readonly event: string; readonly content: JsonObject }[];
  readonly reactions: Reaction[];
  /** Of a poll: votes before its end, newest last, and the event that ended it. */
  readonly votes: { readonly event: string; readonly by: string; readonly content: JsonObject }[];
  readonly ends: { readonly event: string }[];
  isRedacted: boolean;
}

/** A room as Matrix's clients show it: edits, reactions and redactions are seen on the messages that they are about. */
export class MatrixView {
  readonly #kept = new Map<string, Kept>();
  /** Of edits and reactions: the message that they are about. */
  readonly #targets = new Map<string, string>();
  readonly #known = { name: false, members: new Map<string, string>() };

  constructor(private readonly reading: MatrixReading) {}

  /** Takes the next event; answers with the entry whose look it changes. */
  take(event: RoomMessage): SideMessage | PageNote | undefined {
    if (event.stateKey !== undefined) return this.#note(event, event.stateKey);
    const ofPoll = pollKindOf(event.type);
    if (ofPoll === 'start') return this.#related(event) ?? this.#keep(event);
    if (ofPoll !== undefined) return this.#ofPoll(event, ofPoll);
    switch (event.type) {
      case 'm.room.message':
      case 'm.sticker':
      case 'm.reaction':
        return this.#related(event) ?? (event.type === 'm.reaction' ? undefined : this.#keep(event));
      case 'm.room.redaction':
        return event.redacts === undefined ? undefined : this.#redact(event.redacts);
      default:
        return undefined;
    }
  }

  /** What a person wrote, where it is still there. */
  message(id: string): RoomMessage | undefined {
    const kept = this.#kept.get(id);
    return kept === undefined || kept.isRedacted ? undefined : kept.event;
  }

  /** Whether somebody ended a poll. */
  isOver(id: string): boolean {
    return (this.#kept.get(id)?.ends.length ?? 0) > 0;
  }

  /** The event by which somebody reacted. */
  reaction(id: string, by: string, emoji: string): string | undefined {
    return this.#kept.get(id)?.reactions.find((each) => each.by === by && each.emoji === emoji)?.event;
  }

  #keep(event: RoomMessage): SideMessage {
    const isRedacted = event.redactedBy !== undefined;
    const kept: Kept = { event, edits: [], reactions: [], votes: [], ends: [], isRedacted };
    this.#kept.set(event.eventId, kept);
    return this.#show(kept);
  }

  #related(event: RoomMessage): SideMessage | undefined {
    const relation = relationOf(event.content);
    if (relation?.kind !== 'm.replace' && relation?.kind !== 'm.annotation') return undefined;
    const kept = this.#kept.get(relation.target);
    if (kept === undefined) return undefined;
    this.#targets.set(event.eventId, relation.target);
    if (relation.kind === 'm.annotation') {
      kept.reactions.push({ event: event.eventId, emoji: relation.key ?? '', by: event.sender });
    } else {
      const content = event.content['m.new_content'];
      // Only the author's own edits count.
      if (isObject(content) && event.sender === kept.event.sender) kept.edits.push({ event: event.eventId, content });
    }
    return this.#show(kept);
  }

  #ofPoll({ eventId: event, sender: by, content }: RoomMessage, kind: 'response' | 'end'): SideMessage | undefined {
    const target = relationOf(content)?.target;
    const kept = target === undefined ? undefined : this.#kept.get(target);
    if (kept === undefined || target === undefined) return undefined;
    this.#targets.set(event, target);
    if (kind === 'response') {
      if (kept.ends.length === 0) kept.votes.push({ event, by, content });
      // Whoever asked may end it, and who moderates the room.
    } else if (by === kept.event.sender || this.reading.isBot(by)) kept.ends.push({ event });
    return this.#show(kept);
  }

  #poll({ votes, ends }: Kept, poll: MatrixPoll): PagePoll {
    const { question, options, results, maxVotes } = poll;
    const last = new Map(votes.map(({ by, content }) => [by, choicesIn(content, poll)]));
    return {
      question,
      options,
      results,
      maxVotes,
      state: ends.length > 0 ? 'over' : 'open',
      votes: [...last]
        .filter(([, choices]) => choices.length > 0)
        .map(([by, choices]) => ({ person: this.#person(by), choices })),
    };
  }

  #redact(id: string): SideMessage | undefined {
    const target = this.#targets.get(id);
    const kept = this.#kept.get(target ?? id);
    if (kept === undefined) return undefined;
    if (target === undefined) kept.isRedacted = true;
    else {
      drop(kept.edits, (edit) => edit.event === id);
      drop(kept.reactions, (reaction) => reaction.event === id);
      drop(kept.votes, (vote) => vote.event === id);
      drop(kept.ends, (end) => end.event === id);
    }
    return this.#show(kept);
  }

  #show(kept: Kept): SideMessage {
    const { event, edits, reactions, isRedacted } = kept;
    const { sender, content } = event;
    const isGhost = this.reading.isGhost(sender);
    const isBridged = isGhost || this.reading.isBot(sender);
    const newest = edits.at(-1)?.content ?? content;
    const answers = answeredBy(content);
    const first = threadOf(content);
    const poll = pollIn(newest) ?? pollIn(content);
    const key = content[deliveryField];
    // An edit of the caption alone may leave the file out.
    const file = fileOf(newest) ?? fileOf(content);
    return {
      kind: 'message',
      id: event.eventId,
      author: this.#person(sender),
      origin: isBridged ? 'bridged' : 'here',
      atMs: event.atMs,
      text: isRedacted ? null : textOf(newest),
      style: styleOf(content),
      isEdited: edits.length > 0 && !isRedacted,
      reactions: isRedacted ? [] : this.#counted(reactions),
      ...(file === undefined || isRedacted ? {} : { files: [file] }),
      ...(isBridged || isRedacted || typeof newest['body'] !== 'string' ? {} : { typed: newest['body'] }),
      ...(poll === undefined || isRedacted ? {} : { poll: this.#poll(kept, poll) }),
      ...(answers === undefined ? {} : { answers }),
      ...(first === undefined ? {} : { thread: { first, title: '' } }),
      ...(isBridged ? { isCopy: isGhost } : {}),
      ...(typeof key === 'string' ? { key } : {}),
    };
  }

  #counted(reactions: readonly Reaction[]): PageReaction[] {
    const byEmoji = new Map<string, PagePerson[]>();
    for (const { emoji, by } of reactions) byEmoji.set(emoji, [...(byEmoji.get(emoji) ?? []), this.#person(by)]);
    return [...byEmoji].map(([emoji, by]) => ({ emoji, by }));
  }

  #person(id: string): PagePerson {
    return { id, name: this.reading.nameOf(id) };
  }

  #note(event: RoomMessage, stateKey: string): PageNote | undefined {
    const note = this.#noteOf(event, stateKey);
    return note === undefined ? undefined : { kind: 'note', id: event.eventId, atMs: event.atMs, note };
  }

  #noteOf({ type, sender, content }: RoomMessage, stateKey: string): Note | undefined {
    const actor = this.reading.nameOf(sender);
    switch (type) {
      case 'm.room.create':
        return { what: 'created', actor };
      case 'm.room.name': {
        // The name that it was made with is no news.
        const isFirst = !this.#known.name;
        this.#known.name = true;
        return isFirst ? undefined : { what: 'renamed', actor, to: wordIn(content, 'name') };
      }
      case 'm.room.topic':
        return { what: 'described', actor, to: wordIn(content, 'topic') };
      case 'm.room.avatar':
        return { what: 'pictured', actor };
      case 'm.room.member':
        return this.#membership(sender, stateKey, wordIn(content, 'membership'));
      default:
        return undefined;
    }
  }

  #membership(sender: string, user: string, membership: string): Note | undefined {
    const before = this.#known.members.get(user);
    this.#known.members.set(user, membership);
    // A new name or picture.
    if (before === membership) return undefined;
    const actor = this.reading.nameOf(sender);
    const target = this.reading.nameOf(user);
    if (membership === 'join') return { what: 'joined', actor: target };
    if (membership === 'invite') return { what: 'invited', actor, target };
    if (membership === 'leave' && sender === user) return { what: 'left', actor };
    return membership === 'leave' || membership === 'ban' ? { what: 'removed', actor, target } : undefined;
  }
}

function wordIn(content: JsonObject, field: string): string {
  const value = content[field];
  return typeof value === 'string' ? value : '';
}

function drop<T>(list: T[], isIt: (item: T) => boolean): void {
  const at = list.findIndex(isIt);
  if (at >= 0) list.splice(at, 1);
}

function answeredBy(content: JsonObject): string | undefined {
  const relatesTo = content['m.relates_to'];
  if (!isObject(relatesTo)) return undefined;
  // What a thread's message falls back to is for clients without threads: it belongs to the thread's first one.
  const isThreadOnly = relatesTo['rel_type'] === 'm.thread' && relatesTo['is_falling_back'] === true;
  const answered = isThreadOnly ? relatesTo : relatesTo['m.in_reply_to'];
  const id = isObject(answered) ? answered['event_id'] : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** The first message of the thread that it stands in. */
export function threadOf(content: JsonObject): string | undefined {
  const relation = relationOf(content);
  return relation?.kind === 'm.thread' ? relation.target : undefined;
}

function styleOf({ msgtype }: JsonObject): SideMessage['style'] {
  if (msgtype === 'm.emote') return 'act';
  return msgtype === 'm.notice' ? 'quiet' : 'usual';
}

/** The file that a message shows; a sticker is one too. */
function fileOf(content: JsonObject): PageFile | undefined {
  const { url: id, filename, body, info } = content;
  if (typeof id !== 'string') return undefined;
  const told = isObject(info) ? info : {};
  const { mimetype: mime, size: bytes, w: width, h: height } = told;
  return {
    id,
    name: typeof filename === 'string' ? filename : typeof body === 'string' ? body : '',
    mime: typeof mime === 'string' ? mime : 'application/octet-stream',
    bytes: typeof bytes === 'number' ? bytes : 0,
    ...('org.matrix.msc3245.voice' in content ? { isVoice: true } : {}),
    ...(typeof width === 'number' && typeof height === 'number' ? { size: { width, height } } : {}),
  };
}

function textOf(content: JsonObject): ShownText {
  const { body, filename, format, formatted_body: html } = content;
  const poll = pollIn(content);
  if (poll !== undefined) return [{ is: 'paragraph', of: [poll.question] }];
  const words = typeof body === 'string' ? body : '';
  // What a file says is its caption, or else its name.
  if (fileOf(content) !== undefined && (filename === undefined || filename === body)) return [];
  return format === 'org.matrix.custom.html' && typeof html === 'string' ? shownHtml(html) : shownPlain(words);
}
