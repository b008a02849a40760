import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { DatabaseUser } from './database-user.js';
import { EmbeddedPostgresError } from './embedded.errors.js';
import { packageFolder, runnablePackage } from './package-binaries.js';
import { tryRun, type Binaries } from './runnable.js';

/** The first release whose SQL and settings we rely on. */
const OLDEST_MAJOR = 15;

/** Which PostgreSQL: the npm package's, this machine's, or the one whose `postgres` and `initdb` lie in `folder`. */
export type BinaryChoice = 'auto' | 'package' | 'system' | { readonly folder: string };

export interface WantedBinaries {
  readonly choice: BinaryChoice;
  readonly user: DatabaseUser | null;
  /** The release that made the cluster, and alone can run it; null where the cluster is yet to be made. */
  readonly major: number | null;
  /** Takes the package's binaries where the database's user cannot run them in place. */
  readonly copyTo: string;
}

/**
 * Finds a PostgreSQL to run: the package's first, then this machine's, newest first.
 * Throws EmbeddedPostgresError `noBinaries`.
 */
export async function findBinaries({ choice, user, major, copyTo }: WantedBinaries): Promise<Binaries> {
  const fits = (binaries: Binaries | null): binaries is Binaries =>
    binaries !== null && binaries.major >= OLDEST_MAJOR && (major === null || binaries.major === major);

  const seen: string[] = [];
  if (choice === 'auto' || choice === 'package') {
    const native = packageFolder();
    const binaries = native === null ? null : await runnablePackage(native, user, copyTo);
    if (fits(binaries)) return binaries;
    seen.push(native === null ? 'its npm package is not installed' : describe(native, binaries));
  }
  if (choice !== 'package') {
    const folders = typeof choice === 'object' ? [choice.folder] : systemFolders();
    for (const folder of folders) {
      const binaries = tryRun(folder, null, user);
      if (fits(binaries)) return binaries;
      seen.push(describe(folder, binaries));
    }
    if (folders.length === 0) seen.push('none is installed on this machine');
  }
  const wanted =
    major === null
      ? `PostgreSQL ${String(OLDEST_MAJOR)} or later`
      : `PostgreSQL ${String(major)}, which made the database,`;
  throw new EmbeddedPostgresError('noBinaries', `${wanted} cannot be run here: ${seen.join('; ')}.`);
}

function describe(folder: string, binaries: Binaries | null): string {
  return binaries === null ? `the one in ${folder} does not run` : `${folder} holds ${String(binaries.major)}`;
}

/** Where packages put it (Debian, Alpine, Red Hat, Homebrew, its own `make install`), then PATH; newest first each. */
function systemFolders(): readonly string[] {
  const folders = [
    ...versioned('/usr/lib/postgresql', /^(\d+)$/),
    ...versioned('/usr/libexec', /^postgresql(\d+)$/, ''),
    ...versioned('/usr', /^pgsql-(\d+)$/),
    ...versioned('/opt/homebrew/opt', /^postgresql@(\d+)$/),
    ...versioned('/usr/local/opt', /^postgresql@(\d+)$/),
    '/usr/local/pgsql/bin',
    ...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/')),
  ];
  const whole = folders.filter((folder) => ['postgres', 'initdb'].every((name) => existsSync(join(folder, name))));
  // A program in PATH may be a link: the shared files lie beside what it points to.
  return [...new Set(whole.map((folder) => join(realpathSync(join(folder, 'postgres')), '..')))];
}

function versioned(parent: string, pattern: RegExp, below = 'bin'): readonly string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .map((name) => ({ name, major: Number(pattern.exec(name)?.[1]) }))
    .filter(({ major }) => major >= OLDEST_MAJOR)
    .sort((a, b) => b.major - a.major)
    .map(({ name }) => join(parent, name, below));
}
