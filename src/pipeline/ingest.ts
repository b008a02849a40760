import { type BridgeEvent, targetOf } from '../model/bridge-event.js';
import type { Clock } from '../model/clock.js';
import {
  type AccountId,
  type Cursor,
  type DeliveryId,
  type DeliveryKey,
  type MessageRef,
  type RoomRef,
} from '../model/ids.js';
import type { NetworkAdapter, RawPayload } from '../model/network-adapter.js';
import type { Lane, StoredDelivery } from '../model/delivery.js';
import type { Log } from '../model/network-definition.js';
import type { Known, Plan, RowId } from '../model/routing.js';
import { pass } from '../observability/failpoint.js';
import type { Metrics } from '../observability/metrics.js';
import { type Database, type Fence, isDataError, type Transaction } from '../persistence/database.js';
import type { StoredPayload } from '../persistence/inbox.repository.js';
import type { Asked, IngestRepository, Learnt } from '../persistence/ingest.repository.js';
import type { InboxRow } from '../persistence/plan-writes.js';
import type { DeliveryKeys } from './delivery-key.js';
import {
  comparable,
  contentsOf,
  eventsIn,
  freshOf,
  isEchoOf,
  type Read,
  roomsOf,
  sentBy,
  startsMessage,
  storable,
} from './batch.js';
import { beginnings, type LaneReservation, nothing, waitingIn } from './hand-over.js';
import { interpret } from './interpret.js';
import { type Arrival, route } from './route.js';
import type { WrittenCopies } from './written-copies.js';

/** Where a pulled batch came from: the cursor moves in the same transaction, if the room is still ours. */
export interface Pulled {
  readonly room: RoomRef;
  readonly cursor: Cursor;
  readonly fence: Fence;
}

export interface IngestOptions {
  readonly heldEventsMs: number;
  newDeliveryId(): DeliveryId;
  reserve(): LaneReservation;
  /** Called after the commit with the lanes that have something new. */
  wake(lanes: readonly Lane[]): void;
}

/** Stores what networks tell and routes it, in one transaction. When `accept` resolves, nothing can be lost any more. */
export class IngestService {
  constructor(
    private readonly database: Database,
    private readonly repository: IngestRepository,
    private readonly keys: DeliveryKeys,
    private readonly written: WrittenCopies,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly log: Log,
    private readonly options: IngestOptions,
  ) {}

  async accept(adapter: NetworkAdapter, payloads: readonly RawPayload[], pulled?: Pulled): Promise<void> {
    const startedMs = this.clock.monotonicMs();
    const reads = this.#news(adapter, payloads);
    try {
      if (reads.length > 0) await this.#store(adapter, reads, pulled, 'moves');
      else if (pulled !== undefined) await this.repository.moveCursor(this.database, pulled, pulled.fence);
    } catch (error) {
      if (!isDataError(error)) {
        this.metrics.ingestFailures.inc({ account: adapter.account });
        throw error;
      }
      await this.#storeOneByOne(adapter, reads, pulled);
    }
    this.metrics.ingestSeconds.observe({ account: adapter.account }, (this.clock.monotonicMs() - startedMs) / 1000);
  }

  /** Routes held events whose target became known by another transaction than the one that routes messages. */
  async routeHeld(adapters: ReadonlyMap<string, NetworkAdapter>): Promise<void> {
    const routed = await this.database.transaction(async (tx) => {
      await this.repository.dropOverdueHeld(tx);
      const targets = await this.repository.knownTargetsOfHeld(tx, 500);
      const arrivals = await this.#held(tx, targets, adapters);
      return arrivals.length === 0 ? undefined : this.#route(tx, arrivals);
    });
    if (routed !== undefined) this.#wake(routed);
  }

  /** Reads a stored payload again: what was not bridged is, what was bridged and reads differently is edited. */
  async replay(
    adapter: NetworkAdapter,
    payload: StoredPayload,
  ): Promise<'routed' | 'ignored' | 'held' | 'malformed' | 'unlinked'> {
    const content = interpret(adapter, payload.body);
    const { id: inbox, account } = payload;
    const routed = await this.database.transaction((tx) =>
      this.#route(tx, [{ inbox, account, order: adapter.sourceOrder, content, from: 'replay' }]),
    );
    this.#wake(routed);
    return routed.plan.inbox[0]?.state ?? 'ignored';
  }

  /** All but the echoes of what this process itself wrote down. */
  #news(adapter: NetworkAdapter, payloads: readonly RawPayload[]): Read[] {
    const reads = payloads.map((payload) => ({
      ...payload,
      key: comparable(payload.key),
      content: interpret(adapter, payload.body),
    }));
    const news = reads.filter(({ content }) => !isEchoOf(content, (copy) => this.written.has(copy)));
    this.#countKnown(adapter, reads.length - news.length);
    return news;
  }

  /** One row after the other, so that the one that the database refuses harms no other. */
  async #storeOneByOne(adapter: NetworkAdapter, reads: readonly Read[], pulled: Pulled | undefined): Promise<void> {
    for (const read of reads) {
      try {
        await this.#store(adapter, [read], pulled, 'stays');
      } catch (error) {
        if (!isDataError(error)) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        this.log.warn(
          { account: adapter.account, error },
          'a payload was refused by the database and is stored as malformed',
        );
        const malformed = { ...read, key: storable(read.key), content: { malformed: reason } };
        await this.#store(adapter, [malformed], pulled, 'stays');
      }
    }
    if (pulled !== undefined) await this.repository.moveCursor(this.database, pulled, pulled.fence);
  }

  async #store(
    adapter: NetworkAdapter,
    reads: readonly Read[],
    pulled: Pulled | undefined,
    cursor: 'moves' | 'stays',
  ): Promise<void> {
    const reservation = this.options.reserve();
    let handed = nothing;
    try {
      const { plan, known, kept, first } = await this.database.transaction(async (tx) => {
        const routed = await this.#routeNew(tx, adapter, reads, pulled?.fence);
        const starts = beginnings(routed.plan);
        const kept = reservation.keep(lanesIn(routed.known).filter(({ id }) => starts.has(id)));
        await this.repository.apply(tx, routed.plan, routed.fresh, cursor === 'moves' ? pulled : undefined);
        const asked = [...starts].flatMap(([lane, uuids]) => (kept.has(lane) ? uuids : []));
        const first = this.#firstInLanes(tx, asked);
        pass('beforeInboxCommit', adapter.account);
        return { ...routed, kept, first };
      });
      pass('afterInboxCommit', adapter.account);
      this.#count(adapter, reads.length, plan);
      this.#wake({ plan, known }, kept);
      const { rows, readAtMs } = await first;
      handed = { byLane: waitingIn(plan, rows), readAtMs };
    } finally {
      reservation.begin(handed);
    }
  }

  /** The transaction does not wait for the answer. */
  #firstInLanes(
    tx: Transaction,
    deliveries: readonly DeliveryId[],
  ): Promise<{ readonly rows: readonly StoredDelivery[]; readonly readAtMs: number }> {
    const answered = this.repository
      .firstInLanes(tx, deliveries)
      .then((rows) => ({ rows, readAtMs: this.clock.monotonicMs() }));
    tx.ahead(answered);
    return answered;
  }

  /** Routes what of these payloads is new, and what was held for it. */
  async #routeNew(
    tx: Transaction,
    adapter: NetworkAdapter,
    reads: readonly Read[],
    fence: Fence | undefined,
  ): Promise<Routed & { readonly fresh: readonly InboxRow[] }> {
    const arrived = contentsOf(reads).flatMap(eventsIn);
    const released =
      adapter.sourceOrder === 'kept'
        ? []
        : await this.#held(tx, sentBy(arrived), new Map([[adapter.account, adapter]]));
    const learnt = await this.#learn(tx, adapter.account, reads, released, fence);
    const fresh = freshOf(adapter, reads, learnt);
    const arrivals = fresh.map(({ inbox, content, isNews }): Arrival => ({
      inbox: inbox.id,
      account: adapter.account,
      order: adapter.sourceOrder,
      content,
      from: 'source',
      ...(isNews === true ? { isNews } : {}),
    }));
    const plan = this.#decide([...arrivals, ...released], learnt);
    return { plan, known: learnt.known, fresh: fresh.map(({ inbox }) => inbox) };
  }

  async #held(
    tx: Transaction,
    targets: readonly MessageRef[],
    adapters: ReadonlyMap<string, NetworkAdapter>,
  ): Promise<Arrival[]> {
    if (targets.length === 0) return [];
    const rows = await this.repository.takeHeld(tx, targets);
    return rows.map(({ inbox, account, event }) => ({
      inbox,
      account,
      order: adapters.get(account)?.sourceOrder ?? 'notKept',
      content: { events: [event] },
      from: 'held',
    }));
  }

  /** Routes what is stored already. */
  async #route(tx: Transaction, arrivals: readonly Arrival[]): Promise<Routed> {
    const [account] = arrivals.map((arrival) => arrival.account);
    if (account === undefined) throw new Error('there is nothing to route');
    const learnt = await this.#learn(tx, account, [], arrivals);
    const plan = this.#decide(arrivals, learnt);
    await this.repository.apply(tx, plan, []);
    return { plan, known: learnt.known };
  }

  /** What the database knows of payloads that may be new, and of others that are stored already. */
  async #learn(
    tx: Transaction,
    account: AccountId,
    reads: readonly Read[],
    stored: readonly Arrival[],
    fence?: Fence,
  ): Promise<Learnt> {
    const events = [...contentsOf(reads), ...contentsOf(stored)].flatMap(eventsIn);
    return this.repository.learn(tx, {
      fence,
      account,
      keys: reads.map(({ key }) => key),
      newMessages: events.filter(startsMessage).length,
      rooms: roomsOf(events),
      readAgain: stored.some(({ from }) => from === 'replay'),
      changesSomething: events.some((event) => targetOf(event) !== undefined),
      ...this.#references(events),
    });
  }

  #decide(arrivals: readonly Arrival[], { known, messageIds }: Learnt): Plan {
    const next = messageIds.values();
    return route(arrivals, known, {
      now: this.clock.now(),
      heldEventsMs: this.options.heldEventsMs,
      verify: (key: DeliveryKey) => this.keys.verify(key),
      newDeliveryId: () => this.options.newDeliveryId(),
      newMessageId: () => {
        const id = next.next();
        if (id.done === true) throw new Error('more messages were routed than events start one');
        return id.value;
      },
    });
  }

  #references(events: readonly BridgeEvent[]): Pick<Asked, 'messages' | 'reactionRows' | 'deliveries'> {
    return {
      messages: events.flatMap((event) => (startsMessage(event) ? [event.message] : (targetOf(event) ?? []))),
      reactionRows: events.flatMap((event) => {
        switch (event.kind) {
          case 'reactionAdded':
          case 'reactionRemoved':
            return [{ account: event.room.account, remote: event.row ?? event.message.id }];
          case 'messageDeleted':
            return [{ account: event.room.account, remote: event.message.id }];
          default:
            return [];
        }
      }),
      deliveries: events.flatMap((event) => {
        const named =
          event.key === undefined || event.actor.standing !== 'ours' ? undefined : this.keys.verify(event.key);
        return named === undefined ? [] : [named.delivery];
      }),
    };
  }

  #count(adapter: NetworkAdapter, reads: number, plan: Plan): void {
    for (const { state } of plan.inbox) this.metrics.payloads.inc({ account: adapter.account, state });
    const withdrawn = plan.deliveries.filter(
      ({ message, event }) => message === null && event.kind === 'messageDeleted',
    );
    if (withdrawn.length > 0) this.metrics.secondCopies.inc({ account: adapter.account }, withdrawn.length);
    this.#countKnown(adapter, reads - plan.inbox.length);
    for (const { state, note, inbox } of plan.inbox) {
      if (state === 'malformed')
        this.log.warn({ account: adapter.account, inbox, note }, 'a payload could not be read');
    }
  }

  #countKnown(adapter: NetworkAdapter, known: number): void {
    if (known > 0) this.metrics.knownPayloads.inc({ account: adapter.account }, known);
  }

  #wake({ plan, known }: Routed, kept: ReadonlySet<RowId> = new Set()): void {
    const wanted = new Set(plan.deliveries.map(({ lane }) => lane));
    if (plan.cleared.length > 0) for (const { lanes } of plan.cleared) for (const lane of lanes) wanted.add(lane);
    const lanes = lanesIn(known).filter(({ id }) => wanted.has(id) && !kept.has(id));
    if (lanes.length > 0) this.options.wake(lanes);
  }
}

interface Routed {
  readonly plan: Plan;
  readonly known: Known;
}

/** The lanes of all linked portals whose rooms were found. */
function lanesIn({ wiring }: Known): Lane[] {
  return [...wiring.values()].flatMap(({ own, others, options }) =>
    [own, ...others].flatMap(({ portal: id, account, room, shard }) =>
      room === null || shard === null ? [] : [{ id, account, room, shard, options }],
    ),
  );
}
