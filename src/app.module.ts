import { fileURLToPath } from 'node:url';
import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { v4, v7 } from 'uuid';
import { networks } from './adapters/index.js';
import { AdminModule } from './admin/admin.module.js';
import { startToken } from './admin/start-token.js';
import { People } from './identities/people.js';
import { ShownNames } from './identities/shown-names.js';
import { OwnLogins } from './identities/own-logins.js';
import { Speakers, speakersIn } from './identities/speakers.js';
import { CatchUp } from './links/catch-up.js';
import { LinkChanges } from './links/link-changes.js';
import { LinkKeeper } from './links/link-keeper.js';
import { RoomCommands } from './links/room-commands.js';
import { FileLinks } from './media/file-links.js';
import { Files } from './media/files.js';
import { FilesInFlight } from './media/files-in-flight.js';
import { SoundConversion } from './media/sound-conversion.js';
import { SpokenFiles } from './media/spoken-files.js';
import { PublicPictures } from './media/public-pictures.js';
import { tidyHeap } from './media/tidy-heap.js';
import { PublicListener } from './listeners/public-listener.js';
import type { AccountStore } from './model/account-store.js';
import type { SpeakerWish } from './model/capabilities.js';
import { type AccountId, deliveryId } from './model/ids.js';
import type { Clock } from './model/clock.js';
import type { NetworkAdapter } from './model/network-adapter.js';
import type { Log, NetworkDefinition } from './model/network-definition.js';
import type { RowId } from './model/routing.js';
import { shardCount, shardOf } from './model/shard.js';
import { Metrics } from './observability/metrics.js';
import { AccountRepository } from './persistence/account.repository.js';
import { ActivityRepository } from './persistence/activity.repository.js';
import { AccountStoreRepository } from './persistence/account-store.repository.js';
import { BridgedRepository } from './persistence/bridged.repository.js';
import { CatchUpRepository } from './persistence/catch-up.repository.js';
import { Database } from './persistence/database.js';
import { DeliveryRepository } from './persistence/delivery.repository.js';
import { InstallationRepository } from './persistence/installation.repository.js';
import { InboxRepository } from './persistence/inbox.repository.js';
import { IngestRepository } from './persistence/ingest.repository.js';
import { LinkChangeRepository } from './persistence/link-change.repository.js';
import { LinkRepository } from './persistence/link.repository.js';
import { MessageWayRepository } from './persistence/message-way.repository.js';
import { PeopleRepository } from './persistence/people.repository.js';
import { PollRepository } from './persistence/poll.repository.js';
import { ReadingRepository } from './persistence/reading.repository.js';
import { RetentionRepository } from './persistence/retention.repository.js';
import { RoomRepository } from './persistence/room.repository.js';
import { derive, SecretBox } from './persistence/secret-box.js';
import { ShardRepository } from './persistence/shard.repository.js';
import { StandingRepository } from './persistence/standing.repository.js';
import { StatusRepository } from './persistence/status.repository.js';
import { Deliverer } from './pipeline/deliver.js';
import { DeliveryKeys } from './pipeline/delivery-key.js';
import { Ephemeral } from './pipeline/ephemeral.js';
import { Reading } from './pipeline/reading.js';
import { IngestService } from './pipeline/ingest.js';
import { WrittenCopies } from './pipeline/written-copies.js';
import { placesIn } from './pipeline/permalinks.js';
import { Presences } from './pipeline/presences.js';
import { Replays } from './pipeline/replays.js';
import type { Settings } from './settings/settings.types.js';
import { Bridge } from './workers/bridge.js';
import { Housekeeping } from './workers/housekeeping.js';
import { LaneWorker, laneBatch } from './workers/lane-worker.js';
import { Lanes } from './workers/lanes.js';
import { ParkedDeliveries } from './workers/parked-deliveries.js';
import { thisPlace, thisProcess } from './workers/process-identity.js';
import { RoomStates } from './workers/room-states.js';
import { Shards } from './workers/shards.js';
import { Supervisor } from './workers/supervisor.js';
import { systemClock } from './workers/system-clock.js';
import { Wakeups } from './workers/wakeups.js';

/** The networks, for those who check settings and offer commands. */
export const definitions: readonly NetworkDefinition[] = networks;

/** What must be there before the house can be put together. */
export interface Foundation {
  readonly settings: Settings;
  /** Of the database that is used, embedded or not. */
  readonly databaseUrl: string;
  /** 32 bytes. */
  readonly masterKey: Buffer;
  readonly log: Log;
}

/** Everything that works together, put together by hand: who needs what can be read here from top to bottom. */
export interface House {
  readonly database: Database;
  readonly adapters: ReadonlyMap<AccountId, NetworkAdapter>;
  readonly bridge: Bridge;
  readonly publicListener: PublicListener;
  readonly housekeeping: Housekeeping;
  readonly metrics: Metrics;
  readonly status: StatusRepository;
  readonly activity: ActivityRepository;
  readonly ways: MessageWayRepository;
  readonly linkChanges: LinkChanges;
  readonly parkedDeliveries: ParkedDeliveries;
  readonly replays: Replays;
  readonly wakeups: Wakeups;
  readonly replicas: Pick<ShardRepository, 'listening'>;
  readonly installation: InstallationRepository;
  /** What an account remembers. */
  storeOf(account: AccountId): AccountStore;
  readonly clock: Clock;
  readonly log: Log;
  /** This start of the program among those that work on the database. */
  readonly replica: string;
  /** What a caller of a replica's admin listener must show, where the settings have no token. */
  startTokenOf(replica: string): string;
  /** Tells the others, and commands, where this replica receives its operator. */
  announce(adminUrl: string): Promise<void>;
}

export function buildHouse({ settings, databaseUrl, masterKey, log }: Foundation): House {
  const { delivery, retention } = settings;
  const clock = systemClock;
  const metrics = new Metrics();
  const database = new Database({
    url: databaseUrl,
    poolSize: settings.database.poolSize,
    // An eighth of a second for the way, two thirds of the lease for the statement: it ends before anybody takes over.
    statementTimeoutMs: Math.round((delivery.leaseMs * 2) / 3),
  });
  const accounts = new AccountRepository(database);
  const rooms = new RoomRepository(database);
  const links = new LinkRepository(database);
  const status = new StatusRepository(database);
  const shardRows = new ShardRepository(database);
  const deliveries = new DeliveryRepository(database);
  const secrets = new SecretBox(masterKey);
  const store = new AccountStoreRepository(database, secrets);
  const bridged = new BridgedRepository(database);
  const keys = new DeliveryKeys(derive(masterKey, 'delivery keys'));

  const linked = new Map<AccountId, Set<string>>();
  const speakerWishes = new Map<RowId, SpeakerWish>();
  const labels = new Map<string, string>();
  const linkChanges = new LinkChanges(database, new LinkChangeRepository(), {
    accounts: new Set(settings.accounts.keys()),
    settled: settings.links,
    settingsPlace: settings.file ?? 'the environment',
  });
  const pictures = new PublicPictures(derive(masterKey, 'picture addresses'), clock, log, (file, signal) =>
    files.open(file, signal),
  );
  const fileLinks = new FileLinks({
    key: derive(masterKey, 'file links'),
    clock,
    log,
    publicUrl: settings.listen.public.url,
    days: settings.files.linkDays,
    maxDownloads: settings.files.maxDownloads,
    open: (file, signal, wanted) => files.open(file, signal, wanted),
    stands: (message) => deliveries.stands(message),
  });
  const byNetwork = new Map<NetworkDefinition, NetworkAdapter[]>();
  const adapters = new Map<AccountId, NetworkAdapter>();
  for (const [account, given] of settings.accounts) {
    const definition = definitions.find(({ network }) => network === given.network);
    if (definition === undefined) throw new Error(`no network is called ${given.network}`);
    const adapter = definition.create({
      account,
      settings: given.settings,
      store: store.of(account),
      clock,
      log,
      isLinked: (room) => linked.get(account)?.has(room) ?? false,
      loginRefused: () => {
        bridge.loginRefused(account);
      },
      roomClosed: async (room, why) => {
        await roomStates.closed({ account, id: room }, why);
      },
      roomsOpened: (open) => roomStates.opened(account, open),
      roomsStand: (standings) => roomStates.stand(account, standings),
      bridged: (room, from, limit) => bridged.in({ account, id: room }, from, limit),
      command: (call) => roomCommands.run(account, call),
      lendingChanged: (lender, news) => ownLogins.told(account, lender, news),
      isOurKey: (key) => keys.verify(key) !== undefined,
      typing: (changed) => ephemeral.typing(changed),
      presence: (changed) => presences.changed(changed),
      wasRead: (upTo) => reading.read(upTo),
      showsRead: (of) => adapters.get(of)?.showRead !== undefined,
      wake: (woken) => bridge.wakeRooms(account, woken),
      pushed: (told) => rooms.pushed(account, told),
      picturePath: (picture) => pictures.pathOf(picture),
      ...(settings.listen.public.url === undefined ? {} : { publicUrl: settings.listen.public.url }),
    });
    adapters.set(account, adapter);
    labels.set(account, definition.label);
    byNetwork.set(definition, [...(byNetwork.get(definition) ?? []), adapter]);
  }
  for (const [definition, group] of byNetwork) definition.introduce?.(group);

  const labelOf = (account: string): string => labels.get(account) ?? account;
  const ownLogins = new OwnLogins({ adapters, log, timeoutMs: 10_000, label: labelOf });
  const roomCommands = new RoomCommands(status, linkChanges, ownLogins);
  const people = new People(settings.people);
  const files = new Files(adapters);
  const names = new ShownNames(new PeopleRepository(database), clock, { believedForMs: 60_000 });
  const speakers = new Speakers(adapters, names, clock, log, {
    label: labelOf,
    profileForMs: 600_000,
    waitMs: 2_000,
  });
  const ephemeral = new Ephemeral({
    adapters,
    beside: (room) => links.beside(room),
    choose: (person, capabilities) => speakers.choose(person, { as: speakersIn(capabilities, 'auto')[0] }),
    isShownHere: (account) => shards.owns(shardOf(account)),
    tellReplicas: (changed) => {
      if (shards.owned().length < shardCount) wakeups.tellTyping(changed);
    },
    clock,
    log,
  });
  const presences = new Presences({ adapters, beside: (room) => links.beside(room), clock, log });
  const readingRows = new ReadingRepository(database);
  const reading = new Reading({
    adapters,
    beside: (room) => links.beside(room),
    reached: (read, room) => readingRows.reached(read, room),
    clock,
    log,
  });
  const written = new WrittenCopies();
  const ingestRows = new IngestRepository(() => deliveryId(v7()));
  const ingest = new IngestService(database, ingestRows, keys, written, clock, metrics, log, {
    heldEventsMs: delivery.heldEventsMs,
    newDeliveryId: () => deliveryId(v7()),
    reserve: () => bridge.reserveLanes(),
    onStored: (events) => ephemeral.stored(events),
    label: labelOf,
    wake: (lanes) => {
      bridge.wakeLanes(lanes);
    },
  });
  const roomStates = new RoomStates(rooms, new StandingRepository(database), ingest, clock, metrics, log);
  const replica = { id: v4(), host: thisPlace(), process: thisProcess() };
  const shards = new Shards(shardRows, replica, clock, metrics, log, {
    leaseMs: delivery.leaseMs,
    settling: new Map([...adapters].map(([account, { settling }]) => [account, settling])),
    batch: laneBatch,
  });
  const laneWorker = new LaneWorker({
    repository: deliveries,
    deliverer: new Deliverer({
      copies: deliveries,
      polls: new PollRepository(database),
      speakers,
      keys,
      clock,
      speakerWish: (lane) => speakerWishes.get(lane) ?? 'auto',
      personOn: (account, user) => people.on(account, user) ?? ownLogins.personOn(account, user),
      linkedRoom: (room, account) => deliveries.linkedRoom(room, account),
      placesIn: (url, signal) => placesIn(adapters.values(), url, signal),
      openFile: (file, signal) => files.open(file, signal),
      elsewhere: (file, message) => {
        const link = fileLinks.addressOf(file, message);
        return { network: labelOf(file.account), ...(link === undefined ? {} : { link }) };
      },
      maxFileBytes: settings.files.maxBytes ?? Number.MAX_SAFE_INTEGER,
      maxTextMessages: settings.files.maxTextMessages,
      spoken: new SpokenFiles(new SoundConversion(), log),
      inFlight: new FilesInFlight(tidyHeap(clock)),
    }),
    written,
    adapters,
    shards,
    clock,
    metrics,
    log,
    options: {
      firstMs: delivery.retryFirstMs,
      maxMs: delivery.retryMaxMs,
      parkAfterAttempts: delivery.parkAfterAttempts,
      random: Math.random,
      onLoginRefused: (account) => {
        bridge.loginRefused(account);
      },
      onMute: (room, why) => roomStates.muted(room, why),
      onWritten: (room) => roomStates.wrote(room),
    },
  });
  const wakeups = new Wakeups(database, databaseUrl, clock, log);
  const pollMs = Math.min(1_000, delivery.leaseMs / 4);
  const bridge: Bridge = new Bridge({
    database,
    adapters,
    accounts,
    rooms,
    roomStates,
    links,
    status,
    keeper: new LinkKeeper(links, clock, log, {
      againMs: 5 * delivery.retryFirstMs,
      onResolved: () => {
        bridge.reconcile();
      },
    }),
    catchUp: new CatchUp(new CatchUpRepository(database), clock, log, {
      againMs: 5 * delivery.retryFirstMs,
      ingest: (adapter, payloads) => ingest.accept(adapter, payloads),
    }),
    ingest,
    ephemeral,
    presences,
    reading,
    lanes: new Lanes(deliveries, laneWorker, shards, clock, metrics, log),
    shards,
    wakeups,
    supervisor: new Supervisor(clock, metrics, log, { firstPauseMs: delivery.retryFirstMs }),
    clock,
    metrics,
    log,
    declared: settings.links.map(({ id, rooms: portals, mirror }) => ({ key: id, portals, options: mirror })),
    linked,
    speakerWishes,
    pollMs,
  });
  return {
    database,
    adapters,
    bridge,
    publicListener: new PublicListener(
      [
        ...[...byNetwork].flatMap(([definition, group]) => definition.httpRoutes(group)),
        pictures.route,
        fileLinks.route,
      ],
      log,
    ),
    housekeeping: new Housekeeping(new RetentionRepository(database), shardRows, status, metrics, log, {
      payloadDays: retention.payloadDays,
      alarmAfterMs: delivery.alarmAfterMs,
    }),
    metrics,
    status,
    activity: new ActivityRepository(database),
    ways: new MessageWayRepository(database),
    linkChanges,
    parkedDeliveries: new ParkedDeliveries(deliveries, wakeups),
    replays: new Replays(new InboxRepository(database), ingest, adapters),
    wakeups,
    replicas: shardRows,
    installation: new InstallationRepository(database, secrets.keyId),
    storeOf: (account) => store.of(account),
    clock,
    log,
    replica: replica.id,
    announce: (adminUrl) => shardRows.announce(replica, adminUrl),
    startTokenOf: (id) => startToken(derive(masterKey, 'admin tokens'), id),
  };
}

/** The composition root: the admin listener, and what is done by the clock. */
@Module({})
export class AppModule {
  static of(house: House, admin: Settings['listen']['admin']): DynamicModule {
    const { host, token } = admin;
    const access =
      token === undefined
        ? { host, token: house.startTokenOf(house.replica), tokenOf: 'start' as const }
        : { host, token, tokenOf: 'settings' as const };
    return {
      module: AppModule,
      imports: [
        ScheduleModule.forRoot(),
        AdminModule.of(house, access, fileURLToPath(new URL('./web/', import.meta.url))),
      ],
      providers: [{ provide: Housekeeping, useValue: house.housekeeping }],
    };
  }
}
