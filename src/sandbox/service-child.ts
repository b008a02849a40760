import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, sendSignal } from './process-end.js';
import { isAlive, markOf, pidOf, type ProcessMark } from './running-process.js';

/** `gone`: it was ready before, and the next one was not started yet. `restarting`: the next one is not ready yet. */
export type ServiceState = 'starting' | 'ready' | 'gone' | 'restarting';

/** It ends again and again before it was ready once. The message holds its last words. */
export class ServiceFails extends Error {}

export interface ServiceChildOptions {
  /** The service's `main.js`. */
  readonly program: string;
  /** Its working folder. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it prints goes there. */
  readonly logFile: string;
  /** Answers 200 while the service is ready. */
  readonly readyUrl: string;
  /** How long it stays away after a crash that was asked for. */
  readonly pauseAfterCrashMs: number;
  /** Called right after each start. */
  onStart(service: ProcessMark): void;
  /** `process`: the id of its process, while there is one. */
  onState(state: ServiceState, process: number | undefined): void;
}

const startsInVain = 3;
const firstPauseMs = 300;
const longestPauseMs = 5000;
const pollMs = { unready: 100, ready: 1000 } as const;
const answerWithinMs = 2000;
const lastWordsLines = 12;

/** Runs the service as a child, and starts it again whenever it ends. */
export class ServiceChild {
  #state: ServiceState = 'starting';
  #mark: ProcessMark | undefined;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #isCrashed = false;

  constructor(private readonly options: ServiceChildOptions) {}

  get state(): ServiceState {
    return this.#state;
  }

  /** Resolves when it is ready for the first time. Throws ServiceFails, or, where it is stopped before, an AbortError. */
  start(): Promise<void> {
    return new Promise((ready, failed) => {
      this.#running = this.#keepRunning(ready).catch(failed);
      this.#stopping.signal.addEventListener('abort', () => failed(new DOMException('stopped', 'AbortError')));
    });
  }

  /** Ends it in order, and after `withinMs` all the same. */
  async stop(withinMs: number): Promise<void> {
    this.#stopping.abort();
    if (this.#mark !== undefined) {
      await endProcess(this.#mark, [
        { signal: 'SIGTERM', waitMs: withinMs },
        { signal: 'SIGKILL', waitMs: 500, to: 'group' },
      ]);
    }
    await this.#running;
  }

  /** Ends it without waiting, for a moment in which nothing can be waited for. */
  kill(): void {
    this.#stopping.abort();
    if (this.#mark !== undefined) sendSignal(-pidOf(this.#mark), 'SIGKILL');
  }

  /**
   * Kills the process as `kill -9` does, it alone and at once; it is started again some seconds later. Returns the
   * process' id, undefined where none runs.
   */
  crash(): number | undefined {
    if (this.#mark === undefined || !isAlive(this.#mark)) return undefined;
    this.#isCrashed = true;
    sendSignal(pidOf(this.#mark), 'SIGKILL');
    return pidOf(this.#mark);
  }

  async #keepRunning(ready: () => void): Promise<void> {
    const { signal } = this.#stopping;
    for (let inVain = 0; ;) {
      const life = await this.#live(ready);
      inVain = life === 'was ready' ? 0 : inVain + 1;
      if (signal.aborted) return;
      if (this.#state === 'starting' && inVain >= startsInVain) throw new ServiceFails(lastWords(this.options.logFile));
      if (this.#state !== 'starting') this.#change('gone');
      const usualMs = Math.min(firstPauseMs * 2 ** inVain, longestPauseMs);
      const pauseMs = this.#isCrashed ? Math.max(this.options.pauseAfterCrashMs, usualMs) : usualMs;
      this.#isCrashed = false;
      if (!(await pause(pauseMs, signal))) return;
    }
  }

  /** From one start to the end of that process. */
  async #live(onReady: () => void): Promise<'was ready' | 'was never ready'> {
    const child = this.#spawn();
    const ended = new AbortController();
    const end = new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => resolve());
    }).finally(() => ended.abort());
    const [wasReady] = await Promise.all([this.#watch(ended.signal, onReady), end]);
    // A service that was killed while it made its database has left the maker behind, in its group.
    if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
    this.#mark = undefined;
    return wasReady ? 'was ready' : 'was never ready';
  }

  #spawn(): ChildProcess {
    const { program, folder, env, logFile } = this.options;
    const log = openSync(logFile, 'a', 0o600);
    // A group of its own: a terminal's Ctrl-C reaches us alone, and we end it in order.
    const child = spawn(process.execPath, [program], {
      cwd: folder,
      env,
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.#mark = child.pid === undefined ? undefined : markOf(child.pid);
    if (this.#mark !== undefined) this.options.onStart(this.#mark);
    if (this.#state === 'gone') this.#change('restarting');
    return child;
  }

  /** Asks for as long as the process runs. Two answers in vain, not one, say that it is no longer ready. */
  async #watch(ended: AbortSignal, onReady: () => void): Promise<boolean> {
    let wasReady = false;
    let misses = 0;
    while (!ended.aborted) {
      const isReady = await this.#isReady(ended);
      misses = isReady ? 0 : misses + 1;
      if (isReady && !this.#stopping.signal.aborted) {
        wasReady = true;
        this.#change('ready');
        onReady();
      } else if (wasReady && misses === 2) this.#change('restarting');
      await pause(isReady ? pollMs.ready : pollMs.unready, ended);
    }
    return wasReady;
  }

  async #isReady(ended: AbortSignal): Promise<boolean> {
    try {
      const signal = AbortSignal.any([ended, AbortSignal.timeout(answerWithinMs)]);
      const answer = await fetch(this.options.readyUrl, { signal });
      await answer.arrayBuffer();
      return answer.status === 200;
    } catch {
      return false; // Not listening, or not answering: not ready.
    }
  }

  #change(state: ServiceState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.options.onState(state, this.#mark === undefined ? undefined : pidOf(this.#mark));
  }
}

/** False where the signal ended it. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

function lastWords(logFile: string): string {
  return readFileSync(logFile, 'utf8').trim().split('\n').slice(-lastWordsLines).join('\n');
}
