import type { Capabilities } from '../../model/capabilities.js';
import type { Cursor, FileRef, RoomId, UserId } from '../../model/ids.js';
import { networkName } from '../../model/ids.js';
import type {
  AccountProfile,
  FileStream,
  Ingest,
  NetworkAdapter,
  Outcome,
  PulledBatch,
  Pulling,
  ReadResult,
  RoomProfile,
  UncertainDelivery,
  UserProfile,
  WantedRoom,
  Watching,
} from '../../model/network-adapter.js';
import type { AdapterContext } from '../../model/network-definition.js';
import { fromTalk } from './from-talk.js';
import { TalkClient } from './talk.client.js';
import { DeletionDelivery, EditDelivery, MessageDelivery, type TextsOf } from './talk.deliver.js';
import { talkMissing } from './talk.errors.js';
import { TalkLogin } from './talk.login.js';
import { TalkLook } from './talk.look.js';
import { parseStoredRow, type SpreedCapabilities } from './talk.payloads.js';
import { TalkProfiles } from './talk.profiles.js';
import { ReactionDelivery, ReactionRemoval } from './talk.reactions.js';
import { RoomDelivery } from './talk.room-changes.js';
import { TalkRooms } from './talk.rooms.js';
import type { TalkSettings } from './talk.settings.js';
import { TalkSource } from './talk.source.js';
import { rereadAfterMs, TalkWatch } from './talk.watch.js';
import { relayedTexts } from './to-talk.js';

export const talkNetwork = networkName('talk');

/** Talk takes edits for 24 hours: one that begins a little before must not come too late. */
const editWindowMs = (24 * 60 - 5) * 60_000;

interface Limits {
  readonly maxTextChars: number;
  /** The names of what the server can. */
  readonly features: ReadonlySet<string>;
  readonly readAtMs: number;
}

/** One account of a Nextcloud with Talk. */
export class TalkAdapter implements NetworkAdapter {
  readonly account;
  readonly network = talkNetwork;
  readonly sourceOrder = 'kept';
  readonly settling;
  readonly pulling: Pulling;
  readonly deliver;
  readonly #client: TalkClient;
  readonly #login: TalkLogin;
  readonly #look: TalkLook;
  readonly #profiles: TalkProfiles;
  readonly #rooms: TalkRooms;
  #userId: string;
  #limits: Promise<Limits> | undefined;

  constructor(private readonly context: AdapterContext<TalkSettings>) {
    const { account, settings, store, clock, log } = context;
    this.account = account;
    this.settling = settings.settling;
    this.#userId = settings.user;
    this.#client = new TalkClient(settings, clock, log);
    this.#client.onTalkChanged(() => (this.#limits = undefined));
    this.#login = new TalkLogin(this.#client, store, settings, log);
    const textsOf: TextsOf = async (said, speaker) =>
      relayedTexts(said, speaker, {
        account,
        baseUrl: settings.url,
        maxChars: (await this.#knownLimits()).maxTextChars,
      });
    this.#look = new TalkLook(this.#client, settings.pageSize, () => this.#userId, textsOf);
    this.#profiles = new TalkProfiles(this.#client, account);
    this.#rooms = new TalkRooms(this.#client, log, () => this.#userId);
    this.pulling = this.#pulling();
    this.deliver = {
      messageSent: new MessageDelivery(this.#client, textsOf),
      messageEdited: new EditDelivery(this.#client, textsOf),
      messageDeleted: new DeletionDelivery(this.#client),
      reactionAdded: new ReactionDelivery(this.#client),
      reactionRemoved: new ReactionRemoval(this.#client),
      roomChanged: new RoomDelivery(this.#client),
    };
  }

  async connect(signal: AbortSignal): Promise<AccountProfile> {
    const { url, user } = this.context.settings;
    await this.#login.logIn(signal);
    const own = await this.#client.core.ownUser(signal);
    this.#userId = own.id;
    const { version, capabilities } = await this.#client.core.capabilities(signal);
    if (capabilities.spreed === undefined) throw talkMissing();
    this.#limits = Promise.resolve(this.#limitsIn(capabilities.spreed));
    const name = own.displayname ?? own['display-name'] ?? own.id;
    const who = name === user ? user : `${user} (${name})`;
    return {
      login: `${url} ${own.id}`,
      summary: `${who} at ${url}: Nextcloud ${version.string}, Talk ${capabilities.spreed.version}`,
    };
  }

  /** Talk is asked, in `pulling`: there is nothing to listen to. The connections end with `signal`. */
  start(_ingest: Ingest, signal: AbortSignal): Promise<void> {
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
    return fromTalk(parseStoredRow(payload), { account: this.account, baseUrl: this.context.settings.url });
  }

  async wasDone(
    deliveries: readonly UncertainDelivery[],
    since: Date,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    return this.#look.wasDone(deliveries, since, signal);
  }

  async capabilities(_room: RoomId): Promise<Capabilities> {
    const { maxTextChars, features } = await this.#knownLimits();
    return {
      speakers: ['relay'],
      maxTextChars,
      // No files are sent yet.
      maxFileBytes: 0,
      replies: 'quote',
      threads: 'none',
      // Without the ability every edit is told as a correction.
      editWindowMs: features.has('edit-messages') ? editWindowMs : 0,
      reactions: features.has('reactions') ? 'emoji' : 'none',
      maxReactionsPerSpeaker: Number.MAX_SAFE_INTEGER,
    };
  }

  openFile(file: FileRef, signal: AbortSignal): Promise<FileStream> {
    return this.#profiles.openFile(file, signal);
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

  #pulling(): Pulling {
    const { settings, clock, log, isLinked } = this.context;
    const source = new TalkSource(this.#client, settings, clock, {
      self: () => this.#userId,
      noticeName: (user, name) => this.#profiles.rememberName(user, name),
    });
    const watch = new TalkWatch(this.#client, source, settings, clock, log, isLinked);
    return {
      pull: (room: RoomId, from: Cursor | null, how: 'wait' | 'now', signal: AbortSignal): Promise<PulledBatch> =>
        source.pull(room, from, how, signal),
      watch: (watching: Watching, signal: AbortSignal): Promise<void> => watch.run(watching, signal),
      rereadAfterMs,
    };
  }

  async #knownLimits(): Promise<Limits> {
    const { clock, settings } = this.context;
    const asked = this.#limits ?? this.#readLimits();
    const known = await asked;
    if (clock.monotonicMs() - known.readAtMs < settings.capabilitiesMaxAgeMs) return known;
    // Others may have found it too old as well.
    return this.#limits === undefined || this.#limits === asked ? this.#readLimits() : this.#limits;
  }

  #limitsIn({ config, features, 'features-local': local }: SpreedCapabilities): Limits {
    return {
      maxTextChars: config.chat['max-length'],
      features: new Set([...features, ...local]),
      readAtMs: this.context.clock.monotonicMs(),
    };
  }

  /** One request, however many ask; forgotten where it fails. */
  #readLimits(): Promise<Limits> {
    const reading = this.#client.core
      .capabilities(AbortSignal.timeout(this.context.settings.requestTimeoutMs))
      .then(({ capabilities }): Limits => {
        if (capabilities.spreed === undefined) throw talkMissing();
        return this.#limitsIn(capabilities.spreed);
      });
    this.#limits = reading;
    reading.catch(() => {
      if (this.#limits === reading) this.#limits = undefined;
    });
    return reading;
  }
}
