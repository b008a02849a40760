import type { DeliveryKey, FileRef, MessageRef, RemoteId, RoomRef, UserRef } from './ids.js';
import type { Location } from './location.js';
import type { AskedOtherwise, PollCount, PollTerms } from './poll.js';
import type { Presence } from './presence.js';
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
  | PollCounted
  | PollClosed
  | MemberJoined
  | MemberLeft
  | RoleChanged
  | RoomChanged
  | CallChanged
  | ThreadChanged
  | PinChanged;

/** Kept in memory only; the newest wins. */
export type EphemeralEvent = TypingChanged | ReadUpTo | PresenceChanged;

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

/**
 * Orders the changes of one message: a decimal number that grows with each change at the source. Of edits it counts microseconds since
 * 1970: people of several networks may change the same message.
 */
export type Version = string;

export interface MessageSent extends Happened<'messageSent'> {
  readonly message: MessageRef;
  /** May be empty when the files say it all. */
  readonly body: RichText;
  readonly files: readonly FileRef[];
  /** The place that it shows; its words say the same, for where there are no maps. */
  readonly location?: Location;
  readonly replyTo?: MessageRef;
  /** The beginning of what is replied to, where the payload tells it: shown where the original was not bridged. */
  readonly quoted?: { readonly name: string; readonly text: string };
  readonly thread?: MessageRef;
  /** What the thread is called that it begins, where it has a name. */
  readonly title?: string;
  readonly style: 'text' | 'emote' | 'notice';
  /** `silent`: readers are not to be notified. */
  readonly attention?: 'silent';
  /** The bridge itself says it, in nobody's name, whoever caused it. Absent: the actor does. */
  readonly by?: 'bridge';
  /** When it vanishes from its room by itself, ISO 8601. Absent: never. */
  readonly expiresAt?: string;
}

export interface AddedFile {
  readonly place: number;
  readonly file: FileRef;
}

/** The actor may be a moderator: the words are shown as the author's all the same. */
export interface MessageEdited extends Happened<'messageEdited'> {
  readonly message: MessageRef;
  readonly body: RichText;
  /** The files that the message has and keeps: the words are theirs. Absent: it has none. */
  readonly files?: readonly FileRef[];
  /** Which of the files that it was sent with are not there any more: their places among those, from 0. */
  readonly filesGone?: readonly number[];
  /** Those that it was not sent with, each with the place that it has among all of them. */
  readonly filesAdded?: readonly AddedFile[];
  /** Of a message that was sent without files: those of `filesAdded` are all that it has, and others that edits gave it before are gone. */
  readonly filesBefore?: 'gone';
  /** Nothing but files is gone: the words are those that are shown, and `body` does not say them. Absent: `body` does. */
  readonly words?: 'same';
  /** As of a message that is sent: where what it answers was not bridged, the quote that stands in its place stays. */
  readonly replyTo?: MessageRef;
  readonly quoted?: MessageSent['quoted'];
  /** As of a message that is sent. */
  readonly title?: string;
  readonly style: MessageSent['style'];
  /** The message is a poll: what it asks from now on, which `body` says in words. */
  readonly asks?: AskedOtherwise;
  readonly attention?: 'silent';
  readonly by?: 'bridge';
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

export interface PollStarted extends Happened<'pollStarted'>, PollTerms {
  readonly message: MessageRef;
  readonly thread?: MessageRef;
  /** When it vanishes from its room by itself, ISO 8601. Absent: never. */
  readonly expiresAt?: string;
}

/** What the person chose before is no longer so. */
export interface PollVoted extends Happened<'pollVoted'> {
  readonly message: MessageRef;
  /** Indexes of `options`, as many as the poll lets one choose at most; none: the vote is taken back. */
  readonly choices: readonly number[];
  readonly version: Version;
  /** Told when the poll ended, of what was chosen before: it counts wherever that was ended first. */
  readonly atEnd?: true;
  /** The vote's own id, where the source gives it one: a deletion may name it. */
  readonly row?: RemoteId;
}

/** What is known of a poll's votes is not what it was. */
export interface PollCounted extends Happened<'pollCounted'> {
  readonly message: MessageRef;
  /** What its room tells of those who voted there without saying who they are. Absent: it tells nothing new of them. */
  readonly counted?: Pick<PollCount, 'voters' | 'counts'>;
  readonly version: Version;
  /** As of votes. */
  readonly atEnd?: true;
}

export interface PollClosed extends Happened<'pollClosed'> {
  readonly message: MessageRef;
  readonly version: Version;
}

/** `found: 'later'`: by looking who is there. It is shown where members are, told in no line, and done to nobody elsewhere. */
interface OfMember {
  readonly member: UserRef;
  readonly found?: 'later';
}

export interface MemberJoined extends Happened<'memberJoined'>, OfMember {}

export interface MemberLeft extends Happened<'memberLeft'>, OfMember {
  readonly how: 'left' | 'removed' | 'banned';
  /** Where it is done to somebody of the room that it is delivered to: whom it was done to, who may have been shown there as well. */
  readonly shown?: UserRef;
}

/** Somebody may see to the room from now on, or no longer. */
export interface RoleChanged extends Happened<'roleChanged'>, OfMember {
  readonly role: 'moderator' | 'member';
}

/** What a room is called and looks like: what linked rooms may have in common. */
export type RoomLooks =
  | { readonly of: 'name'; readonly name: string }
  | { readonly of: 'topic'; readonly topic: string }
  | { readonly of: 'avatar'; readonly avatar: FileRef | null };

/** What else is told of a room: other rooms are not changed by it. */
export type RoomState =
  | { readonly of: 'history'; readonly cleared: 'all' }
  /** Whether its people may write: all of them, or (`lobby`) its moderators alone may even enter. */
  | { readonly of: 'writing'; readonly state: 'stopped' | 'resumed'; readonly why: 'readOnly' | 'lobby' }
  /** Who may come in. */
  | {
      readonly of: 'access';
      readonly to:
        | 'guestsAllowed'
        | 'guestsDisallowed'
        | 'passwordSet'
        | 'passwordRemoved'
        | 'listedForNobody'
        | 'listedForUsers'
        | 'listedForEverybody';
    }
  /** Messages written from now on vanish after that time; null: they stay. */
  | { readonly of: 'expiration'; readonly afterMs: number | null }
  /** Many people at once. `team`: as people put them together themselves. */
  | {
      readonly of: 'group';
      readonly state: 'added' | 'removed';
      readonly type: 'group' | 'team';
      readonly name: string;
    }
  | { readonly of: 'breakoutRooms'; readonly state: 'started' | 'stopped' }
  /** A breakout room, by its name, asks the moderators for help, or got it. */
  | { readonly of: 'assistance'; readonly state: 'asked' | 'given'; readonly room: string }
  /** The bridge lost the room, or has it back: `why` says what somebody can do. */
  | { readonly of: 'reach'; readonly state: 'lost' | 'back'; readonly why: string };

export interface RoomChanged extends Happened<'roomChanged'> {
  readonly change: RoomLooks | RoomState;
}

/** What is told of a room's calls, of which it has one at a time. */
export interface CallChanged extends Happened<'callChanged'> {
  readonly change:
    | {
        readonly of: 'start';
        /** Its origin, as if the start were a message. */
        readonly call: MessageRef;
        readonly joinUrl?: string;
        /** `silent`: nobody's phone rang. */
        readonly attention?: 'silent';
      }
    /** The actor came in. */
    | { readonly of: 'arrival' }
    | {
        readonly of: 'end';
        /** `unanswered`: whoever was called did not come. */
        readonly how: 'over' | 'unanswered';
        /** Those of whom it is told that they took part; there may have been more. */
        readonly people: readonly UserRef[];
      }
    | {
        readonly of: 'recording';
        readonly media: 'video' | 'audio';
        readonly state: 'started' | 'stopped' | 'failed';
      };
  readonly version: Version;
}

/** A thread got its name, or another one. */
export interface ThreadChanged extends Happened<'threadChanged'> {
  /** The message that it began with. */
  readonly thread: MessageRef;
  readonly title: string;
  /** What that message says, where it is of the same network. */
  readonly first?: Pick<MessageEdited, 'body' | 'files' | 'style'>;
}

export interface PinChanged extends Happened<'pinChanged'> {
  readonly message: MessageRef;
  readonly state: 'pinned' | 'unpinned';
}

/** Exactly these type in the room now. */
export interface TypingChanged {
  readonly kind: 'typingChanged';
  readonly room: RoomRef;
  readonly typing: readonly UserRef[];
}

/** How somebody is, whatever was told of them before. */
export interface PresenceChanged {
  readonly kind: 'presenceChanged';
  /** One that they are in: they are shown so in those that are linked with it. */
  readonly room: RoomRef;
  readonly person: UserRef;
  readonly presence: Presence;
}

/** Somebody has read the room, up to this message and with it. */
/** The actor may be of another account than the room: there they lend a login, which has told it. */
export interface ReadUpTo extends Happened<'readUpTo'> {
  readonly message: MessageRef;
  /** The ids of what stands in the room are numbers that grow: where that one was not bridged, the last before it counts. */
  readonly ids?: 'ascending';
  /** They let nobody see what they have read. Absent: they do. */
  readonly isPrivate?: true;
}

/** The message that an event is about, where it is about an existing one. */
export function targetOf(event: BridgeEvent): MessageRef | undefined {
  switch (event.kind) {
    case 'messageEdited':
    case 'messageDeleted':
    case 'reactionAdded':
    case 'reactionRemoved':
    case 'pollVoted':
    case 'pollCounted':
    case 'pollClosed':
    case 'pinChanged':
      return event.message;
    case 'threadChanged':
      return event.thread;
    case 'messageSent':
    case 'pollStarted':
    case 'memberJoined':
    case 'memberLeft':
    case 'roleChanged':
    case 'roomChanged':
    case 'callChanged':
      return undefined;
    default:
      return assertNever(event);
  }
}

/** The message that begins with the event; a call is one that tells of it. */
export function begunBy(event: BridgeEvent): MessageRef | undefined {
  if (event.kind === 'messageSent' || event.kind === 'pollStarted') return event.message;
  return event.kind === 'callChanged' && event.change.of === 'start' ? event.change.call : undefined;
}

/** What a new message answers: the first message of its thread, and the one that it replies to. */
export function answeredBy(event: BridgeEvent): readonly MessageRef[] {
  if (event.kind !== 'messageSent' && event.kind !== 'pollStarted') return [];
  const replyTo = event.kind === 'messageSent' ? event.replyTo : undefined;
  return [event.thread, replyTo].filter((message) => message !== undefined);
}

export function assertNever(value: never): never {
  throw new Error(`a case is missing: ${JSON.stringify(value)}`);
}
