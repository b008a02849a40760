import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { MatrixSandbox } from '../../src/sandbox/matrix/matrix-sandbox.js';
import type { MatrixSandboxSettings } from '../../src/sandbox/matrix/matrix-sandbox.types.js';
import { SlackSandbox } from '../../src/sandbox/slack/slack-sandbox.js';
import type { InstalledApp, SlackSandboxSettings } from '../../src/sandbox/slack/slack-sandbox.types.js';
import { bridgeEvents, bridgeScopes } from '../../src/sandbox/slack/bridge-app.js';
import type { TalkSandboxSettings } from '../../src/sandbox/talk/settings.js';
import { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { Front } from '../support/front.js';
import { takeTurn } from '../support/turn.js';
import type { Speakers } from './reference-model.js';

// Before any test's own time begins.
afterAll(await takeTurn());

/** Delivery settings on scaled times: a shard is free after 2 s, a look is conclusive soon. */
const scaled = { leaseMs: 2_000, retryFirstMs: 100, retryMaxMs: 1_000, stopWithinMs: 4_000 };
const talkScaled = {
  sweepIntervalMs: 200,
  pollPauseMs: 30,
  holdIntervalMs: 500,
  requestTimeoutMs: 3_000,
  overlapIntervalMs: 300,
  loginPollMs: 50,
  settling: { afterTimeoutMs: 3_500, afterDisconnectMs: 300 },
};
const matrixScaled = {
  requestTimeoutMs: 3_000,
  pingRetryMs: 500,
  settling: { afterTimeoutMs: 3_500, afterDisconnectMs: 300 },
};

/** A Slack that does not give an event up, however often whoever listens is away. What it gives up it tells nobody afterwards. */
export const patientSlack: SlackSandboxSettings = { retryPausesMs: Array.from({ length: 120 }, () => 500) };

const slackScaled = {
  requestTimeoutMs: 3_000,
  postEveryMs: 10,
  reconnectMs: 100,
  markMs: 300,
  settling: { afterTimeoutMs: 3_500, afterDisconnectMs: 300 },
};

/** A Slack workspace in a world of three. */
export interface SlackTown {
  readonly sandbox: SlackSandbox;
  readonly team: string;
  readonly app: InstalledApp;
  readonly people: { readonly pia: string; readonly quinn: string };
}

/** What a replica listens on. The system chooses, so that two that start together never want the same port. */
export const anyPorts = { public: { host: '127.0.0.1', port: 0 }, admin: { host: '127.0.0.1', port: 0 } };

interface Listening {
  readonly adminUrl: string;
  readonly publicPort: number;
}

/** One replica of the real program, as a process of its own. */
export class Replica {
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Known as soon as it listens; `undefined` where it ended before. */
  readonly listening: Promise<Listening | undefined>;
  #log = '';

  constructor(readonly child: ChildProcess) {
    this.exited = new Promise((done) =>
      child.on('exit', (code, signal) => {
        done({ code, signal });
      }),
    );
    this.listening = new Promise((known) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          this.#log = (this.#log + text).slice(-200_000);
          const line = text.includes('\n') ? /^.*"msg":"listening".*$/m.exec(this.#log)?.[0] : undefined;
          if (line !== undefined) known(JSON.parse(line) as Listening);
        });
      }
      void this.exited.then(() => {
        known(undefined);
      });
    });
  }

  get publicPort(): Promise<number | undefined> {
    return this.listening.then((listening) => listening?.publicPort);
  }

  get log(): string {
    return this.#log;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Resolves with how long the orderly stop took. */
  async stop(): Promise<number> {
    const startedMs = performance.now();
    this.child.kill('SIGTERM');
    await this.exited;
    return performance.now() - startedMs;
  }

  wake(): void {
    this.child.kill('SIGCONT');
  }

  /** Whether the process stands still, as after SIGSTOP. */
  isFrozen(): boolean {
    const stat = readFileSync(`/proc/${String(this.child.pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) === 'T';
  }

  /** The most memory that the process ever had, in MiB. */
  peakMemoryMiB(): number {
    const status = readFileSync(`/proc/${String(this.child.pid)}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  }

  /** What Prometheus reads. */
  async metrics(): Promise<Response> {
    return fetch(`${(await this.listening)?.adminUrl ?? ''}/metrics`);
  }

  /** The alarms that were raised since the start: by account and reason, how many. */
  async alarms(): Promise<Record<string, number>> {
    const lines = (await (await this.metrics()).text()).split('\n');
    const found = lines.flatMap((line) => {
      const [, account, reason, count] =
        /^crosstalk_alarms_total\{account="(.*)",reason="(.*)"\} (\d+)$/.exec(line) ?? [];
      return count === undefined ? [] : [[`${account ?? ''} ${reason ?? ''}`, Number(count)] as const];
    });
    return Object.fromEntries(found);
  }

  async ready(): Promise<void> {
    await until(
      `readiness of the replica\n${this.log.slice(-3_000)}`,
      async () => {
        if (!this.running)
          throw new Error(
            `the replica ended before it was ready (${this.child.signalCode ?? String(this.child.exitCode)}):\n${this.log.slice(-5_000)}`,
          );
        const adminUrl = await Promise.race([this.listening.then((listening) => listening?.adminUrl), sleep(1_000)]);
        if (typeof adminUrl !== 'string') return false;
        const answer = await fetch(`${adminUrl}/health/ready`, { signal: AbortSignal.timeout(1_000) }).catch(
          () => undefined,
        );
        await answer?.arrayBuffer();
        return answer?.status === 200;
      },
      90_000,
    );
  }
}

export interface WorldOptions {
  readonly rooms?: number;
  /** Settings of the Talk account that differ. */
  readonly talk?: object;
  /** Default group. In public rooms people from elsewhere are guests. */
  readonly talkRooms?: 'group' | 'public';
  /** People of Matrix lend their own logins in Talk, once `lendLogins` has had them do it. */
  readonly ownLogins?: true;
  /** Settings of the Talk server that differ. */
  readonly talkServer?: TalkSandboxSettings;
  /** Settings of the homeserver that differ. */
  readonly matrixServer?: MatrixSandboxSettings;
  /** Whether the homeserver tells who types, and who has read what. Default false: it makes transactions of that too. */
  readonly typing?: true;
  /** The homeserver has the second registration, by which the bridge may act as its people. */
  readonly doublePuppets?: true;
  /** `linked`: each link has a Slack channel too. */
  readonly slack?: 'linked';
  /** Settings of the Slack account, and of the Slack server, that differ. */
  readonly slackAccount?: object;
  readonly slackServer?: SlackSandboxSettings;
  /** Default: a new one on the cluster of the test run. */
  readonly database?: FreshDatabase;
}

/** Sandbox servers, a database, linked rooms, and as many replicas of the real program as one likes. */
export class World {
  readonly #replicas: Replica[] = [];
  #settingsFile = '';

  private constructor(
    readonly talk: TalkSandbox,
    readonly matrix: MatrixSandbox,
    readonly rooms: readonly { talk: string; matrix: string; slack?: string }[],
    readonly databaseUrl: string,
    readonly front: Front,
    /** What every replica is started with, but for `change`. */
    readonly settings: { readonly accounts: Readonly<Record<'cloud' | 'hs', object>> },
    private readonly folder: string,
    private readonly dropDatabase: () => Promise<void>,
    private readonly slackTown: SlackTown | undefined,
    /** Who people from elsewhere are in Talk. */
    readonly speakersInTalk: Speakers,
  ) {}

  /** The Slack of a world that has one. */
  get slack(): SlackTown {
    if (this.slackTown === undefined) throw new Error('this world has no Slack');
    return this.slackTown;
  }

  static async build(options: WorldOptions = {}): Promise<World> {
    const { rooms: count = 1, talk: talkSettings = {}, talkServer = {}, talkRooms = 'group' } = options;
    const database = options.database ?? (await freshDatabase());
    const front = new Front();
    const publicUrl = `http://127.0.0.1:${String(await front.listen())}`;
    const talk = new TalkSandbox({
      pollStepMs: 50,
      users: [
        { id: 'bridge', displayName: 'Bridge' },
        { id: 'anna', displayName: 'Anna' },
        { id: 'ben', displayName: 'Ben' },
      ],
      ...talkServer,
    });
    const { url: talkUrl } = await talk.start(0);
    const matrix = new MatrixSandbox({ pushBackoffMs: 50, pushTimeoutMs: 2_000, ...options.matrixServer });
    const { url: homeserver } = await matrix.start(0);
    const tokens = { asToken: 'as-token-of-the-test', hsToken: 'hs-token-of-the-test' };
    matrix.registerAppservice({
      id: 'crosstalk-hs',
      url: publicUrl,
      as_token: tokens.asToken,
      hs_token: tokens.hsToken,
      sender_localpart: 'crosstalk',
      rate_limited: false,
      ...(options.typing === undefined ? {} : { receive_ephemeral: true }),
      namespaces: {
        users: [
          { exclusive: true, regex: '@crosstalk:sandbox\\.test$' },
          { exclusive: true, regex: '@crosstalk_.*:sandbox\\.test$' },
        ],
        aliases: [{ exclusive: true, regex: '#crosstalk_.*:sandbox\\.test$' }],
        rooms: [],
      },
    });
    const doublePuppetToken = 'puppet-token-of-the-test';
    if (options.doublePuppets !== undefined) {
      matrix.registerSilentAppservice({
        id: 'crosstalk-hs-puppets',
        url: null,
        as_token: doublePuppetToken,
        hs_token: 'shown by nobody',
        sender_localpart: 'crosstalk-puppets',
        rate_limited: false,
        namespaces: { users: [{ exclusive: false, regex: '@.*:sandbox\\.test$' }] },
      });
    }
    const mia = matrix.addUser('mia', 'Mia');
    const noah = matrix.addUser('noah', 'Noah');
    const rooms = Array.from({ length: count }, (_, at) => ({
      talk: talk.rooms.create({
        name: `Team ${String(at)}`,
        owner: 'anna',
        members: ['bridge', 'ben'],
        type: talkRooms,
      }),
      // A room by invitation: ghosts have to be invited.
      matrix: matrix.createRoom({
        creator: mia,
        name: `Team ${String(at)}`,
        alias: `team-${String(at)}`,
        invite: ['@crosstalk:sandbox.test', noah],
      }),
    }));
    for (const room of rooms) {
      talk.rooms.promote(room.talk, 'bridge');
      matrix.join(room.matrix, noah);
    }
    const built = options.slack === undefined ? undefined : await buildSlack(count, options);
    const settings = {
      database: { url: database.url },
      secretKey: 'a sentence of more than thirty-two characters',
      delivery: scaled,
      log: { level: 'info' },
      accounts: {
        cloud: {
          network: 'talk',
          url: talkUrl,
          user: 'bridge',
          password: talk.accounts.issueAppPassword('bridge'),
          crosstalkUrl: publicUrl,
          // A failpoint, a count or a kill is meant for what people say, not for who turns out to be there at the start.
          membersShown: 0,
          ...talkScaled,
          ...talkSettings,
        },
        hs: {
          network: 'matrix',
          homeserver,
          serverName: 'sandbox.test',
          url: publicUrl,
          ...tokens,
          ...(options.doublePuppets === undefined ? {} : { doublePuppetToken }),
          ...matrixScaled,
        },
        ...(built === undefined ? {} : { town: { ...built.account, url: publicUrl } }),
      },
      links: Object.fromEntries(
        rooms.map((room, at) => [
          `team${String(at)}`,
          {
            rooms: [
              { account: 'cloud', room: room.talk },
              { account: 'hs', room: room.matrix },
              ...(built === undefined ? [] : [{ account: 'town', room: built.channels[at] }]),
            ],
          },
        ]),
      ),
    };
    const folder = mkdtempSync(join(tmpdir(), 'crosstalk world '));
    const all = rooms.map((room, at) => ({
      ...room,
      ...(built === undefined ? {} : { slack: built.channels[at] ?? '' }),
    }));
    const drop = (): Promise<void> => database.drop();
    const guests = talkRooms === 'public' ? 'each their own' : 'one account';
    const speakers = options.ownLogins === true ? 'own logins' : guests;
    return new World(talk, matrix, all, database.url, front, settings, folder, drop, built?.town, speakers);
  }

  /** Starts a replica; the homeserver's pushes go to it. `failpoint` as `armFailpoint` takes it; `node`: words for Node itself. */
  start(
    options: { failpoint?: string; change?: object; node?: readonly string[]; env?: Record<string, string> } = {},
  ): Replica {
    const file = join(this.folder, `crosstalk-${String(this.#replicas.length)}.yaml`);
    const settings = { ...this.settings, ...options.change };
    writeFileSync(file, stringify({ listen: anyPorts, ...settings }));
    this.#settingsFile = file;
    const child = spawn(process.execPath, [...(options.node ?? []), resolve('dist/main.js')], {
      cwd: this.folder,
      env: {
        PATH: process.env['PATH'],
        CROSSTALK_CONFIG: file,
        ...(options.failpoint === undefined ? {} : { CROSSTALK_FAILPOINT: options.failpoint }),
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const replica = new Replica(child);
    this.#replicas.push(replica);
    this.front.pointTo(replica.publicPort);
    return replica;
  }

  /** Runs a command of the real program with the settings of the replica that was started last. Returns what it says. */
  async command(...words: string[]): Promise<{ readonly code: number | null; readonly says: string }> {
    const child = spawn(process.execPath, [resolve('dist/cli.js'), ...words], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], CROSSTALK_CONFIG: this.#settingsFile },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let says = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (says += text));
    }
    const code = await new Promise<number | null>((done) => child.on('close', done));
    return { code, says: says.trimEnd() };
  }

  /** Ends everything; fails when a replica was left that cannot be ended. */
  async close(): Promise<void> {
    await Promise.all(this.#replicas.filter(({ running }) => running).map((replica) => replica.kill()));
    await this.talk.stop();
    await this.matrix.stop();
    await this.slackTown?.sandbox.stop();
    await this.front.close();
    await this.dropDatabase();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function buildSlack(
  count: number,
  { slackAccount = {}, slackServer = {} }: WorldOptions,
): Promise<{ readonly town: SlackTown; readonly account: object; readonly channels: readonly string[] }> {
  const sandbox = new SlackSandbox({ rateLimits: 'off', retryPausesMs: [100, 500, 2_000, 5_000], ...slackServer });
  const team = sandbox.workspaces.add({ name: 'Town' });
  const people = {
    pia: sandbox.workspaces.addUser(team, { realName: 'Pia' }),
    quinn: sandbox.workspaces.addUser(team, { realName: 'Quinn' }),
  };
  const command = ['/crosstalk'];
  const { id, appToken } = sandbox.apps.register({
    name: 'Crosstalk',
    scopes: bridgeScopes,
    events: bridgeEvents,
    commands: command,
  });
  const app = sandbox.apps.install(id, team);
  const channels = Array.from({ length: count }, (_, at) =>
    sandbox.channels.create({ team, name: `team-${String(at)}`, creator: people.pia, members: [people.quinn] }),
  );
  const { url } = await sandbox.start(0);
  const account = {
    network: 'slack',
    apiUrl: `${url}/api/`,
    botToken: app.botToken,
    appToken,
    ...slackScaled,
    ...slackAccount,
  };
  return { town: { sandbox, team, app, people }, account: { ...account, operators: [people.pia] }, channels };
}

/** Polls until `condition` holds. Fails after `withinMs`, naming what was waited for. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const startedMs = performance.now();
    if (await condition()) return;
    if (performance.now() > endMs) throw new Error(`waited ${String(withinMs)} ms in vain for ${what}`);
    // A condition that takes long leaves the servers, which live in this process, time to answer.
    const tookMs = performance.now() - startedMs;
    await new Promise((done) => setTimeout(done, Math.max(20, 4 * tookMs)));
  }
}
