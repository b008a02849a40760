import type { SpeakerWish } from '../model/capabilities.js';
import type { AccountId, NetworkName, UserId } from '../model/ids.js';
import type { LinkOptions } from '../model/link-options.js';
import type { WantedRoom } from '../model/network-adapter.js';

/** Where the settings came from. `none`: no file was found and no variable of the environment sets anything. */
export type SettingsSource = 'file' | 'environment' | 'none';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** `out`: what is said in the room goes out to the others; `in`: the others' words come in; `both`: both. */
export type Direction = 'both' | 'in' | 'out';

export interface DatabaseSettings {
  /** Absent: the embedded PostgreSQL. */
  readonly url?: string;
  readonly poolSize: number;
}

export interface PublicListenSettings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Without a slash at its end. */
  readonly url?: string;
}

export interface AdminListenSettings {
  readonly host: string;
  readonly port: number;
  /** Absent only where the host is a loopback address: then a token is made at each start. */
  readonly token?: string;
}

export interface DeliverySettings {
  readonly leaseMs: number;
  readonly heldEventsMs: number;
  readonly parkAfterAttempts: number;
  readonly alarmAfterMs: number;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  readonly stopWithinMs: number;
}

export interface FileSettings {
  /** Absent: each room gets what it takes. */
  readonly maxBytes?: number;
  /** In about how many messages of a room a text may stand; a longer one goes as a file. Absent: in any number. */
  readonly maxTextMessages?: number;
  /** 0: no files are linked. */
  readonly linkDays: number;
  readonly maxDownloads: number;
}

export interface AccountSettings {
  readonly network: NetworkName;
  /** Checked by the network's own schema, and as that schema gives it. */
  readonly settings: unknown;
}

export interface LinkedRoomSettings {
  readonly account: AccountId;
  readonly wanted: WantedRoom;
  readonly direction: Direction;
  /** Absent: `auto`. */
  readonly speaker?: SpeakerWish;
}

export interface LinkSettings {
  /** The link's key in the settings. */
  readonly id: string;
  /** Two or more. */
  readonly rooms: readonly LinkedRoomSettings[];
  readonly mirror: LinkOptions;
}

/** One person's ids on several accounts, at most one on each. */
export type PersonSettings = ReadonlyMap<AccountId, UserId>;

/** All that can be set, checked and frozen. Everything else in the house is handed its section. */
export interface Settings {
  readonly source: SettingsSource;
  /** The file's absolute path where `source` is `file`. */
  readonly file?: string;
  /** The data folder that was asked for; absent: see `chooseDataFolder` in data-folder.ts. */
  readonly dataFolder?: string;
  /** What CROSSTALK_FAILPOINT named, for tests: see `armFailpoint`. */
  readonly failpoint?: string;
  /** Sentences for the log: nothing stops for them. */
  readonly warnings: readonly string[];
  readonly database: DatabaseSettings;
  /** As given: see `installationKey` in secret-key.ts. */
  readonly secretKey?: string;
  readonly listen: { readonly public: PublicListenSettings; readonly admin: AdminListenSettings };
  readonly log: { readonly level: LogLevel };
  readonly delivery: DeliverySettings;
  readonly files: FileSettings;
  readonly retention: { readonly payloadDays: number };
  /** In the order in which they were written. */
  readonly accounts: ReadonlyMap<AccountId, AccountSettings>;
  readonly links: readonly LinkSettings[];
  readonly people: readonly PersonSettings[];
}
