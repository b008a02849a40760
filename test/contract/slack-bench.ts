import type { SlackAdapter } from '../../src/adapters/slack/slack.adapter.js';
import { slackDefinition } from '../../src/adapters/slack/slack.definition.js';
import type { SlackSettings } from '../../src/adapters/slack/slack.settings.js';
import { PublicListener } from '../../src/listeners/public-listener.js';
import { accountId, roomId, type RoomId } from '../../src/model/ids.js';
import type { RawPayload, ReadResult } from '../../src/model/network-adapter.js';
import type { RoomCommand } from '../../src/model/room-command.js';
import type { EventFault } from '../../src/sandbox/slack/event-dispatcher.js';
import { SlackSandbox } from '../../src/sandbox/slack/slack-sandbox.js';
import type { InstalledApp, SlackSandboxSettings } from '../../src/sandbox/slack/slack-sandbox.types.js';
import { bridgeEvents, bridgeScopes } from '../../src/sandbox/slack/bridge-app.js';
import type { App, NewApp } from '../../src/sandbox/slack/state/apps.js';
import { clock, type LogLine, MemoryIngest, memoryStore, recordingLog, ToldRooms, until } from './matrix-bench.js';

export { until };

export interface SlackBenchOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly sandbox?: SlackSandboxSettings;
  readonly app?: Partial<NewApp>;
  /** What goes wrong with events from the beginning. */
  readonly events?: EventFault;
  /** How the adapter is told of events. Default: Socket Mode. */
  readonly receive?: SlackSettings['receive'];
}

/** A sandbox Slack with one workspace, a channel with Ann, Bert and the app in it, and adapters at it. */
export class SlackBench {
  readonly ingest = new MemoryIngest();
  readonly log: LogLine[] = [];
  readonly store = new Map<string, unknown>();
  readonly commands: RoomCommand[] = [];
  readonly rooms = new ToldRooms();
  readonly signal = new AbortController().signal;
  /** How often an adapter said that its login is refused. */
  refused = 0;
  #elapsedMs = 0;
  readonly #stop = new AbortController();
  #listener: PublicListener | undefined;

  private constructor(
    readonly sandbox: SlackSandbox,
    readonly team: string,
    readonly ann: string,
    readonly bert: string,
    readonly channel: string,
    readonly registered: App,
    readonly app: InstalledApp,
    readonly settings: Readonly<Record<string, unknown>>,
    private readonly port: number,
  ) {}

  static async open(options: SlackBenchOptions = {}): Promise<SlackBench> {
    const { receive = 'socketMode' } = options;
    const sandbox = new SlackSandbox({
      rateLimits: 'off',
      shareDelayMs: 0,
      retryPausesMs: [20, 50, 100],
      ...options.sandbox,
    });
    sandbox.setEventFault(options.events);
    const team = sandbox.workspaces.add({ name: 'Acme' });
    const ann = sandbox.workspaces.addUser(team, { realName: 'Ann Doe', displayName: 'ann', role: 'owner' });
    const bert = sandbox.workspaces.addUser(team, { realName: 'Bert Roe' });
    const { url } = await sandbox.start(0);
    const port = await freePort();
    const own = `http://127.0.0.1:${String(port)}`;
    const delivery = {
      events: `${own}/slack/events`,
      commands: `${own}/slack/commands`,
      interactivity: `${own}/slack/commands`,
    };
    const registered = sandbox.apps.register({
      name: 'Crosstalk',
      scopes: bridgeScopes,
      events: bridgeEvents,
      commands: ['/crosstalk'],
      redirectUrls: [`${own}/slack/oauth`],
      ...(receive === 'eventsApi' ? { delivery } : {}),
      ...options.app,
    });
    const app = sandbox.apps.install(registered.id, team);
    const channel = sandbox.channels.create({ team, name: 'team', creator: ann, members: [bert, app.botUser] });
    const settings = {
      botToken: app.botToken,
      apiUrl: `${url}/api`,
      receive,
      ...(receive === 'eventsApi'
        ? { signingSecret: registered.signingSecret, url: own }
        : { appToken: registered.appToken }),
      postEveryMs: 1,
      reconnectMs: 20,
      requestTimeoutMs: 3000,
      ...options.settings,
    };
    return new SlackBench(sandbox, team, ann, bert, channel, registered, app, settings, port);
  }

  get room(): RoomId {
    return roomId(this.channel);
  }

  /** Where the bench's own listener is. */
  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** Another process of the same account: it remembers nothing but what is stored. Undefined leaves a setting out. */
  make(
    changes: Readonly<Record<string, unknown>> = {},
    isLinked: (channel: string) => boolean = () => true,
  ): SlackAdapter {
    const settings = Object.entries({ ...this.settings, ...changes }).filter(([, value]) => value !== undefined);
    return slackDefinition.create({
      account: accountId('town'),
      settings: slackDefinition.settingsSchema.parse(Object.fromEntries(settings)),
      store: memoryStore(this.store),
      clock: { ...clock, monotonicMs: () => clock.monotonicMs() + this.#elapsedMs },
      log: recordingLog(this.log),
      isLinked,
      loginRefused: () => void (this.refused += 1),
      roomClosed: this.rooms.roomClosed,
      roomsOpened: this.rooms.roomsOpened,
      roomsStand: () => Promise.resolve(),
      bridged: () => Promise.resolve([]),
      command: (call) => {
        this.commands.push(call);
        return Promise.resolve({ says: `did ${call.words.join(' ')}`, to: 'room' });
      },
      lendingChanged: () => Promise.resolve(),
      isOurKey: () => true,
      typing: () => undefined,
      presence: () => undefined,
      wasRead: () => undefined,
      showsRead: () => false,
      wake: () => Promise.resolve(),
      pushed: () => Promise.resolve(),
      picturePath: ({ account, id }) => `/media/${account}/${encodeURIComponent(id)}`,
    });
  }

  /** Lets so much time pass for the adapters, at once; who sleeps sleeps on. */
  elapse(ms: number): void {
    this.#elapsedMs += ms;
  }

  /** Connects an adapter and has it listen. */
  async begin(adapter: SlackAdapter, until_: AbortSignal = this.#stop.signal): Promise<void> {
    await adapter.connect(this.signal);
    await this.listen(adapter);
    const before = this.sandbox.apps.connections(this.app.appId);
    await adapter.start(this.ingest, AbortSignal.any([until_, this.#stop.signal]));
    if (this.settings['receive'] !== 'socketMode') return;
    await until(() => this.sandbox.apps.connections(this.app.appId) > before, 'the WebSocket');
  }

  /** Makes adapters known to one another, and serves what they bring to the public listener. */
  async listen(...adapters: SlackAdapter[]): Promise<void> {
    slackDefinition.introduce?.(adapters);
    await this.#listener?.close();
    this.#listener = new PublicListener(slackDefinition.httpRoutes(adapters), recordingLog(this.log));
    await this.#listener.listen('127.0.0.1', this.port);
  }

  /** What is to be stored waits from now on: `begun` when there is something, until it is let go. */
  holdStoring(): { readonly begun: Promise<void>; letGo(): void } {
    let letGo = (): void => undefined;
    const released = new Promise<void>((resolve) => (letGo = resolve));
    const begun = new Promise<void>((begin) => {
      this.ingest.before = () => {
        begin();
        return released;
      };
    });
    return {
      begun,
      letGo: () => {
        this.ingest.before = undefined;
        letGo();
      },
    };
  }

  /** What an adapter makes of everything that was stored, in the order of its coming. */
  arrived(adapter: SlackAdapter): readonly { readonly key: RawPayload['key']; readonly result: ReadResult }[] {
    return [...this.ingest.payloads.values()].map(({ key, body }) => ({
      key,
      result: adapter.read(JSON.parse(Buffer.from(body).toString('utf8'))),
    }));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.sandbox.stop();
    await this.#listener?.close();
  }
}

async function freePort(): Promise<number> {
  const listener = new PublicListener([], recordingLog([]));
  const port = await listener.listen('127.0.0.1', 0);
  await listener.close();
  return port;
}
