import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { MatrixAdapter } from '../../src/adapters/matrix/matrix.adapter.js';
import { matrixDefinition } from '../../src/adapters/matrix/matrix.definition.js';
import { arrangeRegistration } from '../../src/adapters/matrix/matrix.client.js';
import { registrationOf } from '../../src/adapters/matrix/matrix.registration.js';
import type { MatrixSettings } from '../../src/adapters/matrix/matrix.settings.js';
import type { RoomCommand } from '../../src/model/room-command.js';
import type { AccountStore } from '../../src/model/account-store.js';
import type { ReadUpTo, TypingChanged } from '../../src/model/bridge-event.js';
import type { Clock } from '../../src/model/clock.js';
import { accountId } from '../../src/model/ids.js';
import type { Ingest, RawPayload, ReadResult } from '../../src/model/network-adapter.js';
import type { Log, PublicAnswer, PublicRoute } from '../../src/model/network-definition.js';
import { MatrixSandbox } from '../../src/sandbox/matrix/matrix-sandbox.js';
import type { AppserviceRegistration } from '../../src/sandbox/matrix/registration.js';

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The public listener, as far as these tests need one. */
export class Listener {
  routes: readonly PublicRoute[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#serve(request).then(({ status, json = {} }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
      });
    });
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage): Promise<PublicAnswer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const url = new URL(request.url ?? '/', 'http://listener');
    for (const route of this.routes) {
      const params = paramsOf(route.path, url.pathname);
      if (route.method !== request.method || params === undefined) continue;
      const { authorization } = request.headers;
      return route.handle({
        params,
        query: url.searchParams,
        headers: authorization === undefined ? {} : { authorization },
        body: Buffer.concat(chunks),
      });
    }
    return { status: 404, json: { errcode: 'M_UNRECOGNIZED' } };
  }
}

function paramsOf(pattern: string, path: string): Record<string, string> | undefined {
  const names = pattern.split('/');
  const parts = path.split('/');
  if (names.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const part = decodeURIComponent(parts[index] ?? '');
    if (name.startsWith(':')) params[name.slice(1)] = part;
    else if (name !== part) return undefined;
  }
  return params;
}

/** What an adapter tells of its rooms: which are closed and why. */
export class ToldRooms {
  readonly closed = new Map<string, string>();
  /** How often one was closed that was open. */
  alarms = 0;

  readonly roomClosed = (room: string, { message }: Error): Promise<void> => {
    if (!this.closed.has(room)) this.alarms += 1;
    this.closed.set(room, message);
    return Promise.resolve();
  };

  readonly roomsOpened = (rooms: readonly string[]): Promise<void> => {
    for (const room of rooms) this.closed.delete(room);
    return Promise.resolve();
  };
}

/** Keeps what it is given, each key once, as the inbox does. */
export class MemoryIngest implements Ingest {
  readonly payloads = new Map<string, RawPayload>();
  readonly told: string[] = [];
  fail: Error | undefined;
  /** Storing waits for it. */
  before: (() => Promise<void>) | undefined;

  async accept(payloads: readonly RawPayload[]): Promise<void> {
    await this.before?.();
    if (this.fail !== undefined) throw this.fail;
    for (const payload of payloads) {
      this.told.push(payload.key);
      if (!this.payloads.has(payload.key)) this.payloads.set(payload.key, payload);
    }
  }
}

export function memoryStore(entries = new Map<string, unknown>()): AccountStore {
  return {
    get: (key) => Promise.resolve(entries.get(key)),
    put: (key, value) => Promise.resolve(void entries.set(key, structuredClone(value))),
    delete: (key) => Promise.resolve(void entries.delete(key)),
    replace: (key, was, value) => {
      if (!isDeepStrictEqual(entries.get(key), was)) return Promise.resolve('changed');
      if (value === undefined) entries.delete(key);
      else entries.set(key, structuredClone(value));
      return Promise.resolve('replaced');
    },
    list: (prefix) =>
      Promise.resolve([...entries].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => ({ key, value }))),
  };
}

export const clock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener('abort', end);
    }),
};

export function recordingLog(lines: LogLine[]): Log {
  const at = (level: string) => (fields: object, event: string) => {
    lines.push({ level, event, fields: { ...fields } });
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export interface BenchOptions {
  readonly settings?: Partial<MatrixSettings>;
  readonly sandbox?: ConstructorParameters<typeof MatrixSandbox>[0];
  /** Rooms that links name, beside those in `linked`. */
  readonly linked?: readonly string[];
}

/** A sandbox homeserver and an adapter that listens to it. */
export class MatrixBench {
  readonly ingest = new MemoryIngest();
  readonly log: LogLine[] = [];
  readonly store = new Map<string, unknown>();
  readonly rooms = new ToldRooms();
  readonly linked = new Set<string>();
  readonly commands: RoomCommand[] = [];
  commandFault: Error | undefined;
  /** What was told of who types. */
  readonly typing: TypingChanged[] = [];
  readonly read: ReadUpTo[] = [];
  readonly signal = new AbortController().signal;
  readonly #stop = new AbortController();
  readonly #adapters: MatrixAdapter[] = [];

  private constructor(
    readonly sandbox: MatrixSandbox,
    readonly listener: Listener,
    readonly url: string,
    readonly settings: MatrixSettings,
  ) {}

  static async open(options: BenchOptions = {}): Promise<MatrixBench> {
    const listener = new Listener();
    const sandbox = new MatrixSandbox({ pushBackoffMs: 20, ...options.sandbox });
    const { url: homeserver } = await sandbox.start(0);
    const settings = matrixDefinition.settingsSchema.parse({
      homeserver,
      serverName: sandbox.serverName,
      asToken: 'as-secret',
      hsToken: 'hs-secret',
      url: await listener.listen(),
      pingRetryMs: 20,
      inviteRetryMs: 20,
      ...options.settings,
    });
    sandbox.registerAppservice(
      (await arrangeRegistration(registrationOf(accountId('home'), settings))) as unknown as AppserviceRegistration,
    );
    const bench = new MatrixBench(sandbox, listener, homeserver, settings);
    for (const room of options.linked ?? []) bench.linked.add(room);
    return bench;
  }

  /** Another process of the same account: it remembers nothing but what is stored. `aheadMs`: by how much its clock is. */
  make(changes: Partial<MatrixSettings> = {}, aheadMs = 0): MatrixAdapter {
    const adapter = matrixDefinition.create({
      account: accountId('home'),
      settings: { ...this.settings, ...changes },
      store: memoryStore(this.store),
      clock: { ...clock, now: () => new Date(Date.now() + aheadMs) },
      log: recordingLog(this.log),
      isLinked: (room) => this.linked.has(room),
      loginRefused: () => undefined,
      roomClosed: this.rooms.roomClosed,
      roomsOpened: this.rooms.roomsOpened,
      roomsStand: () => Promise.resolve(),
      bridged: () => Promise.resolve([]),
      command: (call) => {
        if (this.commandFault !== undefined) return Promise.reject(this.commandFault);
        this.commands.push(call);
        return Promise.resolve({
          says: `did \`${call.words.join(' ')}\``,
          to: call.words[0] === 'whisper' ? 'person' : 'room',
        });
      },
      lendingChanged: () => Promise.resolve(),
      isOurKey: () => true,
      typing: (changed) => this.typing.push(changed),
      presence: () => undefined,
      wasRead: (upTo) => this.read.push(upTo),
      showsRead: () => false,
      wake: () => Promise.resolve(),
      pushed: () => Promise.resolve(),
      picturePath: () => '/picture',
    });
    this.#adapters.push(adapter);
    return adapter;
  }

  /** Connects an adapter and has it listen, in place of those before. */
  async begin(adapter: MatrixAdapter): Promise<void> {
    await adapter.connect(this.signal);
    this.listener.routes = matrixDefinition.httpRoutes([adapter]);
    await adapter.start(this.ingest, this.#stop.signal);
  }

  /** The homeserver forgets the transaction ids that it took; it is up, and the adapter's connections are new, when this resolves. */
  async restart(adapter: MatrixAdapter): Promise<void> {
    await this.sandbox.restart();
    const isUp = (): Promise<boolean> =>
      adapter.connect(this.signal).then(
        () => true,
        () => false,
      );
    await until(isUp, 'the homeserver');
  }

  /** What an adapter makes of everything that was stored, in the order of its coming. */
  arrived(adapter: MatrixAdapter): readonly { readonly key: RawPayload['key']; readonly result: ReadResult }[] {
    return [...this.ingest.payloads.values()].map(({ key, body }) => ({
      key,
      result: adapter.read(JSON.parse(Buffer.from(body).toString('utf8'))),
    }));
  }

  /** What a person does with a client. */
  async act(user: string, method: 'POST' | 'PUT', path: string, body: object): Promise<void> {
    const response = await fetch(`${this.url}/_matrix/client/v3${path}`, {
      method,
      headers: { authorization: `Bearer ${this.sandbox.accessToken(user)}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.sandbox.stop();
    await this.listener.close();
  }
}

/** Polls until `condition` holds. */
export async function until(condition: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
  const endMs = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
