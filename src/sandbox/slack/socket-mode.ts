import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { FaultScript } from '../fault-script.js';
import { isStruck } from '../struck-sockets.js';
import type { App } from './state/apps.js';
import type { SlackClock } from './state/clock.js';
import { newSecret } from './state/ids.js';
import { isObject, parseJson } from './state/json.js';
import { answerWithinMs, type Outcome, type Sending, type Transport } from './transport.js';

/** Why the server ends connections. A warning comes ten seconds before the end. */
export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled';

interface Connection {
  readonly app: App;
  readonly socket: WebSocket;
}

/** Source: https://docs.slack.dev/apis/events-api/using-socket-mode */
const mostConnections = 10;
const ticketForMs = 30_000;
const warnedBeforeMs = 10_000;
const closedAfterMs = 1000;
const pingEveryMs = 10_000;
const host = 'applink-sandbox';

/** WebSockets to apps: an address serves once, and each payload goes to one of an app's connections. */
export class SocketMode implements Transport {
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #raw = new Set<Duplex>();
  readonly #tickets = new Map<string, { readonly app: App; readonly untilMs: number }>();
  readonly #waiting = new Map<string, (answer: unknown) => void>();
  #connections: Connection[] = [];
  #stopPings = (): void => undefined;
  #turn = 0;
  #base = '';

  constructor(
    private readonly clock: SlackClock,
    private readonly faults: FaultScript,
  ) {
    this.#server = createServer((_request, response) => response.writeHead(426).end());
    this.#server.on('connection', (socket) => {
      this.#raw.add(socket);
      socket.on('close', () => this.#raw.delete(socket));
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Listens on a free port of 127.0.0.1. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#base = `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    this.#pingLater();
  }

  /** Drops every connection. */
  async close(): Promise<void> {
    this.#stopPings();
    for (const { socket } of this.#connections) socket.terminate();
    for (const socket of this.#raw) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** An address for one connection. */
  open(app: App): string {
    const ticket = newSecret(16);
    this.#tickets.set(ticket, { app, untilMs: this.clock.nowMs() + ticketForMs });
    return `${this.#base}/link/?ticket=${ticket}&app_id=${app.id}`;
  }

  connectionsOf(app: App): number {
    return this.#connections.filter((connection) => connection.app === app).length;
  }

  /** Tells connections that they end, as the server does every few hours, and ends them. */
  disconnect(app: App, reason: DisconnectReason, which: 'all' | 'oldest' = 'all'): void {
    const open = this.#connections.filter((connection) => connection.app === app);
    for (const connection of which === 'all' ? open : open.slice(0, 1)) this.#end(connection, reason);
  }

  /** Cuts connections without a word. */
  cut(app: App): void {
    for (const connection of this.#connections.filter((open) => open.app === app)) {
      this.#forget(connection);
      connection.socket.terminate();
    }
  }

  async send({ app, kind, payload, retry }: Sending): Promise<Outcome> {
    const open = this.#connections.filter((connection) => connection.app === app);
    const connection = open[this.#turn++ % Math.max(1, open.length)];
    if (connection === undefined) return { kind: 'failed', reason: 'timeout' };
    const envelopeId = randomUUID();
    const answered = new Promise<Outcome>((resolve) => {
      const giveUp = this.clock.after(answerWithinMs, () => {
        this.#waiting.delete(envelopeId);
        resolve({ kind: 'failed', reason: 'timeout' });
      });
      this.#waiting.set(envelopeId, (answer) => {
        giveUp();
        this.#waiting.delete(envelopeId);
        resolve({ kind: 'accepted', answer });
      });
    });
    const isEvent = kind === 'events_api';
    connection.socket.send(
      JSON.stringify({
        envelope_id: envelopeId,
        payload,
        type: kind,
        accepts_response_payload: !isEvent,
        ...(isEvent ? { retry_attempt: retry?.attempt ?? 0, retry_reason: retry?.reason ?? '' } : {}),
      }),
    );
    return answered;
  }

  #pingLater(): void {
    this.#stopPings = this.clock.after(pingEveryMs, () => {
      for (const { socket } of this.#connections) socket.ping(`Ping from ${host}`);
      this.#pingLater();
    });
  }

  #end(connection: Connection, reason: DisconnectReason): void {
    this.#say(connection.socket, { type: 'disconnect', reason, debug_info: { host } });
    if (reason === 'warning') {
      this.clock.after(warnedBeforeMs, () => this.#end(connection, 'refresh_requested'));
      return;
    }
    // Nothing new goes to a connection that ends.
    this.#forget(connection);
    this.clock.after(closedAfterMs, () => connection.socket.close(1000));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const fault = this.faults.next('GET', request.url ?? '/');
    if (fault !== undefined && isStruck(fault, socket)) return;
    const ticket = new URL(request.url ?? '/', 'ws://sandbox').searchParams.get('ticket') ?? '';
    const known = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (known === undefined || this.clock.nowMs() > known.untilMs) {
      socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const accept = (): void => {
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.#greet({ app: known.app, socket: webSocket });
        if (fault?.do === 'acceptThenDrop') webSocket.terminate();
      });
    };
    if (fault?.do === 'slow') setTimeout(accept, fault.delayMs).unref();
    else accept();
  }

  #greet(connection: Connection): void {
    const { app, socket } = connection;
    // A broken connection is closed as any other is.
    socket.on('error', () => socket.terminate());
    if (this.connectionsOf(app) >= mostConnections) {
      this.#say(socket, { type: 'disconnect', reason: 'too_many_websockets', debug_info: { host } });
      socket.close(1000);
      return;
    }
    this.#connections.push(connection);
    socket.on('close', () => this.#forget(connection));
    socket.on('message', (data: Buffer) => this.#acknowledged(data.toString('utf8')));
    this.#say(socket, {
      type: 'hello',
      num_connections: this.connectionsOf(app),
      debug_info: { host, build_number: 1, approximate_connection_time: 18_060 },
      connection_info: { app_id: app.id },
    });
  }

  #acknowledged(text: string): void {
    const message = parseJson(text);
    if (!isObject(message) || typeof message['envelope_id'] !== 'string') return;
    this.#waiting.get(message['envelope_id'])?.(message['payload']);
  }

  #forget(connection: Connection): void {
    this.#connections = this.#connections.filter((other) => other !== connection);
  }

  #say(socket: WebSocket, message: unknown): void {
    socket.send(JSON.stringify(message));
  }
}
