import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SettingsFaults } from './settings-faults.js';
import type { Settings } from './settings.types.js';

export interface DataFolderRequest {
  /** What CROSSTALK_DATA named: `Settings.dataFolder`. */
  readonly asked: Settings['dataFolder'];
  /** The project's folder, which `./data` lies in. */
  readonly project: string;
  /** Whether the database's user can reach a folder, which need not exist yet. */
  reachable(folder: string): boolean;
}

/**
 * Where Crosstalk keeps its own database, key and lock: what CROSSTALK_DATA names, else `./data`, else, where the
 * database's user cannot reach that (root in a home of its own), `/var/lib/crosstalk/<hash of the project's path>`.
 * Throws SettingsFaults where CROSSTALK_DATA names a folder out of reach.
 */
export function chooseDataFolder({ asked, project, reachable }: DataFolderRequest): string {
  if (asked !== undefined) {
    const folder = resolve(project, asked);
    if (reachable(folder)) return folder;
    const problem = `names ${folder}, which the database's user cannot reach`;
    const remedy = 'Name a folder whose parents every user may enter, or start Crosstalk as an ordinary user.';
    throw new SettingsFaults([{ path: 'CROSSTALK_DATA', problem, remedy }]);
  }
  const usual = resolve(project, 'data');
  return reachable(usual) ? usual : `/var/lib/crosstalk/${hashOf(resolve(project))}`;
}

const hashOf = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 16);

/** Makes the folder where it is missing. Others may pass through it, as the database's user must, but not list it. */
export async function makeDataFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o711 });
}
