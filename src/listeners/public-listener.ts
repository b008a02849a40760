import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Log, PublicAnswer, PublicRoute, StreamedAnswer } from '../model/network-definition.js';
import { webAddress } from '../model/web-address.js';
import { Bodies, TooLarge, TooMuch } from './bodies.js';

const nothingHere: PublicAnswer = {
  status: 404,
  json: { errcode: 'M_UNRECOGNIZED', error: 'there is nothing here' },
};

/** The address that networks call: nothing but the routes that adapters bring along. */
export class PublicListener {
  readonly #server: Server;
  readonly #routes: readonly { readonly route: PublicRoute; readonly bodies: Bodies }[];

  constructor(
    routes: readonly PublicRoute[],
    private readonly log: Log,
    private readonly limits: { readonly stalledMs: number } = { stalledMs: 60_000 },
  ) {
    this.#routes = routes.map((route) => ({ route, bodies: new Bodies(route.maxBodyBytes) }));
    this.#server = createServer({ requestTimeout: 120_000, headersTimeout: 20_000 }, (request, response) => {
      this.#serve(request).then(
        (answer) => {
          this.#send(response, answer);
        },
        (error: unknown) => {
          const what = { error, method: request.method };
          if (request.complete) this.log.error(what, 'a call of a network failed');
          else this.log.debug(what, 'a caller hung up');
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

  #send(response: ServerResponse, answer: PublicAnswer): void {
    const { status, headers, json = {}, body: whole, stream } = answer;
    if (stream !== undefined) {
      this.#stream(response, answer, stream);
      return;
    }
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

  /** At the caller's pace; one that takes nothing any more is cut off, and one whose source fails gets no end. */
  #stream(response: ServerResponse, { status, headers }: PublicAnswer, stream: StreamedAnswer): void {
    const { mime, bytes, chunks, close } = stream;
    if (response.headersSent || response.destroyed) {
      close();
      return;
    }
    response.writeHead(status, {
      'content-type': mime,
      ...(bytes === undefined ? {} : { 'content-length': bytes }),
      ...(this.#server.listening ? {} : { connection: 'close' }),
      ...headers,
    });
    response.setTimeout(this.limits.stalledMs, () => {
      response.destroy();
    });
    pipeline(Readable.from(exactly(chunks, bytes), { objectMode: false }), response)
      .catch((error: unknown) => {
        this.log.debug({ error }, 'an answer was broken off');
      })
      .finally(close);
  }

  async #serve(request: IncomingMessage): Promise<PublicAnswer> {
    const url = parsed(request.url ?? '/');
    if (url === undefined) return nothingHere;
    for (const { route, bodies } of this.#routes) {
      if (route.method !== request.method) continue;
      const params = match(route.path, url.pathname);
      if (params === undefined) continue;
      try {
        const call = { params, query: url.searchParams, headers: headersOf(request) };
        const refusal = route.refusal?.(call);
        if (refusal !== undefined) return refusal;
        return await bodies.with(request, (body) => route.handle({ ...call, body }));
      } catch (error) {
        if (error instanceof TooLarge) return { status: 413, json: { error: error.message } };
        if (error instanceof TooMuch) return { status: 429, json: { error: error.message } };
        throw error;
      }
    }
    return nothingHere;
  }
}

/** Throws where there are more or fewer bytes than were promised: then the answer never looks whole. */
async function* exactly(chunks: AsyncIterable<Uint8Array>, bytes: number | undefined): AsyncGenerator<Uint8Array> {
  let given = 0;
  for await (const chunk of chunks) {
    given += chunk.length;
    if (bytes !== undefined && given > bytes) break;
    yield chunk;
  }
  if (bytes !== undefined && given !== bytes) throw new Error(`${String(bytes)} bytes were promised`);
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
