import type { ZodType } from 'zod';
import type { AccountStore } from './account-store.js';
import type { BridgedMessage } from './bridged-message.js';
import type { PresenceChanged, ReadUpTo, TypingChanged } from './bridge-event.js';
import type { Clock } from './clock.js';
import type { RoomClosed } from './errors.js';
import type { AccountId, DeliveryKey, FileRef, NetworkName, RemoteId, RoomId, UserId } from './ids.js';
import type { Lender, LendingNews } from './lending.js';
import type { NetworkAdapter } from './network-adapter.js';
import type { CommandAnswer, RoomCommand } from './room-command.js';

/** Log events with fields, never contents or secrets. */
export interface Log {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}

/** How a linked room stands, by what its network says of it beside what is said in it. */
export interface RoomStanding {
  readonly room: RoomId;
  /** Why the room lets us read and not write, for now; null: it lets us write. Absent: as before, since its network does not say. */
  readonly mute?: string | null;
  /** `itself`: the room's own events tell the people of the linked rooms; else a line of the bridge does, once. */
  readonly toldBy: 'itself' | 'nobody';
  /** What else the operator may want to know of it; null: nothing. Absent: as before. */
  readonly note?: string | null;
}

export interface AdapterContext<Settings> {
  readonly account: AccountId;
  readonly settings: Settings;
  readonly store: AccountStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether a link names the room: the adapter joins no others. */
  isLinked(room: string): boolean;
  /** The login is not accepted any more: the account is closed, and `connect` is tried until it works. */
  loginRefused(): void;
  /**
   * A linked room that is pushed takes nothing from us, or tells us nothing, until somebody helps: `why` says how. Raises one alarm,
   * however often it is told.
   */
  readonly roomClosed: (room: RoomId, why: RoomClosed) => Promise<void>;
  /** These rooms are open to us, again or still. */
  readonly roomsOpened: (rooms: readonly RoomId[]) => Promise<void>;
  /** How these linked rooms stand, whether that is news or not. */
  readonly roomsStand: (standings: readonly RoomStanding[]) => Promise<void>;
  /** What the bridge has of a linked room: messages whose ids are not below `from` as texts are ordered, the highest first; `limit` parts at most. */
  bridged(room: RoomId, from: RemoteId, limit: number): Promise<readonly BridgedMessage[]>;
  /** Does what people ask from inside a room. What cannot be is answered too. */
  command(call: RoomCommand): Promise<CommandAnswer>;
  /** Tells somebody what became of a login that we asked for, or were lent. */
  lendingChanged(lender: Lender, news: LendingNews): Promise<void>;
  /** Whether we made the key ourselves, for whichever delivery. */
  isOurKey(key: DeliveryKey): boolean;
  /** Somebody began or ended to type: shown in the other rooms of the link, and kept nowhere. To be told again while they do. */
  typing(changed: TypingChanged): void;
  /** How somebody is: shown in the other rooms of the link, and kept nowhere. To be told again every few minutes while it is known. */
  presence(changed: PresenceChanged): void;
  /** Somebody has read a linked room up to a message: whose login is lent has read as much elsewhere. Kept nowhere. */
  wasRead(upTo: ReadUpTo): void;
  /** Whether what its people have read elsewhere is marked at that account: else nobody need be asked. */
  showsRead(account: AccountId): boolean;
  /** Has these linked rooms read at once, by whichever replica reads them. */
  wake(rooms: readonly RoomId[]): Promise<void>;
  /** The network told of these rooms by itself, to whichever replica: their account's owner is to know. */
  pushed(rooms: readonly RoomId[]): Promise<void>;
  /** Path on the public listener at which whoever knows it sees a picture of any account, until it expires. */
  picturePath(picture: FileRef): string;
  /** Where people reach the public listener, without a slash at its end. Absent: nobody said. */
  readonly publicUrl?: string;
}

/** A call as far as it is known before its body is read. */
export interface PublicCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface PublicRequest extends PublicCall {
  readonly body: Buffer;
}

export interface PublicAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Answered as JSON, unless there is a body. */
  readonly json?: unknown;
  /** Answered as it is: a page, a picture. */
  readonly body?: { readonly mime: string; readonly bytes: Uint8Array };
  /** Answered as it comes. */
  readonly stream?: StreamedAnswer;
}

export interface StreamedAnswer {
  readonly mime: string;
  /** Absent where it is not known; an answer with more or fewer is broken off. */
  readonly bytes?: number;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Called once nothing more is read, also where nothing was. */
  close(): void;
}

/** An address on the public listener. Refuses what is not signed, before it looks at it. */
export interface PublicRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `:name` stands for one segment. */
  readonly path: string;
  readonly maxBodyBytes: number;
  /** The answer to a caller who may not call at all: its body is not read. */
  refusal?(call: PublicCall): PublicAnswer | undefined;
  handle(request: PublicRequest): Promise<PublicAnswer>;
}

/** A call of such a command. */
export interface NetworkCall {
  /** What was written behind the command; empty where it takes no words. */
  readonly words: readonly string[];
  /** The working folder, from which paths of files are. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Lends what the account remembers, the same that a running service sees. Throws where the database is not to be had. */
  withStore<T>(work: (store: AccountStore) => Promise<T>): Promise<T>;
}

/** What a command takes behind its name. */
export interface CommandWords {
  /** `[GROUP [METHOD]]` */
  readonly usage: string;
  readonly notes: string;
  /** What comes after `crosstalk `, whole. */
  readonly examples: readonly string[];
  /** Pure: the answer to words that ask nothing of an account; undefined: they do. Throws WordsRefused where they make no sense. */
  explain(words: readonly string[]): string | undefined;
}

/** The words of a call make no sense. The message says the remedy. */
export class WordsRefused extends Error {}

/** A command of the CLI that a network brings along. Gets its account's checked settings; returns what is printed. */
export interface NetworkCommand<Settings> {
  readonly name: string;
  readonly summary: string;
  /** Absent: it takes none but the account's key. */
  readonly words?: CommandWords;
  run(account: AccountId, settings: Settings, call: NetworkCall): Promise<string>;
}

/** Everything the rest of the house needs to know of a network. */
export interface NetworkDefinition<Settings = unknown, Adapter extends NetworkAdapter = NetworkAdapter> {
  readonly network: NetworkName;
  /** What people call it: `Talk`. */
  readonly label: string;
  /** One account's section, without the key `network`. Each field has a `.describe()`; secrets have `.meta({ secret: true })`. */
  readonly settingsSchema: ZodType<Settings>;
  readonly commands: readonly NetworkCommand<Settings>[];
  /** Pure: a person's id as this network writes it, from what people write for it. Absent: they are the same. */
  userIdOf?(written: string): UserId;
  httpRoutes(adapters: readonly Adapter[]): readonly PublicRoute[];
  create(context: AdapterContext<Settings>): Adapter;
  /** Called once with all accounts of the network, before any is started. Absent: they have nothing to do with one another. */
  introduce?(adapters: readonly Adapter[]): void;
}
