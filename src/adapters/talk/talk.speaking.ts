import type { Capabilities, SpeakerKind } from '../../model/capabilities.js';
import type { RoomId } from '../../model/ids.js';
import type { NetworkAdapter } from '../../model/network-adapter.js';
import type { AdapterContext } from '../../model/network-definition.js';
import { TalkAuthors } from './talk.authors.js';
import { GuestBans } from './talk.bans.js';
import { BridgeBot, bridgeBotUser } from './talk.bridge-bot.js';
import type { TalkClient } from './talk.client.js';
import { actorType } from './talk.constants.js';
import { DeletionDelivery, EditDelivery } from './talk.changes.js';
import { MessageDelivery } from './talk.deliver.js';
import { forgetDaily } from './talk.forgetting.js';
import { LeftLogins } from './talk.given-back.js';
import { GuestNames } from './talk.guest-names.js';
import { GuestStore } from './talk.guest-store.js';
import { TalkGuests } from './talk.guests.js';
import { deliveryKeyIn } from './talk.ids.js';
import { TalkLending } from './talk.lending.js';
import { OwnStatuses } from './talk.own-statuses.js';
import { LentLogins } from './talk.lent-logins.js';
import { TalkMembers } from './talk.members.js';
import { OwnActs } from './talk.own-acts.js';
import type { OrderedRow, StoredRow } from './talk.payloads.js';
import { PollReader } from './talk.poll-reader.js';
import { PollStore } from './talk.poll-store.js';
import type { TextsOf, Writing } from './talk.posting.js';
import { PollDelivery, PollEnd, VoteDelivery } from './talk.polls.js';
import { ReactionDelivery, ReactionRemoval } from './talk.reactions.js';
import { PinDelivery } from './talk.pins.js';
import { RoomDelivery } from './talk.room-changes.js';
import { RoomPeople } from './talk.room-people.js';
import { RoomViews } from './talk.room-views.js';
import type { TalkSettings } from './talk.settings.js';
import { TalkThreads, ThreadDelivery } from './talk.threads.js';
import { type FilesOwner, TalkUploads } from './talk.uploads.js';
import { UsedFolders } from './talk.used-folders.js';
import { TalkVoices } from './talk.voices.js';
import { relayedTexts } from './to-talk.js';

/** How long it is believed who may speak in a room, where nothing tells that it changed. */
const roomBelievedForMs = 30_000;

export type SpeakingContext = Pick<
  AdapterContext<TalkSettings>,
  | 'account'
  | 'settings'
  | 'store'
  | 'clock'
  | 'log'
  | 'isOurKey'
  | 'lendingChanged'
  | 'isLinked'
  | 'wasRead'
  | 'showsRead'
>;

/** How what was said elsewhere is said in the account's rooms, and by whom. */
export class TalkSpeaking {
  readonly textsOf: TextsOf;
  readonly deliver;
  /** Present where people may lend logins of their own. */
  readonly lending?: TalkLending;
  readonly showPresence?: NonNullable<NetworkAdapter['showPresence']>;
  readonly authors: TalkAuthors;
  /** What the polls of the account's rooms ask, and how they stand. */
  readonly polls: PollReader;
  readonly #guests: TalkGuests;
  readonly #pollStore: PollStore;
  readonly #guestStore: GuestStore;
  readonly #logins: LentLogins;
  readonly #acts: OwnActs;
  readonly #folders: UsedFolders;
  readonly #people: RoomPeople;
  readonly #views: RoomViews;

  constructor(
    private readonly client: TalkClient,
    private readonly context: SpeakingContext,
    private readonly self: () => string,
  ) {
    const { account, settings, store, clock, log } = context;
    const { bridgeBotPassword, requestTimeoutMs: timeoutMs } = settings;
    this.textsOf = async (said, speaker, as) => {
      const by = { ...speaker, as: speaker.as === 'bridge' ? 'bridge' : as } as const;
      const { config } = await client.facts.capabilities();
      return relayedTexts(said, by, { account, baseUrl: settings.url, maxChars: config.chat['max-length'] });
    };
    this.#people = new RoomPeople(client, clock);
    this.#logins = new LentLogins(store, clock);
    this.#acts = new OwnActs(store, clock);
    const folders = (this.#folders = new UsedFolders(
      store,
      async (user) => user === self() || this.#logins.wasLent(user),
    ));
    const names = new GuestNames(this.#people);
    this.#views = new RoomViews(client, clock, log, { believedForMs: roomBelievedForMs, timeoutMs });
    this.#guestStore = new GuestStore(store, clock);
    const rooms = this.#views;
    const bans = new GuestBans(client, clock);
    this.#guests = new TalkGuests({ client, store: this.#guestStore, names, rooms, bans, clock, log, settings });
    const lent = { logins: this.#logins, acts: this.#acts, people: this.#people, folders };
    if (settings.ownLogins) this.lending = new TalkLending({ ...context, ...lent, client, rooms, self });
    if (settings.ownLogins && settings.presence) {
      const statuses = new OwnStatuses({ client, logins: this.#logins, clock });
      this.showPresence = (person, presence, signal) => statuses.show(person, presence, signal);
    }
    this.authors = new TalkAuthors(client, (user) => lent.logins.wasLent(user));
    const voices = new TalkVoices(client, {
      guest: this.#guests,
      ...(this.lending === undefined ? {} : { own: this.lending.speakers }),
      ...(bridgeBotPassword === undefined
        ? {}
        : { bridged: new BridgeBot(client, bridgeBotPassword, names, clock, log) }),
    });
    const authors = this.authors;
    const threads = new TalkThreads(client, store);
    const attachments = async (): ReturnType<FilesOwner['attachments']> =>
      (await client.facts.capabilities()).config.attachments;
    const uploads = new TalkUploads({ door: client, user: self, attachments, folders }, client.chat, settings);
    const polls = (this.#pollStore = new PollStore(store, clock));
    this.polls = new PollReader(client, polls, (type, id) => this.#isOurs(type, id));
    const writing: Writing = { client, voices, authors, threads, uploads, textsOf: this.textsOf };
    const messages = new MessageDelivery(writing);
    const members = new TalkMembers(client, messages, self);
    this.deliver = {
      messageSent: messages,
      messageEdited: new EditDelivery(writing),
      messageDeleted: new DeletionDelivery(writing),
      reactionAdded: new ReactionDelivery(writing, (actor) => this.#guestStore.ownerOf(actor)),
      reactionRemoved: new ReactionRemoval(writing),
      memberJoined: members.joining,
      memberLeft: members.leaving,
      roleChanged: members.roles,
      roomChanged: new RoomDelivery(client, messages),
      pinChanged: new PinDelivery(client, messages),
      threadChanged: new ThreadDelivery(client, threads, messages),
      pollStarted: new PollDelivery({ writing, polls, lines: messages }),
      pollVoted: new VoteDelivery({ writing, polls }),
      pollClosed: new PollEnd({ writing, polls, lines: messages }),
    };
  }

  /** The bridges' own user comes last: nobody could answer what it says, so that it speaks only where somebody asks for it. */
  async speakersIn(room: RoomId): Promise<Pick<Capabilities, 'speakers'>> {
    const { maxGuestSessions, bridgeBotPassword } = this.context.settings;
    const own: SpeakerKind[] = (await this.lending?.speakers.isUsed()) === true ? ['own'] : [];
    if (maxGuestSessions === 0 && bridgeBotPassword === undefined) return { speakers: [...own, 'relay'] };
    const view = await this.#views.of(room);
    const speakers: SpeakerKind[] = ['relay'];
    if (maxGuestSessions > 0 && view?.letsGuestsIn === true) speakers.unshift('guest');
    speakers.unshift(...own);
    if (bridgeBotPassword !== undefined && view?.letsUsersIn === true) speakers.push('bridged');
    return { speakers };
  }

  /** Keeps guests where they are, and forgets what is long past, until `signal` aborts. */
  keepGuests(signal: AbortSignal): void {
    const { clock, log } = this.context;
    const left = new LeftLogins({ ...this.context, client: this.client, logins: this.#logins });
    const memories = [this.#guestStore, this.#logins, left, this.#acts, this.#pollStore, this.#folders];
    forgetDaily(memories, clock, log, signal).catch((error: unknown) =>
      log.error({ error }, 'what is long past is no longer forgotten'),
    );
    this.#guests
      .run(signal)
      .catch((error: unknown) => log.error({ error }, 'guests are no longer kept in their rooms'));
  }

  /** A row of a room was read: it may tell that others may speak there now. */
  noticeRow(room: RoomId, systemMessage: string): void {
    this.#people.notice(room, systemMessage);
    if (this.#views.notice(room, systemMessage)) this.#knockAgain(room);
  }

  /** What waits for a room goes there as soon as it lets us write: those who speak for themselves too. */
  noticeStanding(room: RoomId): void {
    this.#views.forget(room);
    this.#knockAgain(room);
  }

  #knockAgain(room: RoomId): void {
    this.#guests.knockAgain(room);
    this.lending?.speakers.knockAgain(room);
  }

  /** What of a row is ours, beyond what our account did: guests whom it names, and whether we did it by a login that is lent. */
  async oursIn(room: RoomId, row: OrderedRow, pollKey?: string): Promise<Pick<StoredRow, 'guests' | 'byUs'>> {
    const guests = await this.#guestStore.oursIn(row);
    return (await this.#isByUs(room, row, pollKey)) ? { ...guests, byUs: true } : guests;
  }

  /** What is said carries a key of ours; what is changed was written down before. */
  async #isByUs(room: RoomId, row: OrderedRow, pollKey: string | undefined): Promise<boolean> {
    const { actorType: type, actorId: user, referenceId, systemMessage, parent } = row;
    if (type !== actorType.users || user === this.self()) return false;
    // A thread is opened by its first message.
    const said = systemMessage === 'thread_created' ? parent?.['referenceId'] : (pollKey ?? referenceId);
    if (systemMessage !== '' && systemMessage !== 'thread_created') return this.#acts.isOurs(room, row);
    const key = typeof said === 'string' ? deliveryKeyIn(said) : undefined;
    return key !== undefined && this.context.isOurKey(key) && (await this.#logins.wasLent(user));
  }

  async isOurGuest(actor: string): Promise<boolean> {
    return (await this.#guestStore.ownerOf(actor)) !== undefined;
  }

  /** Whether nobody but us acts as that one. */
  async #isOurs(type: string, id: string): Promise<boolean> {
    if (type === actorType.guests) return this.isOurGuest(id);
    return type === actorType.bridged || (type === actorType.users && (id === this.self() || id === bridgeBotUser));
  }
}
