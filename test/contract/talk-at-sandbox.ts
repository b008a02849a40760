import { talkDefinition } from '../../src/adapters/talk/talk.definition.js';
import type { TalkAdapter } from '../../src/adapters/talk/talk.adapter.js';
import type { TalkSettings } from '../../src/adapters/talk/talk.settings.js';
import type { AccountStore } from '../../src/model/account-store.js';
import { accountId, cursor, roomId, type Cursor, type InboxKey, type RoomId } from '../../src/model/ids.js';
import type { NetworkAdapter, PulledBatch, Pulling, RawPayload, ReadResult } from '../../src/model/network-adapter.js';
import type { AdapterContext, Log } from '../../src/model/network-definition.js';
import { silentLog } from '../../src/observability/log.js';
import type { TalkSandboxSettings } from '../../src/sandbox/talk/settings.js';
import { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';
import { systemClock } from '../../src/workers/system-clock.js';

export interface TalkAtSandbox {
  readonly talk: TalkSandbox;
  readonly url: string;
  /** Alice's, Bob's and Carol's; the adapter is Alice. */
  readonly token: string;
  readonly room: RoomId;
  readonly adapter: TalkAdapter;
  readonly pulling: Pulling;
  readonly store: AccountStore;
  /** The keys of what was stored as a secret. */
  readonly secrets: readonly string[];
  readonly logged: readonly Logged[];
  make(settings?: Readonly<Record<string, unknown>>, store?: AccountStore): TalkAdapter;
  close(): Promise<void>;
}

export interface Logged {
  readonly fields: object;
  readonly event: string;
}

/** An adapter with these settings, in whose account every room is linked. */
export function talkAdapter(
  settings: Readonly<Record<string, unknown>>,
  around: Partial<
    Pick<
      AdapterContext<TalkSettings>,
      'store' | 'clock' | 'log' | 'typing' | 'wake' | 'pushed' | 'isLinked' | 'roomsStand' | 'lendingChanged'
    >
  > = {},
): TalkAdapter {
  return talkDefinition.create({
    account: accountId('home'),
    settings: talkDefinition.settingsSchema.parse(settings),
    store: memoryStore(),
    clock: systemClock,
    log: silentLog,
    isLinked: () => true,
    loginRefused: () => undefined,
    roomClosed: () => Promise.resolve(),
    roomsOpened: () => Promise.resolve(),
    roomsStand: () => Promise.resolve(),
    bridged: () => Promise.resolve([]),
    command: () => Promise.resolve({ says: '', to: 'room' }),
    lendingChanged: () => Promise.resolve(),
    isOurKey: () => true,
    typing: () => undefined,
    presence: () => undefined,
    wasRead: () => undefined,
    showsRead: () => false,
    wake: () => Promise.resolve(),
    pushed: () => Promise.resolve(),
    picturePath: () => '/picture',
    ...around,
  });
}

/** A sandbox server with one room, and a connected adapter at it. */
export async function talkAtSandbox(
  sandbox: TalkSandboxSettings = {},
  settings: Readonly<Record<string, unknown>> = {},
  {
    now,
    ...around
  }: Partial<Pick<AdapterContext<TalkSettings>, 'typing' | 'isLinked' | 'roomsStand' | 'lendingChanged'>> & {
    now?: () => Date;
  } = {},
): Promise<TalkAtSandbox> {
  const talk = new TalkSandbox({ pollStepMs: 20, ...sandbox });
  const { url } = await talk.start(0);
  const token = talk.rooms.create({ name: 'Team', owner: 'alice', members: ['bob', 'carol'] });
  const stop = new AbortController();
  const secrets: string[] = [];
  const store = memoryStore(secrets);
  const clock = now === undefined ? systemClock : { ...systemClock, now };
  const logged: Logged[] = [];
  const adapters: TalkAdapter[] = [];
  const make = (more: Readonly<Record<string, unknown>> = {}, own: AccountStore = store): TalkAdapter => {
    const login = { url, user: 'alice', password: talk.accounts.issueAppPassword('alice') };
    const adapter = talkAdapter({ ...login, ...more }, { store: own, clock, log: logTo(logged), ...around });
    adapters.push(adapter);
    return adapter;
  };
  const adapter = make(settings);
  await adapter.connect(stop.signal);
  return {
    talk,
    url,
    secrets,
    token,
    room: roomId(token),
    adapter,
    pulling: adapter.pulling,
    store,
    logged,
    make,
    close: async () => {
      stop.abort();
      for (const each of adapters) await each.start({ accept: () => Promise.resolve() }, stop.signal);
      await talk.stop();
    },
  };
}

/** Keeps what a room brings as the core does: each key once, the cursor moved with what was kept. */
export class Reader {
  readonly kept = new Map<InboxKey, RawPayload>();
  #cursor: Cursor | undefined;

  constructor(
    private readonly adapter: NetworkAdapter,
    private readonly pulling: Pulling,
    private readonly room: RoomId,
    private readonly signal: AbortSignal = new AbortController().signal,
  ) {}

  get cursor(): Cursor {
    if (this.#cursor === undefined) throw new Error('begin first');
    return this.#cursor;
  }

  async begin(): Promise<this> {
    this.#cursor = (await this.pulling.pull(this.room, null, 'now', this.signal)).cursor;
    return this;
  }

  beginAt(text: string): this {
    this.#cursor = cursor(text);
    return this;
  }

  /** Reads until nothing is left. */
  async read(how: 'wait' | 'now' = 'now'): Promise<void> {
    for (let rest: PulledBatch['rest'] = 'more'; rest === 'more';) {
      const batch = await this.pulling.pull(this.room, this.cursor, how, this.signal);
      for (const payload of batch.payloads) if (!this.kept.has(payload.key)) this.kept.set(payload.key, payload);
      ({ rest } = batch);
      this.#cursor = batch.cursor;
    }
  }

  results(): ReadResult[] {
    return [...this.kept.values()].map((payload) => resultOf(this.adapter, payload));
  }

  /** The texts of the messages, in the order in which they came. */
  texts(): string[] {
    return this.results().flatMap((result) =>
      'events' in result
        ? result.events.flatMap((event) => (event.kind === 'messageSent' ? [textIn(event.body)] : []))
        : [],
    );
  }
}

export function resultOf(adapter: NetworkAdapter, { body }: RawPayload): ReadResult {
  return adapter.read(JSON.parse(Buffer.from(body).toString('utf8')));
}

/** All text in a value, in order. */
export function textIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(textIn).join('');
  if (typeof value !== 'object' || value === null) return '';
  if ('text' in value && typeof value.text === 'string') return value.text;
  return 'content' in value ? textIn(value.content) : '';
}

/** `secrets`: is told the keys of what is stored as a secret. */
export function memoryStore(secrets: string[] = []): AccountStore {
  const entries = new Map<string, unknown>();
  return {
    get: (key) => Promise.resolve(entries.get(key)),
    put: (key, value, options) => {
      if (options?.secret === true) secrets.push(key);
      entries.set(key, structuredClone(value));
      return Promise.resolve();
    },
    delete: (key) => {
      entries.delete(key);
      return Promise.resolve();
    },
    replace: (key, was, value, options) => {
      if (JSON.stringify(entries.get(key)) !== JSON.stringify(was)) return Promise.resolve('changed');
      if (options?.secret === true) secrets.push(key);
      if (value === undefined) entries.delete(key);
      else entries.set(key, structuredClone(value));
      return Promise.resolve('replaced');
    },
    list: (prefix) =>
      Promise.resolve([...entries].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => ({ key, value }))),
  };
}

function logTo(logged: Logged[]): Log {
  const note = (fields: object, event: string): void => {
    logged.push({ fields, event });
  };
  return { debug: note, info: note, warn: note, error: note };
}
