import { FaultScript } from '../fault-script.js';
import { SandboxHttpServer, type SandboxAnswer, type SandboxRequest } from '../http-server.js';
import { Ledger } from '../ledger.js';
import { RateLimits, type RateLimitSettings } from './api/rate-limits.js';
import { AppPages } from './api/app-pages.js';
import { apiFront, SlackApi } from './api/slack-api.js';
import { WebPages } from './api/web-pages.js';
import { Control, controlFront } from './control.js';
import { actAs, describe } from './from-afar.js';
import { EventDispatcher, usualRetryPausesMs, type EventFault } from './event-dispatcher.js';
import { Interactions, type CommandOutcome, type SlashCommand } from './interactions.js';
import { RequestSender } from './request-sender.js';
import { SlackError } from './slack-error.js';
import { SlackApps } from './slack-apps.js';
import { SlackChannels } from './slack-channels.js';
import type { PostOptions, SlackChange, SlackSandboxSettings } from './slack-sandbox.types.js';
import { SlackWorkspaces } from './slack-workspaces.js';
import { SocketMode } from './socket-mode.js';
import type { App } from './state/apps.js';
import { namedBlocks } from './state/block-rules.js';
import type { Channel } from './state/channel.js';
import type { Ephemeral } from './state/ephemerals.js';
import type { JsonObject } from './state/json.js';
import { actorOf, type Message } from './state/message.js';
import { SlackState } from './state/slack-state.js';
import { textOfBlocks } from './state/text-of-blocks.js';
import type { Transport } from './transport.js';
import { viewMessage } from './view/message-view.js';

const usualShareDelayMs = 50;
const longestText = 40_000;

/**
 * A small server that behaves towards apps as Slack does. Its direct methods do what people do in their clients: they throw where
 * channel, person or message is unknown, and a SlackError where Slack lets nobody do that.
 */
export class SlackSandbox {
  readonly ledger = new Ledger();
  readonly faults: FaultScript;
  /** All that the server knows; to be changed through the methods of this class and its parts. */
  readonly state: SlackState;
  readonly workspaces: SlackWorkspaces;
  readonly channels: SlackChannels;
  readonly apps: SlackApps;
  readonly #limits: RateLimits;
  readonly #api: SlackApi;
  readonly #pages: WebPages;
  readonly #appPages: AppPages;
  readonly #sockets: SocketMode;
  readonly #requests: RequestSender;
  readonly #events: EventDispatcher;
  readonly #interactions: Interactions;
  readonly #control: Control;
  #http: SandboxHttpServer | undefined;

  constructor(private readonly settings: SlackSandboxSettings = {}) {
    const random = settings.random ?? Math.random;
    this.faults = new FaultScript(random);
    this.state = new SlackState(this.ledger);
    this.#limits = new RateLimits(this.state.clock, settings.rateLimits ?? {});
    this.#sockets = new SocketMode(this.state.clock, this.faults);
    this.#requests = new RequestSender(this.state.clock);
    const transportOf = (app: App): Transport => (app.delivery === 'socketMode' ? this.#sockets : this.#requests);
    this.#events = new EventDispatcher(this.state, transportOf, settings.retryPausesMs ?? usualRetryPausesMs, random);
    this.#interactions = new Interactions(this.state, transportOf);
    this.#api = new SlackApi(this.state, this.#limits, {
      connect: (app) => this.#sockets.open(app),
      shareDelayMs: settings.shareDelayMs ?? usualShareDelayMs,
    });
    this.#pages = new WebPages(this.state);
    this.workspaces = new SlackWorkspaces(this.state);
    this.channels = new SlackChannels(this.state);
    this.apps = new SlackApps(this.state, this.#sockets, this.#requests, this.#pages);
    this.#appPages = new AppPages(this.state, (app) => this.#requests.verify(app));
    this.#control = new Control({
      ledger: this.ledger,
      faults: this.faults,
      setEventFault: (fault) => this.setEventFault(fault),
      advance: (byMs) => this.advance(byMs),
      disconnect: (appId, reason) => this.apps.disconnect(appId, reason),
      act: (act) => actAs(this, act),
      state: () => describe(this),
    });
  }

  /** Listens on 127.0.0.1; port 0 takes a free one. The API is below `/api/`. Apps are told of what happens from now on. */
  async start(port: number): Promise<{ readonly url: string }> {
    this.state.clock.start();
    await this.#sockets.listen();
    this.#http = new SandboxHttpServer(
      (request) => this.#answer(request),
      this.faults,
      () => this.settings.largeFiles ?? 'kept',
    );
    this.state.base = await this.#http.listen(port);
    this.#events.open();
    return { url: this.state.base };
  }

  /** Drops every connection. What the server knows stays, and so does what waits for its time. */
  async stop(): Promise<void> {
    this.#events.close();
    this.state.clock.stop();
    await this.#sockets.close();
    await this.#requests.close();
    await this.#http?.close();
    this.#http = undefined;
  }

  /** Its address while it runs, without a slash at its end. */
  get url(): string {
    return this.state.base;
  }

  /** Lets time pass at once: for retries, tokens, limits and what else goes by the clock. */
  advance(byMs: number): void {
    this.state.clock.advance(byMs);
  }

  setRateLimits(settings: RateLimitSettings | 'off'): void {
    this.#limits.set(settings);
  }

  /** What goes wrong with later events; undefined: nothing. */
  setEventFault(fault: EventFault | undefined): void {
    this.#events.setFault(fault);
  }

  /** How many event payloads were sent, and how many events were given up. */
  get eventCounts(): { readonly sent: number; readonly givenUp: number } {
    return this.#events.counts;
  }

  /** True where every event was acknowledged or given up. */
  get isQuiet(): boolean {
    return this.#events.isIdle;
  }

  /** `text` may be empty beside blocks. @returns the message's `ts` */
  post(channelId: string, user: string, text: string, options: PostOptions = {}): string {
    const channel = this.state.writable(channelId, user);
    const { thread, broadcast, blocks, attachments, files = [] } = options;
    requireShort(text, blocks);
    const stored = this.#store(user, files);
    const message = this.state.chat.say(
      channel,
      this.state.authorOf(user),
      {
        text,
        ...(blocks === undefined ? {} : { blocks: namedBlocks(blocks) }),
        ...(attachments === undefined ? {} : { attachments }),
        ...(stored.length === 0 ? {} : { files: stored }),
      },
      {
        ...(thread === undefined ? {} : { threadTs: thread }),
        ...(broadcast === undefined ? {} : { isBroadcast: broadcast }),
      },
    );
    return message.ts;
  }

  /** What somebody does: `/me`. */
  postMe(channelId: string, user: string, text: string): string {
    const channel = this.state.writable(channelId, user);
    return this.state.chat.say(channel, this.state.authorOf(user), { text }, { subtype: 'me_message' }).ts;
  }

  /** `blocks`: default what Slack makes of the text; `files`: those that it gets besides. Throws SlackError `cant_update_message`, `edit_window_closed`. */
  edit(
    channelId: string,
    user: string,
    ts: string,
    text: string,
    blocks?: readonly JsonObject[],
    files: PostOptions['files'] = [],
  ): void {
    const channel = this.state.channel(channelId);
    const message = this.#own(channel, user, ts, 'cant_update_message');
    requireShort(text, blocks);
    this.state.requireEditable(this.state.user(user).team, ts);
    const shown = blocks === undefined ? {} : { blocks: namedBlocks(blocks) };
    const added = this.#store(user, files);
    const withFiles = added.length === 0 ? {} : { files: [...message.files, ...added] };
    this.state.chat.edit(channel, message, user, { text, ...shown, ...withFiles });
  }

  /** Throws SlackError `cant_delete_message` where it is another's and one is no administrator. */
  remove(channelId: string, user: string, ts: string): void {
    const channel = this.state.channel(channelId);
    const { role } = this.state.user(user);
    const isAdministrator = role === 'admin' || role === 'owner';
    const message = isAdministrator ? this.#message(channel, ts) : this.#own(channel, user, ts, 'cant_delete_message');
    this.state.chat.remove(channel, message, user);
  }

  react(channelId: string, user: string, ts: string, name: string): void {
    const channel = this.state.channel(channelId);
    this.state.chat.react(channel, this.#message(channel, ts), user, name);
  }

  unreact(channelId: string, user: string, ts: string, name: string): void {
    const channel = this.state.channel(channelId);
    this.state.chat.unreact(channel, this.#message(channel, ts), user, name);
  }

  pin(channelId: string, user: string, ts: string, state: 'pinned' | 'unpinned'): void {
    const channel = this.state.channel(channelId);
    const message = this.#message(channel, ts);
    if (state === 'pinned') this.state.chat.pin(channel, message, user);
    else this.state.chat.unpin(channel, message, user);
  }

  /** The `ts` of what is pinned, the latest last. */
  pins(channelId: string): readonly string[] {
    return [...this.state.channel(channelId).pins.keys()];
  }

  /** Shows previews of a message's links, as Slack does some time after it. */
  unfurl(channelId: string, ts: string, attachments: readonly JsonObject[]): void {
    const channel = this.state.channel(channelId);
    this.state.chat.unfurl(channel, this.#message(channel, ts), attachments);
  }

  /** A file is deleted by whose it is. */
  deleteFile(fileId: string): void {
    const file = this.state.files.get(fileId);
    if (file === undefined) throw new Error(`no file ${fileId}`);
    this.state.removeFile(file);
  }

  /** Every message of a channel, replies included, oldest first, as the API shows them. */
  messages(channelId: string): readonly JsonObject[] {
    const channel = this.state.channel(channelId);
    return channel.all().map((message) => viewMessage(this.state.look(), channel, message));
  }

  /** What people alone were shown, oldest first. */
  ephemerals(): readonly Ephemeral[] {
    return this.state.ephemerals.all();
  }

  /** Slack itself says something that one person alone sees. */
  tell(channel: string, user: string, text: string): void {
    const ts = this.state.timestamps.next();
    this.state.ephemerals.show({ ts, channel, user, botId: '', text, blocks: [] });
  }

  async slashCommand(command: SlashCommand): Promise<CommandOutcome> {
    return this.#interactions.command(command);
  }

  /** Presses a button, picks from a menu, sends a modal: see Interactions. */
  async interact(
    app: string,
    channel: string,
    user: string,
    payload: JsonObject,
    messageTs?: string,
  ): Promise<CommandOutcome> {
    return this.#interactions.interact(app, channel, user, payload, messageTs);
  }

  /** Calls `listener` with everything that happens in channels; the answer ends that. */
  onChange(listener: (change: SlackChange) => void): () => void {
    return this.state.onHappening(({ about, event }) => {
      if (about.kind === 'channel') listener({ channel: about.channel.id, event });
    });
  }

  async #answer(request: SandboxRequest): Promise<SandboxAnswer> {
    const { path } = request;
    if (path.startsWith(controlFront)) return this.#control.answer(request);
    if (path.startsWith(apiFront)) return this.#api.answer(request);
    if (path.startsWith('/commands/') || path.startsWith('/actions/')) return this.#interactions.respond(request);
    return path.split('/')[1] === 'apps' ? this.#appPages.answer(request) : this.#pages.answer(request);
  }

  #message(channel: Channel, ts: string): Message {
    const message = channel.message(ts);
    if (message === undefined || message.isTombstone) throw new SlackError('message_not_found');
    return message;
  }

  #own(channel: Channel, user: string, ts: string, otherwise: string): Message {
    const message = this.#message(channel, ts);
    if (actorOf(message.author) !== user && message.author.user !== user) throw new SlackError(otherwise);
    return message;
  }

  #store(user: string, files: NonNullable<PostOptions['files']>): string[] {
    const { team } = this.state.user(user);
    return files.map((file) => this.state.files.add({ ...file, team, user }, this.state.clock.nowSeconds()).id);
  }
}

function requireShort(text: string, blocks: readonly JsonObject[] | undefined): void {
  const length = text === '' && blocks !== undefined ? textOfBlocks(blocks).length : text.length;
  if (length > longestText) throw new SlackError('msg_too_long');
}
