import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log, PublicAnswer, PublicRoute } from '../model/network-definition.js';
import { webAddress } from '../model/web-address.js';

/** A body beyond its route's limit. */
class TooLarge extends Error {}

const nothingHere: PublicAnswer = {
  status: 404,
  json: { errcode: 'M_UNRECOGNIZED', error: 'there is nothing here' },
};

/** The address that networks call: nothing but the routes that adapters bring along. */
export class PublicListener {
  readonly #server: Server;

  constructor(
    private readonly routes: readonly PublicRoute[],
    private readonly log: Log,
  ) {
    this.#server = createServer({ requestTimeout: 120_000, headersTimeout: 20_000 }, (request, response) => {
      this.#serve(request).then(
        (answer) => {
          this.#send(response, answer);
        },
        (error: unknown) => {
          this.log.error({ error, method: request.method }, 'a call of a network failed');
          this.#send(response, { status: 500, json: { error: 'it could not be stored; try again' } });
        },
      );
    });
  }

  /** Returns the port. Throws when it is taken. */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no new calls, and resolves when those under way are answered; what takes longer than `withinMs` is cut off. */
  async close(withinMs = 1_000): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) =>
      this.#server.close(() => {
        resolve();
      }),
    );
    this.#server.closeIdleConnections();
    const patience = setTimeout(() => {
      this.#server.closeAllConnections();
    }, withinMs);
    await closed;
    clearTimeout(patience);
  }

  #send(response: ServerResponse, { status, headers, json = {}, body: whole }: PublicAnswer): void {
    if (response.headersSent || response.destroyed) return;
    const body = whole?.bytes ?? Buffer.from(JSON.stringify(json));
    // What is left of a body that was refused is not read any more.
    const isLeft = status >= 400 && !response.req.complete;
    // A caller that always has one more request on its connection would keep us from ever closing.
    const ending = this.#server.listening && !isLeft ? {} : { connection: 'close' };
    response.writeHead(status, {
      'content-type': whole?.mime ?? 'application/json',
      'content-length': body.length,
      ...ending,
      ...headers,
    });
    response.end(body, () => {
      if (isLeft) response.req.destroy();
    });
  }

  async #serve(request: IncomingMessage): Promise<PublicAnswer> {
    const url = parsed(request.url ?? '/');
    if (url === undefined) return nothingHere;
    for (const route of this.routes) {
      if (route.method !== request.method) continue;
      const params = match(route.path, url.pathname);
      if (params === undefined) continue;
      try {
        const call = { params, query: url.searchParams, headers: headersOf(request) };
        const refusal = route.refusal?.(call);
        if (refusal !== undefined) return refusal;
        return await route.handle({ ...call, body: await read(request, route.maxBodyBytes) });
      } catch (error) {
        if (error instanceof TooLarge) return { status: 413, json: { error: error.message } };
        throw error;
      }
    }
    return nothingHere;
  }
}

/** Undefined where it is no path of ours: `//` begins another host's address. */
function parsed(path: string): URL | undefined {
  return path.startsWith('//') ? undefined : webAddress(path, 'http://public');
}

/** The values of `:name` segments, or undefined where the path is another one. */
function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, segment] of wanted.entries()) {
    const value = decoded(given[at] ?? '');
    if (value === undefined) return undefined;
    if (segment.startsWith(':')) params[segment.slice(1)] = value;
    else if (segment !== value) return undefined;
  }
  return params;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined; // A broken escape names nothing of ours.
  }
}

function headersOf(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

async function read(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const tooLarge = (): Error => new TooLarge(`the body is larger than ${String(maxBytes)} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
