import { FilesInFlight } from '../../src/media/files-in-flight.js';
import { randomBytes } from 'node:crypto';
import { v4, v7 } from 'uuid';
import { ShownNames } from '../../src/identities/shown-names.js';
import { Speakers } from '../../src/identities/speakers.js';
import type { Capabilities } from '../../src/model/capabilities.js';
import type { BridgeEvent, EventKind, MessageSent } from '../../src/model/bridge-event.js';
import {
  type AccountId,
  accountId,
  type Cursor,
  cursor,
  deliveryId,
  inboxKey,
  type MessageRef,
  networkName,
  remoteId,
  type RoomId,
  roomId,
  type RoomRef,
  userId,
  type UserRef,
} from '../../src/model/ids.js';
import type {
  Deliver,
  DeliveryRequest,
  NetworkAdapter,
  Outcome,
  RawPayload,
  ReadResult,
  UncertainDelivery,
} from '../../src/model/network-adapter.js';
import { silentLog } from '../../src/observability/log.js';
import { Metrics } from '../../src/observability/metrics.js';
import { Database, type Fence } from '../../src/persistence/database.js';
import { DeliveryRepository } from '../../src/persistence/delivery.repository.js';
import { IngestRepository } from '../../src/persistence/ingest.repository.js';
import { LinkRepository } from '../../src/persistence/link.repository.js';
import { PeopleRepository } from '../../src/persistence/people.repository.js';
import { PollRepository } from '../../src/persistence/poll.repository.js';
import { RoomRepository } from '../../src/persistence/room.repository.js';
import type { Lane } from '../../src/model/delivery.js';
import { ShardRepository } from '../../src/persistence/shard.repository.js';
import { Deliverer } from '../../src/pipeline/deliver.js';
import { DeliveryKeys } from '../../src/pipeline/delivery-key.js';
import { IngestService } from '../../src/pipeline/ingest.js';
import { placesIn } from '../../src/pipeline/permalinks.js';
import { WrittenCopies } from '../../src/pipeline/written-copies.js';
import type { LaneReservation } from '../../src/pipeline/hand-over.js';
import { type LaneOptions } from '../../src/workers/lane-batch.js';
import { LaneWorker, laneBatch } from '../../src/workers/lane-worker.js';
import { Shards } from '../../src/workers/shards.js';
import { systemClock } from '../../src/workers/system-clock.js';
import { freshDatabase } from '../support/database.js';

export const left = accountId('left');
export const right = accountId('right');
export const leftRoom: RoomRef = { account: left, id: roomId('a') };
export const rightRoom: RoomRef = { account: right, id: roomId('b') };
export const noSignal = new AbortController().signal;

export function person(room: RoomRef, standing: UserRef['standing'] = 'person'): UserRef {
  return { account: room.account, id: userId('anna'), name: 'Anna', standing };
}

export function refOf(room: RoomRef, id: string): MessageRef {
  return { room, id: remoteId(id) };
}

export function sent(id: string, more: Partial<MessageSent> = {}, room: RoomRef = leftRoom): MessageSent {
  return {
    kind: 'messageSent',
    room,
    actor: person(room),
    at: '2026-01-02T03:04:05.000Z',
    message: refOf(room, id),
    body: [{ type: 'paragraph', content: [{ type: 'text', text: `text of ${id}` }] }],
    files: [],
    style: 'text',
    ...more,
  };
}

export function edited(id: string, text: string, version: string): BridgeEvent {
  return {
    kind: 'messageEdited',
    room: leftRoom,
    actor: person(leftRoom),
    at: '2026-01-02T03:04:06.000Z',
    message: refOf(leftRoom, id),
    body: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
    style: 'text',
    version,
  };
}

export function deleted(id: string, version: string): BridgeEvent {
  return {
    kind: 'messageDeleted',
    room: leftRoom,
    actor: person(leftRoom),
    at: '2026-01-02T03:04:07.000Z',
    message: refOf(leftRoom, id),
    version,
  };
}

export function reacted(id: string, emoji: string, at = '2026-01-02T03:04:06.000Z'): BridgeEvent {
  return {
    kind: 'reactionAdded',
    room: leftRoom,
    actor: person(leftRoom),
    at,
    message: refOf(leftRoom, id),
    emoji,
    version: '1',
  };
}

/** A payload as `MadeUpNetwork` reads it. */
export function payload(key: string, ...events: BridgeEvent[]): RawPayload {
  return { key: inboxKey(key), body: Buffer.from(JSON.stringify({ events })) };
}

type Send = (request: DeliveryRequest<BridgeEvent>, signal: AbortSignal) => Promise<void> | void;

/** A network that keeps what it was told to send, and answers as a test says. */
export class MadeUpNetwork implements NetworkAdapter {
  readonly network = networkName('madeUp');
  readonly settling = { afterTimeoutMs: 600_000, afterDisconnectMs: 300_000 };
  readonly deliver: NetworkAdapter['deliver'];
  readonly requests: DeliveryRequest<BridgeEvent>[] = [];
  readonly looks: (readonly UncertainDelivery[])[] = [];
  /** What differs from an able room. */
  able: Partial<Capabilities> = {};
  maxTextChars = 32_000;
  onSend: Send = (request) => {
    request.beforeSend();
    this.made(request);
  };
  onLook: (asked: readonly UncertainDelivery[]) => Promise<readonly Outcome[]> = (asked) =>
    Promise.resolve(asked.map(({ delivery }) => ({ delivery, done: 'notFound' })));
  onProbe: () => Promise<void> = () => Promise.resolve();
  #next = 0;

  constructor(
    readonly account: AccountId,
    readonly sourceOrder: 'kept' | 'notKept' = 'kept',
    kinds: Partial<Record<EventKind, 'look' | 'harmless'>> = {
      messageSent: 'look',
      messageEdited: 'look',
      messageDeleted: 'harmless',
      reactionAdded: 'harmless',
      reactionRemoved: 'harmless',
    },
    readonly firstTold: NonNullable<NetworkAdapter['firstTold']> = () => undefined,
  ) {
    const entry = (repeat: 'look' | 'harmless'): Deliver<EventKind> => ({
      repeat,
      send: async (request, signal) => {
        this.requests.push(request);
        await this.onSend(request, signal);
      },
    });
    this.deliver = Object.fromEntries(Object.entries(kinds).map(([kind, repeat]) => [kind, entry(repeat)]));
  }

  /** The texts and other acts that were sent, in their order. */
  get said(): string[] {
    return this.requests.map(({ event }) => ('body' in event ? textOf(event.body) : event.kind));
  }

  /** The network takes the message: it has an id from now on. */
  made(request: DeliveryRequest<BridgeEvent>, part = 0): void {
    if (request.event.kind !== 'messageSent') return;
    this.#next += 1;
    request.onMade({ part, id: remoteId(`${this.account}-${String(this.#next)}`), key: request.key(part) });
  }

  read(given: unknown): ReadResult {
    const { events } = given as { events: BridgeEvent[] };
    return { events };
  }

  wasDone(deliveries: readonly UncertainDelivery[]): Promise<readonly Outcome[]> {
    this.looks.push(deliveries);
    return this.onLook(deliveries);
  }

  capabilities(): ReturnType<NetworkAdapter['capabilities']> {
    return Promise.resolve({
      speakers: ['relay'],
      maxTextChars: this.maxTextChars,
      maxFileBytes: 0,
      replies: 'quote',
      threads: 'none',
      reactions: 'any',
      maxReactionsPerSpeaker: 50,
      ...this.able,
    });
  }

  async describeRoom(): Promise<{ name: string }> {
    await this.onProbe();
    return { name: 'Room' };
  }

  describeUser(): Promise<{ name: string }> {
    return Promise.resolve({ name: 'Anna' });
  }

  connect(): Promise<{ login: string; summary: string }> {
    return Promise.resolve({ login: this.account, summary: 'made up' });
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  openFile(): Promise<never> {
    return Promise.reject(new Error('a made-up network has no files'));
  }

  resolveRoom(): Promise<RoomId> {
    return Promise.reject(new Error('a made-up network has no rooms to find'));
  }
}

function textOf(body: MessageSent['body']): string {
  return body
    .map((block) =>
      block.type === 'paragraph'
        ? block.content.map((inline) => (inline.type === 'text' ? inline.text : '')).join('')
        : `[${block.type}]`,
    )
    .join('');
}

/** The core on a database of its own, with two made-up networks and no loops. */
export class House {
  readonly deliveries: DeliveryRepository;
  readonly names: ShownNames;
  readonly links: LinkRepository;
  readonly rooms: RoomRepository;
  readonly shardRows: ShardRepository;
  readonly ingestRows = new IngestRepository(() => deliveryId(v7()));
  readonly keys = new DeliveryKeys(randomBytes(32));
  readonly written = new WrittenCopies();
  readonly metrics = new Metrics();
  readonly adapters = new Map<AccountId, NetworkAdapter>();
  readonly woken: string[] = [];
  readonly ingest: IngestService;
  heldEventsMs = 600_000;
  /** Nothing runs lanes, unless a test sets these: none is kept, and what is woken is noted. */
  reserve: () => LaneReservation = () => ({ keep: () => new Set(), begin: () => undefined });
  wake: (lanes: readonly Lane[]) => void = (lanes) => {
    this.woken.push(...lanes.map(({ id }) => id));
  };

  private constructor(
    readonly database: Database,
    readonly url: string,
    private readonly drop: () => Promise<void>,
  ) {
    this.names = new ShownNames(new PeopleRepository(database), systemClock, { believedForMs: 0 });
    this.deliveries = new DeliveryRepository(database);
    this.links = new LinkRepository(database);
    this.rooms = new RoomRepository(database);
    this.shardRows = new ShardRepository(database);
    this.ingest = this.ingestOn(database);
  }

  static async open(): Promise<House> {
    const fresh = await freshDatabase();
    const database = databaseAt(fresh.url);
    await database.open();
    await database.migrate();
    return new House(database, fresh.url, () => fresh.drop());
  }

  ingestOn(database: Database, written = this.written): IngestService {
    return new IngestService(database, this.ingestRows, this.keys, written, systemClock, this.metrics, silentLog, {
      heldEventsMs: this.heldEventsMs,
      newDeliveryId: () => deliveryId(v7()),
      reserve: () => this.reserve(),
      label: (account) => account,
      wake: (lanes) => {
        this.wake(lanes);
      },
    });
  }

  network<Adapter extends NetworkAdapter>(adapter: Adapter): Adapter {
    this.adapters.set(adapter.account, adapter);
    return adapter;
  }

  /** Links rooms that exist. Returns the portals, in the order of the rooms. */
  async link(rooms: readonly RoomRef[] = [leftRoom, rightRoom], key = 'team'): Promise<string[]> {
    const portals = rooms.map(({ account, id }) => ({ account, wanted: { room: id }, direction: 'both' as const }));
    await this.links.declare([{ key, portals }]);
    const ids: string[] = [];
    for (const { account, id } of rooms) {
      const [unresolved] = (await this.links.unresolved(account)).filter(
        ({ wanted }) => 'room' in wanted && wanted.room === id,
      );
      if (unresolved === undefined) throw new Error(`no portal waits for ${id}`);
      await this.links.resolved(unresolved.portal, account, id);
      ids.push(unresolved.portal);
    }
    return ids;
  }

  shards(options: { leaseMs?: number; clock?: typeof systemClock; process?: string } = {}): Shards {
    const replica = { id: v4(), host: 'a made-up host', process: options.process ?? '1@1' };
    return new Shards(this.shardRows, replica, options.clock ?? systemClock, this.metrics, silentLog, {
      leaseMs: options.leaseMs ?? 60_000,
      settling: new Map([...this.adapters].map(([account, { settling }]) => [account, settling])),
      batch: laneBatch,
    });
  }

  laneWorker(
    shards: Shards,
    options: Partial<LaneOptions> = {},
    repository = this.deliveries,
    clock = systemClock,
  ): LaneWorker {
    const speakers = new Speakers(this.adapters, this.names, systemClock, silentLog, {
      label: (account) => account,
      profileForMs: 60_000,
      waitMs: 1_000,
    });
    return new LaneWorker({
      repository,
      deliverer: new Deliverer({
        copies: repository,
        polls: new PollRepository(this.database),
        speakers,
        keys: this.keys,
        clock: systemClock,
        speakerWish: () => 'auto',
        personOn: () => undefined,
        linkedRoom: (room, account) => repository.linkedRoom(room, account),
        placesIn: (url, signal) => placesIn(this.adapters.values(), url, signal),
        openFile: () => Promise.reject(new Error('there are no files')),
        elsewhere: () => ({ network: 'made up' }),
        maxFileBytes: Number.MAX_SAFE_INTEGER,
        spoken: { open: () => Promise.reject(new Error('there are no files')) },
        inFlight: new FilesInFlight(() => undefined),
      }),
      written: this.written,
      adapters: this.adapters,
      shards,
      clock,
      metrics: this.metrics,
      log: silentLog,
      options: {
        firstMs: 60_000,
        maxMs: 600_000,
        parkAfterAttempts: 3,
        random: () => 0.5,
        onLoginRefused: () => undefined,
        onMute: () => Promise.resolve(),
        onWritten: () => Promise.resolve(),
        ...options,
      },
    });
  }

  async lane(id: string): Promise<Lane> {
    const [lane] = await this.deliveries.lanes([id]);
    if (lane === undefined) throw new Error(`there is no lane ${id}`);
    return lane;
  }

  /** Time passes for what waits: everything is due, and everything in doubt is settled. */
  async later(): Promise<void> {
    await this.rows(`update deliveries set again_at = null, settled_at = settled_at - interval '1 day'`);
  }

  /** What became of the deliveries of a lane, in order: state, and the reason where there is one. */
  async states(lane: string): Promise<string[]> {
    const rows = await this.rows<{ state: string; reason: string | null }>(
      `select state, reason from deliveries where lane = $1 order by seq`,
      [lane],
    );
    return rows.map(({ state, reason }) => (reason === null ? state : `${state}: ${reason}`));
  }

  rows<Row = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.database.rows<Row>(sql, parameters);
  }

  /** Pulled batches come with the place that they were read up to. */
  pulled(at: string, fence: Fence, room: RoomRef = leftRoom): { room: RoomRef; cursor: Cursor; fence: Fence } {
    return { room, cursor: cursor(at), fence };
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.drop();
  }
}

/** Two rooms of two made-up networks in one link, and their shards ours. `lane` brings to the right what is said in the left. */
export interface LinkedHouse {
  readonly house: House;
  readonly source: MadeUpNetwork;
  readonly target: MadeUpNetwork;
  readonly shards: Shards;
  readonly lane: string;
}

export async function linkedHouse(target = new MadeUpNetwork(right)): Promise<LinkedHouse> {
  const house = await House.open();
  const source = house.network(new MadeUpNetwork(left));
  house.network(target);
  const shards = house.shards();
  await shards.tick();
  const [, lane = ''] = await house.link();
  return { house, source, target, shards, lane };
}

export function databaseAt(url: string): Database {
  return new Database({ url, poolSize: 10, statementTimeoutMs: 8_000 });
}
