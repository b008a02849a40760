import { WebSocket } from 'ws';
import type { Clock } from '../../model/clock.js';
import { webAddress } from '../../model/web-address.js';
import { SignalingLost } from './talk.signaling-errors.js';
import { readSignaling, type SignalingMessage } from './talk.signaling-messages.js';

const openWithinMs = 10_000;
/** A list of everybody in a large room. */
const largestMessageBytes = 4 * 1024 * 1024;
/** A server that says more than is read is broken. */
const mostWaitingBytes = 4 * largestMessageBytes;
/** How long the last words may take to go out. */
const farewellMs = 1000;

/**
 * Pure: the address of the WebSocket of a server, as Nextcloud names it. Throws SignalingLost where it is none, or where it would be
 * told by plain HTTP what Nextcloud tells by HTTPS.
 */
export function signalingAddress(server: string, nextcloud: string): string {
  const url = webAddress(server.trim());
  const isSafe = url?.protocol === 'https:' || url?.protocol === 'wss:';
  const isPlain = url?.protocol === 'http:' || url?.protocol === 'ws:';
  if (url === undefined || !(isSafe || isPlain)) throw new SignalingLost(`Nextcloud names no usable signaling server`);
  if (isPlain && nextcloud.startsWith('https:')) {
    throw new SignalingLost('the signaling server has no TLS, while Nextcloud has: nothing is told to it');
  }
  url.protocol = isSafe ? 'wss:' : 'ws:';
  return `${url.href.replace(/\/+$/, '')}/spreed`;
}

/** One connection. What comes over it is read one by one. */
export class SignalingSocket {
  readonly #socket: WebSocket;
  readonly #waiting: { readonly message: SignalingMessage; readonly bytes: number }[] = [];
  #waitingBytes = 0;
  #lost: SignalingLost | undefined;
  #wake: () => void = () => undefined;

  /**
   * Throws SignalingLost where no connection comes about, or `signal` aborts meanwhile. A connection that is silent for `quietMs`, pings
   * included, is broken.
   */
  static async open(address: string, clock: Clock, quietMs: number, signal: AbortSignal): Promise<SignalingSocket> {
    const own = new SignalingSocket(address, clock, quietMs);
    const stop = (): void => own.#end('no longer wanted');
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      await own.#opened();
    } finally {
      signal.removeEventListener('abort', stop);
    }
    // From now on it is for the session to end it, with a word of farewell: an abort only ends its waiting.
    const wake = (): void => own.#wake();
    signal.addEventListener('abort', wake, { once: true });
    own.#socket.once('close', () => signal.removeEventListener('abort', wake));
    return own;
  }

  private constructor(
    address: string,
    private readonly clock: Clock,
    quietMs: number,
  ) {
    const socket = new WebSocket(address, { handshakeTimeout: openWithinMs, maxPayload: largestMessageBytes });
    this.#socket = socket;
    let heardAtMs = clock.monotonicMs();
    const heard = (): void => void (heardAtMs = clock.monotonicMs());
    for (const sign of ['open', 'ping', 'pong'] as const) socket.on(sign, heard);
    const timer = setInterval(() => {
      if (clock.monotonicMs() - heardAtMs > quietMs) this.#end('the signaling server is silent');
      else if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, quietMs / 3);
    socket.on('message', (data: Buffer) => {
      heard();
      const message = readSignaling(data.toString('utf8'));
      if (message === undefined) return;
      this.#waitingBytes += data.length;
      if (this.#waitingBytes > mostWaitingBytes) this.#end('the signaling server says more than can be read');
      else this.#waiting.push({ message, bytes: data.length });
      this.#wake();
    });
    socket.on('error', (cause) => this.#end(`the connection to the signaling server broke: ${cause.message}`));
    socket.on('close', () => {
      clearInterval(timer);
      this.#end('the signaling server closed the connection');
    });
  }

  /**
   * What comes next; `silence` where nothing came in time, or nobody is to wait any more. Throws SignalingLost when all was read and
   * the connection is over.
   */
  async next(withinMs: number): Promise<SignalingMessage | 'silence'> {
    if (this.#waiting.length === 0 && this.#lost === undefined) {
      const waited = new AbortController();
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      await Promise.race([woken, this.clock.sleep(withinMs, waited.signal)]);
      waited.abort();
    }
    const next = this.#waiting.shift();
    this.#waitingBytes -= next?.bytes ?? 0;
    if (next !== undefined) return next.message;
    if (this.#lost !== undefined) throw this.#lost;
    return 'silence';
  }

  /** Nothing is said over a connection that is gone. */
  say(words: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(words);
  }

  /** Ends it with these last words, if any. Nobody waits for the server to agree. */
  close(words?: string): void {
    if (words !== undefined) this.say(words);
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const timer = setTimeout(() => this.#socket.terminate(), farewellMs);
    this.#socket.once('close', () => clearTimeout(timer));
    this.#socket.close();
  }

  async #opened(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#socket.once('open', resolve);
      if (this.#lost !== undefined) resolve();
    });
    if (this.#lost !== undefined) throw this.#lost;
  }

  #end(why: string): void {
    this.#lost ??= new SignalingLost(why);
    this.#socket.terminate();
    this.#wake();
  }
}
