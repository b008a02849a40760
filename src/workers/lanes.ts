import type { Clock } from '../model/clock.js';
import type { Log } from '../model/network-definition.js';
import type { RowId } from '../model/routing.js';
import type { Metrics } from '../observability/metrics.js';
import type { Lane } from '../model/delivery.js';
import type { DeliveryRepository } from '../persistence/delivery.repository.js';
import type { Fence } from '../persistence/database.js';
import type { LaneReservation } from '../pipeline/hand-over.js';
import type { Found, LaneWorker } from './lane-worker.js';
import type { Shards } from './shards.js';

interface Running {
  readonly shard: number;
  readonly ended: Promise<void>;
  /** Something new came while it ran: it is run once more. */
  again: boolean;
}

/** Runs the lanes of this replica's shards side by side, each one at most once at a time. */
export class Lanes {
  readonly #running = new Map<RowId, Running>();
  /** What the lanes that are reserved wait for. */
  readonly #kept = new Map<RowId, (handed: Found | undefined) => void>();
  readonly #giveUp = new AbortController();
  #state: 'working' | 'stopping' = 'working';

  constructor(
    private readonly repository: DeliveryRepository,
    private readonly worker: LaneWorker,
    private readonly shards: Shards,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  /** Starts lanes that have something new. Returns those that belong to another replica. */
  wake(lanes: readonly Lane[]): RowId[] {
    for (const lane of lanes) this.#start(lane);
    return lanes.filter(({ shard }) => !this.shards.owns(shard)).map(({ id }) => id);
  }

  /** The same for lanes of which only the ids are known. */
  async wakeById(ids: readonly RowId[]): Promise<RowId[]> {
    return this.wake(await this.repository.lanes(ids));
  }

  /** The net under every wake-up: starts each lane whose time has come. */
  async poll(): Promise<void> {
    if (this.#state === 'stopping') return;
    for (const lane of await this.repository.dueLanes(this.shards.owned())) this.#start(lane);
  }

  /** Resolves when nothing is under way in these shards. They are not owned for new work any more. */
  async drain(shards: ReadonlySet<number>): Promise<void> {
    await Promise.all([...this.#running.values()].filter(({ shard }) => shards.has(shard)).map(({ ended }) => ended));
  }

  /** Begins nothing new, and gives up after `withinMs` on what is in flight: it is written down as in doubt. */
  async stop(withinMs: number): Promise<void> {
    this.#state = 'stopping';
    const waited = new AbortController();
    await Promise.race([
      Promise.all([...this.#running.values()].map(({ ended }) => ended)),
      this.clock.sleep(withinMs, waited.signal),
    ]);
    waited.abort();
    this.#giveUp.abort();
    for (const handOver of this.#kept.values()) handOver(undefined);
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  /** Keeps lanes that are idle: from before a commit until it is told what it put into them nothing else begins there. */
  reserve(): LaneReservation {
    const kept = new Map<RowId, Fence>();
    return {
      keep: (lanes) => {
        for (const lane of lanes) {
          if (!this.#mayStart(lane) || this.#running.has(lane.id)) continue;
          kept.set(lane.id, this.shards.fence(lane.shard));
          this.#begin(lane, new Promise((handOver) => this.#kept.set(lane.id, handOver)));
        }
        return new Set(kept.keys());
      },
      begin: ({ byLane, readAtMs }) => {
        for (const [lane, fence] of kept) {
          const deliveries = byLane.get(lane);
          this.#kept.get(lane)?.(deliveries === undefined ? undefined : { fence, deliveries, readAtMs });
          this.#kept.delete(lane);
        }
      },
    };
  }

  #start(lane: Lane): void {
    if (!this.#mayStart(lane)) return;
    const running = this.#running.get(lane.id);
    if (running === undefined) this.#begin(lane, Promise.resolve(undefined));
    else running.again = true;
  }

  #mayStart(lane: Lane): boolean {
    return this.#state === 'working' && this.shards.owns(lane.shard);
  }

  #begin(lane: Lane, first: Promise<Found | undefined>): void {
    const started: Running = { shard: lane.shard, again: false, ended: this.#run(lane, first) };
    this.#running.set(lane.id, started);
    this.metrics.lanesRunning.set(this.#running.size);
  }

  async #run(lane: Lane, first: Promise<Found | undefined>): Promise<void> {
    // At the earliest when `#begin` has put it into the map.
    let handed = await first;
    try {
      do {
        const running = this.#running.get(lane.id);
        // Beside what is handed over there may be what it was woken for.
        if (running !== undefined && handed === undefined) running.again = false;
        await this.worker.run(lane, () => this.#state === 'stopping', this.#giveUp.signal, handed);
        handed = undefined;
      } while (this.#running.get(lane.id)?.again === true && this.#state === 'working');
    } catch (error) {
      // The poll takes it up again a second later.
      this.log.error({ lane: lane.id, error }, 'a lane broke off');
    } finally {
      this.#running.delete(lane.id);
      this.metrics.lanesRunning.set(this.#running.size);
    }
  }
}
