import type { BridgeEvent } from './bridge-event.js';
import type { Call } from './call.js';
import type { LinkOptions } from './link-options.js';
import type { PollCount, PollTerms, PollVote, PollWords } from './poll.js';
import type { AccountId, DeliveryId, InboxKey, MessageRef, RemoteId, RoomId, RoomRef, UserId } from './ids.js';

/** Ids of rows: bigint in the database, decimal text here. */
export type RowId = string;

/** A portal whose room may still have to be found: what is for it waits in its lane. */
export interface TargetWiring {
  readonly portal: RowId;
  readonly account: AccountId;
  readonly room: RoomId | null;
  readonly direction: 'both' | 'in' | 'out';
  /** Of its lane; null where it has none. */
  readonly shard: number | null;
}

export interface PortalWiring extends TargetWiring {
  readonly room: RoomId;
}

/** The portal through which a room is read, and the other portals of its link. */
export interface Wiring {
  readonly link: RowId;
  /** Since when the room is in the link: what was said before is not bridged. */
  readonly linkedAt: Date;
  readonly options: LinkOptions;
  readonly own: PortalWiring;
  readonly others: readonly TargetWiring[];
}

export interface KnownCopy {
  readonly message: RowId;
  readonly portal: RowId;
  readonly part: number;
  /** What it shows, where that was asked for and is known. */
  readonly hash?: Buffer | null;
  /** Whether the delivery that made it goes on: there may be more of it. */
  readonly unfinished?: boolean;
}

export interface KnownMessage {
  readonly version: bigint;
  readonly deleted: boolean;
}

export interface KnownReaction {
  readonly message: RowId;
  readonly emoji: string;
  readonly person: string;
  readonly state: 'added' | 'removed';
  readonly version: bigint;
}

/** A room's call that goes on, and the message that tells of it. */
export interface KnownCall {
  readonly message: RowId;
  /** Its origin. */
  readonly remote: RemoteId;
  readonly call: Call;
}

/** A poll, and how new what is known of its votes is. */
export interface KnownPoll {
  readonly state: 'open' | 'closed';
  readonly options: number;
  readonly maxVotes: number;
  /** By who voted, and by the portal whose room counts without names. */
  readonly versions: ReadonlyMap<string, bigint>;
}

/** One vote of a person, which has an id of its own. */
export interface KnownBallot {
  readonly account: AccountId;
  readonly remote: RemoteId;
  readonly message: RowId;
  /** The poll in the room of the vote. */
  readonly poll: RemoteId;
  readonly person: UserId;
  readonly choices: readonly number[];
  /** Of the ballot that counts the same as of its person's vote. */
  readonly version: bigint;
}

export interface KnownDelivery {
  readonly id: RowId;
  readonly message: RowId | null;
  readonly portal: RowId;
  readonly account: AccountId;
  readonly room: RoomId;
  /** The parts that already have a copy, and which. */
  readonly copies: ReadonlyMap<number, RemoteId>;
  readonly parked: boolean;
}

/** All that the database knows of what a batch refers to; routing keeps it in step while it goes through the batch. */
export interface Known {
  /** Of messages that are read again: the portals where they are, or are about to be. */
  readonly reached: ReadonlyMap<RowId, ReadonlySet<RowId>>;
  readonly wiring: ReadonlyMap<string, Wiring>;
  readonly copies: Map<string, KnownCopy>;
  /** Those payloads that were told of messages which are answered, whatever became of them. */
  readonly told: ReadonlySet<InboxKey>;
  readonly messages: Map<RowId, KnownMessage>;
  readonly reactions: Map<string, KnownReaction>;
  readonly reactionsByRemote: Map<string, KnownReaction>;
  /** By room, of rooms of whose calls the batch tells. */
  readonly calls: Map<string, KnownCall>;
  /** By message, of messages that the batch is about. */
  readonly polls: Map<RowId, KnownPoll>;
  /** By remote, all of the people whose votes the batch may take away. */
  readonly ballots: Map<string, KnownBallot>;
  readonly deliveries: ReadonlyMap<DeliveryId, KnownDelivery>;
  readonly parkedByMessage: ReadonlyMap<RowId, readonly { readonly delivery: RowId; readonly portal: RowId }[]>;
}

/** What became of a stored payload. `unlinked`: it is none of our business, so its contents are not kept. */
export interface InboxVerdict {
  readonly inbox: RowId;
  readonly state: 'routed' | 'ignored' | 'held' | 'malformed' | 'unlinked';
  readonly note: string | null;
  readonly message: RowId | null;
}

/** All writes of one routed batch. */
export interface Plan {
  readonly inbox: InboxVerdict[];
  readonly messages: { id: RowId; link: RowId; account: AccountId; author: string; sentAt: Date }[];
  /** Messages that vanish at their origin by themselves. */
  readonly expirations: { message: RowId; dueAt: Date }[];
  /** Rooms with what is known of their calls from now on; null: there is none. */
  readonly calls: { room: RoomRef; call: KnownCall | null }[];
  readonly copies: {
    account: AccountId;
    room: RoomId;
    remote: RemoteId;
    message: RowId;
    portal: RowId;
    part: number;
    delivery: RowId | null;
  }[];
  /** `inbox` null: nobody told it, the bridge itself knows. */
  readonly deliveries: {
    uuid: DeliveryId;
    lane: RowId;
    message: RowId | null;
    inbox: RowId | null;
    event: BridgeEvent;
  }[];
  readonly versions: { message: RowId; version: bigint; deleted: boolean }[];
  readonly reactions: {
    message: RowId;
    emoji: string;
    account: AccountId;
    person: string;
    state: 'added' | 'removed';
    version: bigint;
    remote: RemoteId | null;
  }[];
  readonly polls: (PollTerms & { message: RowId; thread: MessageRef | null })[];
  readonly pollVotes: (PollVote & { message: RowId; version: bigint })[];
  readonly ballots: KnownBallot[];
  readonly ballotsGone: Pick<KnownBallot, 'account' | 'remote'>[];
  readonly pollCounts: (PollCount & { message: RowId; version: bigint })[];
  readonly askedOtherwise: (PollWords & { message: RowId })[];
  readonly closedPolls: RowId[];
  readonly held: {
    account: AccountId;
    room: RoomId;
    remote: RemoteId;
    inbox: RowId;
    event: BridgeEvent;
    /** How long it is held. */
    forMs: number;
    /** What becomes of it when what it is about does not come. */
    then: 'drop' | 'deliver';
  }[];
  /** A room whose history was cleared: what was bridged from it is deleted in these lanes. */
  readonly cleared: {
    portal: RowId;
    inbox: RowId | null;
    lanes: readonly RowId[];
    by: Pick<BridgeEvent, 'room' | 'actor' | 'at'>;
  }[];
  /** Parked deliveries that say something else from now on, or nothing any more. */
  readonly parked: { delivery: RowId; change: { event: BridgeEvent } | 'cancel' }[];
}

export const roomKey = (room: RoomRef): string => `${room.account}\n${room.id}`;
export const copyKey = (message: MessageRef): string => `${roomKey(message.room)}\n${message.id}`;
export const reactionKey = (message: RowId, emoji: string, account: AccountId, person: string): string =>
  [message, emoji, account, person].join('\n');
export const voterKey = (account: AccountId, person: string): string => `${account}\n${person}`;
export const remoteKey = (account: AccountId, remote: RemoteId): string => `${account}\n${remote}`;
