import type { IncomingHttpHeaders } from 'node:http';
import { Pool } from 'undici';
import { givenBytesIn, rangeOf } from '../../formatting/byte-ranges.js';
import type { Clock } from '../../model/clock.js';
import type { FileStream, WantedBytes } from '../../model/network-adapter.js';
import { keptConnections } from '../../http/connections.js';
import { exchange, type HttpAnswer, StreamedBody } from '../../http/exchange.js';
import { KeptBack, TransportError } from '../../http/transport-failure.js';
import type { MatrixCall } from './api/matrix-call.js';
import { type About, brokenAnswer, type Refusal, refusalError, transportError } from './matrix.errors.js';
import { isObject, type JsonObject } from './matrix.payloads.js';
import type { MatrixSettings } from './matrix.settings.js';

export type MatrixAnswer = { readonly body: JsonObject } | { readonly refusal: Refusal };

const maxAnswerBytes = 64 * 1024 * 1024;

/** The one door to a homeserver: kept connections, every answer bounded in time and size, nothing repeated by itself. */
export class MatrixClient {
  readonly #origin: string;
  readonly #prefix: string;
  #pool: Pool | undefined;
  #filePool: Pool | undefined;
  #skewMs = 0;

  constructor(
    private readonly settings: MatrixSettings,
    private readonly clock: Clock,
  ) {
    const url = new URL(settings.homeserver);
    this.#origin = url.origin;
    this.#prefix = url.pathname.replace(/\/$/, '');
  }

  /** How much later the homeserver's clock is than ours, as its last answer told; exact to a second. */
  get skewMs(): number {
    return this.#skewMs;
  }

  /** Throws a BridgeError where no answer of a homeserver came; a refusal in its own words is returned. */
  async call(call: MatrixCall): Promise<MatrixAnswer> {
    const { status, headers, body } = await this.#exchange(call);
    if (status >= 200 && status < 300) {
      const json = parseObject(body);
      if (json === undefined) throw brokenAnswer(call.act, `${status} without JSON`);
      return { body: json };
    }
    const json = parseObject(body);
    return { refusal: { status, errcode: textIn(json, 'errcode'), retryAfterMs: pauseIn(json, headers) } };
  }

  /** As `call`; throws for refusals too. */
  async get(call: MatrixCall, about: About): Promise<JsonObject> {
    const answer = await this.call(call);
    if ('refusal' in answer) throw refusalError(answer.refusal, about, call.act);
    return answer.body;
  }

  /** A body that is read as it comes. */
  async stream(
    path: string,
    signal: AbortSignal,
    wanted?: WantedBytes,
  ): Promise<FileStream | { readonly refusal: Refusal }> {
    try {
      const answer = await this.#files().request({
        method: 'GET',
        path: this.#prefix + path,
        headers: {
          authorization: `Bearer ${this.settings.asToken}`,
          ...(wanted === undefined ? {} : { range: rangeOf(wanted) }),
        },
        signal,
        headersTimeout: this.settings.requestTimeoutMs,
        bodyTimeout: this.settings.requestTimeoutMs,
      });
      const { statusCode: status, headers, body } = answer;
      const part = status === 206 ? givenBytesIn(headers['content-range']) : undefined;
      if (status !== 200 && part === undefined) {
        const json = parseObject(Buffer.from(await body.arrayBuffer()));
        return { refusal: { status, errcode: textIn(json, 'errcode'), retryAfterMs: pauseIn(json, headers) } };
      }
      const bytes = Number(headers['content-length']);
      const mime = headers['content-type'];
      return {
        mime: typeof mime === 'string' ? mime : 'application/octet-stream',
        ...(Number.isSafeInteger(bytes) ? { bytes } : {}),
        ...(part === undefined ? {} : { part }),
        body,
      };
    } catch (cause) {
      throw transportError('read', { how: signal.aborted ? 'aborted' : 'broken', wentOut: true, cause });
    }
  }

  /** Lets go of the connections when their requests are answered; a later call makes new ones. */
  async rest(): Promise<void> {
    const pools = [this.#pool, this.#filePool];
    this.#pool = undefined;
    this.#filePool = undefined;
    await Promise.all(pools.flatMap((pool) => (pool === undefined ? [] : [pool.close()])));
  }

  #connections(): Pool {
    this.#pool ??= this.#newPool(this.settings.maxConnections);
    return this.#pool;
  }

  /** Files take long: they have connections of their own, and keep nothing else waiting, nor one another. */
  #files(): Pool {
    this.#filePool ??= this.#newPool(null);
    return this.#filePool;
  }

  #newPool(connections: number | null): Pool {
    return new Pool(this.#origin, { ...keptConnections, connections });
  }

  async #exchange(call: MatrixCall): Promise<HttpAnswer> {
    const sentAtMs = this.clock.now().getTime();
    const { method, signal, beforeSend } = call;
    const body = bodyOf(call);
    const answer = await exchange(
      body instanceof StreamedBody ? this.#files() : this.#connections(),
      { method, path: this.#prefix + call.path + queryOf(call) },
      {
        headers: {
          authorization: `Bearer ${this.settings.asToken}`,
          ...(body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
        timeoutMs: call.timeoutMs ?? this.settings.requestTimeoutMs,
        maxBytes: maxAnswerBytes,
        signal,
        ...(beforeSend === undefined ? {} : { beforeSend: () => beforeSend() }),
      },
    ).catch((error: unknown) => {
      // What `beforeSend` threw is the caller's own and goes back as it is.
      if (error instanceof KeptBack) throw error.cause;
      throw error instanceof TransportError ? transportError(call.act, error.failure) : error;
    });
    this.#compareClocks(answer.headers.date, sentAtMs);
    return answer;
  }

  #compareClocks(date: string | undefined, sentAtMs: number): void {
    const theirsMs = Date.parse(date ?? '');
    if (Number.isNaN(theirsMs)) return;
    // The header is cut to whole seconds, and was made between sending and now.
    this.#skewMs = theirsMs + 500 - (sentAtMs + this.clock.now().getTime()) / 2;
  }
}

function bodyOf({ body }: MatrixCall): string | Buffer | StreamedBody | undefined {
  if (body === undefined || Buffer.isBuffer(body) || body instanceof StreamedBody) return body;
  return JSON.stringify(body);
}

function queryOf({ query = {}, user }: MatrixCall): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of typeof value === 'string' ? [value] : (value ?? [])) params.append(name, each);
  }
  if (user !== undefined) params.append('user_id', user);
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

function parseObject(body: Buffer): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'));
    return isObject(json) ? json : undefined;
  } catch {
    // A page of a proxy, or half of an answer: the caller says what that means.
    return undefined;
  }
}

function textIn(json: JsonObject | undefined, field: string): string {
  const value = json?.[field];
  return typeof value === 'string' ? value : '';
}

/** How long to pause: `retry_after_ms` of the answer or, since 1.10, its header in seconds or as a date. */
function pauseIn(json: JsonObject | undefined, headers: IncomingHttpHeaders): number | undefined {
  const inBody = json?.['retry_after_ms'];
  if (typeof inBody === 'number' && inBody >= 0) return inBody;
  const header = headers['retry-after'];
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.parse(headers.date ?? '');
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** What the homeserver is to know of Crosstalk. */
export interface RegistrationFile {
  readonly id: string;
  /** Absent: nothing is told to us. */
  readonly url?: string;
  readonly asToken: string;
  readonly hsToken: string;
  readonly senderLocalpart: string;
  /** Expressions that match the ids of users and aliases which nobody else may have; `shared`: others have them. */
  readonly users: readonly string[];
  readonly aliases: readonly string[];
  readonly names: 'ours' | 'shared';
}

/** Has the library check and arrange a registration. Loaded when it is asked for: it takes a second, and nothing else needs it. */
export async function arrangeRegistration(file: RegistrationFile): Promise<JsonObject> {
  const { AppServiceRegistration } = await import('matrix-appservice-bridge');
  const registration = new AppServiceRegistration(file.url ?? null);
  registration.setId(file.id);
  registration.setHomeserverToken(file.hsToken);
  registration.setAppServiceToken(file.asToken);
  registration.setSenderLocalpart(file.senderLocalpart);
  registration.setRateLimited(false);
  const isOurs = file.names === 'ours';
  for (const regex of file.users) registration.addRegexPattern('users', regex, isOurs);
  for (const regex of file.aliases) registration.addRegexPattern('aliases', regex, isOurs);
  if (file.url === undefined) return { ...registration.getOutput(), url: null };
  registration.pushEphemeral = true;
  return { ...registration.getOutput(), receive_ephemeral: true };
}
