import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../src/model/clock.js';
import { systemClock } from '../../src/workers/system-clock.js';

type Json = Readonly<Record<string, unknown>>;

/** Ten times as fast as the wall's, so that pauses of seconds are short ones. */
export class FastClock implements Clock {
  readonly slept: number[] = [];

  now(): Date {
    return new Date();
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() * 10;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    return systemClock.sleep(ms / 10, signal);
  }
}

/** One connection of a client, as the server has it. */
export class ScriptedConnection {
  readonly #heard: Json[] = [];
  #wake: () => void = () => undefined;
  isOver = false;

  constructor(
    private readonly socket: WebSocket,
    readonly path: string,
  ) {
    socket.on('message', (data: Buffer) => {
      this.#heard.push(JSON.parse(data.toString('utf8')) as Json);
      this.#wake();
    });
    socket.on('close', () => {
      this.isOver = true;
      this.#wake();
    });
  }

  /** What the client says next. */
  async next(): Promise<Json> {
    while (this.#heard.length === 0) {
      if (this.isOver) throw new Error('the client is gone');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#heard.shift() ?? {};
  }

  async over(): Promise<void> {
    while (!this.isOver) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  say(message: Json): void {
    this.socket.send(JSON.stringify(message));
  }

  cut(): void {
    this.socket.terminate();
  }

  /** Stops reading: not even pings are answered. */
  pause(): void {
    this.socket.pause();
  }

  /** Greets, and lets the client into its room. */
  async letIn(session: string, features: readonly string[] = ['welcome', 'hello-v2']): Promise<readonly Json[]> {
    this.say({ type: 'welcome', welcome: { features } });
    const hello = await this.next();
    this.say({
      id: hello['id'],
      type: 'hello',
      hello: { sessionid: session, resumeid: `resume-${session}`, version: '1.0' },
    });
    const room = await this.next();
    this.say({ id: room['id'], type: 'room', room: { roomid: (room['room'] as Json)['roomid'] } });
    return [hello, room];
  }
}

/** A signaling server that says what a spec has it say. */
export class ScriptedSignaling {
  readonly #connections: ScriptedConnection[] = [];
  #wake: () => void = () => undefined;
  #next = 0;

  private constructor(private readonly server: WebSocketServer) {
    server.on('connection', (socket, request) => {
      this.#connections.push(new ScriptedConnection(socket, request.url ?? ''));
      this.#wake();
    });
  }

  static async open(): Promise<ScriptedSignaling> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    return new ScriptedSignaling(server);
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** How many were made. */
  get made(): number {
    return this.#connections.length;
  }

  /** The next connection that was not taken yet. */
  async connection(): Promise<ScriptedConnection> {
    for (;;) {
      const next = this.#connections[this.#next];
      if (next !== undefined) {
        this.#next += 1;
        return next;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async close(): Promise<void> {
    for (const socket of this.server.clients) socket.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
