import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, pidOf, type ProcessMark } from './running-process.js';

export interface EndStep {
  readonly signal: NodeJS.Signals;
  /** How long the process may take after it, milliseconds. */
  readonly waitMs: number;
  /** `group`: its process group, which it must lead, is told with it. Default: the process alone. */
  readonly to?: 'process' | 'group';
}

const pollMs = 10;

/** Takes one step after the other until the process has ended. False where it outlived them all. */
export async function endProcess(mark: ProcessMark, steps: readonly EndStep[]): Promise<boolean> {
  for (const { signal, waitMs, to } of steps) {
    if (!isAlive(mark)) return true;
    sendSignal(to === 'group' ? -pidOf(mark) : pidOf(mark), signal);
    const untilMs = performance.now() + waitMs;
    while (isAlive(mark) && performance.now() < untilMs) await sleep(pollMs);
  }
  return !isAlive(mark);
}

/** Below zero: the process group. One that has ended meanwhile needs no signal. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
