import { LoginRefused, RoomClosed } from '../../model/errors.js';
import { roomId, type RoomId } from '../../model/ids.js';
import type { Ingest, RawPayload } from '../../model/network-adapter.js';
import type { AdapterContext } from '../../model/network-definition.js';
import type { AppApi } from './api/app.api.js';
import type { ChatApi } from './api/chat.api.js';
import type { ConversationsApi } from './api/conversations.api.js';
import type { PeopleApi } from './api/people.api.js';
import type { Addressee } from './slack.addressing.js';
import { SlackCatchUp } from './slack.catch-up.js';
import { SlackChannels } from './slack.channels.js';
import type { SlackClient } from './slack.client.js';
import { SlackCommands } from './slack.commands.js';
import { CommandReceiver } from './slack.commands.source.js';
import { SlackHearing } from './slack.hearing.js';
import type { SlackSelf } from './slack.ids.js';
import type { SlackLogin } from './slack.login.js';
import type { SlackMessages } from './slack.messages.js';
import { SlackMissed } from './slack.missed.js';
import type { SlackPeople } from './slack.people.js';
import { SlackPresence } from './slack.presence.js';
import { SlackReconciliation } from './slack.reconciliation.js';
import type { SlackRooms } from './slack.rooms.js';
import { SlackStatuses } from './slack.statuses.js';
import type { SlackSettings } from './slack.settings.js';
import { SocketMode } from './slack.socket-mode.js';
import { SlackSource } from './slack.source.js';

export interface ListeningParts {
  readonly context: AdapterContext<SlackSettings>;
  readonly client: SlackClient;
  readonly app: AppApi;
  readonly chat: ChatApi;
  readonly conversations: ConversationsApi;
  readonly login: SlackLogin;
  readonly messages: SlackMessages;
  readonly people: SlackPeople;
  readonly peopleApi: PeopleApi;
  readonly rooms: SlackRooms;
  /** As whom we listen; undefined before we are logged in. */
  self(): SlackSelf | undefined;
}

const restartAfterMs = 1000;
const longestPollMs = 200;
/** A connection is found to be gone between one and two times of silence after it was. */
const blindFactor = 2;

/** How an account hears what happens, what it does about that, and what runs beside for as long as it listens. */
export class SlackListening {
  /** The account, as Slack reaches it. */
  readonly addressee: Addressee;
  readonly #socket: SocketMode;
  readonly #catchUp: SlackCatchUp;
  readonly #missed: SlackMissed;
  readonly #presence: SlackPresence;
  readonly #hearing: SlackHearing;
  readonly #statuses: SlackStatuses;
  #ofApp: readonly Addressee[];

  constructor(private readonly parts: ListeningParts) {
    const { context, client, app, chat, conversations, messages, people, peopleApi, rooms, self } = parts;
    const { account, settings, clock, log, store } = context;
    const { appName, command, operators, receive, reconnectMs, quietMs, markMs, lookMarginMs: marginMs } = settings;
    const isLinked = (channel: string): boolean => context.isLinked(channel);
    const run: typeof context.command = (call) => context.command(call);
    const enter = (channel: string, signal: AbortSignal): Promise<void> => this.#goIn(channel, signal);
    const { roomClosed, roomsOpened } = context;

    const isPrivate = (channel: string): Promise<boolean> =>
      rooms.isPrivate(channel, AbortSignal.timeout(settings.lookupTimeoutMs));
    const commands = new SlackCommands({ command, appName, operators, log, self, isPrivate, run });
    const source = new SlackSource({
      people,
      log,
      self,
      isLinked,
      onHeard: async (event, happenedAt) => {
        await this.#hearing.heard(event, happenedAt);
        if (settings.presence) this.#statuses.heard(event);
      },
    });
    this.addressee = { source, receiver: new CommandReceiver({ command, commands }), self, isLinked };
    this.#ofApp = [this.addressee];
    this.#socket = new SocketMode({
      app,
      clock,
      log,
      account,
      reconnectMs,
      quietMs,
      receive: (envelope) => this.#hearing.take(envelope),
    });
    this.#statuses = new SlackStatuses({
      account,
      people: peopleApi,
      clock,
      log,
      everyMs: settings.presenceIntervalMs,
      isLinked,
      tell: (changed) => context.presence(changed),
    });
    const reconciliation = new SlackReconciliation({
      chat,
      conversations,
      messages,
      people,
      source,
      clock,
      self,
      bridged: (room, from, limit) => context.bridged(room, from, limit),
    });
    this.#catchUp = new SlackCatchUp({ conversations, source, client, clock, marginMs, reconciliation });
    const channels = new SlackChannels(store);
    this.#missed = new SlackMissed({
      channels,
      clock,
      log,
      againMs: markMs,
      isLinked,
      ours: (signal) => conversations.ours(signal),
      roomsOpened,
      isOpen: (channel, signal) => rooms.isOpen(channel, signal),
      enter,
      catchUp: (room, from, signal) => this.#catchUp.read(room, from, signal),
    });
    this.#presence = new SlackPresence({
      channels,
      store,
      clock,
      appName,
      markMs,
      pollMs: Math.min(longestPollMs, markMs, reconnectMs / 2),
      blindMs: receive === 'socketMode' ? blindFactor * quietMs : 0,
      isLinked,
      self: () => self()?.user,
      isListening: () => source.isListening && (receive !== 'socketMode' || this.#socket.isConnected),
      enter,
      roomClosed,
      onMissed: (why) => {
        this.#missed.wake(why);
      },
      onDoubt: (channel) => {
        this.#missed.doubt(channel);
      },
      onInvited: (channel) => {
        this.#missed.invited(channel);
      },
    });
    this.#hearing = new SlackHearing({
      account: this.addressee,
      ofApp: () => this.#ofApp,
      commands,
      presence: this.#presence,
      messages,
      chat,
      client,
      clock,
      log,
      answerWithinMs: settings.requestTimeoutMs,
      loginRefused: () => {
        context.loginRefused();
      },
    });
  }

  /** These accounts are of the same app: what is told on one's connection may be for another. */
  share(ofApp: readonly Addressee[]): void {
    this.#ofApp = ofApp;
  }

  /** Sees that events can come. Throws LoginRefused where the app may not have them. */
  async prepare(signal: AbortSignal): Promise<void> {
    if (this.#isBySocket) await this.#socket.prepare(signal);
  }

  /** Until `signal` aborts; called again after that it begins anew. `since`: when the login was tried that Slack accepted. */
  start(ingest: Ingest, since: Date, signal: AbortSignal): void {
    const { login, people, context } = this.parts;
    this.#hearing.begin(since, signal);
    this.addressee.source.open(ingest, signal);
    const run = (name: string, loop: (until: AbortSignal) => Promise<void>): void =>
      void this.#keep(name, loop, signal);
    if (this.#isBySocket) run('WebSocket', (until) => this.#socket.run(until));
    run('presence', (until) => this.#presence.watch(until));
    run('history', (until) => this.#missed.run(ingest, until));
    run('token', (until) => login.keepFresh(until));
    run('people', (until) => people.fill(until));
    if (context.settings.presence) run('statuses', (until) => this.#statuses.run(until));
    run('connections', (until) => this.#rest(until));
  }

  /** A link has this channel from now on. */
  entered(room: RoomId): Promise<void> {
    return this.#presence.entered(room);
  }

  /** For what is to be sent. Throws RoomClosed where somebody took us out, or has to invite us. */
  enter(room: RoomId, signal: AbortSignal): Promise<void> {
    return this.#presence.enter(room, signal);
  }

  /** What was said in the channel since then, oldest first. */
  catchUp(room: RoomId, since: Date, signal: AbortSignal): AsyncIterable<readonly RawPayload[]> {
    return this.#catchUp.read(room, { since }, signal);
  }

  /** Goes in where that is open to us, and tells whether it is. Throws RoomClosed. */
  async #goIn(channel: string, signal: AbortSignal): Promise<void> {
    const { context, rooms } = this.parts;
    try {
      await rooms.enter(channel, signal);
      await context.roomsOpened([roomId(channel)]);
    } catch (error) {
      if (error instanceof RoomClosed) await context.roomClosed(roomId(channel), error);
      throw error;
    }
  }

  get #isBySocket(): boolean {
    return this.parts.context.settings.receive === 'socketMode';
  }

  /** A loop that throws is told of and begun again; without a login the account is closed. */
  async #keep(name: string, loop: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { context } = this.parts;
    const { account, log, clock } = context;
    while (!signal.aborted) {
      try {
        await loop(signal);
        return;
      } catch (error) {
        log.error({ account, loop: name, error }, 'a loop failed and is begun again');
        if (error instanceof LoginRefused) {
          context.loginRefused();
          return;
        }
        await clock.sleep(restartAfterMs, signal);
      }
    }
  }

  /** When we stop, connections are let go. */
  async #rest(signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await this.parts.client.rest();
  }
}
