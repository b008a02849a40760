import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Board } from './board.js';
import { choosePort } from './free-port.js';
import { endLeftoverDatabase, quitLeftoverDatabase } from './leftover-database.js';
import { MatrixSide } from './matrix-side.js';
import { readPageFiles } from './page-files.js';
import { PageServer } from './page-server.js';
import { takeSandboxFolder, type SandboxFolder } from './sandbox-folder.js';
import type { PageService } from './page.types.js';
import { ServiceChild, type ServiceState } from './service-child.js';
import { ServiceDatabase } from './service-database.js';
import { serviceSettings } from './service-settings.js';
import { SlackSide } from './slack-side.js';
import { slackTeam } from './slack/place.js';
import { TalkSide } from './talk-side.js';

export interface SandboxOptions {
  /** The sandbox's own folder is `sandbox` in it. */
  readonly data: string;
  /** The service's `main.js`. */
  readonly program: string;
  /** The folder of the built page. */
  readonly page: string;
  /** The environment; what the service's settings would read from it is left out. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly ports: {
    readonly page: number;
    readonly public: number;
    readonly admin: number;
    readonly talk: number;
    readonly matrix: number;
    readonly slack: number;
  };
  /** How long the service stays away after the page's kill. Default 4000: long enough to write something meanwhile. */
  readonly pauseAfterKillMs?: number;
  /** Takes a sentence about a port that is in use. */
  say(sentence: string): void;
}

export interface Addresses {
  /** With its token. */
  readonly page: string;
  readonly talk: string;
  readonly matrix: string;
  readonly slack: string;
  readonly admin: string;
  readonly settingsFile: string;
  readonly logFile: string;
}

const roomName = 'Team';
const serviceEndsWithinMs = 3500;
const usualPauseAfterKillMs = 4000;

/** Three servers, the service between them as a child, and the page to type on. */
export class Sandbox {
  readonly #undo: (() => void | Promise<void>)[] = [];
  #service: ServiceChild | undefined;
  #folder: SandboxFolder | undefined;
  #stopping: Promise<void> | undefined;

  constructor(private readonly options: SandboxOptions) {}

  /**
   * Resolves when the page is there; the service may take a while longer: see `ready`. Throws SandboxInUse, NotASandbox,
   * LeftoverStays, and leaves nothing running.
   */
  async start(): Promise<{ readonly addresses: Addresses; readonly ready: Promise<void> }> {
    try {
      return await this.#start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends everything within 5 s. Repeatable. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#unwind());
  }

  /** Ends the processes without waiting, for a moment in which nothing can be waited for. */
  abandon(): void {
    this.#service?.kill();
    if (this.#folder !== undefined) quitLeftoverDatabase(this.#folder.path);
  }

  async #start(): Promise<{ readonly addresses: Addresses; readonly ready: Promise<void> }> {
    const files = readPageFiles(this.options.page);
    const folder = await takeSandboxFolder(resolve(this.options.data));
    this.#folder = folder;
    this.#undo.push(() => folder.lock.release());

    const ports = await this.#choosePorts();
    const talk = new TalkSide(roomName);
    const matrix = new MatrixSide(roomName, `http://127.0.0.1:${ports.public}`);
    const slack = new SlackSide(roomName, slackTeam(roomName));
    this.#undo.push(async () => {
      await Promise.all([talk.stop(), matrix.stop(), slack.stop()]);
    });
    const { url: talkUrl } = await talk.start(ports.talk);
    const { url: matrixUrl } = await matrix.start(ports.matrix);
    const { url: slackUrl } = await slack.start(ports.slack);

    const database = new ServiceDatabase(folder.path);
    const sides = { talk, matrix, slack };
    const board = new Board(sides, (side, message) => database.noted(side, sides[side].roomId, message));
    this.#undo.push(async () => {
      board.stop();
      await database.close();
    });
    const token = randomBytes(16).toString('hex');
    const page = new PageServer({ board, files, token, kill: () => this.#crash(board) });
    const pageUrl = await page.listen(ports.page);
    this.#undo.push(() => page.close());
    folder.lock.note({ address: pageUrl });

    const settingsFile = join(folder.path, 'crosstalk.yaml');
    const settings = serviceSettings({ ...sides, publicPort: ports.public, adminPort: ports.admin });
    writeFileSync(settingsFile, settings, { mode: 0o600 });
    const addresses: Addresses = {
      page: pageUrl,
      talk: talkUrl,
      matrix: matrixUrl,
      slack: slackUrl,
      admin: `http://127.0.0.1:${ports.admin}`,
      settingsFile,
      logFile: join(folder.path, 'crosstalk.log'),
    };
    return { addresses, ready: this.#startService(folder, board, addresses) };
  }

  #startService(folder: SandboxFolder, board: Board, { admin, settingsFile, logFile }: Addresses): Promise<void> {
    const service = new ServiceChild({
      program: this.options.program,
      folder: folder.path,
      env: serviceEnvironment(this.options.env, settingsFile, folder.path),
      logFile,
      pauseAfterCrashMs: this.options.pauseAfterKillMs ?? usualPauseAfterKillMs,
      readyUrl: `${admin}/health/ready`,
      onStart: (mark) => folder.lock.note({ service: mark }),
      onState: (state, process) => board.setService(serviceNow(board.service, state, process)),
    });
    this.#service = service;
    this.#undo.push(async () => {
      await service.stop(serviceEndsWithinMs);
      // Where it ended in order the database has ended with it.
      await endLeftoverDatabase(folder.path);
    });
    return service.start();
  }

  /** Kills the service where it is ready; the page shows what becomes of that. */
  #crash(board: Board): boolean {
    const process = board.service?.state === 'ready' ? this.#service?.crash() : undefined;
    if (process === undefined) return false;
    board.setService({ state: 'gone', killed: { process, atMs: Date.now() } });
    return true;
  }

  /** The wanted ports, or free ones in place of those in use. Networks are told the service's, so they are chosen first. */
  async #choosePorts(): Promise<SandboxOptions['ports']> {
    const chosen: Record<keyof SandboxOptions['ports'], number> = {
      page: 0,
      public: 0,
      admin: 0,
      talk: 0,
      matrix: 0,
      slack: 0,
    };
    for (const name of ['page', 'public', 'admin', 'talk', 'matrix', 'slack'] as const) {
      const wanted = this.options.ports[name];
      const { port, wasTaken } = await choosePort(wanted, Object.values(chosen).filter(Boolean));
      chosen[name] = port;
      if (wasTaken) this.options.say(`Port ${wanted} (${portNames[name]}) is in use: ${port} is taken instead.`);
    }
    return chosen;
  }

  async #unwind(): Promise<void> {
    for (const step of this.#undo.splice(0).reverse()) await step();
  }
}

/** Remembers the last kill, and when it was over. */
function serviceNow(before: PageService | undefined, state: ServiceState, process: number | undefined): PageService {
  const killed = before?.killed;
  const isOver = state === 'ready' && killed !== undefined && killed.readyAtMs === undefined;
  const kill = isOver ? { ...killed, readyAtMs: Date.now() } : killed;
  const isThere = process !== undefined && state !== 'gone';
  return { state, ...(isThere ? { process } : {}), ...(kill === undefined ? {} : { killed: kill }) };
}

const portNames = {
  page: 'the page',
  public: 'what the networks call',
  admin: 'health and metrics',
  talk: 'the Talk server',
  matrix: 'the Matrix server',
  slack: 'the Slack server',
} as const;

/** Nothing that is set for a service of one's own may reach this one. */
function serviceEnvironment(
  env: SandboxOptions['env'],
  settingsFile: string,
  folder: string,
): Readonly<Record<string, string>> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('CROSSTALK_'),
  );
  return { ...Object.fromEntries(kept), CROSSTALK_CONFIG: settingsFile, CROSSTALK_DATA: folder };
}
