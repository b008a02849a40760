import { randomUUID } from 'node:crypto';
import { fromMarkdown } from '../../formatting/markdown.js';
import type { Addresses } from '../../model/addresses.js';
import type { Capabilities } from '../../model/capabilities.js';
import type { FileRef, RoomId, UserId } from '../../model/ids.js';
import { networkName, roomId } from '../../model/ids.js';
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
import { fromMatrix } from './from-matrix.js';
import { CallMembers } from './matrix.call-members.js';
import { MatrixCatchUp } from './matrix.catch-up.js';
import { MatrixClient } from './matrix.client.js';
import { MatrixCommands } from './matrix.commands.js';
import { MatrixDirects, type Saying } from './matrix.directs.js';
import { GhostDoors } from './matrix.doors.js';
import { DoublePuppets } from './matrix.double-puppets.js';
import { EditedMessages } from './matrix.edited-messages.js';
import { MatrixEdits } from './matrix.edits.js';
import { MatrixEmoji } from './matrix.emoji.js';
import { loginRefused } from './matrix.errors.js';
import { TransactionGaps } from './matrix.gaps.js';
import { MatrixGhosts } from './matrix.ghosts.js';
import { matrixAddresses } from './matrix.addresses.js';
import { matrixFirstTold, OurUsers } from './matrix.ids.js';
import { MatrixInvitations } from './matrix.invitations.js';
import { LivePlaces } from './matrix.live-places.js';
import { MatrixLook } from './matrix.look.js';
import { MatrixLookups } from './matrix.lookups.js';
import { MatrixMembers } from './matrix.members.js';
import { BoundedMap } from '../../model/bounded-map.js';
import { MatrixMessages } from './matrix.messages.js';
import { type MatrixEvent, parseStored, readMember } from './matrix.payloads.js';
import { mostAnswers } from './from-matrix-polls.js';
import { MatrixPolls } from './matrix.polls.js';
import { MatrixPresence } from './matrix.presence.js';
import { GhostPictures } from './matrix.pictures.js';
import { FilePreviews } from './matrix.previews.js';
import { MatrixPins } from './matrix.pins.js';
import { pingUntilHeard } from './matrix.ping.js';
import { MatrixReactions } from './matrix.reactions.js';
import { MatrixReceipts } from './matrix.receipts.js';
import { registrationId } from './matrix.registration.js';
import { MatrixRoomChanges } from './matrix.room-changes.js';
import { MatrixRoles } from './matrix.roles.js';
import { MatrixRooms } from './matrix.rooms.js';
import type { MatrixSettings } from './matrix.settings.js';
import { MatrixSource } from './matrix.source.js';
import { MatrixStatuses } from './matrix.statuses.js';
import { MatrixTyping } from './matrix.typing.js';
import { MatrixWriter } from './matrix.writer.js';
import { maxTextBytes, toMatrix } from './to-matrix.js';

const botName = 'Crosstalk';
const maxRemembered = 100_000;
const restartAfterMs = 1000;

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
  readonly source: MatrixSource;
  readonly showTyping?: NonNullable<NetworkAdapter['showTyping']>;
  readonly showPresence?: NonNullable<NetworkAdapter['showPresence']>;

  readonly showRead?: NonNullable<NetworkAdapter['showRead']>;

  readonly #users: OurUsers;
  readonly #client: MatrixClient;
  readonly #accounts: AccountApi;
  readonly #media: MediaApi;
  readonly #ghosts: MatrixGhosts;
  readonly #writer: MatrixWriter;
  readonly #look: MatrixLook;
  readonly #catchUp: MatrixCatchUp;
  readonly #rooms: MatrixRooms;
  readonly #invitations: MatrixInvitations;
  readonly #presence: MatrixPresence;
  readonly #directs: MatrixDirects;
  readonly #commands: MatrixCommands;
  readonly #edited: EditedMessages;
  readonly #live: LivePlaces;
  readonly #statuses: MatrixStatuses;
  readonly #puppets: { readonly acts: DoublePuppets; readonly client: MatrixClient } | undefined;
  /** Rooms that links name, by an alias too. */
  readonly #named = new BoundedMap<string, true>(maxRemembered);
  #maxFileBytes = 0;
  /** What runs beside; it ends without throwing. */
  readonly #running = new Set<Promise<void>>();

  constructor(private readonly context: AdapterContext<MatrixSettings>) {
    const { settings, clock, log, store } = context;
    const users = new OurUsers(settings);
    const client = new MatrixClient(settings, clock);
    const account = new AccountApi(client);
    const rooms = new RoomsApi(client);
    const media = new MediaApi(client);
    const timeline = new TimelineApi(client);
    const doors = new GhostDoors(rooms, users);
    const timeoutMs = settings.lookupTimeoutMs;
    const lookups = new MatrixLookups({ rooms, account, timeline, clock, log, timeoutMs });
    this.addresses = matrixAddresses(lookups, settings.serverName);
    const pictures = new GhostPictures(account, media, log, settings.avatarTimeoutMs);
    const ghosts = new MatrixGhosts({ users, account, doors, pictures, store, clock, log, settings });
    const isLinked = (room: string): boolean => this.#isLinked(room);
    const { roomClosed, roomsOpened } = context;
    const presence = new MatrixPresence({ users, store, clock, log, isLinked, roomClosed, roomsOpened });
    this.#users = users;
    this.#client = client;
    this.#accounts = account;
    this.#media = media;
    this.#ghosts = ghosts;
    this.#presence = presence;
    const { relayMs, inviteRetryMs: retryMs, hsToken, lookMarginMs: marginMs } = settings;
    const events = new EventsApi(client);
    const writer = new MatrixWriter({ users, events, rooms, ghosts, doors, lookups, presence, clock, log, relayMs });
    const self = { account: context.account, users };
    const { avatarTimeoutMs } = settings;
    const emoji = new MatrixEmoji({ ...self, user: users.bot, media, store, clock, log, timeoutMs: avatarTimeoutMs });
    const edits = new MatrixEdits(self, timeline, writer, emoji);
    this.#writer = writer;
    this.#look = new MatrixLook({ timeline, client, users, edits, writer, marginMs });
    const onNamed = (room: string): void => {
      this.#named.set(room, true);
    };
    this.#rooms = new MatrixRooms({ id: context.account, users, rooms, account, store, log, onNamed });
    this.#invitations = new MatrixInvitations({ users, rooms, clock, log, retryMs, isLinked });
    const say = async (room: string, text: string, { style, key, signal }: Saying): Promise<'said' | 'forbidden'> => {
      const [words] = toMatrix({ body: fromMarkdown(text), style: 'notice' }, self, { voice: { as: 'bridge' } });
      const content = { ...words, msgtype: `m.${style}` };
      const said = await events.send(room, 'm.room.message', content, { user: users.bot, key, signal });
      return said === 'forbidden' ? said : 'said';
    };
    this.#directs = new MatrixDirects({ users, rooms, store, say });
    const { command, operators, requestTimeoutMs: answerWithinMs } = settings;
    const run: typeof context.command = (call) => context.command(call);
    const directs = this.#directs;
    this.#commands = new MatrixCommands({
      users,
      directs,
      command,
      operators,
      log,
      answerWithinMs,
      isLinked,
      run,
      say,
    });
    const typing = new MatrixTyping({
      id: context.account,
      users,
      rooms,
      clock,
      isLinked,
      tell: (changed) => context.typing(changed),
    });
    const isKnownGhost = (user: string): Promise<boolean> => ghosts.isKnown(user);
    this.#statuses = new MatrixStatuses({
      id: context.account,
      users,
      account,
      clock,
      log,
      isKnownGhost,
      tell: (changed) => context.presence(changed),
    });
    const statuses = this.#statuses;
    const receipts = new MatrixReceipts({
      id: context.account,
      users,
      isLinked,
      tell: (upTo) => context.wasRead(upTo),
    });
    this.#edited = new EditedMessages(store, clock);
    this.#live = new LivePlaces({ store, clock, everyMs: settings.liveLocationMs });
    this.source = new MatrixSource({
      hsToken,
      users,
      lookups,
      edited: this.#edited,
      live: this.#live,
      calls: new CallMembers(store),
      gaps: new TransactionGaps(store, clock, log),
      clock,
      log,
      isLinked,
      isKnownGhost,
      onStored: (event) => this.#onStored(event),
      onEphemeral: (values) => {
        if (settings.typing) typing.hear(values);
        if (settings.presence) statuses.hear(values);
        receipts.hear(values);
      },
    });
    this.#puppets = this.#makePuppets(rooms);
    const puppets = this.#puppets?.acts;
    if (puppets !== undefined) this.showRead = (read, signal) => puppets.showRead(read, signal);
    if (settings.typing) this.showTyping = (room, who, signal) => typing.show(room, who, signal);
    if (settings.presence) this.showPresence = (person, presence, signal) => statuses.show(person, presence, signal);
    this.#catchUp = new MatrixCatchUp({ timeline, client, users, source: this.source, writer, marginMs });
    const { afterTimeoutMs = settings.requestTimeoutMs + 5000, afterDisconnectMs } = settings.settling;
    this.settling = { afterTimeoutMs, afterDisconnectMs };
    const previews = new FilePreviews(media, log, settings.avatarTimeoutMs);
    const messages = new MatrixMessages(self, timeline, media, previews, writer, lookups, emoji);
    const reactions = new MatrixReactions(users, events, timeline, lookups, writer);
    const members = new MatrixMembers(context.account, users, rooms, ghosts, messages, writer);
    const polls = new MatrixPolls(users, events, lookups, messages, writer);
    const roles = new MatrixRoles(self, rooms, messages, writer);
    const pins = new MatrixPins(self, rooms, messages, writer);
    const changes = new MatrixRoomChanges(users, rooms, media, store, writer);
    this.deliver = {
      messageSent: { repeat: 'look', send: (request, signal) => messages.say(request, signal) },
      messageEdited: { repeat: 'look', send: (request, signal) => edits.make(request, signal) },
      messageDeleted: { repeat: 'look', send: (request, signal) => messages.unsay(request, signal) },
      reactionAdded: { repeat: 'harmless', send: (request, signal) => reactions.add(request, signal) },
      reactionRemoved: { repeat: 'harmless', send: (request, signal) => reactions.remove(request, signal) },
      memberJoined: { repeat: 'harmless', send: (request, signal) => members.join(request, signal) },
      memberLeft: { repeat: 'harmless', send: (request, signal) => members.leave(request, signal) },
      roleChanged: { repeat: 'harmless', send: (request, signal) => roles.set(request, signal) },
      roomChanged: { repeat: 'harmless', send: (request, signal) => changes.make(request, signal) },
      pinChanged: { repeat: 'harmless', send: (request, signal) => pins.change(request, signal) },
      pollStarted: { repeat: 'look', send: (request, signal) => polls.start(request, signal) },
      pollVoted: { repeat: 'harmless', send: (request, signal) => polls.vote(request, signal) },
      pollClosed: { repeat: 'look', send: (request, signal) => polls.end(request, signal) },
    };
  }

  get account(): AdapterContext<MatrixSettings>['account'] {
    return this.context.account;
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
    const { account, clock, log, settings } = this.context;
    this.source.open(ingest, signal);
    const ping = {
      account: this.#accounts,
      clock,
      log,
      registrationId: registrationId(account),
      url: settings.url,
      retryMs: settings.pingRetryMs,
      wasHeard: (transaction: string) => this.source.lastPing === transaction,
    };
    this.#run('ping', (until) => pingUntilHeard(ping, until), signal);
    this.#run('invitations', (until) => this.#invitations.run(until), signal);
    this.#run('edited messages', (until) => this.#edited.keepClean(until), signal);
    this.#run('live locations', (until) => this.#live.run(ingest, until), signal);
    if (settings.presence) this.#run('presence', (until) => this.#statuses.run(until), signal);
    this.#run('connections', (until) => this.#rest(until), signal);
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
    return this.#directs.tell(person, text, `whisper-${randomUUID()}`, signal);
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

  #isLinked(room: string): boolean {
    return this.#named.get(room) === true || this.context.isLinked(room);
  }

  #run(name: string, loop: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): void {
    const running = this.#keep(name, loop, signal).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** A loop that throws is told of and begun again. */
  async #keep(name: string, loop: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await loop(signal);
        return;
      } catch (error) {
        this.context.log.error({ account: this.account, loop: name, error }, 'a loop failed and is begun again');
        await this.context.clock.sleep(restartAfterMs, signal);
      }
    }
  }

  async #onStored(event: MatrixEvent): Promise<void> {
    this.#invitations.note(event);
    this.#commands.note(event);
    if (this.context.settings.presence && this.#isLinked(event.room_id)) {
      this.#statuses.noteActivity(event.sender, roomId(event.room_id));
    }
    await this.#presence.note(event);
    if (event.type !== 'm.room.member' || event.state_key === undefined) return;
    if (!this.#users.isGhost(event.state_key)) return;
    const { membership } = readMember(event.content);
    // Its own invitation, told after it was accepted, is no news of a ghost that is in.
    if (membership !== 'leave' && membership !== 'ban') return;
    await this.#ghosts.forget(event.room_id, event.state_key);
  }

  /** When we stop, connections are let go. */
  async #rest(signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await Promise.all([this.#client.rest(), this.#puppets?.client.rest()]);
  }
}
