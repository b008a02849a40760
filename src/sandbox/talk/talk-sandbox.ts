import { FaultScript } from '../fault-script.js';
import { SandboxHttpServer, type SandboxAnswer, type SandboxRequest } from '../http-server.js';
import { Ledger } from '../ledger.js';
import type { StoredBytes } from '../stored-bytes.js';
import { FederationCarrier } from './federation-carrier.js';
import { Control, controlFront } from './api/control.js';
import { uploadsFront } from './api/dav-uploads.js';
import { TalkApi } from './api/talk-api.js';
import { WorkerPool } from './api/worker-pool.js';
import { SignalingNotifier } from './signaling-notifier.js';
import { SignalingServer } from './signaling/signaling-server.js';
import type { TalkSandboxSettings } from './settings.js';
import type { TalkChange } from './state/change.js';
import type { PostOptions } from './state/chat.js';
import { userActor } from './state/conversations.js';
import { emojiOf, type Message } from './state/message.js';
import { randomText } from './state/random-text.js';
import type { Room } from './state/room.js';
import { TalkState } from './state/talk-state.js';
import { TalkAccounts } from './talk-accounts.js';
import { TalkBots } from './talk-bots.js';
import { TalkPolls } from './talk-polls.js';
import { TalkRooms } from './talk-rooms.js';
import { WebhookSender } from './webhook-sender.js';
import { viewMessage } from './view/message-view.js';

export interface SharedFile {
  readonly name: string;
  readonly mimetype: string;
  readonly data: Buffer | StoredBytes;
  readonly caption?: string;
  /** A voice message. */
  readonly isSpoken?: boolean;
}

/**
 * A small server that answers as Nextcloud Talk 22 does. Its direct methods have the effects of the API without HTTP: they ask for
 * nobody's permission, throw where the room, user or message is unknown, and a Refusal for a text or emoji that the API refuses.
 */
export class TalkSandbox {
  readonly ledger = new Ledger();
  readonly faults = new FaultScript();
  readonly webhooks = new WebhookSender();
  /** The signaling server beside it, where the settings want one. */
  readonly signaling: SignalingServer | undefined;
  /** All that the server knows; to be changed through the methods of this class and its parts. */
  readonly state: TalkState;
  readonly accounts: TalkAccounts;
  readonly bots: TalkBots;
  readonly rooms: TalkRooms;
  readonly polls: TalkPolls;
  readonly #workers: WorkerPool;
  readonly #api: TalkApi;
  readonly #control: Control;
  readonly #notifier: SignalingNotifier | undefined;
  readonly #signalingSecret = randomText(64, 'secret');
  #http: SandboxHttpServer | undefined;

  constructor(private readonly settings: TalkSandboxSettings = {}) {
    this.state = new TalkState(settings, this.ledger, this.webhooks, new FederationCarrier());
    this.accounts = new TalkAccounts(this.state);
    this.bots = new TalkBots(this.state);
    this.rooms = new TalkRooms(this.state);
    this.polls = new TalkPolls(this.state);
    this.#workers = new WorkerPool(settings.phpWorkers ?? Infinity);
    this.#api = new TalkApi(this.state);
    if (settings.signaling !== undefined) {
      const own = { ...settings.signaling, secret: this.#signalingSecret };
      this.signaling = new SignalingServer(own, this.faults, () => this.state.nowSeconds());
    }
    if (this.signaling !== undefined || settings.backends?.signaling !== undefined) {
      const notifier = new SignalingNotifier(this.state);
      this.state.isSignaled = () => notifier.isHeard();
      this.#notifier = notifier;
    }
    this.#control = new Control(this.state, this.ledger, this.faults, this.signaling);
  }

  /** Listens on 127.0.0.1; port 0 takes a free one. */
  async start(port: number): Promise<{ readonly url: string }> {
    this.state.longPoll.open();
    if (this.state.version >= 23) this.state.schedule.start();
    // Chunks are read once more: when the file is made of them.
    this.#http = new SandboxHttpServer(
      (request) => this.#answer(request),
      this.faults,
      (path) => (path.startsWith(uploadsFront) ? 'kept' : (this.settings.largeFiles ?? 'kept')),
    );
    this.state.base = await this.#http.listen(port);
    if (this.signaling !== undefined) {
      const url = await this.signaling.listen(this.state.base);
      this.state.backends.signaling = { url, secret: this.#signalingSecret };
    }
    this.#notifier?.open();
    return { url: this.state.base };
  }

  /** Ends held polls and drops every connection; what the server knows stays. */
  async stop(): Promise<void> {
    this.#notifier?.stop();
    await this.signaling?.close();
    this.state.longPoll.stop();
    this.webhooks.stop();
    this.state.schedule.stop();
    await this.#http?.close();
    this.#http = undefined;
  }

  /** Its address while it runs, without a slash at its end. */
  get url(): string {
    return this.state.base;
  }

  /** How many workers are held and how many requests wait for one; 0 without a limit. */
  get load(): { readonly busy: number; readonly waiting: number } {
    return { busy: this.#workers.busy, waiting: this.#workers.waiting };
  }

  /** The last message that somebody has read, as their own list of rooms tells them. */
  lastRead(token: string, user: string): number {
    return this.state.attendee(this.state.room(token), user).lastReadMessage;
  }

  /** Somebody reads the room in Talk itself, up to a message. */
  read(token: string, user: string, message: number): void {
    this.state.attendee(this.state.room(token), user).lastReadMessage = message;
  }

  /** @returns the message's id */
  post(token: string, user: string, text: string, options: PostOptions = {}): number {
    return this.state.chat.post(this.state.room(token), userActor(user), text, options).id;
  }

  /**
   * Somebody puts a file among their own and shares it with the room.
   * @returns the message's id
   */
  shareFile(token: string, user: string, file: SharedFile): number {
    const room = this.state.room(token);
    const { name, mimetype, data, caption = '', isSpoken = false } = file;
    const path = this.state.files.freePath(this.state.user(user).id, `/${name}`);
    const stored = this.state.files.put({ owner: user, path, mimetype, data }).file;
    this.state.files.share(stored, room);
    const messageType = isSpoken ? 'voice-message' : 'comment';
    return this.state.chat.say(room, userActor(user), { kind: 'file', file: stored, caption, messageType }).id;
  }

  /**
   * Stores a message whose time was reserved `bySeconds` ago: it sorts before rows that were read since, and a forward read from
   * those does not return it.
   */
  commitLate(token: string, user: string, text: string, bySeconds: number): number {
    return this.post(token, user, text, { reservedSeconds: this.state.nowSeconds() - bySeconds });
  }

  /** The room's next message races an empty read: with a memory cache forward reads miss it for as long as that keeps. */
  raceNextSave(token: string): void {
    this.state.cache.raceNext(this.state.room(token).token);
  }

  /** @returns the id of the row that tells of it, as do `remove`, `react` and `unreact` */
  edit(token: string, user: string, messageId: number, text: string): number {
    const room = this.state.room(token);
    return this.state.chat.edit(room, this.#message(room, messageId), userActor(user), text).id;
  }

  remove(token: string, user: string, messageId: number): number {
    const room = this.state.room(token);
    return this.state.chat.remove(room, this.#message(room, messageId), userActor(user)).id;
  }

  react(token: string, user: string, messageId: number, emoji: string): void {
    const room = this.state.room(token);
    this.state.chat.react(room, this.#message(room, messageId), userActor(user), emoji);
  }

  unreact(token: string, user: string, messageId: number, emoji: string): void {
    const room = this.state.room(token);
    this.state.chat.unreact(room, this.#message(room, messageId), userActor(user), emoji);
  }

  pin(token: string, user: string, messageId: number, state: 'pinned' | 'unpinned'): void {
    const room = this.state.room(token);
    const message = this.#message(room, messageId);
    if (state === 'pinned') this.state.chat.pin(room, message, userActor(user), 0);
    else this.state.chat.unpin(room, message, userActor(user));
  }

  /** The ids of what is pinned, the latest last. */
  pins(token: string): readonly number[] {
    return [...this.state.room(token).pinned].map(({ id }) => id);
  }

  /** The room's rows, oldest first, as the API shows them to `reader` (default: somebody outside). */
  messages(token: string, reader = ''): readonly Record<string, unknown>[] {
    const room = this.state.room(token);
    const names = this.state.names(this.state.base);
    return room.log.all().map((message) => viewMessage(names, room, message, `users/${reader}`));
  }

  /** Who reacted to a message with what, oldest first. `user`: a guest's name, else the user's id. */
  reactionsTo(token: string, messageId: number): readonly { readonly user: string; readonly emoji: string }[] {
    const room = this.state.room(token);
    return this.#message(room, messageId).reactions.map((row) => ({
      user: this.state.actorName(row.actor),
      emoji: emojiOf(row),
    }));
  }

  /** When the signaling server was told all that happened by now. */
  async signalsSent(): Promise<void> {
    await this.#notifier?.settled();
  }

  /** Calls `listener` after each change; the answer ends that. */
  onChange(listener: (change: TalkChange) => void): () => void {
    return this.state.onChange(listener);
  }

  #answer(request: SandboxRequest): SandboxAnswer | Promise<SandboxAnswer> {
    if (request.path.startsWith(controlFront)) return this.#control.answer(request);
    return this.#workers.run(() => this.#api.answer(request, this.state.base));
  }

  #message(room: Room, id: number): Message {
    const message = room.log.get(id);
    if (message === undefined) throw new Error(`no message ${id} in ${room.token}`);
    return message;
  }
}
