import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from './system-error.js';

/** What the house knows of processes: the lock itself asks no system. */
export interface Processes {
  /** Names this process for ever: its id and when it started. */
  own(): string;
  /** True while exactly the process that the mark names runs. */
  isAlive(mark: string): boolean;
  /** Tells apart where marks mean something: machine, boot and process namespace. */
  readonly place: string;
}

export interface FolderLockOptions {
  readonly folder: string;
  readonly processes: Processes;
  /** How often the lock shows that it is held to those elsewhere who cannot see our process. */
  readonly beatMs?: number;
  /** How long a lock from elsewhere must stay without a beat before it counts as left behind. */
  readonly silentMs?: number;
}

export interface FolderLock {
  /** Tells those who come later where this service is seen to: `http://127.0.0.1:8781`. */
  announce(address: string): Promise<void>;
  /** Repeatable. */
  release(): Promise<void>;
}

/** Another service runs on the folder. The message is a sentence for a person. */
export class FolderInUse extends Error {
  constructor(
    readonly folder: string,
    /** Undefined while the other one is still starting. */
    readonly address: string | undefined,
  ) {
    const where = address === undefined ? 'it is still starting' : `see ${address}`;
    super(`Crosstalk runs on ${folder} already: ${where}. Stop it, or set CROSSTALK_DATA to another folder.`);
    this.name = 'FolderInUse';
  }
}

interface Holder {
  readonly mark: string;
  readonly place: string;
  readonly address?: string;
  readonly released?: true;
}

/**
 * Takes the folder for this process, or throws FolderInUse. What a killed process left behind is taken over.
 *
 * The lock is a row of files 1, 2, 3 …, of which the highest counts. Taking it is making the next one, which the file
 * system lets only one do; nothing is removed but files below one's own, so that the highest number never falls and
 * somebody slow cannot mistake a fresh lock for the stale one that it read before.
 */
export async function lockFolder(options: FolderLockOptions): Promise<FolderLock> {
  const { folder, processes, beatMs = 5000 } = options;
  const locks = join(folder, 'lock');
  await mkdir(locks, { recursive: true, mode: 0o700 });
  for (;;) {
    const highest = await highestOf(locks);
    if (highest > 0) {
      const holder = await readHolder(join(locks, String(highest)));
      if (holder !== undefined && (await isHeld(holder, join(locks, String(highest)), options))) {
        throw new FolderInUse(folder, holder.address);
      }
    }
    const own = join(locks, String(highest + 1));
    const holder: Holder = { mark: processes.own(), place: processes.place };
    if (!(await makeExclusively(own, holder))) continue;
    if ((await highestOf(locks)) > highest + 1) {
      // Others were faster by two: ours is a number that they have cleared away.
      await rm(own, { force: true });
      continue;
    }
    await removeBelow(locks, highest + 1);
    return hold(own, holder, beatMs);
  }
}

const numbersIn = async (locks: string): Promise<readonly number[]> =>
  (await readdir(locks)).filter((name) => /^[1-9]\d*$/.test(name)).map(Number);

const highestOf = async (locks: string): Promise<number> => Math.max(0, ...(await numbersIn(locks)));

/** Older locks, and drafts of locks that a killed process left. */
async function removeBelow(locks: string, own: number): Promise<void> {
  for (const name of await readdir(locks)) {
    if (Number.parseInt(name, 10) < own) await rm(join(locks, name), { force: true });
  }
}

/** Undefined where the file has gone, or was cut off by a full disk. */
async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const read = JSON.parse(await readFile(file, 'utf8')) as Partial<Holder> | null;
    if (typeof read?.mark !== 'string' || typeof read.place !== 'string') return undefined;
    return { ...read, mark: read.mark, place: read.place };
  } catch (error) {
    if (error instanceof SyntaxError || systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function isHeld(
  holder: Holder,
  file: string,
  { processes, silentMs = 12_000 }: FolderLockOptions,
): Promise<boolean> {
  if (holder.released === true) return false;
  if (holder.place === processes.place) return processes.isAlive(holder.mark);
  // Another machine or container, whose processes we cannot see: if it lives, its file is touched while we watch.
  const before = await touchedAt(file);
  const until = performance.now() + silentMs;
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(250, silentMs)));
    const now = await touchedAt(file);
    if (now !== before) return now !== undefined && (await readHolder(file))?.released !== true;
  }
  return false;
}

async function touchedAt(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes the file with its whole content, or says that there is one already. */
async function makeExclusively(file: string, holder: Holder): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    // ENOENT: the draft was cleared away by somebody who holds a higher number.
    if (systemErrorCode(error) === 'EEXIST' || systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function hold(file: string, first: Holder, beatMs: number): FolderLock {
  let holder = first;
  let last: Promise<void> = Promise.resolve();
  const replace = (next: Holder): Promise<void> => {
    holder = next;
    last = last.then(async () => {
      const draft = `${file}.${randomUUID()}`;
      await writeFile(draft, JSON.stringify(next), { mode: 0o600 });
      await rename(draft, file);
    });
    return last;
  };
  const beat = setInterval(() => {
    const now = new Date();
    // A folder that has gone needs no lock: whoever writes into it next will say so.
    utimes(file, now, now).catch(() => clearInterval(beat));
  }, beatMs);
  beat.unref();

  return {
    announce: (address) => replace({ ...holder, address }),
    async release() {
      clearInterval(beat);
      if (holder.released === true) return last;
      return replace({ mark: holder.mark, place: holder.place, released: true });
    },
  };
}
