import { randomUUID } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, markOf, thisPlace, type ProcessMark } from './running-process.js';

/** Another sandbox runs on the folder. The message is a sentence for a person. */
export class SandboxInUse extends Error {
  constructor(folder: string, address: string | undefined) {
    super(
      `A sandbox runs in ${folder} already: ${address === undefined ? 'it is still starting' : `open ${address}`}. ` +
        'Stop it first, or name another folder with CROSSTALK_DATA.',
    );
  }
}

/** The folder holds what no sandbox made. The message is a sentence for a person. */
export class NotASandbox extends Error {
  constructor(folder: string) {
    super(
      `${folder} is not empty and was not made by a sandbox, which empties its folder at each start. ` +
        'Move it away, or name another folder with CROSSTALK_DATA.',
    );
  }
}

interface Holder {
  readonly mark: ProcessMark;
  readonly place: string;
  /** Where its page is. */
  readonly address?: string;
  /** The service that it runs, a process group's leader. */
  readonly service?: ProcessMark;
}

export interface SandboxLock {
  /** The service of a run that was killed, if it runs still. */
  readonly leftService: ProcessMark | undefined;
  note(fact: Pick<Holder, 'address'> | Pick<Holder, 'service'>): void;
  release(): void;
}

/** The folder within the sandbox's own in which its locks lie; it shows that the sandbox made the folder. */
export const lockFolder = 'run';

const beatMs = 2000;
/** A sandbox in another container is gone when its lock has not been touched for this long. */
const silentMs = 7000;

/**
 * Takes the folder, which must exist. Throws SandboxInUse, or NotASandbox.
 *
 * The lock is a row of files 1, 2, 3 …, of which the highest counts; taking it is making the next one, which the file
 * system lets only one do. Nothing but lower numbers is ever removed, so that a fresh lock is not taken for a stale one.
 */
export async function lockSandbox(folder: string): Promise<SandboxLock> {
  const locks = join(folder, lockFolder);
  if (readdirSync(folder).some((name) => name !== lockFolder) && numbersIn(locks).length === 0) {
    throw new NotASandbox(folder);
  }
  mkdirSync(locks, { recursive: true, mode: 0o700 });
  for (;;) {
    const highest = Math.max(0, ...numbersIn(locks));
    const former = highest === 0 ? undefined : readHolder(join(locks, String(highest)));
    if (former !== undefined && (await isHeld(former, join(locks, String(highest))))) {
      throw new SandboxInUse(folder, former.address);
    }
    const own = join(locks, String(highest + 1));
    const holder: Holder = { mark: markOf(process.pid) ?? String(process.pid), place: thisPlace() };
    if (!makeExclusively(own, holder)) continue;
    for (const number of numbersIn(locks)) if (number <= highest) rmSync(join(locks, String(number)), { force: true });
    return hold(own, holder, former);
  }
}

function hold(file: string, first: Holder, former: Holder | undefined): SandboxLock {
  let holder = first;
  // A clock's time that no file system rounds to the one before.
  const beat = setInterval(() => utimesSync(file, new Date(), new Date()), beatMs);
  beat.unref();
  const left = former?.place === first.place ? former.service : undefined;
  return {
    leftService: left !== undefined && isAlive(left) ? left : undefined,
    note: (fact) => {
      holder = { ...holder, ...fact };
      // At once and whole: a kill must not part us from the service that we have just started.
      writeFileSync(`${file}.next`, JSON.stringify(holder), { mode: 0o600 });
      renameSync(`${file}.next`, file);
    },
    release: () => {
      clearInterval(beat);
      // The number stays, so that the folder is known as a sandbox's; nobody holds it.
      writeFileSync(`${file}.next`, '{}', { mode: 0o600 });
      renameSync(`${file}.next`, file);
    },
  };
}

function numbersIn(locks: string): readonly number[] {
  try {
    return readdirSync(locks)
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Undefined where nobody holds it any more. */
function readHolder(file: string): Holder | undefined {
  try {
    const { mark, place, address, service } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder>;
    if (typeof mark !== 'string' || typeof place !== 'string') return undefined;
    return {
      mark,
      place,
      ...(address === undefined ? {} : { address }),
      ...(service === undefined ? {} : { service }),
    };
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function isHeld(holder: Holder, file: string): Promise<boolean> {
  if (holder.place === thisPlace()) return isAlive(holder.mark);
  // Processes of another machine or container cannot be seen: if it lives, its file is touched while we watch.
  const before = touchedAtMs(file);
  const untilMs = performance.now() + silentMs;
  while (performance.now() < untilMs) {
    await sleep(100);
    const now = touchedAtMs(file);
    if (now !== before) return now !== undefined && readHolder(file) !== undefined;
  }
  return false;
}

function touchedAtMs(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

/** Makes the file with its whole content; false where there is one already. */
function makeExclusively(file: string, holder: Holder): boolean {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
