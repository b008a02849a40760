import { randomUUID } from 'node:crypto';
import type { Addresses } from '../../model/addresses.js';
import { BoundedMap } from '../../model/bounded-map.js';
import type { Capabilities } from '../../model/capabilities.js';
import type { FileRef, RoomId, UserId } from '../../model/ids.js';
import { networkName } from '../../model/ids.js';
import type {
  AccountProfile,
  FileStream,
  Ingest,
  NetworkAdapter,
  Outcome,
  RawPayload,
  ReadResult,
  RoomProfile,
  UncertainDelivery,
  UserProfile,
  WantedRoom,
  WantedBytes,
} from '../../model/network-adapter.js';
import type { AdapterContext } from '../../model/network-definition.js';
import { AccountApi } from './api/account.api.js';
import { EventsApi } from './api/events.api.js';
import { MediaApi } from './api/media.api.js';
import { RoomsApi } from './api/rooms.api.js';
import { TimelineApi } from './api/timeline.api.js';
import { commandIn } from './from-matrix-commands.js';
import { mostAnswers } from './from-matrix-polls.js';
import { fromMatrix } from './from-matrix.js';
import { matrixAddresses } from './matrix.addresses.js';
import { MatrixCatchUp } from './matrix.catch-up.js';
import { MatrixClient } from './matrix.client.js';
import { GhostDoors } from './matrix.doors.js';
import { DoublePuppets } from './matrix.double-puppets.js';
import { loginRefused } from './matrix.errors.js';
import { MatrixGhosts } from './matrix.ghosts.js';
import { matrixFirstTold, OurUsers } from './matrix.ids.js';
import { MatrixListening } from './matrix.listening.js';
import { MatrixLook } from './matrix.look.js';
import { MatrixLookups } from './matrix.lookups.js';
import { parseStored } from './matrix.payloads.js';
import { MatrixPresence } from './matrix.presence.js';
import { GhostPictures } from './matrix.pictures.js';
import { MatrixRooms } from './matrix.rooms.js';
import type { MatrixSettings } from './matrix.settings.js';
import type { MatrixSource } from './matrix.source.js';
import { MatrixSpeaking } from './matrix.speaking.js';
import { MatrixWriter } from './matrix.writer.js';
import { maxTextBytes } from './to-matrix.js';

const botName = 'Crosstalk';
const maxRemembered = 100_000;

/** One application service at one homeserver. */
export class MatrixAdapter implements NetworkAdapter {
  readonly network = networkName('matrix');
  readonly sourceOrder = 'kept';
  readonly firstTold = matrixFirstTold;
  /** A room is the same for every server in it. */
  readonly roomIds = 'everywhere';
  readonly settling: NetworkAdapter['settling'];
  readonly deliver: NetworkAdapter['deliver'];
  readonly addresses: Addresses;
  readonly showTyping?: NonNullable<NetworkAdapter['showTyping']>;
  readonly showPresence?: NonNullable<NetworkAdapter['showPresence']>;
  readonly showRead?: NonNullable<NetworkAdapter['showRead']>;

  readonly #users: OurUsers;
  readonly #accounts: AccountApi;
  readonly #media: MediaApi;
  readonly #writer: MatrixWriter;
  readonly #listening: MatrixListening;
  readonly #look: MatrixLook;
  readonly #catchUp: MatrixCatchUp;
  readonly #rooms: MatrixRooms;
  readonly #puppets: { readonly acts: DoublePuppets; readonly client: MatrixClient } | undefined;
  /** Rooms that links name, by an alias too. */
  readonly #named = new BoundedMap<string, true>(maxRemembered);
  #maxFileBytes = 0;

  constructor(private readonly context: AdapterContext<MatrixSettings>) {
    const { account: id, settings, clock, log, store, roomClosed, roomsOpened } = context;
    const { relayMs, lookMarginMs: marginMs, lookupTimeoutMs: timeoutMs } = settings;
    const users = (this.#users = new OurUsers(settings));
    const client = new MatrixClient(settings, clock);
    const account = (this.#accounts = new AccountApi(client));
    const media = (this.#media = new MediaApi(client));
    const rooms = new RoomsApi(client);
    const timeline = new TimelineApi(client);
    const events = new EventsApi(client);
    const doors = new GhostDoors(rooms, users);
    const lookups = new MatrixLookups({ rooms, account, timeline, clock, log, timeoutMs });
    this.addresses = matrixAddresses(lookups, settings.serverName);
    const pictures = new GhostPictures(account, media, log, settings.avatarTimeoutMs);
    const ghosts = new MatrixGhosts({ users, account, doors, pictures, store, clock, log, settings });
    const isLinked = (room: string): boolean => this.#named.get(room) === true || context.isLinked(room);
    const presence = new MatrixPresence({ users, store, clock, log, isLinked, roomClosed, roomsOpened });
    const writer = new MatrixWriter({ users, events, rooms, ghosts, doors, lookups, presence, clock, log, relayMs });
    this.#writer = writer;
    const onNamed = (room: string): void => this.#named.set(room, true);
    this.#rooms = new MatrixRooms({ id, users, rooms, account, store, log, onNamed });
    this.#puppets = this.#makePuppets(rooms);
    const rest = (): Promise<unknown> => Promise.all([client.rest(), this.#puppets?.client.rest()]);
    const heard = { context, users, account, events, rooms, lookups, ghosts, presence, isLinked, rest };
    this.#listening = new MatrixListening(heard);
    const { source, typing, statuses } = this.#listening;
    const speaking = new MatrixSpeaking({ ...context, users, events, rooms, media, timeline, lookups, ghosts, writer });
    this.deliver = speaking.deliver;
    this.#look = new MatrixLook({ timeline, client, users, edits: speaking.edits, writer, marginMs });
    this.#catchUp = new MatrixCatchUp({ timeline, client, users, source, writer, marginMs });
    const puppets = this.#puppets?.acts;
    if (puppets !== undefined) this.showRead = (read, signal) => puppets.showRead(read, signal);
    if (settings.typing) this.showTyping = (room, who, signal) => typing.show(room, who, signal);
    if (settings.presence) this.showPresence = (person, presence, signal) => statuses.show(person, presence, signal);
    const { afterTimeoutMs = settings.requestTimeoutMs + 5000, afterDisconnectMs } = settings.settling;
    this.settling = { afterTimeoutMs, afterDisconnectMs };
  }

  get account(): AdapterContext<MatrixSettings>['account'] {
    return this.context.account;
  }

  get source(): MatrixSource {
    return this.#listening.source;
  }

  async connect(signal: AbortSignal): Promise<AccountProfile> {
    const { homeserver, lookupTimeoutMs } = this.context.settings;
    const specification = await this.#accounts.specification(signal);
    const user = await this.#ownUser(signal);
    if (user !== this.#users.bot) {
      throw loginRefused(`the homeserver knows the token as ${user ?? 'nobody'}, the settings say ${this.#users.bot}`);
    }
    this.#maxFileBytes = await this.#media.maxFileBytes(signal);
    const program = (await this.#accounts.program(signal, lookupTimeoutMs)) ?? 'a homeserver';
    const fault = await this.#puppets?.acts.fault(signal);
    return {
      login: user,
      summary: `${user} at ${homeserver} (${program}, Matrix ${specification})`,
      ...(fault === undefined ? {} : { warnings: [fault] }),
    };
  }

  /** As whom the homeserver knows our token, registered and named. */
  async #ownUser(signal: AbortSignal): Promise<string | undefined> {
    const user = await this.#accounts.whoami(signal);
    if (user !== undefined && user !== this.#users.bot) return user;
    const profile = user === undefined ? undefined : await this.#accounts.profile(user, signal);
    if (profile?.displayname === botName) return user;
    // Synapse knows the token's user before it is registered, and registers nobody who has a name already.
    if (profile?.displayname === undefined) await this.#accounts.register(this.context.settings.bot, { signal });
    const registered = user ?? (await this.#accounts.whoami(signal));
    if (registered !== undefined) await this.#accounts.setDisplayName(registered, botName, { signal });
    return registered;
  }

  /** Begins listening; called again after an abort it begins anew. */
  start(ingest: Ingest, signal: AbortSignal): Promise<void> {
    this.#listening.start(ingest, signal);
    return Promise.resolve();
  }

  read(payload: unknown): ReadResult {
    const stored = parseStored(payload);
    const isOurs = this.#users.isOurs(stored.event.sender);
    if (!isOurs && commandIn(stored.event, this.context.settings.command) !== undefined)
      return { ignored: 'a command' };
    return fromMatrix(stored, { account: this.account, users: this.#users });
  }

  wasDone(deliveries: readonly UncertainDelivery[], since: Date, signal: AbortSignal): Promise<readonly Outcome[]> {
    return this.#look.wasDone(deliveries, since, signal);
  }

  catchUp(room: RoomId, since: Date, signal: AbortSignal): AsyncIterable<readonly RawPayload[]> {
    return this.#catchUp.read(room, since, signal);
  }

  capabilities(room: RoomId): Promise<Capabilities> {
    return Promise.resolve({
      speakers: this.#writer.admitsGhosts(room) ? ['ghost', 'relay'] : ['relay'],
      maxTextChars: maxTextBytes,
      maxTextBytes,
      maxFileBytes: this.#maxFileBytes,
      // What clients record voice messages in, and the one type that all of them play as such. Source: MSC3245.
      spokenTypes: ['audio/ogg'],
      replies: 'quote',
      threads: 'plain',
      reactions: 'any',
      pins: 'shown',
      maxReactionsPerSpeaker: Number.MAX_SAFE_INTEGER,
      obeys: ['members', 'roles'],
      // Every vote is an event that whoever looks can read.
      polls: { are: 'native', minOptions: 1, maxOptions: mostAnswers, votes: 'readable' },
    });
  }

  get commandPrefix(): string {
    return this.context.settings.command;
  }

  whisper(person: UserId, text: string, signal: AbortSignal): Promise<void> {
    return this.#listening.directs.tell(person, text, `whisper-${randomUUID()}`, signal);
  }

  openFile(file: FileRef, signal: AbortSignal, wanted?: WantedBytes): Promise<FileStream> {
    return this.#media.open(file.id, signal, wanted);
  }

  describeRoom(room: RoomId, signal: AbortSignal): Promise<RoomProfile> {
    return this.#rooms.describe(room, signal);
  }

  describeUser(user: UserId, signal: AbortSignal): Promise<UserProfile> {
    return this.#rooms.describeUser(user, signal);
  }

  async resolveRoom(wanted: WantedRoom, link: string, signal: AbortSignal): Promise<RoomId> {
    const room = await this.#rooms.resolve(wanted, link, signal);
    // The room that we are in may be the one that the named one became.
    this.#named.set(room, true);
    return room;
  }

  #makePuppets(rooms: RoomsApi): { readonly acts: DoublePuppets; readonly client: MatrixClient } | undefined {
    const { settings, clock } = this.context;
    const { doublePuppetToken: asToken, serverName } = settings;
    if (asToken === undefined) return undefined;
    const client = new MatrixClient({ ...settings, asToken }, clock);
    return { acts: new DoublePuppets({ client, rooms, users: this.#users, serverName }), client };
  }
}
