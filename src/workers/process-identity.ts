import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names this process for ever, among those of `thisPlace`: its pid and when it started. */
export function thisProcess(): string {
  return `${String(process.pid)}@${startTime(process.pid) ?? 'unknown'}`;
}

/** Where names of processes mean something: machine, boot and pid namespace. */
export function thisPlace(): string {
  return [hostname(), read('/proc/sys/kernel/random/boot_id'), link('/proc/self/ns/pid')].join('|');
}

/** Whether exactly the named process of this place runs; true where that cannot be known. */
export function runs(named: string): boolean {
  const [pid, started] = named.split('@');
  if (pid === undefined || started === undefined || !isAlive(Number(pid))) return false;
  const now = startTime(Number(pid));
  return now === undefined || started === 'unknown' || now === started;
}

/** Whether another replica's process is known to have ended. False where nothing can be known. */
export function isGone(other: { readonly host: string | null; readonly process: string | null }): boolean {
  return other.host === thisPlace() && other.process !== null && !runs(other.process);
}

/** Clock ticks from the machine's boot to the process's start: with the pid it names a process for ever. */
function startTime(pid: number): string | undefined {
  const stat = read(`/proc/${String(pid)}/stat`);
  // The second field is the program's name in parentheses, which may hold spaces itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  return stat === '' || state === 'Z' ? undefined : fields[19];
}

function isAlive(pid: number): boolean {
  const stat = read(`/proc/${String(pid)}/stat`);
  if (stat !== '') return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return ''; // Not every system has /proc: then less is known, and nothing is taken over early.
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
