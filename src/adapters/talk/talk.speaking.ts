import type { Capabilities, SpeakerKind } from '../../model/capabilities.js';
import type { RoomId } from '../../model/ids.js';
import type { AdapterContext } from '../../model/network-definition.js';
import { TalkAuthors } from './talk.authors.js';
import { GuestBans } from './talk.bans.js';
import { BridgeBot } from './talk.bridge-bot.js';
import type { TalkClient } from './talk.client.js';
import { DeletionDelivery, EditDelivery, MessageDelivery, type TextsOf, type Writing } from './talk.deliver.js';
import { GuestNames } from './talk.guest-names.js';
import { GuestStore } from './talk.guest-store.js';
import { TalkGuests } from './talk.guests.js';
import { TalkMembers } from './talk.members.js';
import type { OrderedRow, StoredRow } from './talk.payloads.js';
import { ReactionDelivery, ReactionRemoval } from './talk.reactions.js';
import { RoomDelivery } from './talk.room-changes.js';
import { RoomViews } from './talk.room-views.js';
import type { TalkSettings } from './talk.settings.js';
import { TalkThreads, ThreadDelivery } from './talk.threads.js';
import { TalkUploads } from './talk.uploads.js';
import { TalkVoices } from './talk.voices.js';
import { relayedTexts } from './to-talk.js';

/** How long it is believed who may speak in a room, where nothing tells that it changed. */
const roomBelievedForMs = 30_000;

/** How what was said elsewhere is said in the account's rooms, and by whom. */
export class TalkSpeaking {
  readonly textsOf: TextsOf;
  readonly deliver;
  readonly #guests: TalkGuests;
  readonly #guestStore: GuestStore;
  readonly #views: RoomViews;

  constructor(
    client: TalkClient,
    private readonly context: Pick<AdapterContext<TalkSettings>, 'account' | 'settings' | 'store' | 'clock' | 'log'>,
    self: () => string,
  ) {
    const { account, settings, store, clock, log } = context;
    const { bridgeBotPassword, requestTimeoutMs: timeoutMs } = settings;
    this.textsOf = async (said, speaker, as) => {
      const by = { ...speaker, as: speaker.as === 'bridge' ? 'bridge' : as } as const;
      const { config } = await client.facts.capabilities();
      return relayedTexts(said, by, { account, baseUrl: settings.url, maxChars: config.chat['max-length'] });
    };
    const names = new GuestNames(client, clock);
    this.#views = new RoomViews(client, clock, log, { believedForMs: roomBelievedForMs, timeoutMs });
    this.#guestStore = new GuestStore(store, clock);
    const rooms = this.#views;
    const bans = new GuestBans(client, clock);
    this.#guests = new TalkGuests({ client, store: this.#guestStore, names, rooms, bans, clock, log, settings });
    const voices = new TalkVoices(client, {
      guest: this.#guests,
      ...(bridgeBotPassword === undefined
        ? {}
        : { bridged: new BridgeBot(client, bridgeBotPassword, names, clock, log) }),
    });
    const authors = new TalkAuthors(client);
    const threads = new TalkThreads(client, store);
    const uploads = new TalkUploads(client, self);
    const writing: Writing = { client, voices, authors, threads, uploads, textsOf: this.textsOf };
    const messages = new MessageDelivery(writing);
    const members = new TalkMembers(client, messages, self);
    this.deliver = {
      messageSent: messages,
      messageEdited: new EditDelivery(writing),
      messageDeleted: new DeletionDelivery(writing),
      reactionAdded: new ReactionDelivery(writing),
      reactionRemoved: new ReactionRemoval(writing),
      memberJoined: members.joining,
      memberLeft: members.leaving,
      roleChanged: members.roles,
      roomChanged: new RoomDelivery(client, messages),
      threadChanged: new ThreadDelivery(client, threads, messages),
    };
  }

  /** The bridges' own user comes last: nobody could answer what it says, so that it speaks only where somebody asks for it. */
  async speakersIn(room: RoomId): Promise<Pick<Capabilities, 'speakers'>> {
    const { maxGuestSessions, bridgeBotPassword } = this.context.settings;
    if (maxGuestSessions === 0 && bridgeBotPassword === undefined) return { speakers: ['relay'] };
    const view = await this.#views.of(room);
    const speakers: SpeakerKind[] = ['relay'];
    if (maxGuestSessions > 0 && view?.letsGuestsIn === true) speakers.unshift('guest');
    if (bridgeBotPassword !== undefined && view?.letsUsersIn === true) speakers.push('bridged');
    return { speakers };
  }

  /** Keeps guests where they are, until `signal` aborts. */
  keepGuests(signal: AbortSignal): void {
    this.#guests
      .run(signal)
      .catch((error: unknown) => this.context.log.error({ error }, 'guests are no longer kept in their rooms'));
  }

  /** A row of a room was read: it may tell that others may speak there now. */
  noticeRow(room: RoomId, systemMessage: string): void {
    if (this.#views.notice(room, systemMessage)) this.#guests.knockAgain(room);
  }

  /** Our own guests among those whom a row names. */
  guestsIn(row: OrderedRow): Promise<Pick<StoredRow, 'guests'>> {
    return this.#guestStore.oursIn(row);
  }

  async isOurGuest(actor: string): Promise<boolean> {
    return (await this.#guestStore.ownerOf(actor)) !== undefined;
  }
}
