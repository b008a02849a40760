import { setMaxListeners } from 'node:events';
import type { BridgeError } from '../../model/errors.js';
import { LoginRefused, RoomClosed } from '../../model/errors.js';
import type { Clock } from '../../model/clock.js';
import type { FileStream } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import { ChatApi } from './api/chat.js';
import { CoreApi } from './api/core.js';
import { multipart } from './api/form.js';
import { HttpDoor, KeptBack, TransportError, type HttpAnswer } from './api/http.js';
import { headerOf, readAnswer, type OcsAnswer, type OcsCall, type OcsDoor } from './api/ocs.js';
import { ParticipantsApi } from './api/participants.js';
import { ReactionsApi } from './api/reactions.js';
import { RoomsApi } from './api/rooms.js';
import { DeadRooms } from './talk.dead-rooms.js';
import { brokenAnswer, fileGone, loginClosed, pausedError, refusalError, transportError } from './talk.errors.js';
import type { TalkSettings } from './talk.settings.js';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

interface Session {
  readonly authorization: string;
  isRefused: boolean;
}

const maxAnswerBytes = 16 * 1024 * 1024;
const longestThrottleMs = 60_000;
const throttledHeader = 'x-nextcloud-bruteforce-throttled';
const hashHeader = 'x-nextcloud-talk-hash';

/** The account's only way to its server. Keeps no cookies: requests that share a session wait for one another. */
export class TalkClient implements OcsDoor {
  readonly chat = new ChatApi(this);
  readonly reactions = new ReactionsApi(this);
  readonly rooms = new RoomsApi(this);
  readonly participants = new ParticipantsApi(this);
  readonly core = new CoreApi(this);
  readonly deadRooms: DeadRooms;
  readonly #http: HttpDoor;
  readonly #basePath: string;
  readonly #hashes = new Map<string, string>();
  #session: Session | undefined;
  #pausedUntilMs = 0;
  #skewMs = 0;
  #talkChanged: () => void = () => undefined;

  constructor(
    private readonly settings: Pick<TalkSettings, 'url' | 'maxConnections' | 'requestTimeoutMs' | 'deadRoomPauseMs'>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    const base = new URL(settings.url);
    this.#basePath = base.pathname.replace(/\/+$/, '');
    this.#http = new HttpDoor(base.origin, { maxConnections: settings.maxConnections });
    this.deadRooms = new DeadRooms(clock, settings.deadRoomPauseMs);
  }

  /** Logs in with these from now on. */
  use({ user, password }: Credentials): void {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
    this.#session = { authorization, isRefused: false };
  }

  /** What the server's clock is ahead of ours, in milliseconds, to about a second. */
  get skewMs(): number {
    return this.#skewMs;
  }

  /** Calls `listener` when the server says that what it can has changed. */
  onTalkChanged(listener: () => void): void {
    this.#talkChanged = listener;
  }

  async ask(call: OcsCall): Promise<OcsAnswer> {
    const session = this.#open();
    if (call.token !== undefined) this.deadRooms.check(call.token);
    const answer = await this.#exchange(call, session);
    this.#notice(call, answer);
    try {
      const read = readAnswer(call.act, answer);
      if (call.token !== undefined) this.deadRooms.found(call.token);
      return read;
    } catch (error) {
      throw this.#refused(error, call, session, answer);
    }
  }

  /** A picture, as it comes. Throws TargetGone where there is none. */
  async openPicture(
    path: string,
    signal: AbortSignal,
  ): Promise<FileStream & { readonly isCustom: boolean; readonly version: string }> {
    const session = this.#open();
    const answer = await this.#http
      .stream({
        method: 'GET',
        path: this.#basePath + path,
        headers: this.#headers(session),
        timeoutMs: this.settings.requestTimeoutMs,
        signal,
      })
      .catch((cause: unknown) => {
        throw asBridgeError('read', cause);
      });
    const mime = headerOf(answer.headers, 'content-type') ?? 'application/octet-stream';
    if (answer.status !== 200) {
      await discard(answer.body);
      if (answer.status === 404) throw fileGone();
      const isPage = mime.includes('html');
      const error = refusalError('read', {
        status: answer.status,
        word: '',
        isOfEndpoint: false,
        ocsStatus: undefined,
        isPage,
        retryAfterMs: undefined,
      });
      if (error instanceof LoginRefused) session.isRefused = true;
      throw error;
    }
    const length = headerOf(answer.headers, 'content-length');
    return {
      mime,
      ...(length === undefined ? {} : { bytes: Number(length) }),
      body: translated(answer.body),
      isCustom: headerOf(answer.headers, 'x-nc-iscustomavatar') === '1',
      version: headerOf(answer.headers, 'etag') ?? headerOf(answer.headers, 'last-modified') ?? length ?? '',
    };
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  #open(): Session {
    if (this.#session === undefined || this.#session.isRefused) throw loginClosed();
    const leftMs = this.#pausedUntilMs - this.clock.monotonicMs();
    if (leftMs > 0) throw pausedError(Math.ceil(leftMs));
    return this.#session;
  }

  async #exchange(call: OcsCall, session: Session): Promise<HttpAnswer> {
    const isHeld = call.heldMs !== undefined;
    const content = contentOf(call);
    setMaxListeners(0, call.signal);
    try {
      return await this.#http.exchange({
        method: call.method,
        path: this.#basePath + call.path + queryOf(call.query),
        headers: {
          ...this.#headers(session),
          ...(content === undefined ? {} : { 'content-type': content.contentType }),
        },
        ...(content === undefined ? {} : { body: content.body }),
        isHeld,
        timeoutMs: this.settings.requestTimeoutMs + (call.heldMs ?? 0),
        maxBytes: call.maxBytes ?? maxAnswerBytes,
        signal: call.signal,
        ...(call.beforeSend === undefined ? {} : { beforeSend: call.beforeSend }),
      });
    } catch (cause) {
      throw asBridgeError(call.act, cause);
    }
  }

  #headers(session: Session): Record<string, string> {
    return {
      authorization: session.authorization,
      'ocs-apirequest': 'true',
      accept: 'application/json',
      'user-agent': 'Crosstalk',
    };
  }

  /** Learns from an answer's headers: the server's clock, and whether what it can has changed. */
  #notice(call: OcsCall, answer: HttpAnswer): void {
    const date = Date.parse(headerOf(answer.headers, 'date') ?? '');
    if (!Number.isNaN(date)) this.#skewMs = date - this.clock.now().getTime();
    const hash = headerOf(answer.headers, hashHeader);
    if (hash === undefined) return;
    // The hash differs by endpoint at one and the same time: only a change at the same one means something.
    const endpoint = `${call.method} ${call.path.replaceAll(call.token ?? '\0', '{token}').replaceAll(/\d+/g, '{id}')}`;
    const known = this.#hashes.get(endpoint);
    this.#hashes.set(endpoint, hash);
    if (known !== undefined && known !== hash) this.#talkChanged();
  }

  /** What a refusal means for the calls to come. */
  #refused(error: unknown, call: OcsCall, session: Session, answer: HttpAnswer): unknown {
    if (error instanceof LoginRefused) session.isRefused = true;
    if (error instanceof RoomClosed && error.reason === 'gone' && call.token !== undefined)
      this.deadRooms.missed(call.token);
    const throttledMs = Number.parseInt(headerOf(answer.headers, throttledHeader) ?? '', 10);
    if (throttledMs > 0) {
      const pauseMs = Math.min(throttledMs, longestThrottleMs);
      this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.clock.monotonicMs() + pauseMs);
      this.log.warn({ pauseMs }, 'slowed down by the server');
    }
    return error;
  }
}

function contentOf({
  body,
  file,
}: OcsCall): { readonly contentType: string; readonly body: string | Buffer } | undefined {
  if (file !== undefined) return multipart(file);
  return body === undefined ? undefined : { contentType: 'application/json', body: JSON.stringify(body) };
}

function queryOf(query: OcsCall['query']): string {
  if (query === undefined) return '';
  return `?${new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
}

function asBridgeError(act: OcsCall['act'], cause: unknown): BridgeError {
  // What `beforeSend` threw is the caller's own and goes back as it is.
  if (cause instanceof KeptBack) throw cause.cause;
  return cause instanceof TransportError
    ? transportError(act, cause.failure)
    : brokenAnswer(act, 'in no understandable way', cause);
}

/** The same bytes; what breaks on the way is an error of ours. */
async function* translated(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw transportError('read', { how: 'broken', wentOut: true, cause });
  }
}

async function discard(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of body) if (chunk.length > maxAnswerBytes) return;
}
