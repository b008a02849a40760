import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names one process of this place for ever: its id and when it started. The id alone is given to others later. */
export type ProcessMark = string;

/** Undefined where no such process runs; one that ended and was not collected yet counts as ended. */
export function markOf(pid: number): ProcessMark | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const started = process.platform === 'linux' ? startOnLinux(pid) : startElsewhere(pid);
  return started === undefined ? undefined : `${pid}.${started}`;
}

export function pidOf(mark: ProcessMark): number {
  return Number.parseInt(mark, 10);
}

/** True while exactly the process that the mark names runs. */
export function isAlive(mark: ProcessMark): boolean {
  return markOf(pidOf(mark)) === mark;
}

/** The words that the process was started with; empty where there is none or they cannot be seen. */
export function commandOf(pid: number): string {
  if (process.platform === 'linux') return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
  return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
}

/** Where marks mean something: machine, boot and process namespace. */
export function thisPlace(): string {
  return [hostname(), read('/proc/sys/kernel/random/boot_id').trim(), link('/proc/self/ns/pid')].join('|');
}

// Source: proc(5). Field 2 of stat is the program's name in parentheses, which may hold both spaces and parentheses;
// field 3 is the state, field 22 the start in clock ticks since boot.
function startOnLinux(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stat === '' || fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function startElsewhere(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const [state = '', ...started] = stdout.trim().split(/\s+/);
  return state === '' || state.startsWith('Z') ? undefined : started.join('-');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // There is no such process or no such system: that is the answer.
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return ''; // Systems without namespaces have one place only.
  }
}
