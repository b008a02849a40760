import { FaultScript } from '../fault-script.js';
import { SandboxHttpServer, type SandboxAnswer, type SandboxRequest } from '../http-server.js';
import { Ledger } from '../ledger.js';
import { type StoredBytes, storedBytes } from '../stored-bytes.js';
import { addAccountCalls } from './account-calls.js';
import type { Api } from './api.js';
import { AppserviceClient } from './appservice-client.js';
import { AppservicePusher, type PendingTransaction } from './appservice-pusher.js';
import { addControlCalls } from './control-calls.js';
import { createRoom } from './create-room.js';
import { addEventCalls } from './event-calls.js';
import type { JsonObject } from './events.js';
import { Homeserver } from './homeserver.js';
import { MatrixError } from './matrix-error.js';
import { addMediaCalls } from './media-calls.js';
import { MediaStore, type StoredFile } from './media-store.js';
import { changeMembership } from './memberships.js';
import { addPersonCalls } from './person-calls.js';
import type { AppserviceRegistration } from './registration.js';
import { addRoomCalls } from './room-calls.js';
import type { Room } from './room.js';
import type { PushFault } from './push-faults.js';
import { describe, memberOf, messageOf } from './room-view.js';
import { Router } from './router.js';
import { addServerCalls } from './server-calls.js';
import { addSyncCalls } from './sync.js';
import { TransactionIds } from './transaction-ids.js';
import type { MatrixSandboxSettings, NewRoom, PostOptions, RoomMember, RoomMessage } from './matrix-sandbox.types.js';

const defaultMaxUploadBytes = 50 * 1024 * 1024;

/** A small homeserver that behaves toward an application service as the reference server does. Throws MatrixError where it refuses. */
export class MatrixSandbox {
  readonly ledger = new Ledger();
  readonly faults: FaultScript;
  readonly serverName: string;
  readonly #server: Homeserver;
  readonly #client: AppserviceClient;
  readonly #pusher: AppservicePusher;
  readonly #transactionIds: TransactionIds;
  readonly #router = new Router();
  readonly #media: MediaStore;
  #http: SandboxHttpServer | undefined;
  #url: string | undefined;
  #restarting: Promise<void> = Promise.resolve();

  constructor(private readonly settings: MatrixSandboxSettings = {}) {
    this.serverName = settings.serverName ?? 'sandbox.test';
    this.faults = new FaultScript(settings.random);
    this.#server = new Homeserver(this.serverName, this.ledger, settings.nowMs, settings.presence);
    this.#transactionIds = new TransactionIds(this.#server.nowMs);
    this.#media = new MediaStore(this.serverName);
    this.#client = new AppserviceClient(settings.pushTimeoutMs ?? 60_000);
    this.#pusher = new AppservicePusher(this.#server, this.#client, settings.pushBackoffMs ?? 1000);
    if (settings.registration !== undefined) this.registerAppservice(settings.registration);
    const api: Api = {
      server: this.#server,
      router: this.#router,
      transactionIds: this.#transactionIds,
      appserviceClient: this.#client,
      pusher: this.#pusher,
      media: this.#media,
    };
    addServerCalls(api);
    addAccountCalls(api);
    addRoomCalls(api);
    addEventCalls(api);
    addPersonCalls(api);
    addMediaCalls(api, settings.maxUploadBytes ?? defaultMaxUploadBytes);
    addSyncCalls(api);
    addControlCalls(api, {
      faults: this.faults,
      restart: () => {
        // The answer goes out first.
        setImmediate(() => {
          this.#restarting = this.restart();
        });
      },
      state: () => ({
        ...describe(this.#server),
        files: this.#media.size,
        pendingTransactions: this.pendingTransactions(),
        faultsStruck: this.faults.struck,
      }),
    });
  }

  /** Listens on 127.0.0.1; port 0 takes a free one. The address has no slash at its end. */
  async start(port: number): Promise<{ url: string }> {
    this.#http = new SandboxHttpServer(
      (request) => this.#handle(request),
      this.faults,
      () => this.settings.largeFiles ?? 'kept',
    );
    this.#url = await this.#http.listen(port);
    this.#pusher.start();
    return { url: this.#url };
  }

  async stop(): Promise<void> {
    await this.#restarting;
    this.#server.ephemerals.stopTyping();
    await this.#pusher.pause();
    await this.#client.close();
    await this.#http?.close();
    this.#http = undefined;
  }

  /** Drops every connection, forgets the transaction ids and who types; rooms, tokens and waiting transactions stay. Same address after. */
  async restart(): Promise<void> {
    if (this.#url === undefined) throw new Error('the sandbox is not started');
    await this.#pusher.pause();
    await this.#http?.close();
    this.#transactionIds.clear();
    this.#server.ephemerals.stopTyping();
    await this.start(Number(new URL(this.#url).port));
  }

  registerAppservice(registration: AppserviceRegistration): void {
    this.#server.register(registration);
  }

  /** One more registration, that nothing is pushed to: its token may act as whom its namespaces name. */
  registerSilentAppservice(registration: AppserviceRegistration): void {
    this.#server.registerSilent(registration);
  }

  /** How far somebody has read a room, as everybody sees or (`m.read.private`) they alone; undefined: not at all. */
  receiptOf(roomId: string, userId: string, type: 'm.read' | 'm.read.private' = 'm.read'): string | undefined {
    return this.#server.ephemerals.receiptOf(roomId, userId, type);
  }

  /** Registers a person; his password is his localpart. */
  addUser(localpart: string, displayName: string): string {
    const userId = `@${localpart}:${this.serverName}`;
    if (!this.#server.accounts.register(userId, localpart, displayName)) {
      throw new MatrixError(400, 'M_USER_IN_USE', 'User ID already taken.');
    }
    return userId;
  }

  /** A token for a person's client. */
  accessToken(userId: string): string {
    return this.#server.accounts.logIn(userId).accessToken;
  }

  createRoom({ creator, alias, name, public: isPublic, invite, roomVersion, powers }: NewRoom): string {
    return createRoom(this.#server, creator, undefined, {
      visibility: isPublic === true ? 'public' : 'private',
      ...(alias === undefined ? {} : { room_alias_name: alias }),
      ...(name === undefined ? {} : { name }),
      ...(invite === undefined ? {} : { invite }),
      ...(roomVersion === undefined ? {} : { room_version: roomVersion }),
      ...(powers === undefined ? {} : { power_level_content_override: { users: powers } }),
    }).id;
  }

  invite(room: string, by: string, target: string): void {
    changeMembership(this.#server, { by, target, roomId: room, action: 'invite' });
  }

  join(room: string, user: string): void {
    changeMembership(this.#server, { by: user, target: user, roomId: room, action: 'join' });
  }

  leave(room: string, user: string): void {
    changeMembership(this.#server, { by: user, target: user, roomId: room, action: 'leave' });
  }

  post(room: string, user: string, text: string, options: PostOptions = {}): string {
    const { replyTo, thread, formattedBody, msgtype = 'm.text' } = options;
    const reply = replyTo === undefined ? {} : { 'm.in_reply_to': { event_id: replyTo } };
    const inThread = thread === undefined ? {} : { rel_type: 'm.thread', event_id: thread };
    const relatesTo = { ...inThread, ...reply };
    return this.sendEvent(room, user, 'm.room.message', {
      msgtype,
      body: text,
      ...(formattedBody === undefined ? {} : { format: 'org.matrix.custom.html', formatted_body: formattedBody }),
      ...(Object.keys(relatesTo).length === 0 ? {} : { 'm.relates_to': relatesTo }),
    });
  }

  /** Posts a new text for a message, as clients do. */
  edit(room: string, user: string, eventId: string, text: string): string {
    return this.sendEvent(room, user, 'm.room.message', {
      msgtype: 'm.text',
      body: `* ${text}`,
      'm.new_content': { msgtype: 'm.text', body: text },
      'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
    });
  }

  sendEvent(room: string, user: string, type: string, content: JsonObject): string {
    return this.#server.send(room, { type, sender: user, content }).eventId;
  }

  sendState(room: string, user: string, type: string, stateKey: string, content: JsonObject): string {
    return this.#server.send(room, { type, sender: user, content, stateKey }).eventId;
  }

  redact(room: string, user: string, eventId: string, reason?: string): string {
    const inContent = this.#server.rooms.get(room)?.version.redactsInContent === true;
    const content = { ...(inContent ? { redacts: eventId } : {}), ...(reason === undefined ? {} : { reason }) };
    return this.#server.send(room, { type: 'm.room.redaction', sender: user, content, redacts: eventId }).eventId;
  }

  /** Somebody has read the room, or one of its threads, and lets others see it. */
  read(room: string, userId: string, eventId: string, threadId?: string): void {
    const { ephemerals } = this.#server;
    ephemerals.setReceipt(room, { userId, eventId, type: 'm.read', threadId, atMs: this.#server.nowMs() });
  }

  react(room: string, user: string, eventId: string, key: string): string {
    return this.sendEvent(room, user, 'm.reaction', {
      'm.relates_to': { rel_type: 'm.annotation', event_id: eventId, key },
    });
  }

  /** Keeps a file and answers its `mxc://` address. */
  upload(bytes: Buffer | StoredBytes, contentType: string, name?: string): string {
    return this.#media.add({ bytes: Buffer.isBuffer(bytes) ? storedBytes(bytes) : bytes, contentType, name });
  }

  /** The file at an `mxc://` address of this server. */
  fileAt(address: string): StoredFile | undefined {
    const [, server = '', media = ''] = /^mxc:\/\/([^/]+)\/(.+)$/.exec(address) ?? [];
    return this.#media.get(server, media);
  }

  /** Every event of a room, oldest first. */
  messages(roomId: string): readonly RoomMessage[] {
    const room = this.#room(roomId);
    return room.timeline.map((event) => messageOf(room, event));
  }

  /** The rooms that somebody is in, invited into, or was. */
  roomsOf(user: string): readonly string[] {
    return [...this.#server.rooms.keys()].filter((id) => this.members(id).some(({ userId }) => userId === user));
  }

  members(roomId: string): readonly RoomMember[] {
    const room = this.#room(roomId);
    return [...room.members()].map((event) => memberOf(room, event));
  }

  roomIdOf(alias: string): string | undefined {
    return this.#server.aliases.get(alias)?.roomId;
  }

  /** Calls `listener` with every later event, right after it became visible; the answer ends that. */
  onChange(listener: (change: { readonly room: string; readonly message: RoomMessage }) => void): () => void {
    return this.#server.watch((event, room) => {
      listener({ room: room.id, message: messageOf(room, event) });
    });
  }

  /** Transactions that the application service did not accept yet, the oldest first. */
  pendingTransactions(): readonly PendingTransaction[] {
    return this.#pusher.pending();
  }

  /** True where the application service has everything. */
  get isPushed(): boolean {
    return this.#pusher.isIdle;
  }

  /** What goes wrong with later transactions; undefined: nothing. */
  setPushFault(fault: PushFault | undefined): void {
    this.#pusher.faults.set(fault);
  }

  /** How many transactions came twice because of such a fault. */
  get repeatedPushes(): number {
    return this.#pusher.faults.repeated;
  }

  /** Sends the last accepted transaction once more. True where it was answered well. */
  async replayTransaction(id: 'sameId' | 'otherId'): Promise<boolean> {
    return this.#pusher.replay(id);
  }

  #room(roomId: string): Room {
    const room = this.#server.rooms.get(roomId);
    if (room === undefined) throw new MatrixError(404, 'M_NOT_FOUND', `Unknown room ${roomId}`);
    return room;
  }

  async #handle(request: SandboxRequest): Promise<SandboxAnswer> {
    if (request.method === 'OPTIONS') return { status: 204, headers: corsHeaders };
    try {
      const { handler, params } = this.#router.find(request.method, request.path);
      const answer = await handler(request, params);
      return { ...answer, headers: { ...corsHeaders, ...answer.headers } };
    } catch (error) {
      if (!(error instanceof MatrixError)) throw error;
      return { status: error.status, headers: corsHeaders, body: error.body() };
    }
  }
}

const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE, OPTIONS',
  'access-control-allow-headers': 'X-Requested-With, Content-Type, Authorization, Date',
};
