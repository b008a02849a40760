import { givenBytesIn, rangeOf } from '../../formatting/byte-ranges.js';
import type { BridgeError } from '../../model/errors.js';
import { LoginRefused, RoomClosed } from '../../model/errors.js';
import type { Clock } from '../../model/clock.js';
import type { FileStream, WantedBytes } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import { ChatApi } from './api/chat.js';
import { CoreApi } from './api/core.js';
import type { AnyEndpoint, Given } from './api/endpoint.js';
import { callEndpoint, type Answered, type How } from './api/endpoint-call.js';
import { headerOf } from './api/headers.js';
import type { HttpAnswer } from '../../http/exchange.js';
import { KeptBack, TransportError } from '../../http/transport-failure.js';
import { HttpDoor } from './api/http.js';
import { readAnswer, type OcsAnswer, type OcsCall, type OcsDoor } from './api/ocs.js';
import { ParticipantsApi } from './api/participants.js';
import { PollsApi } from './api/polls.js';
import { ReactionsApi } from './api/reactions.js';
import { commonHeaders, requestOf } from './api/request.js';
import { RoomsApi } from './api/rooms.js';
import { ServerFacts } from './api/server-facts.js';
import { talkApi, type TalkApi } from './api/talk-api.js';
import { inBrowser, sessionOf, type Credentials, type Session } from './talk.credentials.js';
import { DeadRooms } from './talk.dead-rooms.js';
import { brokenAnswer, loginClosed, refusalError, transportError } from './talk.errors.js';
import { fileChanged, fileGone } from './talk.file-errors.js';
import { TalkHashes } from './talk.hashes.js';
import type { TalkSettings } from './talk.settings.js';
import { Throttle } from './talk.throttle.js';

const mostDiscarded = 64 * 1024;

type ClientSettings = Pick<
  TalkSettings,
  'url' | 'maxConnections' | 'requestTimeoutMs' | 'deadRoomPauseMs' | 'capabilitiesMaxAgeMs'
>;

/** The account's only way to its server. */
export class TalkClient implements OcsDoor {
  readonly chat = new ChatApi(this);
  readonly reactions = new ReactionsApi(this);
  readonly polls = new PollsApi(this);
  readonly rooms = new RoomsApi(this);
  readonly participants = new ParticipantsApi(this);
  readonly core = new CoreApi(this);
  /** Every endpoint, as a method. */
  readonly api: TalkApi;
  readonly facts: ServerFacts;
  readonly deadRooms: DeadRooms;
  readonly #http: HttpDoor;
  readonly #basePath: string;
  readonly #hashes: TalkHashes;
  readonly #throttle: Throttle;
  #session: Session | undefined;
  /** The cookies that the session began with, where it is known by such. */
  #began: string | undefined;
  #skewMs = 0;

  constructor(
    private readonly settings: ClientSettings,
    private readonly clock: Clock,
    log: Log,
  ) {
    const base = new URL(settings.url);
    this.#basePath = base.pathname.replace(/\/+$/, '');
    this.#http = new HttpDoor(base.origin, { maxConnections: settings.maxConnections });
    this.#throttle = new Throttle(clock, log);
    this.#hashes = new TalkHashes(clock);
    this.deadRooms = new DeadRooms(clock, settings.deadRoomPauseMs);
    this.api = talkApi((endpoint, args, signal, how) => this.call(endpoint, args, signal, how));
    this.facts = new ServerFacts(
      {
        capabilities: (signal) => this.core.capabilities(signal),
        signalingSettings: async (token, signal) => (await this.api.signaling.settings({ token }, signal)).data,
      },
      clock,
      log,
      settings.capabilitiesMaxAgeMs,
      settings.requestTimeoutMs,
    );
  }

  /** Logs in with these from now on. A session that is known by cookies goes on with those that it learned, until it is refused. */
  use(credentials: Credentials): void {
    const isLearning = 'sessionCookie' in credentials && this.#began === credentials.sessionCookie;
    if (isLearning && this.#session?.isRefused === false) return;
    this.#began = 'sessionCookie' in credentials ? credentials.sessionCookie : undefined;
    this.#session = sessionOf(credentials);
  }

  /** Asks one endpoint. Throws MessageRefused, without asking, where the server lacks the capability that it needs. */
  async call(endpoint: AnyEndpoint, args: Given, signal: AbortSignal, how?: How): Promise<Answered<unknown>> {
    await this.facts.require(endpoint);
    return callEndpoint(this, endpoint, args, signal, how);
  }

  /** What the server's clock is ahead of ours, in milliseconds, to about a second. */
  get skewMs(): number {
    return this.#skewMs;
  }

  async ask(call: OcsCall): Promise<OcsAnswer> {
    return this.#ask(call, call.isAnonymous === true ? this.#nobody() : this.#open());
  }

  /** A door of the same login that keeps cookies, as a browser does: for what stands on them. Requests through it wait for one another. */
  browser(): OcsDoor {
    let login: Session | undefined;
    let session: Session | undefined;
    return {
      ask: async (call) => {
        const now = this.#open();
        if (session === undefined || login !== now) session = inBrowser(now);
        login = now;
        return this.#ask(call, session);
      },
    };
  }

  async #ask(call: OcsCall, session: Session): Promise<OcsAnswer> {
    if (call.token !== undefined) this.deadRooms.check(call.token);
    const answer = await this.#exchange(call, session);
    this.#notice(call, session, answer);
    try {
      const read = readAnswer(call, answer);
      if (call.token !== undefined) this.deadRooms.found(call.token);
      this.#throttle.notice(answer.headers, 'answered');
      return read;
    } catch (error) {
      throw this.#refused(error, call, session, answer);
    }
  }

  /**
   * The same server for somebody else. What is refused to that one closes neither the account nor its rooms; a server that slows
   * the address down slows all down.
   */
  as(session: Session): OcsDoor {
    return {
      ask: async (call) => {
        if (session.isRefused) throw loginClosed();
        this.#throttle.check();
        const answer = await this.#exchange(call, session);
        this.#learnCookies(session, answer);
        try {
          const read = readAnswer(call, answer);
          this.#throttle.notice(answer.headers, 'answered');
          return read;
        } catch (error) {
          if (error instanceof LoginRefused) session.isRefused = true;
          this.#throttle.notice(answer.headers, 'refused');
          throw error;
        }
      },
    };
  }

  /**
   * A picture or another file, as it comes. Throws TargetGone where there is none. `etag`: of what is meant; throws NetworkUnavailable where
   * something else is there by now.
   */
  async openFile(
    path: string,
    signal: AbortSignal,
    { wanted, etag }: { readonly wanted?: WantedBytes | undefined; readonly etag?: string | undefined } = {},
  ): Promise<FileStream & { readonly isCustom: boolean; readonly version: string }> {
    const session = this.#open();
    const answer = await this.#http
      .stream({
        method: 'GET',
        path: this.#basePath + path,
        headers: {
          ...commonHeaders,
          ...session.headers(),
          ...(wanted === undefined ? {} : { range: rangeOf(wanted) }),
          ...(etag === undefined ? {} : { 'if-match': etag }),
        },
        timeoutMs: this.settings.requestTimeoutMs,
        signal,
      })
      .catch((cause: unknown) => {
        throw asBridgeError('read', cause);
      });
    const mime = headerOf(answer.headers, 'content-type') ?? 'application/octet-stream';
    const part = answer.status === 206 ? givenBytesIn(answer.headers['content-range']) : undefined;
    const isGiven = answer.status === 200 || part !== undefined;
    this.#throttle.notice(answer.headers, isGiven ? 'answered' : 'refused');
    if (!isGiven) {
      await discard(answer.body);
      if (answer.status === 404) throw fileGone();
      if (answer.status === 412 && etag !== undefined) throw fileChanged();
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
      ...(part === undefined ? {} : { part }),
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
    this.#throttle.check();
    return this.#session;
  }

  #nobody(): Session {
    this.#throttle.check();
    return sessionOf({ sessionCookie: '' });
  }

  async #exchange(call: OcsCall, session: Session): Promise<HttpAnswer> {
    const { requestTimeoutMs: timeoutMs } = this.settings;
    const request = requestOf(call, { basePath: this.#basePath, headers: session.headers(), timeoutMs });
    try {
      return await this.#http.exchange(request);
    } catch (cause) {
      throw asBridgeError(call.act, cause);
    }
  }

  /** Learns from an answer's headers: cookies, the server's clock, and whether what it can has changed. */
  #notice(call: OcsCall, session: Session, answer: HttpAnswer): void {
    this.#learnCookies(session, answer);
    const date = Date.parse(headerOf(answer.headers, 'date') ?? '');
    if (!Number.isNaN(date)) this.#skewMs = date - this.clock.now().getTime();
    if (this.#hashes.hasChanged(call, answer.headers)) this.facts.renew();
  }

  #learnCookies(session: Session, { headers: { 'set-cookie': setCookie } }: HttpAnswer): void {
    if (setCookie !== undefined) session.learn([setCookie].flat());
  }

  /** What a refusal means for the calls to come. */
  #refused(error: unknown, call: OcsCall, session: Session, answer: HttpAnswer): unknown {
    if (error instanceof LoginRefused) session.isRefused = true;
    if (error instanceof RoomClosed && error.reason === 'gone' && call.token !== undefined)
      this.deadRooms.missed(call.token);
    this.#throttle.notice(answer.headers, 'refused');
    return error;
  }
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

/** What is no longer than a refusal is read, so that the connection serves again; what is longer ends with it. */
async function discard(body: AsyncIterable<Uint8Array>): Promise<void> {
  let bytes = 0;
  for await (const chunk of body) if ((bytes += chunk.length) > mostDiscarded) return;
}
