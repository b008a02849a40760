import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runAs, type DatabaseUser } from './database-user.js';
import { EmbeddedPostgresError } from './embedded.errors.js';
import { CLUSTER, giveTo } from './folder.js';
import { makingName } from './leftovers.js';
import type { Binaries } from './runnable.js';

/** The role and the database of ours. */
export const ROLE = 'crosstalk';
export const DATABASE = 'crosstalk';

/**
 * The files of one embedded PostgreSQL. `cluster/` appears by renaming once it is whole, so its presence is the sign
 * that initdb finished: what a killed start left behind lies under another name and is removed.
 */
export class Cluster {
  /** PostgreSQL's own data directory. */
  readonly data: string;
  readonly log: string;
  /** Where the package's binaries are copied, if they must be. */
  readonly binaries: string;
  private readonly whole: string;

  /** The folder is an absolute path without links: PostgreSQL is told apart by it. */
  constructor(readonly folder: string) {
    this.whole = join(folder, CLUSTER);
    this.data = join(this.whole, 'data');
    this.log = join(folder, 'postgres.log');
    this.binaries = join(folder, 'binaries');
  }

  exists(): boolean {
    return existsSync(this.whole);
  }

  /** The release that made it; null before it is made. */
  major(): number | null {
    return this.exists() ? Number.parseInt(readFileSync(join(this.data, 'PG_VERSION'), 'utf8'), 10) : null;
  }

  async password(): Promise<string> {
    return (await readFile(join(this.whole, 'password'), 'utf8')).trim();
  }

  /** initdb, unless another start made the cluster meanwhile. Throws EmbeddedPostgresError `notMade`. */
  async make(binaries: Binaries, user: DatabaseUser | null): Promise<void> {
    const making = join(this.folder, makingName());
    const passwordFile = join(making, 'password');
    await mkdir(making, { mode: 0o700 });
    await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flush: true });
    if (user !== null) await giveTo(user, making);
    await initdb(binaries, user, join(making, 'data'), passwordFile);
    try {
      await rename(making, this.whole);
      await syncFolder(this.folder);
    } catch (error) {
      if (!this.exists()) throw error;
      await rm(making, { recursive: true, force: true });
    }
  }
}

async function initdb(
  binaries: Binaries,
  user: DatabaseUser | null,
  data: string,
  passwordFile: string,
): Promise<void> {
  // From 17 on the rules of C.UTF-8 are PostgreSQL's own; before, they are the system's, and macOS has none.
  const locale =
    binaries.major >= 17
      ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
      : [process.platform === 'darwin' ? '--locale=C' : '--locale=C.UTF-8'];
  const child = spawn(
    join(binaries.folder, 'initdb'),
    [
      `--pgdata=${data}`,
      `--username=${ROLE}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // To make a file of the log takes as long as it is large, and whatever commits waits for it.
      '--wal-segsize=1',
      ...locale,
    ],
    { cwd: '/', env: binaries.environment, stdio: ['ignore', 'pipe', 'pipe'], ...runAs(user) },
  );
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => said.push(text));
  }
  const failure = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('close', (code) => {
      resolve(code === 0 ? null : said.join('').trim().split('\n').slice(-3).join(' '));
    });
  });
  if (failure !== null) throw new EmbeddedPostgresError('notMade', `The database could not be made: ${failure}`);
}

/** Makes the new name outlive a power failure. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
