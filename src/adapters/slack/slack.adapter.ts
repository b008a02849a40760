import type { EventKind } from '../../model/bridge-event.js';
import type { Addresses } from '../../model/addresses.js';
import type { Capabilities } from '../../model/capabilities.js';
import type { FileRef, RoomId, UserId } from '../../model/ids.js';
import { networkName } from '../../model/ids.js';
import type {
  AccountProfile,
  Deliver,
  FileStream,
  Ingest,
  NetworkAdapter,
  Outcome,
  RawPayload,
  ReadResult,
  RoomProfile,
  Speaker,
  UncertainDelivery,
  UserProfile,
  WantedRoom,
  WantedBytes,
} from '../../model/network-adapter.js';
import type { AdapterContext } from '../../model/network-definition.js';
import { AppApi, type LoginAnswer } from './api/app.api.js';
import { ChatApi } from './api/chat.api.js';
import { FilesApi } from './api/files.api.js';
import { ConversationsApi } from './api/conversations.api.js';
import { PeopleApi } from './api/people.api.js';
import { slackAddresses } from './slack.addresses.js';
import { fromSlack } from './from-slack.js';
import { SlackClient } from './slack.client.js';
import { commandIn } from './slack.commands.js';
import { DeletionDelivery, EditDelivery, MessageDelivery, SlackWriter, type WriterParts } from './slack.deliver.js';
import { EnteringDelivery } from './slack.entering.js';
import { missingScope, notInstalled } from './slack.errors.js';
import { slackFirstTold, type SlackSelf } from './slack.ids.js';
import type { Installable } from './slack.install.js';
import { SlackListening } from './slack.listening.js';
import { SlackLogin } from './slack.login.js';
import { SlackLook } from './slack.look.js';
import { neededScopes } from './slack.manifest.js';
import { SlackMessages } from './slack.messages.js';
import { PostPace } from './slack.pace.js';
import { parseStored } from './slack.payloads.js';
import { SlackPeople } from './slack.people.js';
import { PinDelivery } from './slack.pins.js';
import { PollDelivery, PollUpdate } from './slack.polls.js';
import { isReaction, ReactionDelivery, ReactionRemoval } from './slack.reactions.js';
import type { RequestTarget } from './slack.requests.js';
import { RoomDelivery } from './slack.room-changes.js';
import { SlackRooms } from './slack.rooms.js';
import type { SlackSettings } from './slack.settings.js';
import type { SlackSource } from './slack.source.js';
import { mostOptions } from './to-slack-polls.js';
import { maxTextChars, type Said, type SlackText, toSlack, type SlackPlace } from './to-slack.js';

export const slackNetwork = networkName('slack');

/** How many different emoji one user may put on one message. Source: docs.slack.dev, reactions.add. */
const maxReactions = 23;

/** Source: Slack's help, "Add files to Slack". */
const maxFileBytes = 1_000_000_000;
/** What its players take on phones as well as on desks; it records clips as the second one. */
const spokenTypes = ['audio/mpeg', 'audio/mp4', 'audio/m4a', 'audio/x-m4a', 'audio/aac', 'audio/wav', 'audio/x-wav'];

/** One app in one workspace. */
export class SlackAdapter implements NetworkAdapter {
  readonly network = slackNetwork;
  /** Slack promises none: an edit can come before its message. */
  readonly sourceOrder = 'notKept';
  readonly firstTold = slackFirstTold;
  /** A channel that workspaces share is the same in all of them. */
  readonly roomIds = 'everywhere';
  readonly settling: NetworkAdapter['settling'];
  readonly deliver: NetworkAdapter['deliver'];
  readonly addresses: Addresses;
  readonly #app: AppApi;
  readonly #chat: ChatApi;
  readonly #login: SlackLogin;
  readonly #look: SlackLook;
  readonly #people: SlackPeople;
  readonly #rooms: SlackRooms;
  readonly #listening: SlackListening;
  #self: SlackSelf | undefined;
  #loggedInAt = new Date(0);

  constructor(private readonly context: AdapterContext<SlackSettings>) {
    const { account, settings, clock, log, store } = context;
    const client = new SlackClient(settings, clock);
    const app = new AppApi(client);
    const chat = new ChatApi(client);
    const conversations = new ConversationsApi(client);
    const messages = new SlackMessages(conversations);
    const self = (): SlackSelf | undefined => this.#self;
    const login = new SlackLogin({ app, client, store, settings, clock, log });
    const peopleApi = new PeopleApi(client);
    const people = new SlackPeople({
      account,
      people: peopleApi,
      conversations,
      client,
      clock,
      log,
      maxAgeMs: settings.namesMaxAgeMs,
      timeoutMs: settings.lookupTimeoutMs,
    });
    const { appName } = settings;
    const rooms = new SlackRooms({ conversations, store, clock, log, appName, self: () => this.#self?.user });
    const listening = new SlackListening({
      context,
      client,
      app,
      chat,
      conversations,
      login,
      messages,
      people,
      peopleApi,
      rooms,
      self,
    });
    this.#app = app;
    this.#chat = chat;
    this.#login = login;
    this.#people = people;
    this.#rooms = rooms;
    this.#listening = listening;
    const textsOf: WriterParts['textsOf'] = (said, speaker, signal, name) => this.#textsOf(said, speaker, signal, name);
    const { lookMarginMs: marginMs } = settings;
    const knownSelf = (): SlackSelf => this.#knownSelf();
    this.addresses = slackAddresses(chat, knownSelf);
    this.#look = new SlackLook({ conversations, messages, client, clock, marginMs, self: knownSelf, textsOf });
    const { afterTimeoutMs = settings.requestTimeoutMs + 5000, afterDisconnectMs } = settings.settling;
    this.settling = { afterTimeoutMs, afterDisconnectMs };
    const pace = new PostPace(clock, { everyMs: settings.postEveryMs, burst: settings.postBurst });
    const addressOf = (picture: FileRef, version: string): string | undefined => this.#addressOf(picture, version);
    const writer = new SlackWriter({ chat, files: new FilesApi(client, clock), messages, pace, textsOf, addressOf });
    const entering = <K extends EventKind>(delivery: Deliver<K>): Deliver<K> =>
      new EnteringDelivery(delivery, (room, signal) => listening.enter(room, signal));
    this.deliver = {
      messageSent: entering(new MessageDelivery(writer)),
      messageEdited: entering(new EditDelivery(writer)),
      messageDeleted: entering(new DeletionDelivery(writer)),
      reactionAdded: entering(new ReactionDelivery(chat, people)),
      reactionRemoved: entering(new ReactionRemoval(chat, people)),
      pinChanged: entering(new PinDelivery(chat, new MessageDelivery(writer))),
      roomChanged: entering(new RoomDelivery(conversations)),
      pollStarted: entering(new PollDelivery(writer, new MessageDelivery(writer))),
      pollCounted: entering(new PollUpdate(writer)),
    };
  }

  get account(): AdapterContext<SlackSettings>['account'] {
    return this.context.account;
  }

  get source(): SlackSource {
    return this.#listening.addressee.source;
  }

  /** As requests of Slack reach the account. */
  get requestTarget(): RequestTarget {
    const { settings, clock, log } = this.context;
    const { receive, signingSecret } = settings;
    return {
      ...this.#listening.addressee,
      signingSecret: receive === 'eventsApi' ? signingSecret : undefined,
      clock,
      log,
    };
  }

  /** Slack tells an app on any of its connections what is for any workspace that it is in. Called before anything starts. */
  introduce(adapters: readonly SlackAdapter[]): void {
    const { appToken } = this.context.settings;
    if (appToken === undefined) return;
    const ofApp = adapters.filter(({ context }) => context.settings.appToken === appToken);
    this.#listening.share(ofApp.map((adapter) => adapter.#listening.addressee));
  }

  /** As people install its app. */
  get installable(): Installable {
    const { account, settings, clock, log } = this.context;
    return { account, settings, app: this.#app, login: this.#login, clock, log };
  }

  async connect(signal: AbortSignal): Promise<AccountProfile> {
    const { settings, account, clock } = this.context;
    this.#loggedInAt = clock.now();
    const known = await this.#login.logIn(signal);
    this.#checkScopes(known);
    const app = await this.#app.appOf(known.bot_id, signal);
    this.#self = {
      account,
      team: known.team_id,
      user: known.user_id,
      bot: known.bot_id,
      ...(app === undefined ? {} : { app }),
      url: known.url.endsWith('/') ? known.url : `${known.url}/`,
    };
    await this.#listening.prepare(signal);
    const way = settings.receive === 'socketMode' ? 'Socket Mode' : 'Events API';
    return {
      login: `${known.team_id} ${known.bot_id}`,
      summary: `${known.user} in ${known.team} (${known.url.replace(/\/$/, '')}), by ${way}`,
    };
  }

  /** Begins listening; called again after an abort it begins anew. */
  start(ingest: Ingest, signal: AbortSignal): Promise<void> {
    this.#listening.start(ingest, this.#loggedInAt, signal);
    return Promise.resolve();
  }

  read(payload: unknown): ReadResult {
    const stored = parseStored(payload);
    const self = stored.self === undefined ? this.#knownSelf() : selfIn(stored.self, this.account);
    const { type, subtype, text, bot_id: bot } = stored.event;
    const isSaid = type === 'message' && subtype === undefined && bot === undefined && typeof text === 'string';
    if (isSaid && commandIn(text, self) !== undefined) return { ignored: 'a command' };
    return fromSlack(stored, self);
  }

  wasDone(deliveries: readonly UncertainDelivery[], since: Date, signal: AbortSignal): Promise<readonly Outcome[]> {
    return this.#look.wasDone(deliveries, since, signal);
  }

  catchUp(room: RoomId, since: Date, signal: AbortSignal): AsyncIterable<readonly RawPayload[]> {
    return this.#listening.catchUp(room, since, signal);
  }

  capabilities(_room: RoomId): Promise<Capabilities> {
    return Promise.resolve({
      speakers: ['relay'],
      maxTextChars,
      maxFileBytes,
      spokenTypes,
      replies: 'quote',
      threads: 'plain',
      reactions: 'any',
      pins: 'shown',
      maxReactionsPerSpeaker: maxReactions,
      polls: { are: 'counted', minOptions: 1, maxOptions: mostOptions, votes: 'secret' },
    });
  }

  get commandPrefix(): string {
    return this.context.settings.command;
  }

  whisper(person: UserId, text: string, signal: AbortSignal): Promise<void> {
    return this.#chat.tell(person, text, { signal });
  }

  hasReaction(emoji: string, signal: AbortSignal): Promise<boolean> {
    return isReaction(emoji, this.#people, signal);
  }

  openFile(file: FileRef, signal: AbortSignal, wanted?: WantedBytes): Promise<FileStream> {
    return this.#people.openFile(file, signal, wanted);
  }

  describeRoom(room: RoomId, signal: AbortSignal): Promise<RoomProfile> {
    return this.#rooms.describe(room, signal);
  }

  describeUser(user: UserId, signal: AbortSignal): Promise<UserProfile> {
    return this.#people.describe(user, signal);
  }

  async resolveRoom(wanted: WantedRoom, link: string, signal: AbortSignal): Promise<RoomId> {
    const room = await this.#rooms.resolve(wanted, link, signal);
    await this.#listening.entered(room);
    return room;
  }

  /** Before anything is sent: a scope that is missing would be found out one message at a time. */
  #checkScopes({ response_metadata: { scopes } = {} }: LoginAnswer): void {
    const missing = scopes === undefined ? [] : neededScopes.filter((scope) => !scopes.includes(scope));
    if (missing.length > 0) throw missingScope(missing.join(', '));
  }

  #knownSelf(): SlackSelf {
    if (this.#self === undefined) throw notInstalled();
    return this.#self;
  }

  async #textsOf(
    said: Said,
    speaker: Speaker,
    signal: AbortSignal,
    name: SlackPlace['name'] = 'beside',
  ): Promise<readonly SlackText[]> {
    const customEmoji = await this.#people.customEmoji(signal);
    const { everyone } = this.context.settings;
    return toSlack(said, speaker, { self: this.#knownSelf(), customEmoji, everyone, name });
  }

  /** The version makes another address of another picture, for those who keep what they have seen. */
  #addressOf(picture: FileRef, version: string): string | undefined {
    const { settings, publicUrl } = this.context;
    const url = settings.url ?? publicUrl;
    if (url === undefined) return undefined;
    return `${url}${this.context.picturePath(picture)}?v=${encodeURIComponent(version)}`;
  }
}

function selfIn(
  { team, user, bot, app, url }: NonNullable<ReturnType<typeof parseStored>['self']>,
  account: SlackSelf['account'],
): SlackSelf {
  return { account, team, user, bot, ...(app === undefined ? {} : { app }), url };
}
