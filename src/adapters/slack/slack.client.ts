import type { WebClient } from '@slack/web-api';
import { Agent } from 'undici';
import { givenBytesIn, rangeOf } from '../../formatting/byte-ranges.js';
import type { Clock } from '../../model/clock.js';
import { LoginRefused, RateLimited } from '../../model/errors.js';
import type { FileStream, OpenedFile, WantedBytes } from '../../model/network-adapter.js';
import { quiet } from './api/quiet.js';
import { keptConnections } from '../../http/connections.js';
import { exchange, type ExchangeRequest, type HttpAnswer, StreamedBody } from '../../http/exchange.js';
import { type Asked, failedBy, headersOf, parseObject, refusedBy, textIn, translated } from './slack.answers.js';
import { brokenAnswer, fileGone, loginClosed, notInstalled, pausedError, transportError } from './slack.errors.js';
import { BoundedMap } from '../../model/bounded-map.js';
import { isObject, type JsonObject } from './slack.payloads.js';
import type { SlackSettings } from './slack.settings.js';

/** What a call that may have its effect needs to know of its delivery. */
export interface Writing {
  readonly signal: AbortSignal;
  beforeSend?(): void;
}

export interface SlackCall extends Writing, Asked {
  /** `chat.postMessage` */
  readonly method: string;
  /** Words of refusal that are as good as an answer. */
  readonly accepts?: readonly string[];
  /** Where Slack counts calls of this method by channel: which one. Absent: it counts them all together. */
  readonly place?: string;
  /** Default: `requestTimeoutMs`. */
  readonly timeoutMs?: number;
}

/** A client of the SDK, which takes longer to make than most calls do, and its one call at a time. */
interface Line {
  readonly client: WebClient;
  call: SlackCall | undefined;
}

interface Session {
  readonly token: string;
  isRefused: boolean;
}

const maxAnswerBytes = 32 * 1024 * 1024;
const mostPauses = 10_000;
/** The bot's, the app's, and nobody's. */
const mostTokens = 3;

/**
 * The account's one door to Slack. The SDK repeats nothing, waits for nothing and pauses nothing: what a request may have done is
 * for its caller to know, and a pause that one channel was asked for is no other's.
 */
export class SlackClient {
  #agent: Agent | undefined;
  #fileAgent: Agent | undefined;
  #session: Session | undefined;
  /** By method and place, when the pause that Slack asked for is over. */
  readonly #pauses = new BoundedMap<string, number>(mostPauses);
  /** By token: those of an account that logged in anew are left behind. */
  readonly #idle = new BoundedMap<string, Line[]>(mostTokens);
  #skewMs = 0;

  constructor(
    private readonly settings: Pick<SlackSettings, 'apiUrl' | 'appToken' | 'maxConnections' | 'requestTimeoutMs'>,
    private readonly clock: Clock,
  ) {}

  /** Logs in with this token of a bot from now on. */
  use(token: string): void {
    this.#session = { token, isRefused: false };
  }

  /** Nothing is asked any more before somebody logs in anew. */
  refuse(): void {
    if (this.#session !== undefined) this.#session.isRefused = true;
  }

  /** How much later Slack's clock is than ours, as its last answer told; exact to a second. */
  get skewMs(): number {
    return this.#skewMs;
  }

  /** The answer, where it says `ok`, or refuses with a word that is accepted. Throws a BridgeError else. */
  async ask(call: SlackCall): Promise<JsonObject> {
    const { method, args, by = 'bot' } = call;
    const session = by === 'bot' ? this.#open() : undefined;
    const token = session?.token ?? (by === 'app' ? this.settings.appToken : undefined);
    this.#checkPause(call);
    // It takes a tenth of a second to load, and only those who have a Slack need it.
    const { WebClient, WebAPIPlatformError, WebAPIRequestError } = await import('@slack/web-api');
    const line = this.#idle.get(token ?? '')?.pop() ?? this.#newLine(WebClient, token);
    line.call = call;
    try {
      return (await line.client.apiCall(method, { ...args })) as unknown as JsonObject;
    } catch (thrown) {
      const cause: unknown = thrown instanceof WebAPIRequestError ? thrown.original : thrown;
      const data: unknown = cause instanceof WebAPIPlatformError ? cause.data : undefined;
      if (isObject(data) && call.accepts?.includes(textIn(data, 'error')) === true) return data;
      const refused = isObject(data) ? refusedBy(call, data) : undefined;
      throw this.#noted(refused ?? translated(call.act, cause), call, session);
    } finally {
      this.#giveBack(line, token);
    }
  }

  #giveBack(line: Line, token = ''): void {
    line.call = undefined;
    const idle = this.#idle.get(token) ?? [];
    idle.push(line);
    this.#idle.set(token, idle);
  }

  #newLine(client: typeof WebClient, token: string | undefined): Line {
    const line: Line = {
      call: undefined,
      client: new client(token, {
        slackApiUrl: this.settings.apiUrl,
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        logger: quiet,
        allowAbsoluteUrls: false,
        fetch: (url, init) => {
          if (line.call === undefined) throw new Error('nothing was asked');
          return this.#fetch(line.call, new URL(url), init ?? {});
        },
      }),
    };
    return line;
  }

  /**
   * A file, as it comes. `own`: with our token, which only Slack itself is to see. `emoji`: from where Slack keeps those, and nowhere
   * else. Throws TargetGone where there is none.
   */
  async open(
    address: string,
    whose: 'own' | 'public' | 'emoji',
    signal: AbortSignal,
    wanted?: WantedBytes,
  ): Promise<FileStream> {
    const url = new URL(address);
    // A file may lie elsewhere, and Slack only know its address.
    if (whose === 'own' && !this.#isSlacks(url)) throw fileGone();
    if (whose === 'emoji' && !this.#isSlacks(url) && !isEmojiStore(url)) throw fileGone();
    const token = whose === 'own' ? this.#open().token : undefined;
    const answer = await this.#files()
      .request({
        method: 'GET',
        origin: url.origin,
        path: url.pathname + url.search,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(wanted === undefined ? {} : { range: rangeOf(wanted) }),
        },
        signal,
        headersTimeout: this.settings.requestTimeoutMs,
        bodyTimeout: this.settings.requestTimeoutMs,
      })
      .catch((cause: unknown) => {
        throw transportError('read', { how: signal.aborted ? 'aborted' : 'broken', wentOut: true, cause });
      });
    const { statusCode: status, headers, body } = answer;
    const part = status === 206 ? givenBytesIn(headers['content-range']) : undefined;
    if (status !== 200 && part === undefined) {
      await body.dump();
      if (status === 404 || status === 410) throw fileGone();
      // Whoever may not read it is sent to a page to log in.
      throw brokenAnswer('read', `${String(status)} in place of a file`, status);
    }
    const bytes = Number(headers['content-length']);
    const mime = headers['content-type'];
    return {
      mime: typeof mime === 'string' ? mime : 'application/octet-stream',
      ...(Number.isSafeInteger(bytes) ? { bytes } : {}),
      ...(part === undefined ? {} : { part }),
      body,
    };
  }

  /** Sends a file to where Slack awaits it. The address is its own permission: no token goes there. */
  async upload(address: string, { body, bytes }: OpenedFile, { signal, beforeSend }: Writing): Promise<void> {
    const url = new URL(address);
    if (!this.#isSlacks(url)) throw brokenAnswer('read', 'with an address that is not its own');
    const { status } = await this.#exchange(url, {
      headers: { 'content-type': 'application/octet-stream' },
      body: new StreamedBody(body, bytes),
      timeoutMs: this.settings.requestTimeoutMs,
      signal,
      ...(beforeSend === undefined ? {} : { beforeSend: () => beforeSend() }),
    }).catch((error: unknown) => {
      throw translated('read', error);
    });
    if (status !== 200) throw brokenAnswer('read', `${String(status)} to an upload`, status);
  }

  /** Lets go of the connections when their requests are answered; a later call makes new ones. */
  async rest(): Promise<void> {
    const agents = [this.#agent, this.#fileAgent];
    this.#agent = undefined;
    this.#fileAgent = undefined;
    await Promise.all(agents.flatMap((agent) => (agent === undefined ? [] : [agent.close()])));
  }

  #isSlacks({ origin, protocol, hostname }: URL): boolean {
    if (origin === new URL(this.settings.apiUrl).origin) return true;
    return protocol === 'https:' && /(?:^|\.)slack(?:-gov)?\.com$/.test(hostname);
  }

  #open(): Session {
    if (this.#session === undefined) throw notInstalled();
    if (this.#session.isRefused) throw loginClosed();
    return this.#session;
  }

  #checkPause(call: SlackCall): void {
    const leftMs = (this.#pauses.get(pauseKey(call)) ?? 0) - this.clock.monotonicMs();
    if (leftMs > 0) throw pausedError(Math.ceil(leftMs));
  }

  /** What a failure means for the calls to come. */
  #noted(error: unknown, call: SlackCall, session: Session | undefined): unknown {
    if (error instanceof LoginRefused && session !== undefined) session.isRefused = true;
    if (error instanceof RateLimited) {
      const { retry } = error.failure;
      const afterMs = typeof retry === 'object' ? retry.afterMs : 0;
      this.#pauses.set(pauseKey(call), this.clock.monotonicMs() + afterMs);
    }
    return error;
  }

  async #fetch(call: SlackCall, url: URL, init: { readonly headers?: unknown; readonly body?: unknown }) {
    const { beforeSend } = call;
    const sentAtMs = this.clock.now().getTime();
    const answer = await this.#exchange(url, {
      headers: init.headers as Record<string, string>,
      body: String(init.body),
      timeoutMs: call.timeoutMs ?? this.settings.requestTimeoutMs,
      signal: call.signal,
      ...(beforeSend === undefined ? {} : { beforeSend: () => beforeSend() }),
    });
    const { status, headers, body } = answer;
    this.#compareClocks(headers.date, sentAtMs);
    const json = parseObject(body);
    if (status !== 200) throw failedBy(call, answer, json);
    if (json === undefined) throw brokenAnswer(call.act, `${String(status)} without JSON`);
    return new Response(body, { status, headers: headersOf(headers) });
  }

  #exchange(url: URL, request: Omit<ExchangeRequest, 'maxBytes'>): Promise<HttpAnswer> {
    const target = { method: 'POST', origin: url.origin, path: url.pathname + url.search } as const;
    const agent = request.body instanceof StreamedBody ? this.#files() : this.#connections();
    return exchange(agent, target, { ...request, maxBytes: maxAnswerBytes });
  }

  #connections(): Agent {
    this.#agent ??= this.#newAgent(this.settings.maxConnections);
    return this.#agent;
  }

  /** Files take long: they have connections of their own, and keep nothing else waiting, nor one another. */
  #files(): Agent {
    this.#fileAgent ??= this.#newAgent(null);
    return this.#fileAgent;
  }

  #newAgent(connections: number | null): Agent {
    return new Agent({ ...keptConnections, connections });
  }

  #compareClocks(date: string | undefined, sentAtMs: number): void {
    const theirsMs = Date.parse(date ?? '');
    if (Number.isNaN(theirsMs)) return;
    // The header is cut to whole seconds, and was made between sending and now.
    this.#skewMs = theirsMs + 500 - (sentAtMs + this.clock.now().getTime()) / 2;
  }
}

/** Pictures of emoji lie with what Slack shows to everybody. */
function isEmojiStore({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' && /(?:^|\.)slack-edge(?:-gov)?\.com$/.test(hostname);
}

function pauseKey({ method, place = '' }: SlackCall): string {
  return `${method} ${place}`;
}
