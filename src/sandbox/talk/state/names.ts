import type { Accounts } from './accounts.js';
import type { Files } from './files.js';
import type { Rooms } from './rooms.js';

/** What a reader is shown names, places and addresses from. */
export interface Names {
  readonly accounts: Accounts;
  readonly rooms: Rooms;
  readonly files: Files;
  /** The server's own address without a slash at its end. */
  readonly base: string;
}
