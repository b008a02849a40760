import type { Addresses } from '../../model/addresses.js';
import type { Capabilities } from '../../model/capabilities.js';
import type { FileRef, RoomId, UserId } from '../../model/ids.js';
import { networkName } from '../../model/ids.js';
import type { Lending } from '../../model/lending.js';
import type {
  AccountProfile,
  FileStream,
  Ingest,
  NetworkAdapter,
  Outcome,
  Pulling,
  ReadResult,
  RoomProfile,
  UncertainDelivery,
  UserProfile,
  WantedRoom,
  WantedBytes,
} from '../../model/network-adapter.js';
import type { AdapterContext } from '../../model/network-definition.js';
import { fromAssistance } from './from-talk-breakouts.js';
import { fromPerson } from './from-talk-people.js';
import { fromTalk } from './from-talk.js';
import { TalkClient } from './talk.client.js';
import { signalingMode } from './talk.constants.js';
import { talkMissing } from './talk.errors.js';
import { talkAddressOf, talkFirstTold, talkPlaceIn } from './talk.ids.js';
import { TalkListening } from './talk.listening.js';
import { TalkLogin } from './talk.login.js';
import { TalkLook } from './talk.look.js';
import { parseStoredAssistance, parseStoredPerson, parseStoredRow, type SpreedCapabilities } from './talk.payloads.js';
import { TalkProfiles } from './talk.profiles.js';
import { TalkRooms } from './talk.rooms.js';
import type { TalkSettings } from './talk.settings.js';
import { TalkSpeaking } from './talk.speaking.js';
import type { TalkWebhooks } from './talk.webhooks.js';
import { spokenTypes } from './talk.uploads.js';

export const talkNetwork = networkName('talk');

/** Talk takes edits for 24 hours: one that begins a little before must not come too late. */
const editWindowMs = (24 * 60 - 5) * 60_000;
/** Talk asks for two options at least, and shows to nobody who chose what in a hidden poll. */
const polls = { are: 'native', minOptions: 2, maxOptions: Number.MAX_SAFE_INTEGER, votes: 'secret' } as const;

/** One account of a Nextcloud with Talk. */
export class TalkAdapter implements NetworkAdapter {
  readonly account;
  readonly network = talkNetwork;
  readonly sourceOrder = 'kept';
  readonly firstTold = talkFirstTold;
  readonly settling;
  readonly pulling: Pulling;
  readonly deliver;
  readonly showTyping?: NonNullable<NetworkAdapter['showTyping']>;
  readonly showPresence?: NonNullable<NetworkAdapter['showPresence']>;
  readonly lending?: Lending;
  readonly addresses: Addresses;
  /** What the account's bot calls. */
  readonly webhooks: TalkWebhooks;
  readonly #client: TalkClient;
  readonly #login: TalkLogin;
  readonly #speaking: TalkSpeaking;
  readonly #listening: TalkListening;
  readonly #look: TalkLook;
  readonly #profiles: TalkProfiles;
  readonly #rooms: TalkRooms;
  #userId: string;

  constructor(private readonly context: AdapterContext<TalkSettings>) {
    const { account, settings, store, clock, log } = context;
    const self = (): string => this.#userId;
    this.account = account;
    this.settling = settings.settling;
    this.addresses = {
      placeIn: (url) => Promise.resolve(talkPlaceIn(url, settings.url)),
      addressOf: (place) => Promise.resolve(talkAddressOf(place, settings.url)),
    };
    this.#userId = settings.user;
    this.#client = new TalkClient(settings, clock, log);
    this.#login = new TalkLogin(this.#client, store, settings, log);
    this.#profiles = new TalkProfiles(this.#client, account, self);
    this.#rooms = new TalkRooms(this.#client, log, self);
    this.#speaking = new TalkSpeaking(this.#client, context, self);
    const { textsOf, authors, lending, showPresence, polls: reader } = this.#speaking;
    this.#look = new TalkLook(this.#client, settings.pageSize, self, textsOf, authors, reader);
    if (lending !== undefined) this.lending = lending;
    if (showPresence !== undefined) this.showPresence = showPresence;
    this.#listening = new TalkListening(this.#client, context, {
      self,
      noticeName: (user, name) => this.#profiles.rememberName(user, name),
      noticeRow: (room, systemMessage) => this.#speaking.noticeRow(room, systemMessage),
      noticeStanding: (room) => this.#speaking.noticeStanding(room),
      isOurGuest: (actor) => this.#speaking.isOurGuest(actor),
      oursIn: (room, row, key) => this.#speaking.oursIn(room, row, key),
      polls: this.#speaking.polls,
      noticeNew: (room, row, seconds) => lending?.noticeNew(room, row, seconds),
      beside: (signal) => lending?.run(signal) ?? Promise.resolve(),
    });
    const { pulling, webhooks, showTyping } = this.#listening;
    this.pulling = pulling;
    this.webhooks = webhooks;
    if (showTyping !== undefined) this.showTyping = showTyping;
    this.deliver = this.#speaking.deliver;
  }

  async connect(signal: AbortSignal): Promise<AccountProfile> {
    const { url, user } = this.context.settings;
    await this.#login.logIn(signal);
    const own = await this.#client.core.ownUser(signal);
    this.#userId = own.id;
    const { version, capabilities } = await this.#client.core.capabilities(signal);
    if (capabilities.spreed === undefined) throw talkMissing();
    this.#client.facts.keep(capabilities.spreed);
    const name = own.displayname ?? own['display-name'] ?? own.id;
    const who = name === user ? user : `${user} (${name})`;
    return {
      login: `${url} ${own.id}`,
      summary: `${who} at ${url}: Nextcloud ${version.string}, Talk ${capabilities.spreed.version}${signalingIn(capabilities.spreed)}`,
    };
  }

  /**
   * Talk is asked, in `pulling`; what the room list has us find beside is handed on from there. Guests are kept where they are; the
   * connections end with `signal`.
   */
  start(ingest: Ingest, signal: AbortSignal): Promise<void> {
    this.#listening.listen(ingest, signal);
    this.#speaking.keepGuests(signal);
    const close = (): void => {
      this.#client
        .close()
        .catch((error: unknown) => this.context.log.warn({ error: String(error) }, 'connections did not close'));
    };
    if (signal.aborted) close();
    else signal.addEventListener('abort', close, { once: true });
    return Promise.resolve();
  }

  read(payload: unknown): ReadResult {
    const assistance = parseStoredAssistance(payload);
    if (assistance !== undefined) return fromAssistance(assistance, this.account);
    const person = parseStoredPerson(payload);
    if (person !== undefined) return fromPerson(person, this.account);
    return fromTalk(parseStoredRow(payload), { account: this.account, baseUrl: this.context.settings.url });
  }

  async wasDone(
    deliveries: readonly UncertainDelivery[],
    since: Date,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    return this.#look.wasDone(deliveries, since, signal);
  }

  async capabilities(room: RoomId): Promise<Capabilities> {
    const known = await this.#client.facts.capabilities();
    const features = new Set([...known.features, ...known['features-local']]);
    return {
      ...(await this.#speaking.speakersIn(room)),
      maxTextChars: known.config.chat['max-length'],
      // How large a file may be, each server says when it gets one.
      maxFileBytes: known.config.attachments.allowed ? Number.MAX_SAFE_INTEGER : 0,
      spokenTypes,
      replies: 'quote',
      threads: features.has('threads') ? 'titled' : 'none',
      // Without the ability every edit is told as a correction.
      editWindowMs: features.has('edit-messages') ? editWindowMs : 0,
      reactions: features.has('reactions') ? 'emoji' : 'none',
      ...(features.has('pinned-messages') ? { pins: 'shown' as const } : {}),
      maxReactionsPerSpeaker: Number.MAX_SAFE_INTEGER,
      ...(features.has('talk-polls') ? { polls } : {}),
      obeys: ['members', 'roles', 'writing', 'expiration'],
    };
  }

  openFile(file: FileRef, signal: AbortSignal, wanted?: WantedBytes): Promise<FileStream> {
    return this.#profiles.openFile(file, signal, wanted);
  }

  describeRoom(room: RoomId, signal: AbortSignal): Promise<RoomProfile> {
    return this.#profiles.describeRoom(room, signal);
  }

  describeUser(user: UserId, signal: AbortSignal): Promise<UserProfile> {
    return this.#profiles.describeUser(user, signal);
  }

  resolveRoom(wanted: WantedRoom, link: string, signal: AbortSignal): Promise<RoomId> {
    return this.#rooms.resolve(wanted, link, signal);
  }
}

/** Whether the server has a signaling server; nothing where it does not say. */
function signalingIn({ config }: SpreedCapabilities): string {
  const { mode } = config.signaling;
  if (mode === '') return '';
  return mode === signalingMode.internal ? ', no signaling server' : ', a signaling server';
}
