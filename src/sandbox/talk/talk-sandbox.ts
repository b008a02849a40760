import { FaultScript } from '../fault-script.js';
import { SandboxHttpServer, type SandboxAnswer, type SandboxRequest } from '../http-server.js';
import { Ledger } from '../ledger.js';
import type { StoredBytes } from '../stored-bytes.js';
import { FederationCarrier } from './federation-carrier.js';
import { Control, controlFront } from './api/control.js';
import { pinOf } from './api/phones.api.js';
import { uploadsFront } from './api/dav-uploads.js';
import { TalkApi } from './api/talk-api.js';
import { WorkerPool } from './api/worker-pool.js';
import { SignalingNotifier } from './signaling-notifier.js';
import { SignalingServer } from './signaling/signaling-server.js';
import type { SandboxBot, SandboxUser, TalkSandboxSettings } from './settings.js';
import type { User, UserStatus } from './state/accounts.js';
import type { InstalledBot } from './state/bots.js';
import type { TalkChange } from './state/change.js';
import type { PostOptions } from './state/chat.js';
import { userActor } from './state/conversations.js';
import { emojiOf, type Message } from './state/message.js';
import type { Actor } from './state/actor.js';
import { PollStatus, type PollText } from './state/polls.js';
import { randomText } from './state/random-text.js';
import { RoomType, type Attendee, type Room } from './state/room.js';
import { TalkState } from './state/talk-state.js';
import { WebhookSender } from './webhook-sender.js';
import { viewMessage } from './view/message-view.js';

export interface SandboxRoom {
  readonly name: string;
  readonly owner: string;
  /** Default group. */
  readonly type?: 'group' | 'public';
  readonly members?: readonly string[];
}

export interface SharedFile {
  readonly name: string;
  readonly mimetype: string;
  readonly data: Buffer | StoredBytes;
  readonly caption?: string;
  /** A voice message. */
  readonly isSpoken?: boolean;
}

/** A poll, as one sees it who is shown everything. */
export interface ShownPoll extends PollText {
  readonly id: number;
  readonly author: string;
  readonly isOpen: boolean;
  readonly votes: readonly { readonly voter: string; readonly options: readonly number[] }[];
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
  /** All that the server knows; to be changed through the methods of this class. */
  readonly state: TalkState;
  readonly #workers: WorkerPool;
  readonly #api: TalkApi;
  readonly #control: Control;
  readonly #notifier: SignalingNotifier | undefined;
  readonly #signalingSecret = randomText(64, 'secret');
  #http: SandboxHttpServer | undefined;

  constructor(private readonly settings: TalkSandboxSettings = {}) {
    this.state = new TalkState(settings, this.ledger, this.webhooks, new FederationCarrier());
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

  addUser(user: SandboxUser): void {
    this.state.accounts.add(user);
  }

  /** How somebody is, as others see it. */
  setStatus(user: string, status: UserStatus): void {
    this.#user(user).status = status;
  }

  /** The same, as it is now. */
  status(user: string): UserStatus {
    return this.#user(user).status;
  }

  /** Installs a bot, as an administrator does; it is off in every room. */
  installBot(bot: SandboxBot): void {
    this.state.bots.install(bot);
  }

  /** Takes a bot away, as an administrator does; it is off in every room. */
  uninstallBot(name: string): void {
    this.state.uninstallBot(this.#bot(name));
  }

  turnBotOn(token: string, name: string): void {
    this.state.turnBotOn(this.#room(token), this.#bot(name));
  }

  turnBotOff(token: string, name: string): void {
    this.state.turnBotOff(this.#room(token), this.#bot(name));
  }

  /** Every app password of that person stops working. */
  revokeAppPassword(user: string): void {
    this.state.accounts.revokeAll(user);
  }

  /** A login with which a test need not ask for one over HTTP. */
  issueAppPassword(user: string): string {
    return this.state.accounts.issueAppPassword(this.#user(user).id);
  }

  /** Gives somebody the rooms that a new user finds, as the first list of their rooms does. */
  listRooms(user: string): void {
    this.state.starterRooms.giveTo(this.#user(user));
  }

  /** Asks something in a room's poll. @returns the poll's id */
  askPoll(
    token: string,
    user: string,
    question: string,
    options: readonly string[],
    { threadId, ...how }: Partial<PollText> & { readonly threadId?: number } = {},
  ): number {
    const text = { question, options, resultMode: 0, maxVotes: 1, ...how } as const;
    return this.state.polls.create(
      this.#room(token),
      this.#attendee(this.#room(token), user).actor,
      text,
      PollStatus.open,
      threadId,
    ).id;
  }

  /** Chooses these options in the place of what the user chose before; none takes that back. */
  vote(token: string, user: string, poll: number, options: readonly number[]): void {
    const room = this.#room(token);
    const attendee = this.#attendee(room, user);
    this.state.polls.vote(room, this.state.polls.get(room, poll, attendee), attendee.actor, options);
  }

  closePoll(token: string, user: string, poll: number): void {
    const room = this.#room(token);
    this.state.polls.close(room, poll, this.#attendee(room, user));
  }

  /** The last message that somebody has read, as their own list of rooms tells them. */
  lastRead(token: string, user: string): number {
    return this.#attendee(this.#room(token), user).lastReadMessage;
  }

  /** Somebody reads the room in Talk itself, up to a message. */
  read(token: string, user: string, message: number): void {
    this.#attendee(this.#room(token), user).lastReadMessage = message;
  }

  /** The polls of a room, drafts left out, with who chose what. */
  polls(token: string): readonly ShownPoll[] {
    return this.state.polls.inRoom(this.#room(token)).map(({ id, author, text, status, votes }) => ({
      id,
      author: this.#actorName(author),
      ...text,
      isOpen: status === PollStatus.open,
      votes: [...votes.values()].map(({ actor, options }) => ({
        voter: this.#actorName(actor),
        options: [...options],
      })),
    }));
  }

  /** @returns the room's token */
  createRoom(room: SandboxRoom): string {
    const type = room.type === 'public' ? RoomType.public : RoomType.group;
    const created = this.state.conversations.create(this.#user(room.owner), { type, name: room.name });
    for (const member of room.members ?? []) this.addMember(created.token, member, room.owner);
    return created.token;
  }

  /** With what somebody joins the room by phone. */
  pinOf(token: string, user: string): string {
    const room = this.#room(token);
    return pinOf(room, this.#attendee(room, user));
  }

  deleteRoom(token: string): void {
    this.state.conversations.delete(this.#room(token));
  }

  addMember(token: string, user: string, by?: string): void {
    const room = this.#room(token);
    this.state.conversations.addUser(room, this.#owner(room, by), this.#user(user));
  }

  removeMember(token: string, user: string, by?: string): void {
    const room = this.#room(token);
    this.state.conversations.remove(room, this.#owner(room, by), this.#attendee(room, user));
  }

  /** Makes somebody a moderator. */
  promote(token: string, user: string): void {
    const room = this.#room(token);
    this.state.conversations.setModerator(room, this.#owner(room), this.#attendee(room, user), true);
  }

  /** Makes a moderator one no longer. */
  demote(token: string, user: string): void {
    const room = this.#room(token);
    this.state.conversations.setModerator(room, this.#owner(room), this.#attendee(room, user), false);
  }

  /** What the room is called and how it is shown. */
  describe(token: string): { readonly name: string; readonly description: string; readonly hasPicture: boolean } {
    const { name, description, picture } = this.#room(token);
    return { name, description, hasPicture: picture !== undefined };
  }

  renameRoom(token: string, name: string, by?: string): void {
    const room = this.#room(token);
    this.state.conversations.rename(room, this.#owner(room, by), name);
  }

  setLobby(token: string, isOn: boolean): void {
    const room = this.#room(token);
    this.state.conversations.setLobby(room, this.#owner(room), isOn ? 1 : 0, 0);
  }

  setReadOnly(token: string, isReadOnly: boolean): void {
    const room = this.#room(token);
    this.state.conversations.setReadOnly(room, this.#owner(room), isReadOnly ? 1 : 0);
  }

  /** Lets people without an account in, or sends them away. */
  setPublic(token: string, isPublic: boolean): void {
    const room = this.#room(token);
    this.state.conversations.setPublic(room, this.#owner(room), isPublic);
  }

  /** Empty: none. */
  setPassword(token: string, password: string): void {
    const room = this.#room(token);
    this.state.conversations.setPassword(room, this.#owner(room), password);
  }

  /** Who is in the room; whoever was not heard of in time is out from then on. */
  participants(token: string): readonly { readonly type: string; readonly id: string; readonly name: string }[] {
    const room = this.#room(token);
    this.state.attendance.expire(room);
    return [...room.attendees.values()].map(({ actor, displayName }) => ({ ...actor, name: displayName }));
  }

  clearHistory(token: string, by?: string): void {
    const room = this.#room(token);
    this.state.chat.clear(room, this.#owner(room, by));
  }

  /** @returns the message's id */
  post(token: string, user: string, text: string, options: PostOptions = {}): number {
    return this.state.chat.post(this.#room(token), userActor(user), text, options).id;
  }

  /**
   * Somebody puts a file among their own and shares it with the room.
   * @returns the message's id
   */
  shareFile(token: string, user: string, file: SharedFile): number {
    const room = this.#room(token);
    const { name, mimetype, data, caption = '', isSpoken = false } = file;
    const path = this.state.files.freePath(this.#user(user).id, `/${name}`);
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
    this.state.cache.raceNext(this.#room(token).token);
  }

  /** @returns the id of the row that tells of it, as do `remove`, `react` and `unreact` */
  edit(token: string, user: string, messageId: number, text: string): number {
    const room = this.#room(token);
    return this.state.chat.edit(room, this.#message(room, messageId), userActor(user), text).id;
  }

  remove(token: string, user: string, messageId: number): number {
    const room = this.#room(token);
    return this.state.chat.remove(room, this.#message(room, messageId), userActor(user)).id;
  }

  react(token: string, user: string, messageId: number, emoji: string): void {
    const room = this.#room(token);
    this.state.chat.react(room, this.#message(room, messageId), userActor(user), emoji);
  }

  unreact(token: string, user: string, messageId: number, emoji: string): void {
    const room = this.#room(token);
    this.state.chat.unreact(room, this.#message(room, messageId), userActor(user), emoji);
  }

  pin(token: string, user: string, messageId: number, state: 'pinned' | 'unpinned'): void {
    const room = this.#room(token);
    const message = this.#message(room, messageId);
    if (state === 'pinned') this.state.chat.pin(room, message, userActor(user), 0);
    else this.state.chat.unpin(room, message, userActor(user));
  }

  /** The ids of what is pinned, the latest last. */
  pins(token: string): readonly number[] {
    return [...this.#room(token).pinned].map(({ id }) => id);
  }

  /** The room's rows, oldest first, as the API shows them to `reader` (default: somebody outside). */
  messages(token: string, reader = ''): readonly Record<string, unknown>[] {
    const room = this.#room(token);
    const names = this.state.names(this.state.base);
    return room.log.all().map((message) => viewMessage(names, room, message, `users/${reader}`));
  }

  /** Who reacted to a message with what, oldest first. `user`: a guest's name, else the user's id. */
  reactionsTo(token: string, messageId: number): readonly { readonly user: string; readonly emoji: string }[] {
    const room = this.#room(token);
    return this.#message(room, messageId).reactions.map((row) => ({
      user: this.#actorName(row.actor),
      emoji: emojiOf(row),
    }));
  }

  #actorName(actor: Actor): string {
    return actor.type === 'guests' ? this.state.rooms.guestName(actor) : actor.id;
  }

  /** Grants a login flow, as the person who opens its `login` address does. */
  grantLogin(loginUrl: string, user: string): void {
    const flow = loginUrl.slice(loginUrl.lastIndexOf('/') + 1);
    if (!this.state.logins.grant(flow, user)) throw new Error('no such login flow or user');
  }

  /** Those of a user that nobody gave back. */
  appPasswords(user: string): readonly string[] {
    return this.state.accounts.appPasswords(user);
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

  #room(token: string): Room {
    const room = this.state.rooms.get(token);
    if (room === undefined) throw new Error(`no room ${token}`);
    return room;
  }

  #attendee(room: Room, user: string): Attendee {
    const attendee = room.attendees.get(`users/${user}`);
    if (attendee === undefined) throw new Error(`${user} is not in ${room.token}`);
    return attendee;
  }

  #user(id: string): User {
    const user = this.state.accounts.get(id);
    if (user === undefined) throw new Error(`no user ${id}`);
    return user;
  }

  #bot(name: string): InstalledBot {
    const bot = this.state.bots.byName(name);
    if (bot === undefined) throw new Error(`no bot ${name}`);
    return bot;
  }

  #message(room: Room, id: number): Message {
    const message = room.log.get(id);
    if (message === undefined) throw new Error(`no message ${id} in ${room.token}`);
    return message;
  }

  /** Who does what nobody is named for: the first of the room. */
  #owner(room: Room, by?: string): Actor {
    if (by !== undefined) return userActor(this.#user(by).id);
    const first = room.attendees.values().next().value;
    if (first === undefined) throw new Error(`nobody is in ${room.token}`);
    return first.actor;
  }
}
