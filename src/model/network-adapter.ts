import type { Addresses } from './addresses.js';
import type { BridgeEvent, EventKind, EventOf, MessageSent } from './bridge-event.js';
import type { Capabilities, SpeakerKind } from './capabilities.js';
import type {
  AccountId,
  Cursor,
  DeliveryId,
  DeliveryKey,
  FileRef,
  InboxKey,
  MessageRef,
  NetworkName,
  PixelSize,
  RemoteId,
  RoomId,
  UserId,
  UserRef,
} from './ids.js';
import type { Lending } from './lending.js';
import type { Poll, PollTally } from './poll.js';
import type { Presence } from './presence.js';

/** One stored thing that a network told us, as it came. */
export interface RawPayload {
  /** The same payload always has the same key: the inbox keeps the first. */
  readonly key: InboxKey;
  /** JSON as bytes, so that nothing a person can write breaks its storage. */
  readonly body: Uint8Array;
  /** It was told as it happened, after all that its room told before: what it changes is new, whatever clocks said and say. */
  readonly isNews?: true;
  /** The payload of what it says something about. Where that was not stored before, but comes with it, it says nothing new, and is ignored. */
  readonly about?: InboxKey;
}

/** What the core offers to those who bring events: when it resolves, the batch is stored and may be acknowledged. */
export interface Ingest {
  accept(payloads: readonly RawPayload[]): Promise<void>;
}

export interface PulledBatch {
  /** In the order of the source, without a gap before the new cursor. */
  readonly payloads: readonly RawPayload[];
  readonly cursor: Cursor;
  /**
   * `more`: the next read will find something right away. `late`: not all was looked at where what is stored late would stand; where
   * wake-ups alone have the room read, it is to be read again in a second.
   */
  readonly rest: 'more' | 'late' | 'none';
}

export type ReadResult =
  | { readonly events: readonly BridgeEvent[] }
  /** Seen, and not ours to bridge. */
  | { readonly ignored: string };

/** One part of a message as it stands in a room. */
export interface Copy {
  /** 0, 1, 2 … */
  readonly part: number;
  readonly id: RemoteId;
  /** The delivery key that it carries, where it came by one. */
  readonly key?: DeliveryKey;
}

export interface UserProfile {
  readonly name: string;
  /** What tells the person from others of the same name, as people write it. Absent: the id. */
  readonly handle?: string;
  /** `version` changes with the picture. Absent: no picture of the person's own. */
  readonly avatar?: { readonly version: string; readonly file: FileRef };
}

export interface RoomProfile {
  readonly name: string;
  readonly topic?: string;
  readonly avatar?: { readonly version: string; readonly file: FileRef };
}

export interface FileStream {
  readonly mime: string;
  /** Absent where the network does not say it beforehand. */
  readonly bytes?: number;
  readonly body: AsyncIterable<Uint8Array>;
  /** Where only a part was asked for, and its network gave it: which one. Absent: the whole. */
  readonly part?: GivenBytes;
}

/** From a byte to another one, both of them included, or to the end. */
export interface WantedBytes {
  readonly first: number;
  readonly last?: number;
}

/** `of`: how large the whole is; absent where that was not told. */
export interface GivenBytes {
  readonly first: number;
  readonly last: number;
  readonly of?: number;
}

/** A file as a delivery has it: what nobody told of it stands in its first bytes. */
export interface OpenedFile extends FileStream {
  /** As every network takes it: one line, without slashes, with an ending that says what it is. */
  readonly name: string;
  readonly bytes: number;
  readonly size?: PixelSize;
  /** Known where it was made anew for the room: what its network said of it is in the FileRef. */
  readonly durationMs?: number;
}

/** Who is seen to say something, and on whose behalf. */
export interface Speaker {
  /** `bridge`: our account speaks for itself, in nobody's name. */
  readonly as: SpeakerKind | 'bridge';
  /** Who speaks where that one turns out not to; absent: our account. */
  readonly otherwise?: SpeakerKind;
  readonly person: UserRef;
  /** What people call the person's network: `Talk`. */
  readonly networkLabel: string;
  readonly profile: UserProfile;
  /** Opens the profile's picture. */
  openAvatar(signal: AbortSignal): Promise<FileStream>;
}

export interface LostFiles {
  /** Their places among those that the message was sent with, from 0. */
  readonly places: readonly number[];
  /** The message's parts that stand apart from its words: see `lostApart` and `isFirstLost` in file-parts.ts. */
  readonly apart: readonly Copy[];
  /** Whether the words are those that the room shows already. */
  readonly words: 'same' | 'new';
  /** Whether there are any: then the part that shows the first file with them stays, without its file. */
  readonly hasWords: boolean;
}

/** A poll with all of its votes. */
export interface ShownPoll extends Poll {
  readonly tally: PollTally;
}

export interface DeliveryRequest<E extends BridgeEvent> {
  readonly delivery: DeliveryId;
  readonly room: RoomId;
  readonly event: E;
  readonly speaker: Speaker;
  /**
   * The copies in this room of the message that the event is about, by part; empty for a new message. Of a file that an edit adds, which
   * is a message of its own: the first of those that it is added to, where it stands too.
   */
  readonly target: readonly Copy[];
  /** What the reaction that is taken back was made as; absent where that was not written down. */
  readonly reaction?: Copy;
  /** What an edit is to take away of the message's files. Absent: nothing. */
  readonly lost?: LostFiles;
  /** What a reply answers, as it stands in this room. */
  readonly replyTo?: Copy;
  readonly thread?: Copy;
  /** How it is told in words, where the room does not let us show it. */
  readonly inLine?: MessageSent;
  /** Of an event about a poll, where the room's polls are ours to count: how it stands. */
  readonly poll?: ShownPoll;
  /**
   * Opens a file of the event, on whichever account it is; it is closed when the delivery ends. Throws FileGone where it is not to be
   * had any more, NetworkUnavailable where it cannot be had now. `mostBytes`: no more is wanted, where that is less than the room takes.
   * A larger one is not refused for that, but what its network did not say the size of is looked at no further.
   */
  openFile(file: FileRef, signal: AbortSignal, mostBytes?: number): Promise<OpenedFile>;
  /** Parts that an earlier attempt made: they are not made again. */
  readonly made: readonly Copy[];
  /** What became of an earlier attempt is not known, and no look tells. */
  readonly mayBeDone?: true;
  key(part: number): DeliveryKey;
  /** To be called for each part as soon as it is known to exist: of a message, added by an edit, or a reaction as part 0. */
  onMade(copy: Copy): void;
  /** To be called for each part that an edit took away. */
  onGone(copy: Copy): void;
  /**
   * To be called in the same tick as each write goes out, before it.
   * Throws ShardLost when this replica may no longer write.
   */
  beforeSend(): void;
}

/**
 * `harmless`: repeating it changes nothing. `look`: after an attempt with an unknown outcome, `wasDone` is asked first.
 */
export interface Deliver<K extends EventKind> {
  readonly repeat: 'harmless' | 'look';
  /** Resolves when every part is made (and was told by `onMade`); throws a BridgeError else. */
  send(request: DeliveryRequest<EventOf<K>>, signal: AbortSignal): Promise<void>;
}

/** A delivery that an earlier attempt may have made. */
export interface UncertainDelivery extends Pick<
  DeliveryRequest<BridgeEvent>,
  'delivery' | 'room' | 'event' | 'speaker' | 'target' | 'reaction' | 'replyTo' | 'thread' | 'lost'
> {
  /** Whether a text found in the room carries a key of this delivery, and of which part. */
  partOf(key: DeliveryKey): number | undefined;
}

export type Outcome =
  /** The parts that were found, of a message or added by an edit; whether that is all of it is for the core to judge. */
  | { readonly delivery: DeliveryId; readonly done: readonly Copy[] }
  /** It left its key behind, and no copy. */
  | { readonly delivery: DeliveryId; readonly done: 'made' }
  /** The room stands as it wants it, whoever did that. */
  | { readonly delivery: DeliveryId; readonly done: 'alreadySo' }
  | { readonly delivery: DeliveryId; readonly done: 'notFound' };

/**
 * How a room that is pulled is watched. `webhook`: its network tells whenever something happens in it; `signaling`: whenever a message
 * is written; `held`: it is asked by a request that the network holds until there is something new; `swept`: a list of all rooms shows it.
 */
export const watchModes = ['webhook', 'signaling', 'held', 'swept'] as const;
export type WatchMode = (typeof watchModes)[number];

export interface WatchedRoom {
  readonly room: RoomId;
  readonly watch: WatchMode;
  /** How far it was read, by whichever replica reads it; null: it has not begun. */
  readonly cursor: Cursor | null;
  /** When its network was last known to tell of it by itself; null: never. While it is watched so, the time is not kept up to date. */
  readonly pushedAt: Date | null;
  /** `closed`: it is not read, whoever tells of it. */
  readonly state: 'open' | 'closed';
}

/** The linked rooms of one account, as its watch sees and steers them. */
export interface Watching {
  /** Linked rooms that are read now, those with the latest activity first. */
  rooms(): Promise<readonly WatchedRoom[]>;
  /** Has each of these rooms read soon, one after the other in this order, by whichever replica owns it. */
  wake(rooms: readonly RoomId[]): Promise<void>;
  /** These rooms are watched so from now on, the others as before. */
  watch(modes: ReadonlyMap<RoomId, WatchMode>): Promise<void>;
  /** The rooms into whose links another one came later than they did. `since`: an earlier answer's `upTo`; null: from now on. */
  joined(since: string | null): Promise<{ readonly rooms: readonly RoomId[]; readonly upTo: string }>;
}

/** Present where a network must be asked. */
export interface Pulling {
  /**
   * One call is one gap-free batch; it may ask several times, also for what a payload lacks.
   * `from` null: begin now, with an empty batch. `wait`: may be held until something comes; `now`: answers at once.
   */
  pull(room: RoomId, from: Cursor | null, how: 'wait' | 'now', signal: AbortSignal): Promise<PulledBatch>;
  /** Learns which rooms have something new, until `signal` aborts. Run by one replica for the whole account. */
  watch(watching: Watching, signal: AbortSignal): Promise<void>;
  /** How long after the last read a room is read again without being woken, given how long it was quiet. Never asked where it is `held`. */
  rereadAfterMs(quietMs: number, watch: WatchMode): number;
}

/** A room that a link names: one that exists, or one to be made. */
export type WantedRoom =
  { readonly room: string } | { readonly create: { readonly name: string; readonly invite: readonly string[] } };

/** What an adapter says of its account, for `check` and `status`. */
export interface AccountProfile {
  /** Identifies the login: two accounts with the same one are a fault. */
  readonly login: string;
  /** One sentence for a person: who is logged in where, which version answers. */
  readonly summary: string;
  /** What does not work beside, each with its remedy, while all else does. Absent: nothing. */
  readonly warnings?: readonly string[];
}

/** By which payload it is told that a message was sent. */
export interface FirstTold {
  readonly key: InboxKey;
  /** When it was, by the network's clock. Absent: what answers a message that did not come is not kept waiting for it. */
  readonly sentAt?: Date;
}

export interface ReadElsewhere {
  readonly room: RoomId;
  readonly person: UserId;
  readonly message: RemoteId;
  /** `private`: nobody else is to see it. */
  readonly how: 'seen' | 'private';
}

export interface NetworkAdapter {
  readonly account: AccountId;
  readonly network: NetworkName;
  /** `kept`: payloads come in the order in which things happened; a target unknown by then was never bridged. */
  readonly sourceOrder: 'kept' | 'notKept';
  /**
   * Pure, by what stands in its id: a message whose payload came and became none is nobody's to wait for. Where no order is kept it says
   * as well when the message was sent. Absent, or undefined: nothing is known of that.
   */
  readonly firstTold?: (message: MessageRef) => FirstTold | undefined;
  /**
   * `everywhere`: whoever is in a room knows it by the same id, so that two accounts would tell one conversation twice. Absent: ids
   * say nothing beyond their account.
   */
  readonly roomIds?: 'everywhere';
  /** How long after an attempt with an unknown outcome a look is conclusive. */
  readonly settling: { readonly afterTimeoutMs: number; readonly afterDisconnectMs: number };

  /** Logs in and says as whom. Has no lasting effect beyond what a login needs. */
  connect(signal: AbortSignal): Promise<AccountProfile>;
  /** Begins listening, after `connect`. Must not block; stops when `signal` aborts. */
  start(ingest: Ingest, signal: AbortSignal): Promise<void>;
  readonly pulling?: Pulling;

  /**
   * Present where what is pushed can be read again: what happened in a room since a time by our clock, oldest first, with the
   * keys and contents that it was pushed with, so that the inbox knows what it had. May begin somewhat earlier.
   */
  readonly catchUp?: (room: RoomId, since: Date, signal: AbortSignal) => AsyncIterable<readonly RawPayload[]>;

  /** Pure. Turns one stored payload, parsed as JSON, into events. May throw on what it cannot understand. */
  read(payload: unknown): ReadResult;

  /** A missing entry IS the statement "cannot". */
  readonly deliver: { readonly [K in EventKind]?: Deliver<K> };
  /** Asked for entries that say `look`; `since`: nothing was attempted before. One answer for each, in any order. */
  wasDone(deliveries: readonly UncertainDelivery[], since: Date, signal: AbortSignal): Promise<readonly Outcome[]>;

  /**
   * Shows in a room that exactly these type. It ends by itself within half a minute: asked again while they do. Throws BridgeErrors. Absent:
   * nobody sees who types.
   */
  readonly showTyping?: (room: RoomId, who: readonly Speaker[], signal: AbortSignal) => Promise<void>;

  /**
   * Shows how somebody of another network is, wherever it shows them. Asked again every twenty seconds while they are there. Throws
   * BridgeErrors. Absent: nobody sees that.
   */
  readonly showPresence?: (person: UserRef, presence: Presence, signal: AbortSignal) => Promise<void>;

  /**
   * One of its own people has read a room as far as that message, by a login that they lend elsewhere: marks it as they would. Nothing where
   * they are not in the room. Throws BridgeErrors. Absent: it cannot act as its own people.
   */
  readonly showRead?: (read: ReadElsewhere, signal: AbortSignal) => Promise<void>;

  /** Whether its people can react so. Throws BridgeErrors. Absent: with whatever its rooms' capabilities say. */
  readonly hasReaction?: (emoji: string, signal: AbortSignal) => Promise<boolean>;

  /** Absent: its rooms and messages have no addresses. */
  readonly addresses?: Addresses;
  /** Present where people lend us logins of their own. */
  readonly lending?: Lending;
  /** Present where people speak with us: tells one of them something that nobody else sees, in words as answers are. Throws BridgeErrors. */
  readonly whisper?: (person: UserId, text: string, signal: AbortSignal) => Promise<void>;
  /** How what people say to us begins; absent: they do not speak with us. */
  readonly commandPrefix?: string;

  /** Cheap; may be cached. */
  capabilities(room: RoomId): Promise<Capabilities>;
  /** `wanted`: a part is enough; the whole may be given all the same. Throws TargetGone where there is no such file. */
  openFile(file: FileRef, signal: AbortSignal, wanted?: WantedBytes): Promise<FileStream>;
  describeRoom(room: RoomId, signal: AbortSignal): Promise<RoomProfile>;
  describeUser(user: UserId, signal: AbortSignal): Promise<UserProfile>;
  /** Finds or makes the room that a link wants and becomes a member; the same `link` always yields the same room. */
  resolveRoom(wanted: WantedRoom, link: string, signal: AbortSignal): Promise<RoomId>;
}
