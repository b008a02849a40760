/** Ids are branded, so that a room's id is never taken for a message's, and travel with their account. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A kind of network: `talk`, `matrix`, `slack`. */
export type NetworkName = Branded<'NetworkName'>;
/** The key of an account in the settings: its identity for ever. */
export type AccountId = Branded<'AccountId'>;
/** A room's id as its network writes it. Only the network's own `X.ids.ts` takes it apart. */
export type RoomId = Branded<'RoomId'>;
/** A person's or bot's id as its network writes it. */
export type UserId = Branded<'UserId'>;
/** A message's id on its network; unique within its account and room. */
export type RemoteId = Branded<'RemoteId'>;
/** How far a source was read. Only its adapter understands it. */
export type Cursor = Branded<'Cursor'>;
/** Identifies one stored payload within its account; the same payload always has the same key. */
export type InboxKey = Branded<'InboxKey'>;
/** A delivery's public id: a UUIDv7. */
export type DeliveryId = Branded<'DeliveryId'>;
/** What every send carries: 46 characters of base64url that name delivery and part and cannot be forged. */
export type DeliveryKey = Branded<'DeliveryKey'>;

export const networkName = (value: string): NetworkName => value as NetworkName;
export const accountId = (value: string): AccountId => value as AccountId;
export const roomId = (value: string): RoomId => value as RoomId;
export const userId = (value: string): UserId => value as UserId;
export const remoteId = (value: string): RemoteId => value as RemoteId;
export const cursor = (value: string): Cursor => value as Cursor;
export const inboxKey = (value: string): InboxKey => value as InboxKey;
export const deliveryId = (value: string): DeliveryId => value as DeliveryId;
export const deliveryKey = (value: string): DeliveryKey => value as DeliveryKey;

export interface RoomRef {
  readonly account: AccountId;
  readonly id: RoomId;
}

export interface MessageRef {
  readonly room: RoomRef;
  readonly id: RemoteId;
}

/**
 * Who did something, named as at that moment.
 * `ours`: an act of our relay, ghost or guest, or ours by a login that its person lent us. `system`: the network itself.
 */
export interface UserRef {
  readonly account: AccountId;
  readonly id: UserId;
  readonly name: string;
  readonly standing: 'person' | 'bot' | 'ours' | 'system';
}

/** A handle, never bytes: opened late and streamed. */
export interface FileRef {
  readonly account: AccountId;
  readonly id: string;
  readonly name: string;
  readonly mime: string;
  /** Absent where its network does not say it beforehand. */
  readonly bytes?: number;
  /** Of a picture or a film, in pixels. */
  readonly size?: PixelSize;
  readonly durationMs?: number;
  /** What is shown of a picture until it is there. Source: blurha.sh. */
  readonly blurhash?: string;
  /** Of a picture or a film: the id of a small picture of it, which its account opens as it opens files. */
  readonly preview?: string;
  /** Present where it was spoken into the room: it is played there rather than kept. `waveform`: loudness, 0 to 1024. */
  readonly voice?: { readonly waveform?: readonly number[] };
  /** What it holds, where the bridge itself made it of words: it is on no account. */
  readonly text?: string;
  /** What is told in its place, because the room that it goes to cannot have it. Absent: it can. */
  readonly instead?: FileLine;
  /** Where people find it who do not find it in the room that it goes to. */
  readonly elsewhere?: FileElsewhere;
}

export interface FileElsewhere {
  /** What people call the network that it comes from: `Talk`. */
  readonly network: string;
  /** Where whoever knows the address has it, until then. */
  readonly link?: { readonly url: string; readonly until: Date };
}

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** Why a file itself is not there; `url`: where whoever knows the address has it. */
export interface FileLine {
  readonly why: string;
  readonly url?: string;
}
