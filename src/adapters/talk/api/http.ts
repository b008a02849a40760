import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { Pool, type Dispatcher } from 'undici';
import type { TransportFailure } from '../talk.errors.js';
import type { HttpMethod } from './endpoint.js';

export interface HttpRequest {
  readonly method: HttpMethod;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | StreamedBody;
  /** Held requests have connections of their own, so that they keep no others waiting; so have files, which take long. */
  readonly isHeld: boolean;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Called in the tick in which the request goes out, before it; what it throws keeps the request back. */
  readonly beforeSend?: () => void;
}

/** A body that goes out as it comes: it may take as long as it moves. */
export class StreamedBody {
  constructor(
    readonly stream: AsyncIterable<Uint8Array>,
    readonly bytes: number,
  ) {}
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
}

/** No whole answer came. */
export class TransportError extends Error {
  constructor(readonly failure: TransportFailure) {
    super(failure.how, { cause: failure.cause });
    this.name = 'TransportError';
  }
}

/** What `beforeSend` threw, so that it is told from a failed exchange. */
export class KeptBack extends Error {
  constructor(override readonly cause: unknown) {
    super('kept back');
    this.name = 'KeptBack';
  }
}

const connectTimeoutMs = 10_000;

/** The connections to one server: kept alive, without cookies, certificates verified, every answer bounded. */
export class HttpDoor {
  #pools: { readonly calls: Pool; readonly held: Pool } | undefined;

  constructor(
    private readonly origin: string,
    private readonly options: { readonly maxConnections: number },
  ) {}

  /** Throws TransportError, or KeptBack with what `beforeSend` threw. */
  exchange(request: HttpRequest): Promise<HttpAnswer> {
    const isLong = request.isHeld || request.body instanceof StreamedBody;
    const pool = isLong ? this.#open().held : this.#open().calls;
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(request, resolve, reject);
      if (exchange.isOver) return;
      const { method, path, headers } = request;
      try {
        pool.dispatch({ method, path, ...exchange.sent(headers) }, exchange);
      } catch (cause) {
        exchange.fail('broken', cause);
      }
    });
  }

  /** The status and headers, and a body that is read as it comes. `timeoutMs` bounds the wait for the status alone. */
  async stream(request: Omit<HttpRequest, 'maxBytes' | 'beforeSend' | 'body' | 'isHeld'>): Promise<HttpStream> {
    const { method, path, headers, signal, timeoutMs } = request;
    try {
      const answer = await this.#open().held.request({
        method,
        path,
        headers: { ...headers },
        signal,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    } catch (cause) {
      throw new TransportError({ how: signal.aborted ? 'aborted' : 'broken', wentOut: true, cause });
    }
  }

  /** Closes every connection when it is idle. A later request opens new ones. */
  async close(): Promise<void> {
    const pools = this.#pools;
    this.#pools = undefined;
    await Promise.all([pools?.calls.close(), pools?.held.close()]);
  }

  #open(): { readonly calls: Pool; readonly held: Pool } {
    if (this.#pools !== undefined) return this.#pools;
    // An idle connection is dropped before the server's own 5 s: a write into a closing one has an unknown outcome.
    const common = {
      pipelining: 1,
      keepAliveTimeout: 4000,
      connect: { timeout: connectTimeoutMs },
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    this.#pools = {
      calls: new Pool(this.origin, { ...common, connections: this.options.maxConnections }),
      held: new Pool(this.origin, { ...common, connections: null }),
    };
    return this.#pools;
  }
}

/** One request on its way. Knows at each moment whether it has begun to go out. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #controller: Dispatcher.DispatchController | undefined;
  #wentOut = false;
  isOver = false;

  constructor(
    private readonly request: HttpRequest,
    private readonly resolve: (answer: HttpAnswer) => void,
    private readonly reject: (error: Error) => void,
  ) {
    this.#timer = setTimeout(
      () => this.fail('timeout', new Error(`no answer within ${request.timeoutMs} ms`)),
      request.timeoutMs,
    );
    request.signal.addEventListener('abort', this.#onAbort);
    if (request.signal.aborted) this.#onAbort();
  }

  /** What goes out besides; each chunk of a stream shows that it moves. */
  sent(headers: HttpRequest['headers']): Pick<Dispatcher.DispatchOptions, 'headers' | 'body'> {
    const { body = null } = this.request;
    if (!(body instanceof StreamedBody)) return { headers: { ...headers }, body };
    return {
      headers: { ...headers, 'content-length': String(body.bytes) },
      body: Readable.from(this.#moving(body.stream), { objectMode: false }),
    };
  }

  async *#moving(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      this.#timer.refresh();
      yield chunk;
    }
    this.#timer.refresh();
  }

  readonly #onAbort = (): void => this.fail('aborted', this.request.signal.reason);

  /** Called when a connection is ready and right before the request is written to it. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.isOver) {
      controller.abort(new Error('no longer wanted'));
      return;
    }
    try {
      this.request.beforeSend?.();
    } catch (cause) {
      this.#end();
      this.reject(new KeptBack(cause));
      controller.abort(new Error('kept back'));
      return;
    }
    this.#wentOut = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.request.maxBytes) {
      this.fail('tooLarge', new Error(`more than ${this.request.maxBytes} bytes`));
      return;
    }
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.isOver) return;
    this.#end();
    this.resolve({ status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    this.fail('broken', cause);
  }

  fail(how: TransportFailure['how'], cause: unknown): void {
    if (this.isOver) return;
    this.#end();
    this.reject(new TransportError({ how, wentOut: this.#wentOut, cause }));
    this.#controller?.abort(new Error(how));
  }

  #end(): void {
    this.isOver = true;
    clearTimeout(this.#timer);
    this.request.signal.removeEventListener('abort', this.#onAbort);
  }
}
