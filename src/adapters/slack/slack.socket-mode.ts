import { WebSocket } from 'ws';
import type { Clock } from '../../model/clock.js';
import { LoginRefused, RateLimited } from '../../model/errors.js';
import type { Log } from '../../model/network-definition.js';
import type { AppApi } from './api/app.api.js';
import { loginRefused } from './slack.errors.js';
import { isObject, type JsonObject } from './slack.payloads.js';

/** What came over a WebSocket and is to be acknowledged, with an answer where it wants one. */
export interface SocketEnvelope {
  /** `events_api`, `slash_commands`, `interactive` … */
  readonly type: string;
  readonly payload: unknown;
}

export interface SocketModeParts {
  readonly app: AppApi;
  readonly clock: Clock;
  readonly log: Log;
  readonly account: string;
  readonly reconnectMs: number;
  readonly quietMs: number;
  /** Acknowledged with what it resolves with; not at all where it throws: then it comes again. */
  receive(envelope: SocketEnvelope): Promise<JsonObject | undefined>;
}

const mostDoublings = 5;
/** Also how long a connection lives at least that is followed by the next one without a pause. */
const longestPauseMs = 30_000;
const largestMessageBytes = 16 * 1024 * 1024;
const openWithinMs = 10_000;

/** Why a connection has to be followed by another one. */
type Ending = 'closed' | 'replaced' | 'disabled';

/**
 * Socket Mode, on connections of our own. Slack's client ends a connection before it opens the next one, acknowledges an envelope
 * whoever asked for it, and what goes wrong when it connects again by itself nobody can catch.
 * Source: docs.slack.dev, "Using Socket Mode".
 */
export class SocketMode {
  readonly #open = new Set<WebSocket>();
  readonly #greeted = new Set<WebSocket>();
  /** An address serves once, for half a minute. */
  #address: string | undefined;

  constructor(private readonly parts: SocketModeParts) {}

  /** Whether Slack has greeted a connection that is open. */
  get isConnected(): boolean {
    return this.#greeted.size > 0;
  }

  /** Sees that the app's token works; the address that it gets is the first connection's. */
  async prepare(signal: AbortSignal): Promise<void> {
    this.#address = await this.parts.app.openConnection(signal);
  }

  /** Keeps a connection until `signal` aborts. Throws LoginRefused where the app's token is not accepted any more. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, account, reconnectMs } = this.parts;
    let failures = 0;
    try {
      while (!signal.aborted) {
        let greetedAtMs = Infinity;
        let askedPauseMs = 0;
        let ending: Ending = 'closed';
        let failure: unknown;
        try {
          ending = await this.#connect(signal, () => (greetedAtMs = clock.monotonicMs()));
        } catch (error) {
          if (error instanceof LoginRefused) throw error;
          const retry = error instanceof RateLimited ? error.failure.retry : undefined;
          if (typeof retry === 'object') askedPauseMs = retry.afterMs;
          failure = error;
        }
        if (ending === 'disabled') throw loginRefused('Socket Mode is switched off in the settings of the app');
        // Who asks for another one at once, again and again, would be asked without a pause.
        if (clock.monotonicMs() - greetedAtMs >= longestPauseMs) {
          failures = 0;
          if (ending === 'replaced') continue;
        }
        const pauseMs = Math.max(askedPauseMs, pauseAfter(failures, reconnectMs));
        failures += 1;
        if (failure !== undefined && !signal.aborted) {
          log.warn({ account, error: failure, pauseMs }, 'the WebSocket to Slack broke');
        }
        await clock.sleep(pauseMs, signal);
      }
    } finally {
      for (const socket of this.#open) socket.terminate();
    }
  }

  /** Resolves when the connection is not the one to rely on any more; it may live on until Slack closes it. */
  async #connect(signal: AbortSignal, onHello: () => void): Promise<Ending> {
    const address = this.#address ?? (await this.parts.app.openConnection(signal));
    this.#address = undefined;
    if (signal.aborted) return 'replaced';
    const socket = new WebSocket(address, { handshakeTimeout: openWithinMs, maxPayload: largestMessageBytes });
    this.#open.add(socket);
    const stop = (): void => socket.terminate();
    signal.addEventListener('abort', stop, { once: true });
    return new Promise<Ending>((resolve, reject) => {
      const watch = this.#watch(socket);
      socket.on('error', (cause) => {
        reject(cause);
      });
      socket.on('close', () => {
        watch.end();
        this.#open.delete(socket);
        this.#greeted.delete(socket);
        signal.removeEventListener('abort', stop);
        resolve('closed');
      });
      socket.on('message', (data: Buffer) => {
        watch.heard();
        const message = parsed(data);
        if (message === undefined) return;
        if (message['type'] === 'hello') {
          this.#greeted.add(socket);
          onHello();
        } else if (message['type'] === 'disconnect') resolve(this.#ending(message));
        else if (typeof message['envelope_id'] === 'string') this.#take(socket, message['envelope_id'], message);
      });
    });
  }

  /** A warning comes some seconds before the end: the next connection is there by then, and nothing is missed. */
  #ending({ reason }: JsonObject): Ending {
    const { log, account } = this.parts;
    log.debug({ account, reason }, 'Slack asks for another WebSocket');
    if (reason === 'link_disabled') return 'disabled';
    return reason === 'too_many_websockets' ? 'closed' : 'replaced';
  }

  #take(socket: WebSocket, id: string, { type, payload }: JsonObject): void {
    const { receive, log, account } = this.parts;
    receive({ type: String(type), payload }).then(
      (answer) => {
        // Where the connection is gone meanwhile it comes again, and is known by its key.
        if (socket.readyState !== WebSocket.OPEN) return;
        socket.send(JSON.stringify({ envelope_id: id, ...(answer === undefined ? {} : { payload: answer }) }));
      },
      (error: unknown) => {
        log.error({ account, type, error }, 'an event could not be stored; it will come again');
      },
    );
  }

  /** A connection that is silent, pings included, is broken; pings do not count before Slack has greeted it. */
  #watch(socket: WebSocket): { heard(): void; end(): void } {
    const { clock, quietMs } = this.parts;
    let heardAtMs = clock.monotonicMs();
    const heard = (): void => void (heardAtMs = clock.monotonicMs());
    socket.on('open', heard);
    for (const sign of ['ping', 'pong'] as const) socket.on(sign, () => this.#greeted.has(socket) && heard());
    const timer = setInterval(() => {
      if (clock.monotonicMs() - heardAtMs > quietMs) socket.terminate();
      else if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, quietMs / 3);
    return { heard, end: () => clearInterval(timer) };
  }
}

function pauseAfter(failures: number, reconnectMs: number): number {
  const grownMs = reconnectMs * 2 ** Math.min(failures, mostDoublings);
  return Math.max(reconnectMs, Math.min(grownMs, longestPauseMs));
}

function parsed(data: Buffer): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(data.toString('utf8'));
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
