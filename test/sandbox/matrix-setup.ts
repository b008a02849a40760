import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request, type Dispatcher } from 'undici';
import { MatrixSandbox } from '../../src/sandbox/matrix/matrix-sandbox.js';
import type { MatrixSandboxSettings } from '../../src/sandbox/matrix/matrix-sandbox.types.js';
import type { AppserviceRegistration } from '../../src/sandbox/matrix/registration.js';

export const registrationOf = (url: string | null): AppserviceRegistration => ({
  id: 'bridge',
  url,
  as_token: 'as-secret',
  hs_token: 'hs-secret',
  sender_localpart: 'talkbot',
  namespaces: {
    users: [{ regex: '@talk_.*', exclusive: true }],
    aliases: [{ regex: '#talk_.*', exclusive: true }],
    rooms: [],
  },
  rate_limited: false,
  receive_ephemeral: true,
});

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Calls the sandbox as a client does. */
export class Client {
  constructor(
    private readonly url: string,
    private readonly token?: string,
  ) {}

  async call(method: Dispatcher.HttpMethod, path: string, body?: unknown): Promise<Answer> {
    const answer = await request(this.url + path, {
      method,
      // No kept connections: a restart of the sandbox cuts them.
      reset: true,
      headers: {
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.call('PUT', path, body);
  }

  post(path: string, body: unknown = {}): Promise<Answer> {
    return this.call('POST', path, body);
  }
}

export interface Push {
  readonly id: string;
  readonly authorization: string | undefined;
  readonly events: readonly Record<string, unknown>[];
  readonly ephemeral: readonly Record<string, unknown>[];
  readonly atMs: number;
}

/** An application service that notes what it is sent and answers as told. */
export class FakeAppservice {
  readonly pushes: Push[] = [];
  readonly asked: string[] = [];
  readonly pings: unknown[] = [];
  /** The status of the next transactions; 200 when empty. */
  statuses: number[] = [];
  status = 200;
  pingStatus = 200;
  inFlight = 0;
  mostInFlight = 0;
  onAsk: (path: string) => Promise<boolean> = () => Promise.resolve(false);
  readonly #server: Server;

  constructor() {
    this.#server = createServer((incoming, response) => {
      void this.#serve(incoming).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      });
    });
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) =>
      this.#server.close(() => {
        resolve();
      }),
    );
  }

  /** The accepted event ids, in the order of their coming. */
  get eventIds(): readonly string[] {
    return this.pushes.flatMap(({ events }) => events.map((event) => String(event.event_id)));
  }

  async #serve(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const path = request.url ?? '';
    if (path === '/_matrix/app/v1/ping') {
      this.pings.push(JSON.parse(text));
      return { status: this.pingStatus, body: '{}' };
    }
    if (request.method === 'GET') {
      this.asked.push(decodeURIComponent(path));
      return { status: (await this.onAsk(decodeURIComponent(path))) ? 200 : 404, body: '{}' };
    }
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    await new Promise((resolve) => setTimeout(resolve, 2));
    this.inFlight -= 1;
    const status = this.statuses.shift() ?? this.status;
    const body = JSON.parse(text) as { events: Record<string, unknown>[]; ephemeral?: Record<string, unknown>[] };
    this.pushes.push({
      id: path.replace('/_matrix/app/v1/transactions/', ''),
      authorization: request.headers.authorization,
      events: body.events,
      ephemeral: body.ephemeral ?? [],
      atMs: Date.now(),
    });
    return { status, body: '{}' };
  }
}

export interface Setup {
  readonly sandbox: MatrixSandbox;
  readonly url: string;
  readonly appservice: FakeAppservice;
  /** With the application service's token. */
  readonly bridge: Client;
  person(userId: string): Client;
  client(token?: string): Client;
  close(): Promise<void>;
}

/** A sandbox with an application service that listens. */
export async function openSetup(settings: MatrixSandboxSettings = {}): Promise<Setup> {
  const appservice = new FakeAppservice();
  const registration = registrationOf(await appservice.listen());
  const sandbox = new MatrixSandbox({ registration, pushBackoffMs: 20, ...settings });
  const { url } = await sandbox.start(0);
  return {
    sandbox,
    url,
    appservice,
    bridge: new Client(url, 'as-secret'),
    person: (userId) => new Client(url, sandbox.accessToken(userId)),
    client: (token) => new Client(url, token),
    close: async () => {
      await sandbox.stop();
      await appservice.close();
    },
  };
}

/** Polls until `condition` holds. */
export async function until(condition: () => boolean, what = 'the condition'): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${what} did not come`);
}

export const at = (room: string, rest: string): string =>
  `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/${rest}`;
