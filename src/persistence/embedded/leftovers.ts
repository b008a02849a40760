import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, ownMark } from './process-mark.js';

// What is being made bears the mark of the process that makes it, and gets its real name when it is whole.
const MAKING = /^making-(?<mark>[^_]+)_[0-9a-f]+$/;

/** A name in the folder for something not yet whole; `removeLeftovers` knows when nobody is making it any more. */
export function makingName(): string {
  return `making-${ownMark()}_${randomBytes(6).toString('hex')}`;
}

export function isBeingMade(name: string): boolean {
  return MAKING.test(name);
}

/** Removes what processes that are gone had begun to make and never finished. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const mark = MAKING.exec(name)?.groups?.['mark'];
    if (mark === undefined || isAlive(mark)) continue;
    // An orphaned initdb may still be writing into it: hence the retries.
    await rm(join(folder, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
