import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { type Act, transportError, type TransportFailure } from '../matrix.errors.js';

export interface MatrixCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** With the prefix, for example `/_matrix/client/v3/join/…`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Sent as JSON; a buffer or a stream as it is. */
  readonly body?: unknown;
  readonly contentType?: string;
  /** The user in whose name; our own user where there is none. */
  readonly user?: string;
  readonly act: Act;
  readonly signal: AbortSignal;
  /** Default: `requestTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Called right before the request is written to its connection; what it throws keeps the request back and is thrown. */
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

const maxAnswerBytes = 64 * 1024 * 1024;

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
    private readonly call: MatrixCall,
    timeoutMs: number,
    private readonly resolve: (answer: HttpAnswer) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.#timer = setTimeout(() => {
      this.#fail('timeout', new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    call.signal.addEventListener('abort', this.#onAbort);
    if (call.signal.aborted) this.#onAbort();
  }

  readonly #onAbort = (): void => {
    this.#fail('aborted', this.call.signal.reason);
  };

  /** Called when a connection is ready, right before the request is written to it. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.isOver) {
      controller.abort(new Error('no longer wanted'));
      return;
    }
    try {
      this.call.beforeSend?.();
    } catch (reason) {
      this.#end();
      this.reject(reason);
      controller.abort(new Error('kept back'));
      return;
    }
    this.#wentOut = true;
  }

  /** The chunks of a body, each of which shows that it moves. */
  async *moving(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      this.#timer.refresh();
      yield chunk;
    }
    this.#timer.refresh();
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
    this.reject(transportError(this.call.act, { how, wentOut: this.#wentOut, cause }));
    this.#controller?.abort(new Error(how));
  }

  #end(): void {
    this.isOver = true;
    clearTimeout(this.#timer);
    this.call.signal.removeEventListener('abort', this.#onAbort);
  }
}
