import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, sendSignal } from './process-end.js';
import { commandOf, markOf, pidOf, type ProcessMark } from './running-process.js';

/** A database that is just being started writes its pid file within this time. */
const appearsWithinMs = 200;

/**
 * Ends the database that the service leaves running in the sandbox's folder when it is killed. Its files are thrown
 * away with the folder, so it need not end in order. False where it cannot be ended.
 */
export async function endLeftoverDatabase(folder: string): Promise<boolean> {
  const data = dataOf(folder);
  if (data === undefined) return true;
  const untilMs = performance.now() + appearsWithinMs;
  while (!existsSync(pidFileOf(data)) && performance.now() < untilMs) await sleep(20);
  const postmaster = postmasterOf(data);
  if (postmaster === undefined) return true;
  return endProcess(postmaster, [
    { signal: 'SIGQUIT', waitMs: 800 },
    { signal: 'SIGKILL', waitMs: 500 },
  ]);
}

/** The same for a moment in which nothing can be waited for. */
export function quitLeftoverDatabase(folder: string): void {
  const data = dataOf(folder);
  const postmaster = data === undefined ? undefined : postmasterOf(data);
  if (postmaster !== undefined) sendSignal(pidOf(postmaster), 'SIGQUIT');
}

function dataOf(folder: string): string | undefined {
  const data = join(folder, 'postgres', 'cluster', 'data');
  return existsSync(data) ? realpathSync(data) : undefined;
}

const pidFileOf = (data: string): string => join(data, 'postmaster.pid');

/** By the first line of its pid file, if that process was started for this folder. */
function postmasterOf(data: string): ProcessMark | undefined {
  if (!existsSync(pidFileOf(data))) return undefined;
  const pid = Number.parseInt(readFileSync(pidFileOf(data), 'utf8'), 10);
  return commandOf(pid).includes(data) ? markOf(pid) : undefined;
}
