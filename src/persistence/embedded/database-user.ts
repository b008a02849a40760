import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EmbeddedPostgresError } from './embedded.errors.js';

/** A user of this machine, as whom the database runs. */
export interface DatabaseUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whom the database runs as: null where it runs as ourselves, because we are an ordinary user. PostgreSQL refuses to
 * run as root, so root lends it `postgres` or, where there is none, `nobody`.
 * Throws EmbeddedPostgresError `noUser`.
 */
export function databaseUser(): DatabaseUser | null {
  if (process.getuid?.() !== 0) return null;
  const users = usersOfThisMachine();
  const user = users.find(({ name }) => name === 'postgres') ?? users.find(({ name }) => name === 'nobody');
  if (user === undefined || user.uid === 0) {
    throw new EmbeddedPostgresError(
      'noUser',
      'PostgreSQL does not run as root, and this machine has no user "postgres" or "nobody" to run it as.',
    );
  }
  return user;
}

/** The user with this number; null where the machine does not know it (initdb would refuse it). */
export function userByNumber(uid: number): DatabaseUser | null {
  return usersOfThisMachine().find((user) => user.uid === uid) ?? null;
}

/**
 * True if the database's user can reach this folder, or would be able to if we made it: every folder above it that
 * exists lets that user through. An ordinary user always reaches what it reaches itself.
 */
export function reachable(folder: string): boolean {
  const user = databaseUser();
  return user === null || canEnter(user, nearestExisting(folder));
}

/** Asks the system itself (permissions, access lists, mounts) by entering the folder as that user. */
export function canEnter(user: DatabaseUser, folder: string): boolean {
  const shell = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { cwd: '/', stdio: 'ignore', ...runAs(user) });
  return shell.status === 0;
}

/** What makes a child process run as the user; supplementary groups are dropped with it. */
export function runAs(user: DatabaseUser | null): { uid?: number; gid?: number } {
  return user === null ? {} : { uid: user.uid, gid: user.gid };
}

function nearestExisting(folder: string): string {
  const path = resolve(folder);
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

// passwd(5): name:password:uid:gid:… macOS writes nobody's numbers as -2.
function usersOfThisMachine(): readonly DatabaseUser[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid = '', gid = '']) => ({ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }));
}
