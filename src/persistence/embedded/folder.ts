import { existsSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canEnter, databaseUser, userByNumber, type DatabaseUser } from './database-user.js';
import { EmbeddedPostgresError } from './embedded.errors.js';
import { removeLeftovers } from './leftovers.js';

/** The name of the finished cluster in its folder. */
export const CLUSTER = 'cluster';

export interface PreparedFolder {
  /** Absolute, without links. */
  readonly folder: string;
  /** Whom the database runs as; null: ourselves. */
  readonly user: DatabaseUser | null;
}

/**
 * Makes the folder, or takes over the one that is there, for its owner and the database's user alone.
 * Throws EmbeddedPostgresError `folderRefused`, `noUser`.
 */
export async function prepareFolder(wanted: string): Promise<PreparedFolder> {
  const firstMade = await mkdir(wanted, { recursive: true });
  const folder = await realpath(wanted);
  // With a strict umask the folders that root makes would let nobody through.
  if (firstMade !== undefined && process.getuid?.() === 0) await openPath(await realpath(firstMade), folder);
  const user = userFor(folder);
  if (user !== null) await chown(folder, user.uid, user.gid);
  await chmod(folder, 0o700);
  if (user !== null) {
    // Copied by root without its owner, say from a backup.
    const cluster = join(folder, CLUSTER);
    if (existsSync(cluster) && statSync(cluster).uid === 0) await giveTo(user, cluster);
    if (!canEnter(user, folder))
      throw refused(
        `runs as the user "${user.name}", who cannot reach ${folder}: ` +
          'a folder above it lets only its owner in. Choose a data folder elsewhere.',
      );
  }
  await removeLeftovers(folder);
  return { folder, user };
}

/** Gives a file, or a folder with all that is in it, to the user. */
export async function giveTo(user: DatabaseUser, path: string): Promise<void> {
  await chown(path, user.uid, user.gid);
  if (!statSync(path).isDirectory()) return;
  for (const entry of await readdir(path, { recursive: true })) await chown(join(path, entry), user.uid, user.gid);
}

/** The owner of a cluster that is already there: a folder begun by one user keeps working when root starts it. */
function userFor(folder: string): DatabaseUser | null {
  const lent = databaseUser();
  if (lent === null) {
    const owner = statSync(folder).uid;
    if (process.getuid === undefined || owner === process.getuid()) return null;
    throw refused(
      `in ${folder} belongs to the user "${userByNumber(owner)?.name ?? String(owner)}": ` +
        'start as that user, or as root.',
    );
  }
  const cluster = join(folder, CLUSTER);
  const owner = existsSync(cluster) ? statSync(cluster).uid : 0;
  const user = owner === 0 ? lent : userByNumber(owner);
  if (user === null)
    throw refused(`in ${folder} belongs to user number ${String(owner)}, whom this machine does not know.`);
  return user;
}

function refused(what: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError('folderRefused', `The database ${what}`);
}

async function openPath(from: string, to: string): Promise<void> {
  for (let path = dirname(to); path.startsWith(from); path = dirname(path)) {
    await chmod(path, statSync(path).mode | 0o011);
  }
}
