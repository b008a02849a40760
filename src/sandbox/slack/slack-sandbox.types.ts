import type { LargeBytes } from '../stored-bytes.js';
import type { RateLimitSettings } from './api/rate-limits.js';
import type { JsonObject } from './state/json.js';
import type { NewFile } from './state/files.js';

export interface SlackSandboxSettings {
  /** Default: the real Slack's. */
  readonly rateLimits?: RateLimitSettings | 'off';
  /** After which pauses an event is sent again that was not acknowledged. Default: at once, after a minute, after five. */
  readonly retryPausesMs?: readonly number[];
  /** How long after its answer an upload is shown in its channel. Default 50. */
  readonly shareDelayMs?: number;
  /** Of files beyond a megabyte: `counted` keeps no more than what they were. Default `kept`, on the disk. */
  readonly largeFiles?: LargeBytes;
  /** The die of the fault script and of event faults. */
  readonly random?: () => number;
}

export interface NewRoom {
  readonly team: string;
  readonly name: string;
  /** Who makes it: a person of that workspace. */
  readonly creator: string;
  readonly id?: string;
  readonly isPrivate?: boolean;
  readonly isGeneral?: boolean;
  /** Who is in it beside its creator: people, or apps by their users. */
  readonly members?: readonly string[];
}

export interface PostOptions {
  /** The thread's first message, or a reply in it. */
  readonly thread?: string;
  /** A reply that the channel shows too. */
  readonly broadcast?: boolean;
  /** Default: what Slack makes of the text. */
  readonly blocks?: readonly JsonObject[];
  readonly attachments?: readonly JsonObject[];
  readonly files?: readonly NewFile[];
}

/** An app in a workspace, with what it is configured with. */
export interface InstalledApp {
  readonly appId: string;
  readonly botId: string;
  readonly botUser: string;
  readonly botToken: string;
  readonly refreshToken?: string;
}

/** What changed in a channel: something that was said or done there, as an app in it would be told. */
export interface SlackChange {
  readonly channel: string;
  readonly event: JsonObject;
}
