import { chown, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseUser } from './database-user.js';
import { errorCode } from './embedded.errors.js';
import { makingName } from './leftovers.js';

/**
 * The connection address of the embedded PostgreSQL that used the folder last (postgres://…, with its password); null
 * where there was none. It may not be running: then connections are refused.
 */
export async function readEmbeddedAddress(folder: string): Promise<string | null> {
  try {
    return (await readFile(join(folder, 'address'), 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Readable by its owner alone. */
export async function writeEmbeddedAddress(folder: string, url: string, owner: DatabaseUser | null): Promise<void> {
  const file = join(folder, 'address');
  const next = join(folder, makingName());
  await writeFile(next, `${url}\n`, { mode: 0o600 });
  if (owner !== null) await chown(next, owner.uid, owner.gid);
  await rename(next, file);
}
