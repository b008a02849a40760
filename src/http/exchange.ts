import { setMaxListeners } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { giveBack } from './spent-buffers.js';
import { KeptBack, TransportError, type TransportFailure } from './transport-failure.js';

/** What an exchange sends, and how long and how much it takes. Where it goes is its pool's to know. */
export interface ExchangeRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | StreamedBody;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Called in the tick in which the request goes out, before it; what it throws keeps the request back. */
  readonly beforeSend?: () => void;
}

/** A body that goes out as it comes: it may take as long as it moves. Its chunks are empty once they are sent. */
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

/** Throws TransportError, or KeptBack with what `beforeSend` threw. `dispatcher`: one with `keptConnections`. */
export function exchange(
  dispatcher: Dispatcher,
  target: Pick<Dispatcher.DispatchOptions, 'origin' | 'path' | 'method'>,
  request: ExchangeRequest,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const one = new Exchange(request, resolve, reject);
    if (one.isOver) return;
    try {
      dispatcher.dispatch({ ...target, ...one.sent() }, one);
    } catch (cause) {
      one.fail('broken', cause);
    }
  });
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
    private readonly request: ExchangeRequest,
    private readonly resolve: (answer: HttpAnswer) => void,
    private readonly reject: (error: Error) => void,
  ) {
    this.#timer = setTimeout(
      () => this.fail('timeout', new Error(`no answer within ${request.timeoutMs} ms`)),
      request.timeoutMs,
    );
    // All lanes share one signal, and all rooms of an account: that many wait for it is no leak, since each lets go of it.
    setMaxListeners(Infinity, request.signal);
    request.signal.addEventListener('abort', this.#onAbort);
    if (request.signal.aborted) this.#onAbort();
  }

  /** What goes out besides; each chunk of a stream shows that it moves. */
  sent(): Pick<Dispatcher.DispatchOptions, 'headers' | 'body'> {
    const { headers, body = null } = this.request;
    if (!(body instanceof StreamedBody)) return { headers: { ...headers }, body };
    return {
      headers: { ...headers, 'content-length': String(body.bytes) },
      // Whatever can be iterated over is a body, but not in undici's types. A Readable would read ahead, and not tell what was sent.
      body: this.#moving(body.stream) as unknown as Readable,
    };
  }

  async *#moving(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      this.#timer.refresh();
      yield chunk;
      giveBack(chunk);
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
