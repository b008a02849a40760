import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Fault, FaultScript } from './fault-script.js';
import { type LargeBytes, received, type StoredBytes } from './stored-bytes.js';

export interface SandboxRequest {
  readonly method: string;
  /** Decoded path without the query, for example `/ocs/v2.php/apps/spreed/api/v4/room`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** The whole body, in memory; `content` for whoever takes files. */
  readonly body: Buffer;
  readonly content: StoredBytes;
  /** Aborts when the caller closes the connection. */
  readonly signal: AbortSignal;
}

export interface SandboxAnswer {
  readonly status: number;
  readonly headers?: Record<string, string | string[]>;
  /** An object is answered as JSON, a buffer or string as it is. */
  readonly body?: unknown;
  /** In place of a body. */
  readonly content?: StoredBytes;
}

export type SandboxHandler = (request: SandboxRequest) => Promise<SandboxAnswer> | SandboxAnswer;

const maxBodyBytes = 4 * 1024 * 1024 * 1024;

/** A loopback HTTP server that asks its fault script before and after each call. */
export class SandboxHttpServer {
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();

  constructor(
    private readonly handler: SandboxHandler,
    private readonly faults: FaultScript,
    /** By path, where it is not the same for all. */
    private readonly large: (path: string) => LargeBytes = () => 'kept',
  ) {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
        response.end(String(error));
      });
    });
    // As nginx: who keeps connections for a shorter time never writes into one that is being closed.
    this.#server.keepAliveTimeout = 75_000;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Listens on 127.0.0.1; port 0 takes a free one. Returns the base address without a slash at its end. */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Drops every connection and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://sandbox');
    const method = incoming.method ?? 'GET';
    const content = await received(incoming as AsyncIterable<Buffer>, this.large(url.pathname), maxBodyBytes);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    // A fault must not cut off the one who takes it away again.
    const isControl = url.pathname.startsWith('/_sandbox/');
    const fault = isControl ? undefined : this.faults.next(method, url.pathname + url.search);
    if (fault !== undefined && !hasEffect(fault)) {
      await this.#instead(fault, incoming, response);
      return;
    }
    const answer = await this.handler({
      method,
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: incoming.headers,
      content,
      get body() {
        return content.whole();
      },
      signal: gone.signal,
    });
    await send(answer, fault, response);
  }

  async #instead(fault: Fault, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (fault.do) {
      case 'answer':
        response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
        response.end(fault.body ?? '');
        return;
      case 'hang':
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, fault.forMs);
          response.on('close', () => {
            clearTimeout(timer);
            resolve();
          });
        });
        incoming.socket.destroy();
        return;
      case 'html':
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end('<!doctype html><title>Maintenance</title><p>Please try again later.');
        return;
      case 'drop':
      case 'acceptThenDrop':
      case 'truncate':
      case 'slow':
        incoming.socket.destroy();
    }
  }
}

function hasEffect(fault: Fault): boolean {
  return fault.do === 'slow' || fault.do === 'acceptThenDrop' || fault.do === 'truncate';
}

async function send(answer: SandboxAnswer, fault: Fault | undefined, response: ServerResponse): Promise<void> {
  const { content } = answer;
  const isRaw = content !== undefined || answer.body instanceof Uint8Array || typeof answer.body === 'string';
  const body = content ?? bytesOf(answer.body);
  if (fault?.do === 'acceptThenDrop') {
    response.socket?.destroy();
    return;
  }
  if (fault?.do === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
  if (response.destroyed) return;
  const type = isRaw || body.length === 0 ? {} : { 'content-type': 'application/json; charset=utf-8' };
  const bodyless = answer.status === 304 || answer.status === 204;
  response.writeHead(answer.status, {
    ...type,
    ...(bodyless ? {} : { 'content-length': String(body.length) }),
    ...answer.headers,
  });
  if (bodyless || response.req.method === 'HEAD') {
    response.end();
  } else if (fault?.do === 'truncate') {
    response.write(inMemory(body).subarray(0, Math.floor(body.length / 2)));
    response.socket?.end();
  } else if (fault?.do === 'slow' && fault.bytesPerSecond !== undefined) {
    await trickle(inMemory(body), fault.bytesPerSecond, response);
  } else if (Buffer.isBuffer(body)) {
    response.end(body);
  } else {
    await pipeline(body.chunks(), response).catch((error: unknown) => {
      // Who asked need not wait for the end.
      if (!response.destroyed) throw error;
    });
  }
}

function bytesOf(body: unknown): Buffer {
  if (body instanceof Uint8Array || typeof body === 'string') return Buffer.from(body as string);
  return Buffer.from(body === undefined ? '' : JSON.stringify(body));
}

function inMemory(body: Buffer | StoredBytes): Buffer {
  return Buffer.isBuffer(body) ? body : body.whole();
}

async function trickle(body: Buffer, bytesPerSecond: number, response: ServerResponse): Promise<void> {
  const bytesPerStep = Math.max(1, Math.floor(bytesPerSecond / 10));
  for (let at = 0; at < body.length && !response.destroyed; at += bytesPerStep) {
    response.write(body.subarray(at, at + bytesPerStep));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  response.end();
}
