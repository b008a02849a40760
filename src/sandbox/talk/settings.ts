import type { LargeBytes } from '../stored-bytes.js';

/** Somebody with an account on the sandbox server. */
export interface SandboxUser {
  readonly id: string;
  /** Default: the id. */
  readonly displayName?: string;
  /** Default: `pw-ID-12345678`. */
  readonly password?: string;
  readonly admin?: boolean;
  /** Default true. */
  readonly createsRooms?: boolean;
}

export type BotFeature = 'webhook' | 'response' | 'reaction';

/** A bot as `occ talk:bot:install` makes it. */
export interface SandboxBot {
  readonly name: string;
  readonly description?: string;
  /** 40 to 128 characters. */
  readonly secret: string;
  /** Where webhooks go. */
  readonly url: string;
  readonly features: readonly BotFeature[];
}

/** 23 has pinned and scheduled messages. */
export type TalkVersion = 22 | 23;

/** What is installed beside Talk. */
export interface Extras {
  /** Writes chats up; `fails`: it is there, and cannot. */
  readonly summaries?: 'works' | 'fails';
  /** Writes down what is said in calls. */
  readonly transcription?: boolean;
  /** The version of the program that runs Talk's own bridges. */
  readonly matterbridge?: string;
  /** Whether Talk's own bridges stop when they are told to. Default true. */
  readonly bridgesStop?: boolean;
}

/** Servers beside Nextcloud, each with the secret that both know. */
export interface BackendSettings {
  readonly signaling?: { readonly url: string; readonly secret: string };
  /** Without an address it is not asked itself how it is. */
  readonly recording?: { readonly secret: string; readonly url?: string };
  readonly sip?: {
    readonly secret: string;
    readonly dialInInfo: string;
    readonly dialsOut: boolean;
    readonly groups?: readonly string[];
  };
}

export interface TalkSandboxSettings {
  /** Default: admin, alice, bob, carol and bridge-bot. */
  readonly users?: readonly SandboxUser[];
  readonly bots?: readonly SandboxBot[];
  /** The address that the server believes to have, as bots are told it. Default: the one it listens at. */
  readonly backendUrl?: string;
  /** The step in which a held poll looks again; the real server's is a second. A poll's timeout is scaled with it. Default 1000. */
  readonly pollStepMs?: number;
  /** How long an empty forward read is believed without looking; 0 is a server without a memory cache, the real one's is 30000. Default 0. */
  readonly cacheMs?: number;
  /** How many requests are served at one time, a held poll being one. Default unlimited. */
  readonly phpWorkers?: number;
  /** How long after its time was reserved a posted message is stored. Default 0. */
  readonly commitDelayMs?: number;
  /** The servers beside this one. Default none. */
  readonly backends?: BackendSettings;
  /**
   * A signaling server of its own, which listens beside it; then none in `backends`. `old`: as one before version 0.5 is. `expireMs`: how long
   * a session outlives its connection, default 30000. Default none.
   */
  readonly signaling?: { readonly generation?: 'usual' | 'old'; readonly expireMs?: number };
  /** Apps that others bring. Default none. */
  readonly extras?: Extras;
  /** Whether people may talk about files in rooms of their own. Default true. */
  readonly fileRooms?: boolean;
  /** Whether people of other servers may be invited, and this one's by those. Default false. */
  readonly federation?: boolean;
  /** Of files beyond a megabyte: `counted` keeps no more than what they were. Default `kept`, on the disk. */
  readonly largeFiles?: LargeBytes;
  /** Talk's major version. Default 22. */
  readonly talkVersion?: TalkVersion;
  /** The server's clock, milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
}

export const defaultUsers: readonly SandboxUser[] = [
  { id: 'admin', admin: true },
  { id: 'alice' },
  { id: 'bob' },
  { id: 'carol' },
  { id: 'bridge-bot' },
];
