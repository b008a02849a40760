import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** One call of a method: what has to arrive at the server, and what it answers. */
export interface Exchange {
  readonly method: string;
  readonly from: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly file?: { readonly name: string; readonly mime: string; readonly base64: string };
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    /** The texts of a form that has a file besides. */
    readonly texts?: Readonly<Record<string, string>>;
    /** A web form. */
    readonly form?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** With these a bot signed. */
  readonly random?: string;
  readonly signature?: string;
  readonly response: Answer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly data?: unknown;
  readonly json?: unknown;
  readonly text?: string;
}

export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const folder = 'test/fixtures/talk-api';

export function exchanges(): Exchange[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Exchange[]);
}

/** Answers every request with what it is told to, and keeps what arrived. */
export class ExchangeServer {
  readonly arrived: Arrived[] = [];
  readonly #answers: Answer[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const url = new URL(request.url ?? '', 'http://server');
        this.arrived.push({
          method: request.method ?? '',
          path: url.pathname,
          query: Object.fromEntries(url.searchParams),
          headers: request.headers,
          body: Buffer.concat(chunks),
        });
        answerWith(response, this.#answers.shift() ?? { status: 500 });
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next answer; the ones after it are added behind. */
  answer(...answers: readonly Answer[]): void {
    this.#answers.push(...answers);
  }

  /** What arrived, and what was still to be answered, is forgotten. */
  forget(): void {
    this.arrived.length = 0;
    this.#answers.length = 0;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function answerWith(response: ServerResponse, { status, headers, data, json, text }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  if (status === 304 || status === 204) response.end();
  else if (text !== undefined) response.end(text);
  else if (json !== undefined) response.end(JSON.stringify(json));
  else {
    const meta = { status: status < 400 ? 'ok' : 'failure', statuscode: status, message: '' };
    response.end(JSON.stringify({ ocs: { meta, data } }));
  }
}

/** Capabilities of a server that has these. */
export function capabilitiesAnswer(features: readonly string[]): Answer {
  const spreed = { features, 'features-local': [], version: '22.0.11', config: { chat: { 'max-length': 32_000 } } };
  return { status: 200, data: { version: { string: '32.0.1' }, capabilities: { spreed } } };
}
