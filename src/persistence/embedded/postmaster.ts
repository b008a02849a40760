import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fchownSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runAs, type DatabaseUser } from './database-user.js';
import { markOf, type ProcessMark } from './process-mark.js';
import type { Binaries } from './runnable.js';

const POLL_MS = 5;
const MAX_LOG_BYTES = 1024 * 1024;
const PID_FILE = 'postmaster.pid';
const SOCKET_LOCK = /^\.s\.PGSQL\.\d+\.lock$/;

/** PostgreSQL's first process, which runs for one data directory. */
export interface Postmaster {
  readonly pid: number;
  readonly mark: ProcessMark;
  /** Null until it has opened its port. */
  readonly port: number | null;
  /** Where its Unix socket is, if it has one. */
  readonly socketFolder: string | null;
  readonly ready: boolean;
}

/**
 * The postmaster that runs on the data directory now, whoever started it; null where none does.
 * Source: PostgreSQL, src/include/utils/pidfile.h: line 1 pid, 4 port, 5 the first
 * folder with a socket, 8 status.
 */
export function findPostmaster(data: string): Postmaster | null {
  const lines = linesOf(join(data, PID_FILE));
  const pid = Number(lines[0]);
  const mark = markOf(pid);
  if (mark === null || !isPostmasterOf(pid, data)) return null;
  const port = Number(lines[3]);
  const socketFolder = lines[4]?.trim() ?? '';
  return {
    pid,
    mark,
    port: port > 0 ? port : null,
    socketFolder: socketFolder === '' ? null : socketFolder,
    ready: lines[7]?.trim() === 'ready',
  };
}

/**
 * The pid files left by a killed postmaster, one of them its socket's, name a pid that may belong to another process by now;
 * PostgreSQL would then refuse to start. Puts a dead pid in its place: the rest of the file (its shared memory) still guards
 * the data.
 */
export function disarmStalePidFiles(data: string): void {
  for (const name of readdirSync(data).filter((file) => file === PID_FILE || SOCKET_LOCK.test(file))) {
    const lines = linesOf(join(data, name));
    const pid = Number(lines[0]);
    if (lines.length === 0 || markOf(pid) === null || isPostmasterOf(pid, data)) continue;
    const dead = spawnSync('/bin/sh', ['-c', 'exit 0']).pid;
    writeFileSync(join(data, name), [String(dead), ...lines.slice(1)].join('\n'));
  }
}

export interface LaunchOptions {
  readonly binaries: Binaries;
  readonly user: DatabaseUser | null;
  readonly data: string;
  readonly log: string;
  readonly port: number;
  /** Where it opens a Unix socket too. */
  readonly socketFolder: string | null;
  /** Further settings of PostgreSQL. */
  readonly settings: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Recovery after a crash is part of the start. */
  readonly timeoutMs: number;
}

/**
 * Starts the postmaster in a session of its own, so that Ctrl-C in our terminal does not reach it, and waits until it
 * takes connections. Returns what it said where it ended instead. Throws the signal's reason, leaving no process.
 */
export async function launch(options: LaunchOptions): Promise<'ready' | { readonly said: string }> {
  const { data, log, signal } = options;
  if (existsSync(log) && statSync(log).size > MAX_LOG_BYTES) renameSync(log, `${log}.1`);
  const output = openSync(log, 'a', 0o600);
  // It may be ourselves, not root, who open it the next time.
  if (options.user !== null) fchownSync(output, options.user.uid, options.user.gid);
  const before = statSync(log).size;
  const child = spawn(join(options.binaries.folder, 'postgres'), argumentsFor(options), {
    cwd: '/',
    env: options.binaries.environment,
    stdio: ['ignore', output, output],
    detached: true,
    ...runAs(options.user),
  });
  closeSync(output);
  const ended = endOf(child);
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const end = await Promise.race([ended, sleep(POLL_MS, null)]);
    if (end !== null) return { said: `${end} ${lastWords(log, before)}`.trim() };
    const found = findPostmaster(data);
    if (found?.pid === child.pid && found?.ready === true) break;
    if (signal.aborted || performance.now() > deadline) {
      child.kill('SIGQUIT');
      await ended;
      signal.throwIfAborted();
      return { said: `It was not ready after ${String(options.timeoutMs)} ms. ${lastWords(log, before)}` };
    }
  }
  child.unref();
  return 'ready';
}

function argumentsFor({ data, port, socketFolder, settings }: LaunchOptions): readonly string[] {
  const all: Readonly<Record<string, string>> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: socketFolder ?? '',
    cluster_name: 'crosstalk',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // initdb sets them by the size of a log file, which is small here.
    max_wal_size: '1GB',
    min_wal_size: '80MB',
    // Statements are short; compiling them never pays.
    jit: 'off',
    ...settings,
  };
  return ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** Resolves with why it ended, for a sentence. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('exit', (code, signal) => {
      resolve(`It ended with ${signal ?? `code ${String(code)}`}.`);
    });
  });
}

function lastWords(log: string, fromByte: number): string {
  return readFileSync(log).subarray(fromByte).toString('utf8').trim().split('\n').slice(-4).join(' ');
}

const STOP_STEPS = [
  // Fast: ends the sessions, writes a checkpoint.
  { signal: 'SIGINT', waitMs: 3000 },
  // Immediate: the next start recovers from the log.
  { signal: 'SIGQUIT', waitMs: 1200 },
  { signal: 'SIGKILL', waitMs: 300 },
] as const;

/** Stops the postmaster within 4.5 s, and with it all its processes. */
export async function stopPostmaster({ pid, mark }: Postmaster): Promise<void> {
  for (const { signal, waitMs } of STOP_STEPS) {
    const victims = signal === 'SIGKILL' ? [pid, ...childrenOf(pid)] : [pid];
    if (markOf(pid) !== mark) return;
    for (const victim of victims) send(victim, signal);
    const deadline = performance.now() + waitMs;
    while (markOf(pid) === mark && performance.now() < deadline) await sleep(POLL_MS);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended by itself in between, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function childrenOf(pid: number): readonly number[] {
  const list = `/proc/${String(pid)}/task/${String(pid)}/children`;
  return existsSync(list) ? readFileSync(list, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
}

function isPostmasterOf(pid: number, data: string): boolean {
  const command = `/proc/${String(pid)}/cmdline`;
  // Not the working directory, which a container's root may not read of another user's process.
  if (existsSync(command)) return readFileSync(command, 'utf8').split('\0').includes(data);
  return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(data);
}

function linesOf(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}
