import type { LargeBytes } from '../stored-bytes.js';
import type { JsonObject } from './events.js';
import type { AppserviceRegistration } from './registration.js';

export interface MatrixSandboxSettings {
  /** Default `sandbox.test`. */
  readonly serverName?: string;
  readonly registration?: AppserviceRegistration;
  /** The first pause after a transaction that was not accepted; each later one is twice as long, up to 512 times. Default 1000. */
  readonly pushBackoffMs?: number;
  /** How long an answer to a transaction may take. Default 60000. */
  readonly pushTimeoutMs?: number;
  /** Of files beyond a megabyte: `counted` keeps no more than what they were. Default `kept`, on the disk. */
  readonly largeFiles?: LargeBytes;
  /** Default 50 MiB. */
  readonly maxUploadBytes?: number;
  /** `off`: what people say of how they are is taken, and shown to nobody. */
  readonly presence?: 'off';
  /** The die of the fault script. */
  readonly random?: () => number;
  /** The server's clock, milliseconds since 1970. */
  readonly nowMs?: () => number;
}

export interface NewRoom {
  readonly creator: string;
  /** The alias without sigil and server. */
  readonly alias?: string;
  readonly name?: string;
  readonly public?: boolean;
  readonly invite?: readonly string[];
  readonly roomVersion?: string;
  /** Of others than its creator; in versions before 12 the creator's own must be among them. */
  readonly powers?: Readonly<Record<string, number>>;
}

export interface PostOptions {
  readonly replyTo?: string;
  /** The first event of the thread. */
  readonly thread?: string;
  readonly formattedBody?: string;
  /** Default `m.text`. */
  readonly msgtype?: string;
}

/** An event of a room with what a reader sees of its sender. */
export interface RoomMessage {
  readonly eventId: string;
  readonly type: string;
  readonly sender: string;
  readonly senderName: string;
  readonly content: JsonObject;
  /** By the event itself: milliseconds since 1970. */
  readonly atMs: number;
  readonly stateKey?: string;
  readonly redacts?: string;
  readonly redactedBy?: string;
}

export interface RoomMember {
  readonly userId: string;
  readonly name: string;
  readonly membership: string;
}
