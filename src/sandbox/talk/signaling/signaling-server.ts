import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { FaultScript } from '../../fault-script.js';
import { isStruck } from '../../struck-sockets.js';
import { Conversation, type HubGeneration } from './conversation.js';
import { Hub } from './hub.js';
import { isMap, isProven, type Json, NextcloudBackend } from './nextcloud-backend.js';
import { applyRoomRequest } from './room-requests.js';

export interface SignalingServerSettings {
  /** What the Talk server and this one share. */
  readonly secret: string;
  /** Default usual. */
  readonly generation?: HubGeneration;
  /** How long a session outlives its connection. Default 30000. */
  readonly expireMs?: number;
}

const largestMessageBytes = 64 * 1024;
const mostBodyBytes = 256 * 1024;
const pingEveryMs = 54_000;

/**
 * A small signaling server as Talk's standalone one is: clients prove themselves with what Nextcloud gave them, are in one room each, hear
 * what Nextcloud tells of it, and speak with one another. Media are not for it.
 */
export class SignalingServer {
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessageBytes });
  readonly #raw = new Set<Duplex>();
  readonly #hub: Hub;
  #nextcloud = new NextcloudBackend('http://127.0.0.1', '');
  #pings: NodeJS.Timeout | undefined;
  #requests = 0;
  #port = 0;

  constructor(
    private readonly settings: SignalingServerSettings,
    private readonly faults: FaultScript,
    private readonly nowSeconds: () => number,
  ) {
    this.#hub = new Hub(settings.expireMs ?? 30_000, ({ room, roomSession: sessionid, user, backend }) => {
      const left = { version: '1.0', roomid: room, userid: user.id, sessionid, action: 'leave' };
      // Where Nextcloud cannot be told, the session there ends by itself.
      this.#nextcloud.ask(backend, { type: 'room', room: left }).catch(() => undefined);
    });
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.writeHead(500).end());
    });
    this.#server.on('connection', (socket) => {
      this.#raw.add(socket);
      socket.on('close', () => this.#raw.delete(socket));
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Listens on 127.0.0.1, at a free port that it keeps when it listens again. `nextcloud`: the address of the Talk server. */
  async listen(nextcloud: string): Promise<string> {
    this.#nextcloud = new NextcloudBackend(nextcloud, this.settings.secret);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    this.#pings = setInterval(() => {
      for (const socket of this.#sockets.clients) socket.ping();
    }, pingEveryMs);
    return `http://127.0.0.1:${this.#port}`;
  }

  async close(): Promise<void> {
    clearInterval(this.#pings);
    this.#hub.forgetAll();
    for (const socket of this.#raw) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** How many sessions there are, with a connection or without. */
  get sessions(): number {
    return this.#hub.count;
  }

  /** How many sessions are in a room. */
  sessionsIn(token: string): number {
    return this.#hub.inRoom(token).length;
  }

  /** How many requests of a Nextcloud were heard. */
  get heard(): number {
    return this.#requests;
  }

  /** Cuts every connection without a word. */
  cut(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  /** As a restart: every connection is cut, and no session can be resumed. */
  restart(): void {
    this.#hub.forgetAll();
    this.cut();
  }

  /** Nothing more is heard over the connections that there are, and nothing said: not even pings are answered. */
  hush(): void {
    for (const socket of this.#sockets.clients) {
      socket.pause();
      socket.send = () => undefined;
    }
  }

  /** Tells every connection that its session ends. */
  sendAway(reason: string): void {
    for (const socket of this.#sockets.clients) {
      socket.send(JSON.stringify({ type: 'bye', bye: { reason } }));
      socket.close(1000);
    }
    this.#hub.forgetAll();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://signaling');
    const room = /^\/api\/v1\/room\/([^/]+)$/.exec(pathname)?.[1];
    if (request.method === 'GET' && pathname === '/api/v1/welcome') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ 'nextcloud-spreed-signaling': 'Welcome', version: '2.0.4~sandbox' }));
      return;
    }
    if (request.method !== 'POST' || room === undefined) {
      response.writeHead(404).end();
      return;
    }
    const body = await readText(request);
    const { 'spreed-signaling-random': random, 'spreed-signaling-checksum': checksum } = request.headers;
    if (!isProven(this.settings.secret, String(random), String(checksum), body)) {
      response.writeHead(403).end('Authentication check failed');
      return;
    }
    const told: unknown = JSON.parse(body);
    if (isMap(told)) applyRoomRequest(this.#hub, room, told);
    this.#requests += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const fault = this.faults.next('GET', request.url ?? '/');
    if (fault !== undefined && isStruck(fault, socket)) return;
    if (new URL(request.url ?? '/', 'ws://signaling').pathname !== '/spreed') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#converse(webSocket);
      if (fault?.do === 'acceptThenDrop') webSocket.terminate();
    });
  }

  #converse(socket: WebSocket): void {
    const conversation = new Conversation({
      hub: this.#hub,
      nextcloud: this.#nextcloud,
      generation: this.settings.generation ?? 'usual',
      nowSeconds: this.nowSeconds,
      send: (message: Json) => socket.send(JSON.stringify(message)),
      close: () => socket.close(1000),
    });
    // A broken connection is closed as any other is.
    socket.on('error', () => socket.terminate());
    socket.on('message', (data: Buffer) => conversation.hear(data.toString('utf8')));
    socket.on('close', () => conversation.end());
    conversation.begin();
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBodyBytes) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
