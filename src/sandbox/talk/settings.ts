/** Somebody with an account on the sandbox server. */
export interface SandboxUser {
  readonly id: string;
  /** Default: the id. */
  readonly displayName?: string;
  /** Default: `pw-ID-12345678`. */
  readonly password?: string;
  readonly admin?: boolean;
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
