import type { BridgeEvent } from '../model/bridge-event.js';
import type { Clock } from '../model/clock.js';
import type { AccountId, DeliveryId, DeliveryKey } from '../model/ids.js';
import type { NetworkAdapter, RawPayload } from '../model/network-adapter.js';
import type { Lane, StoredDelivery } from '../model/delivery.js';
import type { Log } from '../model/network-definition.js';
import type { Known, Plan, RowId } from '../model/routing.js';
import { pass } from '../observability/failpoint.js';
import type { Metrics } from '../observability/metrics.js';
import { type Database, type Fence, isDataError, type Transaction } from '../persistence/database.js';
import type { StoredPayload } from '../persistence/inbox.repository.js';
import { assertNoneHeld, forgetHeld } from '../persistence/held.repository.js';
import type { IngestRepository, Learnt } from '../persistence/ingest.repository.js';
import { type InboxRow, nothingRead } from '../persistence/plan-writes.js';
import { answersOf, inTurn } from './answers.js';
import { askedOf } from './asked.js';
import type { DeliveryKeys } from './delivery-key.js';
import { comparable, contentsOf, eventsIn, freshOf, isEchoOf, type Read, sentBy, storable } from './batch.js';
import { beginnings, type LaneReservation, nothing, waitingIn } from './hand-over.js';
import { type Adapters, firstToldIn, released, waitingFor } from './held.js';
import { interpret } from './interpret.js';
import type { Arrival } from './arrival-route.js';
import { route } from './route.js';
import { type Batch, type Pulled, roomsRead, Together } from './together.js';
import type { WrittenCopies } from './written-copies.js';

export interface IngestOptions {
  readonly heldEventsMs: number;
  newDeliveryId(): DeliveryId;
  reserve(): LaneReservation;
  /** Called after the commit with what was told: it may have been stored before. */
  onStored?(events: readonly BridgeEvent[]): void;
  /** What people call the network of an account: `Talk`. */
  label(account: AccountId): string;
  /** Called after the commit with the lanes that have something new. */
  wake(lanes: readonly Lane[]): void;
}

/** So much of what has vanished is gone through at a time. */
const mostExpired = 500;

/** Stores what networks tell and routes it, in one transaction. When `accept` resolves, nothing can be lost any more. */
export class IngestService {
  readonly #together = new Together((adapter, batches) => this.#store(adapter, batches, 'move'));

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
      if (pulled !== undefined) await this.#together.put(adapter, { reads, pulled });
      else if (reads.length > 0) await this.#store(adapter, [{ reads, pulled }], 'move');
    } catch (error) {
      if (!isDataError(error)) {
        this.metrics.ingestFailures.inc({ account: adapter.account });
        throw error;
      }
      await this.#storeByHalves(adapter, reads, pulled);
      if (pulled !== undefined) await this.repository.moveCursors(this.database, adapter.account, [pulled]);
    }
    this.metrics.ingestSeconds.observe({ account: adapter.account }, (this.clock.monotonicMs() - startedMs) / 1000);
  }

  /**
   * Routes held events whose target became known by another transaction than the one that routes messages, and those that have
   * waited for long enough.
   */
  async routeHeld(adapters: Adapters): Promise<void> {
    const routed = await this.database.transaction(async (tx) => {
      const arrivals = await released(tx, adapters);
      return arrivals.length === 0 ? undefined : this.#route(tx, inTurn(arrivals), adapters);
    });
    if (routed !== undefined) this.#wake(routed);
  }

  /** What has vanished from its room by itself is deleted in the others. */
  async expire(adapters: Adapters): Promise<void> {
    const routed = await this.database.transaction(async (tx) => {
      const vanished = await this.repository.takeExpired(tx, mostExpired);
      return vanished.length === 0 ? undefined : this.#route(tx, vanished.map(knownByBridge), adapters);
    });
    if (routed !== undefined) this.#wake(routed);
  }

  /** Tells the other rooms what the bridge itself knows of one: what `news` finds, and writes down as told, in the same transaction. */
  async announce(news: (tx: Transaction) => Promise<readonly BridgeEvent[]>): Promise<void> {
    const routed = await this.database.transaction(async (tx) => {
      const events = await news(tx);
      return events.length === 0 ? undefined : this.#route(tx, events.map(knownByBridge), new Map());
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
    const order = adapter.sourceOrder;
    const routed = await this.database.transaction(async (tx) => {
      await forgetHeld(tx, inbox);
      const again: Arrival = { inbox, account, order, content, from: 'replay' };
      return this.#route(tx, [again], only(adapter));
    });
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

  /** Each half by itself where the database refuses them together, in order, so that the row that it refuses harms no other. */
  async #storeByHalves(adapter: NetworkAdapter, reads: readonly Read[], pulled: Pulled | undefined): Promise<void> {
    const [read, ...others] = reads;
    if (read === undefined) return;
    try {
      await this.#store(adapter, [{ reads, pulled }], 'stay');
    } catch (error) {
      if (!isDataError(error)) throw error;
      if (others.length > 0) {
        const half = Math.ceil(reads.length / 2);
        await this.#storeByHalves(adapter, reads.slice(0, half), pulled);
        await this.#storeByHalves(adapter, reads.slice(half), pulled);
        return;
      }
      const reason = error instanceof Error ? error.message : String(error);
      this.log.warn(
        { account: adapter.account, error },
        'a payload was refused by the database and is stored as malformed',
      );
      const malformed = { ...read, key: storable(read.key), content: { malformed: reason } };
      await this.#store(adapter, [{ reads: [malformed], pulled }], 'stay');
    }
  }

  async #store(adapter: NetworkAdapter, batches: readonly Batch[], cursors: 'move' | 'stay'): Promise<void> {
    const { account } = adapter;
    const reads = batches.flatMap((batch) => batch.reads);
    const pulled = batches.flatMap((batch) => batch.pulled ?? []);
    if (reads.length === 0) {
      await this.repository.moveCursors(this.database, account, pulled);
      return;
    }
    const fences = pulled.map(({ fence }) => fence);
    const reservation = this.options.reserve();
    let handed = nothing;
    try {
      const { plan, known, kept, first } = await this.database.transaction(async (tx) => {
        const routed = await this.#routeNew(tx, adapter, reads, fences);
        const starts = beginnings(routed.plan);
        const kept = reservation.keep(lanesIn(routed.known).filter(({ id }) => starts.has(id)));
        const read = cursors === 'move' ? roomsRead(batches, routed.fresh) : [];
        await this.repository.apply(tx, routed.plan, routed.fresh, { account, reads: read });
        const asked = [...starts].flatMap(([lane, uuids]) => (kept.has(lane) ? uuids : []));
        const first = this.#firstInLanes(tx, asked);
        pass('beforeInboxCommit', account);
        return { ...routed, kept, first };
      });
      pass('afterInboxCommit', account);
      this.#count(adapter, reads.length, plan);
      this.options.onStored?.(contentsOf(reads).flatMap(eventsIn));
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
    fences: readonly Fence[],
  ): Promise<Routed & { readonly fresh: readonly InboxRow[] }> {
    const adapters = only(adapter);
    const arrived = contentsOf(reads).flatMap(eventsIn);
    const answered = arrived.flatMap((event) => answersOf(event, firstToldIn(adapters))).map(({ message }) => message);
    // What waits for these payloads, and what waits for the same as they do: that was said before.
    const waiting = adapter.sourceOrder === 'kept' ? [] : [...sentBy(arrived), ...answered];
    const held = await waitingFor(tx, waiting, adapters);
    const learnt = await this.#learn(tx, adapter.account, reads, held, adapters, fences);
    // Another replica may have held what was said before, while this one waited for the lanes.
    await assertNoneHeld(tx, answered);
    const fresh = freshOf(adapter, reads, learnt);
    const arrivals = fresh.map(({ inbox, content, isNews }): Arrival => ({
      inbox: inbox.id,
      account: adapter.account,
      order: adapter.sourceOrder,
      content,
      from: 'source',
      ...(isNews === true ? { isNews } : {}),
    }));
    const inOrder = adapter.sourceOrder === 'kept' ? arrivals : inTurn([...held, ...arrivals]);
    const plan = this.#decide(inOrder, learnt, adapters);
    return { plan, known: learnt.known, fresh: fresh.map(({ inbox }) => inbox) };
  }

  /** Routes what is stored already. */
  async #route(tx: Transaction, arrivals: readonly Arrival[], adapters: Adapters): Promise<Routed> {
    const [account] = arrivals.map((arrival) => arrival.account);
    if (account === undefined) throw new Error('there is nothing to route');
    const learnt = await this.#learn(tx, account, [], arrivals, adapters);
    const plan = this.#decide(arrivals, learnt, adapters);
    await this.repository.apply(tx, plan, [], nothingRead(account));
    return { plan, known: learnt.known };
  }

  /** What the database knows of payloads that may be new, and of others that are stored already. */
  async #learn(
    tx: Transaction,
    account: AccountId,
    reads: readonly Read[],
    stored: readonly Arrival[],
    adapters: Adapters,
    fences: readonly Fence[] = [],
  ): Promise<Learnt> {
    const events = [...contentsOf(reads), ...contentsOf(stored)].flatMap(eventsIn);
    return this.repository.learn(tx, {
      ...askedOf(events, firstToldIn(adapters), this.keys),
      fences,
      account,
      keys: reads.map(({ key }) => key),
      readAgain: stored.some(({ from }) => from === 'replay'),
    });
  }

  #decide(arrivals: readonly Arrival[], { known, messageIds }: Learnt, adapters: Adapters): Plan {
    const next = messageIds.values();
    return route(arrivals, known, {
      now: this.clock.now(),
      heldEventsMs: this.options.heldEventsMs,
      firstTold: firstToldIn(adapters),
      label: (account) => this.options.label(account),
      verify: (key: DeliveryKey) => this.keys.verify(key),
      newDeliveryId: () => this.options.newDeliveryId(),
      newMessageId: () => {
        const id = next.next();
        if (id.done === true) throw new Error('more messages were routed than events start one');
        return id.value;
      },
    });
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

/** Of one adapter. */
function only(adapter: NetworkAdapter): Adapters {
  return new Map([[adapter.account, adapter]]);
}

function knownByBridge(event: BridgeEvent): Arrival {
  return { inbox: null, account: event.room.account, order: 'kept', content: { events: [event] }, from: 'source' };
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
