import type { Ledger } from '../../ledger.js';
import { defaultUsers, type SandboxBot, type TalkSandboxSettings } from '../settings.js';
import type { Names } from './names.js';
import { Accounts } from './accounts.js';
import { Attendance } from './attendance.js';
import { BrowserSessions } from './browser-sessions.js';
import type { TalkChange } from './change.js';
import { Chat, type ChatEvent } from './chat.js';
import { Conversations } from './conversations.js';
import { Files } from './files.js';
import { LoginFlows } from './login-flows.js';
import { LongPoll } from './long-poll.js';
import { PollCache } from './poll-cache.js';
import { Polls } from './polls.js';
import { Reminders } from './reminders.js';
import { Rooms } from './rooms.js';
import { StarterRooms } from './starter-rooms.js';
import { Stream } from './stream.js';

export interface InstalledBot extends SandboxBot {
  readonly id: number;
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
  readonly conversations: Conversations;
  readonly browsers = new BrowserSessions();
  readonly attendance: Attendance;
  readonly reminders = new Reminders();
  readonly starterRooms: StarterRooms;
  readonly longPoll: LongPoll;
  readonly bots: readonly InstalledBot[];
  readonly #commitDelayMs: number;
  #pendingCommits = 0;
  readonly #clock: () => number;
  readonly #listeners = new Set<(change: TalkChange) => void>();

  constructor(settings: TalkSandboxSettings, ledger: Ledger) {
    this.#clock = settings.clock ?? Date.now;
    this.#commitDelayMs = settings.commitDelayMs ?? 0;
    this.bots = (settings.bots ?? []).map((bot, index) => ({ ...bot, id: index + 1 }));
    for (const user of settings.users ?? defaultUsers) this.accounts.add(user);
    const nowSeconds = (): number => this.nowSeconds();
    const changed = (change: TalkChange): void => this.#changed(change);
    this.cache = new PollCache(settings.cacheMs ?? 0, this.#clock);
    this.files = new Files(this.rooms, nowSeconds);
    this.chat = new Chat(this.rooms, new Stream(this.cache), this.files, ledger, nowSeconds, (event) =>
      this.#told(event),
    );
    this.polls = new Polls(this.chat);
    this.conversations = new Conversations(this.accounts, this.rooms, this.chat, changed);
    this.attendance = new Attendance(this.rooms, this.conversations, this.browsers, nowSeconds);
    this.starterRooms = new StarterRooms(this.rooms, this.chat);
    this.longPoll = new LongPoll(this.cache, settings.pollStepMs ?? 1000);
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

  nowSeconds(): number {
    return Math.floor(this.#clock() / 1000);
  }

  /** Calls `listener` after each change; the answer ends that. */
  onChange(listener: (change: TalkChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #told(event: ChatEvent): void {
    if (event.kind !== 'unreacted') {
      this.#changed({ room: event.room.token, what: 'message', messageId: event.message.id });
    }
  }

  #changed(change: TalkChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
