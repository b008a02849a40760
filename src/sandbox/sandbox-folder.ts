import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endLeftoverDatabase } from './leftover-database.js';
import { endProcess } from './process-end.js';
import { lockFolder, lockSandbox, type SandboxLock } from './sandbox-lock.js';

/** What a former run left cannot be ended. The message is a sentence for a person. */
export class LeftoverStays extends Error {}

export interface SandboxFolder {
  /** Absolute path; empty but for the lock. */
  readonly path: string;
  readonly lock: SandboxLock;
}

/**
 * Takes `<data>/sandbox`, ends what a killed run left there, and empties it; nothing else in the data folder is touched.
 * Throws SandboxInUse, NotASandbox, LeftoverStays.
 */
export async function takeSandboxFolder(data: string): Promise<SandboxFolder> {
  const path = join(data, 'sandbox');
  // The database's user passes through, and lists nothing.
  await mkdir(path, { recursive: true, mode: 0o711 });
  const lock = await lockSandbox(path);
  try {
    await endLeftovers(path, lock);
    for (const name of await readdir(path)) {
      if (name !== lockFolder) await rm(join(path, name), { recursive: true, force: true, maxRetries: 10 });
    }
  } catch (error) {
    lock.release();
    throw error;
  }
  return { path, lock };
}

async function endLeftovers(path: string, { leftService }: SandboxLock): Promise<void> {
  const steps = [
    { signal: 'SIGTERM', waitMs: 2000 },
    { signal: 'SIGKILL', waitMs: 1000, to: 'group' },
  ] as const;
  if (leftService !== undefined && !(await endProcess(leftService, steps))) {
    throw new LeftoverStays(`The service of a former sandbox runs still and cannot be ended: process ${leftService}.`);
  }
  if (!(await endLeftoverDatabase(path))) {
    throw new LeftoverStays(`The database of a former sandbox runs still in ${path} and cannot be ended.`);
  }
}
