import type { Apps } from '../state/apps.js';
import type { Files } from '../state/files.js';
import type { Workspaces } from '../state/workspace.js';

/** What views need to know beside what they show. */
export interface Look {
  readonly workspaces: Workspaces;
  readonly apps: Apps;
  readonly files: Files;
  /** The server's own address without a slash at its end. */
  readonly base: string;
}
