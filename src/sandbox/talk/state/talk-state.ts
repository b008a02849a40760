import type { Ledger } from '../../ledger.js';
import { defaultUsers, type Extras, type TalkSandboxSettings, type TalkVersion } from '../settings.js';
import type { Abilities } from '../view/capabilities.js';
import { abroad } from '../view/federated-view.js';
import { viewMessage } from '../view/message-view.js';
import { presenceBody, webhookBody } from '../view/webhook-body.js';
import type { Names } from './names.js';
import { Accounts, type User } from './accounts.js';
import type { Actor } from './actor.js';
import { Attendance } from './attendance.js';
import { Backends } from './backends.js';
import { Bans } from './bans.js';
import { Bots, type InstalledBot } from './bots.js';
import { BreakoutRooms } from './breakout-rooms.js';
import { BrowserSessions } from './browser-sessions.js';
import { Calls } from './calls.js';
import type { TalkChange } from './change.js';
import { Chat, type ChatEvent } from './chat.js';
import { Conversations } from './conversations.js';
import { Federation, type Carrier } from './federation.js';
import { FileRooms } from './file-rooms.js';
import { Files } from './files.js';
import { GuestMentions } from './guest-mentions.js';
import { LoginFlows } from './login-flows.js';
import { LongPoll } from './long-poll.js';
import { PollCache } from './poll-cache.js';
import { Polls } from './polls.js';
import { Reminders } from './reminders.js';
import type { Attendee, Room } from './room.js';
import { Rooms } from './rooms.js';
import { Schedule } from './schedule.js';
import { Signaling } from './signaling.js';
import { StarterRooms } from './starter-rooms.js';
import { Stream } from './stream.js';
import { UploadFolders } from './upload-folders.js';

/** What carries webhooks to bots. */
export interface Webhooks {
  send(bot: InstalledBot, body: unknown, backend: string): void;
}

/** All that the server knows. */
export class TalkState {
  readonly accounts = new Accounts();
  readonly logins = new LoginFlows(this.accounts);
  readonly rooms = new Rooms();
  readonly cache: PollCache;
  readonly files: Files;
  readonly chat: Chat;
  readonly polls: Polls;
  readonly guestMentions: GuestMentions;
  readonly extras: Extras;
  readonly signaling = new Signaling();
  readonly calls: Calls;
  readonly bans: Bans;
  readonly breakoutRooms: BreakoutRooms;
  readonly fileRooms: FileRooms;
  readonly federation: Federation;
  readonly schedule: Schedule;
  readonly backends: Backends;
  readonly version: TalkVersion;
  readonly conversations: Conversations;
  readonly browsers = new BrowserSessions();
  readonly attendance: Attendance;
  readonly reminders = new Reminders();
  readonly starterRooms: StarterRooms;
  readonly longPoll: LongPoll;
  readonly bots = new Bots();
  readonly uploads: UploadFolders;
  /** The server's own address without a slash at its end, known when it listens. */
  base = 'http://127.0.0.1';
  /** Whether the signaling server, where there is one, took what it was told of what was said. */
  isSignaled: () => Promise<boolean> = () => Promise.resolve(true);
  readonly #backendUrl: string | undefined;
  readonly #webhooks: Webhooks;
  readonly #commitDelayMs: number;
  #pendingCommits = 0;
  readonly #clock: () => number;
  readonly #listeners = new Set<(change: TalkChange) => void>();
  readonly #chatListeners = new Set<(event: ChatEvent) => void>();

  constructor(settings: TalkSandboxSettings, ledger: Ledger, webhooks: Webhooks, carrier: Carrier) {
    this.#clock = settings.clock ?? Date.now;
    this.#commitDelayMs = settings.commitDelayMs ?? 0;
    this.#backendUrl = settings.backendUrl;
    this.#webhooks = webhooks;
    this.version = settings.talkVersion ?? 22;
    this.backends = new Backends(settings.backends ?? {});
    for (const bot of settings.bots ?? []) this.bots.install(bot);
    for (const user of settings.users ?? defaultUsers) this.accounts.add(user);
    const nowSeconds = (): number => this.nowSeconds();
    const changed = (change: TalkChange): void => this.#changed(change);
    this.cache = new PollCache(settings.cacheMs ?? 0, this.#clock);
    this.uploads = new UploadFolders(settings.largeFiles ?? 'kept');
    this.files = new Files(this.rooms, nowSeconds, (user) => this.accounts.attachmentFolder(user));
    this.chat = new Chat(this.rooms, new Stream(this.cache), this.files, ledger, nowSeconds, (event) =>
      this.#told(event),
    );
    this.polls = new Polls(this.chat, (room, { id }) => changed({ room: room.token, what: 'poll', poll: id }));
    this.calls = new Calls(this.accounts, this.chat, nowSeconds, (room) => {
      this.signaling.refresh(room);
      changed({ room: room.token, what: 'room' });
    });
    this.conversations = new Conversations(this.accounts, this.rooms, this.chat, this.calls, changed);
    this.bans = new Bans(this.accounts, this.rooms, this.conversations, nowSeconds);
    this.breakoutRooms = new BreakoutRooms(this.rooms, this.conversations, this.chat);
    this.guestMentions = new GuestMentions(nowSeconds);
    this.extras = settings.extras ?? {};
    this.fileRooms = new FileRooms(this.rooms, this.conversations, settings.fileRooms ?? true);
    this.schedule = new Schedule(this.rooms, this.chat, nowSeconds);
    this.federation = new Federation(
      { isOn: settings.federation ?? false, base: () => this.base },
      this.accounts,
      this.rooms,
      this.conversations,
      carrier,
      (room, message) => abroad(viewMessage(this.names(this.base), room, message, '', 'without parents'), this.base),
    );
    this.attendance = new Attendance(
      this.rooms,
      this.conversations,
      this.browsers,
      this.bans,
      this.calls,
      this.signaling,
      nowSeconds,
    );
    this.starterRooms = new StarterRooms(this.rooms, this.chat);
    this.longPoll = new LongPoll(this.cache, settings.pollStepMs ?? 1000);
  }

  get abilities(): Abilities {
    const { sip, recording, signaling } = this.backends;
    return {
      version: this.version,
      federates: this.federation.isOn,
      records: recording !== undefined,
      hasPhones: sip !== undefined,
      dialsOut: sip?.dialsOut ?? false,
      signaling: signaling === undefined ? 'internal' : 'external',
      helloKey: signaling === undefined ? undefined : this.backends.tokenKey.shown,
    };
  }

  /** How many posts have their time but are not stored. */
  get pendingCommits(): number {
    return this.#pendingCommits;
  }

  /** Lets the time pass that lies between a post's beginning and its commit. */
  async reachCommit(): Promise<void> {
    if (this.#commitDelayMs === 0) return;
    this.#pendingCommits += 1;
    await new Promise((resolve) => setTimeout(resolve, this.#commitDelayMs));
    this.#pendingCommits -= 1;
  }

  /** @param base the server's own address without a slash at its end */
  names(base: string): Names {
    return { accounts: this.accounts, rooms: this.rooms, files: this.files, base };
  }

  room(token: string): Room {
    const room = this.rooms.get(token);
    if (room === undefined) throw new Error(`no room ${token}`);
    return room;
  }

  attendee(room: Room, user: string): Attendee {
    const attendee = room.attendees.get(`users/${user}`);
    if (attendee === undefined) throw new Error(`${user} is not in ${room.token}`);
    return attendee;
  }

  user(id: string): User {
    const user = this.accounts.get(id);
    if (user === undefined) throw new Error(`no user ${id}`);
    return user;
  }

  actorName(actor: Actor): string {
    return actor.type === 'guests' ? this.rooms.guestName(actor) : actor.id;
  }

  nowSeconds(): number {
    return Math.floor(this.#clock() / 1000);
  }

  /** Calls `listener` after each change; the answer ends that. */
  onChange(listener: (change: TalkChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `listener` with what is said and noted in rooms, and with reactions. */
  onChat(listener: (event: ChatEvent) => void): void {
    this.#chatListeners.add(listener);
  }

  /** Answers whether it was off before. */
  turnBotOn(room: Room, bot: InstalledBot): boolean {
    if (room.bots.has(bot.id)) return false;
    room.bots.add(bot.id);
    this.#send(bot, presenceBody(bot, room, 'Join'));
    return true;
  }

  turnBotOff(room: Room, bot: InstalledBot): void {
    if (room.bots.delete(bot.id)) this.#send(bot, presenceBody(bot, room, 'Leave'));
  }

  /** Its rooms are not told. */
  uninstallBot(bot: InstalledBot): void {
    this.bots.uninstall(bot);
    for (const room of this.rooms.all()) room.bots.delete(bot.id);
  }

  #send(bot: InstalledBot, body: unknown): void {
    this.#webhooks.send(bot, body, this.#backendUrl ?? `${this.base}/`);
  }

  #tellBots(event: ChatEvent): void {
    const isReaction = event.kind === 'reacted' || event.kind === 'unreacted';
    const bots = this.bots.on(event.room, isReaction ? ['webhook', 'reaction'] : ['webhook']);
    if (bots.length === 0) return;
    const body = webhookBody(this.names(this.base), event);
    if (body !== undefined) for (const bot of bots) this.#send(bot, body);
  }

  #told(event: ChatEvent): void {
    this.#tellBots(event);
    for (const listener of this.#chatListeners) listener(event);
    this.federation.spread(event);
    if (event.kind !== 'unreacted') {
      this.#changed({ room: event.room.token, what: 'message', messageId: event.message.id });
    }
  }

  #changed(change: TalkChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
