import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runAs, type DatabaseUser } from './database-user.js';

/** A PostgreSQL that was seen to run as the database's user. */
export interface Binaries {
  /** Holds `postgres` and `initdb`. */
  readonly folder: string;
  readonly major: number;
  /** What each of its processes needs; nothing else of our own environment is handed on. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs `postgres --version` as the user; null where that fails. `libraries` is its own folder of libraries, if any. */
export function tryRun(folder: string, libraries: string | null, user: DatabaseUser | null): Binaries | null {
  const environment: Record<string, string> = { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' };
  if (libraries !== null) {
    environment[process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'] = libraries;
  }
  const program = join(folder, 'postgres');
  const answer = spawnSync(program, ['--version'], { cwd: '/', env: environment, encoding: 'utf8', ...runAs(user) });
  const major = answer.status === 0 ? /\(PostgreSQL\) (\d+)/.exec(answer.stdout)?.[1] : undefined;
  return major === undefined ? null : { folder, major: Number(major), environment };
}
