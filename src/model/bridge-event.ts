import type { DeliveryKey, FileRef, MessageRef, RemoteId, RoomRef, UserRef } from './ids.js';
import type { RichText } from './rich-text.js';

/** Something that happened in a room, in words no network owns. Past tense: it cannot be refused. */
export type BridgeEvent =
  | MessageSent
  | MessageEdited
  | MessageDeleted
  | ReactionAdded
  | ReactionRemoved
  | PollStarted
  | PollVoted
  | PollClosed
  | MemberJoined
  | MemberLeft
  | RoomChanged
  | CallChanged
  | ThreadChanged
  | PinChanged;

/** Kept in memory only; the newest wins. */
export type EphemeralEvent = TypingChanged | ReadUpTo;

export type EventKind = BridgeEvent['kind'];
export type EventOf<K extends EventKind> = Extract<BridgeEvent, { kind: K }>;

interface Happened<K extends string> {
  readonly kind: K;
  readonly room: RoomRef;
  readonly actor: UserRef;
  /** The network's own clock, ISO 8601 with milliseconds (Talk: whole seconds). */
  readonly at: string;
  /** The delivery key found in the payload. Proves nothing until it is verified. */
  readonly key?: DeliveryKey;
}

/** Orders the changes of one message: a decimal number that grows with each change at the source. */
export type Version = string;

export interface MessageSent extends Happened<'messageSent'> {
  readonly message: MessageRef;
  /** May be empty when the files say it all. */
  readonly body: RichText;
  readonly files: readonly FileRef[];
  readonly replyTo?: MessageRef;
  /** The beginning of what is replied to, where the payload tells it: shown where the original was not bridged. */
  readonly quoted?: { readonly name: string; readonly text: string };
  readonly thread?: MessageRef;
  readonly style: 'text' | 'emote' | 'notice';
  /** `silent`: readers are not to be notified. */
  readonly attention?: 'silent';
}

/** The actor may be a moderator: the words are shown as the author's all the same. */
export interface MessageEdited extends Happened<'messageEdited'> {
  readonly message: MessageRef;
  readonly body: RichText;
  readonly style: MessageSent['style'];
  readonly attention?: 'silent';
  readonly version: Version;
}

export interface MessageDeleted extends Happened<'messageDeleted'> {
  readonly message: MessageRef;
  readonly version: Version;
}

export interface ReactionAdded extends Happened<'reactionAdded'> {
  readonly message: MessageRef;
  /** One Unicode emoji in its fully qualified form, `:shortcode:` of a custom one, or another short text. */
  readonly emoji: string;
  readonly version: Version;
  /** The reaction's own id, where the source gives it one. */
  readonly row?: RemoteId;
}

export interface ReactionRemoved extends Happened<'reactionRemoved'> {
  readonly message: MessageRef;
  /** Absent where the source does not say which: then `row` names the reaction. */
  readonly emoji?: string;
  readonly version: Version;
  readonly row?: RemoteId;
}

export interface PollStarted extends Happened<'pollStarted'> {
  readonly message: MessageRef;
  readonly question: string;
  readonly options: readonly string[];
  readonly results: 'shown' | 'hidden';
  /** 0: as many as there are options. */
  readonly maxVotes: number;
}

export interface PollVoted extends Happened<'pollVoted'> {
  readonly message: MessageRef;
  /** Indexes of `options`. */
  readonly choices: readonly number[];
  readonly version: Version;
}

export interface PollClosed extends Happened<'pollClosed'> {
  readonly message: MessageRef;
  readonly version: Version;
}

export interface MemberJoined extends Happened<'memberJoined'> {
  readonly member: UserRef;
}

export interface MemberLeft extends Happened<'memberLeft'> {
  readonly member: UserRef;
  readonly how: 'left' | 'removed' | 'banned';
}

export interface RoomChanged extends Happened<'roomChanged'> {
  readonly change:
    | { readonly of: 'name'; readonly name: string }
    | { readonly of: 'topic'; readonly topic: string }
    | { readonly of: 'avatar'; readonly avatar: FileRef | null }
    | { readonly of: 'history'; readonly cleared: 'all' };
}

export interface CallChanged extends Happened<'callChanged'> {
  readonly state: 'started' | 'ended';
  readonly durationMs?: number;
  readonly joinUrl?: string;
}

export interface ThreadChanged extends Happened<'threadChanged'> {
  readonly thread: MessageRef;
  readonly title: string;
}

export interface PinChanged extends Happened<'pinChanged'> {
  readonly message: MessageRef;
  readonly state: 'pinned' | 'unpinned';
}

export interface TypingChanged extends Happened<'typingChanged'> {
  readonly typing: readonly UserRef[];
}

export interface ReadUpTo extends Happened<'readUpTo'> {
  readonly message: MessageRef;
}

/** The message that an event is about, where it is about an existing one. */
export function targetOf(event: BridgeEvent): MessageRef | undefined {
  switch (event.kind) {
    case 'messageEdited':
    case 'messageDeleted':
    case 'reactionAdded':
    case 'reactionRemoved':
    case 'pollVoted':
    case 'pollClosed':
    case 'pinChanged':
      return event.message;
    case 'threadChanged':
      return event.thread;
    case 'messageSent':
    case 'pollStarted':
    case 'memberJoined':
    case 'memberLeft':
    case 'roomChanged':
    case 'callChanged':
      return undefined;
    default:
      return assertNever(event);
  }
}

/** What a new message answers: the first message of its thread, and the one that it replies to. */
export function answeredBy(event: BridgeEvent): readonly MessageRef[] {
  if (event.kind !== 'messageSent') return [];
  return [event.thread, event.replyTo].filter((message) => message !== undefined);
}

export function assertNever(value: never): never {
  throw new Error(`a case is missing: ${JSON.stringify(value)}`);
}
