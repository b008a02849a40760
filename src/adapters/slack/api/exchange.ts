import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { TransportFailure } from '../slack.errors.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | StreamedBody;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called right before the request is written to its connection; what it throws keeps the request back. */
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

const maxAnswerBytes = 32 * 1024 * 1024;

/** One request on its way. Knows at each moment whether it has begun to go out. */
export class Exchange implements Dispatcher.DispatchHandler {
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
    this.#timer = setTimeout(() => {
      this.#fail('timeout', new Error(`no answer within ${request.timeoutMs} ms`));
    }, request.timeoutMs);
    request.signal.addEventListener('abort', this.#onAbort);
    if (request.signal.aborted) this.#onAbort();
  }

  /** What goes out besides; each chunk of a stream shows that it moves. */
  sent(): Pick<Dispatcher.DispatchOptions, 'headers' | 'body'> {
    const { headers, body = null } = this.request;
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

  readonly #onAbort = (): void => {
    this.#fail('aborted', this.request.signal.reason);
  };

  /** Called when a connection is ready, right before the request is written to it. */
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
    if (this.#bytes > maxAnswerBytes) {
      this.#fail('tooLarge', new Error(`more than ${maxAnswerBytes} bytes`));
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
    this.#fail('broken', cause);
  }

  #fail(how: TransportFailure['how'], cause: unknown): void {
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
