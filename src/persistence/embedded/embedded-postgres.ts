import { setTimeout as sleep } from 'node:timers/promises';
import { readEmbeddedAddress, writeEmbeddedAddress } from './address.js';
import { findBinaries, type BinaryChoice } from './binaries.js';
import { Cluster } from './cluster.js';
import type { DatabaseUser } from './database-user.js';
import { EmbeddedPostgresError } from './embedded.errors.js';
import { prepareFolder } from './folder.js';
import { freePort } from './free-port.js';
import { greet } from './greeting.js';
import { disarmStalePidFiles, findPostmaster, launch, stopPostmaster, type Postmaster } from './postmaster.js';
import { isAlive } from './process-mark.js';
import { holdsSocket } from './socket.js';
import { DatabaseUsers } from './users.js';

/** Takes an event of the embedded PostgreSQL with its fields; never a password. */
export type EmbeddedLog = (fields: Readonly<Record<string, unknown>>, event: string) => void;

export interface EmbeddedPostgresOptions {
  /** Ours alone, made if missing; `reachable(folder)` must be true. */
  readonly folder: string;
  readonly log?: EmbeddedLog;
  /** The port on 127.0.0.1; without it the last one if it is free, else any. A postmaster that runs keeps its own. */
  readonly port?: number;
  readonly binaries?: BinaryChoice;
  /** Settings of PostgreSQL beside ours, for one that is started now. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Gives up starting; nothing of it is left running. */
  readonly signal?: AbortSignal;
}

export interface EmbeddedPostgres {
  /** postgres://role:password@127.0.0.1:port/database; the same for as long as it is not stopped. */
  readonly url: string;
  /** The same by its Unix socket, where it has one, which costs both sides about half as much; else `url`. */
  readonly localUrl: string;
  /** As PostgreSQL says it: `18.4`, `15.13 (Debian 15.13-0+deb12u1)`. */
  readonly version: string;
  /** `found`: it was running already, because its application was killed or another process uses it too. */
  readonly origin: 'launched' | 'found';
  /** Stops it within 5 s, unless another process uses it still. Repeatable. */
  stop(): Promise<void>;
  /** Goes without stopping it: whoever starts on the folder next finds it running. */
  leave(): Promise<void>;
}

const RECOVERY_TIMEOUT_MS = 300_000;
const WATCH_MS = 500;
const POLL_MS = 10;
/** Pauses between starts that end at once: an old session may still hold the memory, another program the port. */
const RETRY_PAUSES_MS = [50, 100, 200, 400, 800, 1600, 3200] as const;

/**
 * Finds the PostgreSQL that runs on the folder, or starts one, making its cluster first if there is none; and starts
 * it again, on the same address, if it goes away. Several processes may do this on one folder at the same time: they
 * share it. Commits are durable: nothing is switched off.
 * Throws EmbeddedPostgresError.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { folder, user } = await prepareFolder(options.folder);
  const keeper = new PostgresKeeper(new Cluster(folder), user, options);
  return keeper.start();
}

interface Running {
  readonly postmaster: Postmaster;
  readonly port: number;
  readonly url: string;
  readonly localUrl: string;
  readonly version: string;
  readonly origin: 'launched' | 'found';
}

class PostgresKeeper {
  private readonly users: DatabaseUsers;
  private readonly log: EmbeddedLog;
  private readonly ending = new AbortController();
  private readonly signal: AbortSignal;
  private watching: Promise<void> = Promise.resolve();
  private end: Promise<void> | null = null;

  constructor(
    private readonly cluster: Cluster,
    private readonly user: DatabaseUser | null,
    private readonly options: EmbeddedPostgresOptions,
  ) {
    this.users = new DatabaseUsers(cluster.folder, user);
    this.log = options.log ?? (() => undefined);
    this.signal =
      options.signal === undefined ? this.ending.signal : AbortSignal.any([this.ending.signal, options.signal]);
  }

  async start(): Promise<EmbeddedPostgres> {
    await this.users.come();
    try {
      const last = await readEmbeddedAddress(this.cluster.folder);
      const running = await this.bringUp(this.options.port ?? null, last === null ? null : Number(new URL(last).port));
      await writeEmbeddedAddress(this.cluster.folder, running.url, this.user);
      this.watching = this.watch(running);
      return {
        url: running.url,
        localUrl: running.localUrl,
        version: running.version,
        origin: running.origin,
        stop: () => (this.end ??= this.stop()),
        leave: () => (this.end ??= this.leave()),
      };
    } catch (error) {
      await this.users.go();
      throw error;
    }
  }

  private async leave(): Promise<void> {
    this.ending.abort();
    await this.watching;
    await this.users.go();
  }

  private async stop(): Promise<void> {
    this.ending.abort();
    await this.watching;
    const outcome = await this.users.stopUnlessUsed(async () => {
      const postmaster = findPostmaster(this.cluster.data);
      if (postmaster !== null) await stopPostmaster(postmaster);
    });
    this.log({ outcome }, 'embedded database left');
  }

  /** Starts it again when it goes away (killed for memory, by hand), on the port that everybody was told. */
  private async watch(first: Running): Promise<void> {
    let { postmaster } = first;
    while (await this.stillWanted()) {
      if (isAlive(postmaster.mark)) continue;
      this.log({ pid: postmaster.pid }, 'embedded database went away');
      try {
        postmaster = (await this.bringUp(first.port, null, first.localUrl !== first.url)).postmaster;
      } catch (error) {
        if (!this.signal.aborted) this.log({ error: String(error) }, 'embedded database does not start again');
      }
    }
  }

  /** Waits a while, without keeping the process from ending; false once we are ending. */
  private async stillWanted(): Promise<boolean> {
    try {
      await sleep(WATCH_MS, undefined, { signal: this.signal, ref: false });
      return true;
    } catch (error) {
      if (this.signal.aborted) return false;
      throw error;
    }
  }

  /**
   * A postmaster that answers: the one that runs, else a new one on `port`, or where that is null, any. With `hadSocket` it does
   * not start without its Unix socket, which others know.
   */
  private async bringUp(port: number | null, preferredPort: number | null, hadSocket = false): Promise<Running> {
    let said = '';
    for (const pauseMs of [0, ...RETRY_PAUSES_MS]) {
      await this.pause(pauseMs);
      while (await this.users.isStopping()) await this.pause(POLL_MS);
      const found = await this.findReady('found');
      if (found !== null) return found;
      const outcome = await this.launch(port ?? (await freePort(preferredPort)), hadSocket);
      if (outcome !== 'ready') {
        ({ said } = outcome);
        continue;
      }
      const launched = await this.findReady('launched');
      if (launched !== null) return launched;
    }
    throw new EmbeddedPostgresError('notStarted', `The database in ${this.cluster.folder} does not start. ${said}`);
  }

  private async launch(port: number, hadSocket: boolean): Promise<'ready' | { readonly said: string }> {
    const { cluster, user, options } = this;
    const binaries = await findBinaries({
      choice: options.binaries ?? 'auto',
      user,
      major: cluster.major(),
      copyTo: cluster.binaries,
    });
    if (!cluster.exists()) {
      this.log({ major: binaries.major }, 'embedded database is being made');
      await cluster.make(binaries, user);
    }
    disarmStalePidFiles(cluster.data);
    return launch({
      binaries,
      user,
      data: cluster.data,
      log: cluster.log,
      port,
      socketFolder: hadSocket || (await holdsSocket(cluster.data, port)) ? cluster.data : null,
      settings: options.settings ?? {},
      signal: this.signal,
      timeoutMs: RECOVERY_TIMEOUT_MS,
    });
  }

  /** The postmaster that runs, once it answers; null where none runs, or it ended while we waited. */
  private async findReady(origin: Running['origin']): Promise<Running | null> {
    const deadline = performance.now() + RECOVERY_TIMEOUT_MS;
    while (performance.now() < deadline) {
      const postmaster = findPostmaster(this.cluster.data);
      if (postmaster === null) return null;
      const { port, pid, ready, socketFolder } = postmaster;
      const greeting =
        ready && port !== null
          ? await greet({ port, socketFolder }, await this.cluster.password(), this.cluster.data)
          : null;
      if (port !== null && greeting !== null) {
        const { version, localUrl, url } = greeting;
        this.log({ pid, port, socket: localUrl !== url, version, origin }, 'embedded database ready');
        return { postmaster, port, ...greeting, origin };
      }
      await this.pause(POLL_MS);
    }
    throw new EmbeddedPostgresError('notStarted', `The database in ${this.cluster.folder} runs but does not answer.`);
  }

  /** Throws the signal's reason when we are ending. */
  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.signal });
  }
}
