import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Board } from './board.js';
import { readAct } from './page-acts.js';
import { PageFeed } from './page-feed.js';
import type { PageFile } from './page-files.js';
import { Refused } from './page-refusal.js';
import { readUpload, sendShared } from './page-shared-files.js';
import { sideNames, type PageRefusal, type SideName } from './page.types.js';
import { ActRefused, type SideFile } from './side.js';

export interface PageServerOptions {
  readonly board: Board;
  readonly files: ReadonlyMap<string, PageFile>;
  /** What every call of the API must show: `x-crosstalk-token`, or `token` in the query. */
  readonly token: string;
  /** Kills the service's process. False where it is not ready, or there is none. */
  kill(): boolean;
}

const maxBodyBytes = 256 * 1024;
/** What happens meanwhile is told at once: nobody sees more pictures a second, and each one costs the reader a drawing. */
const pauseMs = 100;
const beatMs = 15_000;
const always = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** The page and its API, on 127.0.0.1 alone, and for nobody who calls it by another name. */
export class PageServer {
  readonly #server: Server;
  #hosts: readonly string[] = [];

  constructor(private readonly options: PageServerOptions) {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        const { status, message, kind } = error instanceof Refused ? error : new Refused(500, 'That went wrong.');
        const refusal: PageRefusal = { kind, error: message };
        if (response.headersSent) response.destroy();
        else answer(response, status, refusal);
      });
    });
  }

  /** Returns the page's address, with the token. Throws an error with code EADDRINUSE where the port is in use. */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const { port: got } = this.#server.address() as AddressInfo;
    this.#hosts = [`127.0.0.1:${got}`, `localhost:${got}`];
    return `http://127.0.0.1:${got}/?token=${this.options.token}`;
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host = '', origin } = request.headers;
    // Other people's pages reach us by names of theirs, or say where they come from.
    if (!this.#hosts.includes(host)) throw new Refused(403, 'Call it by the address that the sandbox printed.');
    if (origin !== undefined && origin !== `http://${host}`)
      throw new Refused(403, 'Another page may not call this one.');
    const url = new URL(request.url ?? '/', `http://${host}`);
    if (!url.pathname.startsWith('/api/')) {
      this.#sendFile(request, url.pathname, response);
      return;
    }
    this.#checkToken(request, url);
    switch (`${request.method ?? ''} ${url.pathname}`) {
      case 'GET /api/state':
        answer(response, 200, this.options.board.state());
        return;
      case 'GET /api/events':
        this.#sendEvents(response);
        return;
      case 'GET /api/file':
        await sendShared(this.#shared(url), request.headers.range, always, response);
        return;
      case 'POST /api/file':
        await this.#share(request, url);
        answer(response, 204);
        return;
      case 'POST /api/act':
        this.#act(await readJson(request));
        answer(response, 204);
        return;
      case 'POST /api/kill':
        await readJson(request);
        if (!this.options.kill()) throw new Refused(409, 'The service is not ready: there is nothing to kill.', 'gone');
        answer(response, 204);
        return;
      default:
        throw new Refused(404, 'There is nothing here.');
    }
  }

  #checkToken(request: IncomingMessage, url: URL): void {
    const header = request.headers['x-crosstalk-token'];
    const given = typeof header === 'string' ? header : (url.searchParams.get('token') ?? '');
    if (!timingSafeEqual(digest(given), digest(this.options.token))) {
      throw new Refused(403, 'The token is missing or old: open the address that the sandbox printed.');
    }
  }

  #sendFile({ method }: IncomingMessage, path: string, response: ServerResponse): void {
    const file = this.options.files.get(path);
    if (file === undefined || (method !== 'GET' && method !== 'HEAD')) throw new Refused(404, 'There is nothing here.');
    response.writeHead(200, { ...always, 'content-type': file.type, 'content-length': file.bytes.length });
    response.end(method === 'HEAD' ? undefined : file.bytes);
  }

  #sendEvents(response: ServerResponse): void {
    const { board } = this.options;
    response.writeHead(200, { ...always, 'content-type': 'text/event-stream' });
    response.write('retry: 500\n\n');
    const feed = new PageFeed(() => board.state());
    let next: NodeJS.Timeout | undefined;
    const send = (): void => {
      // Whoever reads slowly is told less often.
      if (!response.writableNeedDrain && !feed.isEmpty) response.write(`data: ${JSON.stringify(feed.take())}\n\n`);
      next = setTimeout(() => {
        next = undefined;
        if (!feed.isEmpty) send();
      }, pauseMs);
    };
    send();
    const unlisten = board.onEvent((event) => {
      feed.add(event);
      // What happens in one moment goes together.
      next ??= setTimeout(send, 0);
    });
    const beat = setInterval(() => response.write(': still here\n\n'), beatMs);
    response.on('close', () => {
      clearInterval(beat);
      clearTimeout(next);
      unlisten();
    });
  }

  #shared({ searchParams }: URL): SideFile {
    const side = sideNames.find((name) => name === searchParams.get('side'));
    const file = side === undefined ? undefined : this.options.board.file(side, searchParams.get('id') ?? '');
    if (file === undefined) throw new Refused(404, 'There is no such file.', 'gone');
    return file;
  }

  async #share(request: IncomingMessage, { searchParams }: URL): Promise<void> {
    const { side, person, name, type, caption, bytes } = await readUpload(request, searchParams);
    const file = { name, mime: type === '' ? 'application/octet-stream' : type, bytes };
    this.#as(side, person, (board) => {
      board.share(side, person, file, caption);
    });
  }

  #act(body: unknown): void {
    const { side, person, act } = readAct(body);
    this.#as(side, person, (board) => {
      board.act(side, person, act);
    });
  }

  #as(side: SideName, person: string, does: (board: Board) => void): void {
    const { board } = this.options;
    if (!board.isPerson(side, person)) throw new Refused(400, 'Nobody of that name is on that side.');
    try {
      does(board);
    } catch (error) {
      if (error instanceof ActRefused) throw new Refused(422, error.message, error.kind);
      throw error;
    }
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  // A form of another page cannot say this without asking first.
  if (request.headers['content-type']?.split(';')[0] !== 'application/json') throw new Refused(415, 'Send JSON.');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Refused(413, 'That is too long.', 'tooLong');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refused(400, 'That is no JSON.');
  }
}

function answer(response: ServerResponse, status: number, body?: object): void {
  response.writeHead(status, { ...always, ...(body === undefined ? {} : { 'content-type': 'application/json' }) });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
