import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Names one process for ever: `pid.start`. The pid alone does not: it is given to another process later, and in a
 * container the service has the same one after each start.
 */
export type ProcessMark = string;

/** The mark of a process that runs, null where there is none (a dead process not yet collected counts as none). */
export function markOf(pid: number): ProcessMark | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  const start = process.platform === 'linux' ? startOnLinux(pid) : startElsewhere(pid);
  return start === null ? null : `${String(pid)}.${start}`;
}

export function ownMark(): ProcessMark {
  return markOf(process.pid) ?? `${String(process.pid)}.0`;
}

/** True while exactly the process that the mark names runs. */
export function isAlive(mark: ProcessMark): boolean {
  return markOf(Number.parseInt(mark, 10)) === mark;
}

// Source: proc(5), /proc/pid/stat: field 3 is the state, field 22 the start in clock ticks since boot. Field 2 is the
// name in parentheses and may itself hold spaces and parentheses.
function startOnLinux(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  } catch {
    // There is no such process: that is the answer.
    return null;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const start = fields[19];
  return state === 'Z' || state === 'X' || start === undefined ? null : start;
}

function startElsewhere(pid: number): string | null {
  const answer = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const [state = '', ...start] = answer.stdout.trim().split(/\s+/);
  return state === '' || state.startsWith('Z') ? null : start.join('-').replaceAll(':', '-');
}
