import type { IncomingHttpHeaders } from 'node:http';
import { Pool } from 'undici';
import { keptConnections } from '../../../http/connections.js';
import { exchange, type ExchangeRequest, type HttpAnswer, StreamedBody } from '../../../http/exchange.js';
import { TransportError } from '../../../http/transport-failure.js';
import type { HttpMethod } from './endpoint.js';

export interface HttpRequest extends ExchangeRequest {
  readonly method: HttpMethod;
  /** With the query. */
  readonly path: string;
  /** Held requests have connections of their own, so that they keep no others waiting; so have files, which take long. */
  readonly isHeld: boolean;
}

export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The connections to one server: kept alive, without cookies, certificates verified, every answer bounded. */
export class HttpDoor {
  #pools: { readonly calls: Pool; readonly held: Pool } | undefined;

  constructor(
    private readonly origin: string,
    private readonly options: { readonly maxConnections: number },
  ) {}

  /** Throws TransportError, or KeptBack with what `beforeSend` threw. */
  exchange(request: HttpRequest): Promise<HttpAnswer> {
    const { method, path } = request;
    const isLong = request.isHeld || request.body instanceof StreamedBody;
    return exchange(isLong ? this.#open().held : this.#open().calls, { method, path }, request);
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
    this.#pools = {
      calls: new Pool(this.origin, { ...keptConnections, connections: this.options.maxConnections }),
      held: new Pool(this.origin, { ...keptConnections, connections: null }),
    };
    return this.#pools;
  }
}
