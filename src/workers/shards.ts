import type { Clock } from '../model/clock.js';
import { ShardLost } from '../model/errors.js';
import type { Log } from '../model/network-definition.js';
import type { Metrics } from '../observability/metrics.js';
import type { Fence } from '../persistence/database.js';
import type { ReplicaIdentity, Settling, ShardRepository } from '../persistence/shard.repository.js';
import { isGone } from './process-identity.js';

export interface ShardOptions {
  /** How long a shard stays ours after a renewal, by PostgreSQL's clock. Renewed three times within it. */
  readonly leaseMs: number;
  readonly settling: Settling;
  readonly batch: number;
}

interface Held {
  readonly fence: Fence;
  /** This process's clocks when the renewal was sent: the lease began no earlier. */
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/**
 * Which 64ths of the work are this replica's. Everything that may be done by one replica only asks here, and proves it
 * to the database by its fence.
 */
export class Shards {
  readonly #held = new Map<number, Held>();
  /** Ours still, but nothing new is begun in them: another replica is to have them. */
  readonly #leaving = new Set<number>();
  readonly #listeners = new Set<() => void>();
  #drain: (shards: ReadonlySet<number>) => Promise<void> = () => Promise.resolve();
  #accepting = true;
  /** Shards that are on their way to another replica. */
  #giving: Promise<void> = Promise.resolve();

  constructor(
    private readonly repository: ShardRepository,
    readonly replica: ReplicaIdentity,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly log: Log,
    private readonly options: ShardOptions,
  ) {}

  owned(): number[] {
    return [...this.#held.keys()].filter((shard) => this.owns(shard));
  }

  owns(shard: number): boolean {
    const held = this.#held.get(shard);
    return held !== undefined && !this.#leaving.has(shard) && this.#leftMs(held) > 0;
  }

  /** Throws ShardLost when the shard is not ours. */
  fence(shard: number): Fence {
    const held = this.#held.get(shard);
    if (held === undefined) throw new ShardLost(`shard ${String(shard)} is not ours`);
    return held.fence;
  }

  /**
   * To be called in the same tick as a write to a network goes out, with the fence under which it was found to be due. A sixth of
   * the lease is kept in reserve, so that whoever takes over later knows when our last write began. Both clocks count: a frozen
   * machine's monotonic clock may stand still.
   */
  assertMaySend({ shard, fence }: Fence): void {
    const held = this.#held.get(shard);
    const isSame = this.#accepting && held?.fence.fence === fence;
    if (!isSame || this.#leftMs(held) <= this.options.leaseMs / 6) {
      throw new ShardLost(`shard ${String(shard)} may have passed to another replica`);
    }
  }

  /** What was done in the shard could not be written down: it is not given back in order, so that the next owner looks. */
  doubt(shard: number): void {
    this.#held.delete(shard);
    this.#changed();
  }

  /** Calls `listener` after each change of what is ours. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** `drain` resolves when nothing is under way any more in the shards that are given back. */
  drainWith(drain: (shards: ReadonlySet<number>) => Promise<void>): void {
    this.#drain = drain;
  }

  /** Renews and takes over until `signal` aborts. Never throws: without the database the leases simply run out. */
  async run(signal: AbortSignal): Promise<void> {
    let told = false;
    while (!signal.aborted) {
      try {
        await this.tick();
        if (told) this.log.info({}, 'ownership is renewed again');
        told = false;
      } catch (error) {
        if (!told) this.log.error({ error }, 'ownership cannot be renewed: the database does not answer');
        told = true;
        this.#dropEnded();
      }
      await this.clock.sleep(this.options.leaseMs / 3, signal);
    }
  }

  async tick(): Promise<void> {
    const before = this.#now();
    const renewed = await this.repository.renew(this.replica, this.options.leaseMs, [...this.#held.keys()]);
    const changed = this.#replace(renewed, before);
    const took = await this.#balance();
    if (changed || took) this.#changed();
  }

  /** Gives everything back. Nothing may be sent any more afterwards. */
  async release(): Promise<void> {
    this.#accepting = false;
    await this.#giving;
    const shards = [...this.#held.keys()];
    this.#held.clear();
    await this.repository.release(this.replica, shards);
    await this.repository.forget(this.replica);
  }

  async #balance(): Promise<boolean> {
    const rows = await this.repository.shards();
    const live = (await this.repository.liveReplicas(this.options.leaseMs)).filter((replica) => !isGone(replica));
    const quota = Math.ceil(rows.length / Math.max(1, live.length));
    const gone = [
      ...new Set(rows.filter((row) => row.owner !== this.replica.id && isGone(row)).map(({ owner }) => owner)),
    ].filter((owner) => owner !== null);
    const free = rows.filter((row) => row.free || (row.owner !== null && gone.includes(row.owner))).map(({ id }) => id);
    const wanted = free.slice(0, Math.max(0, quota - this.#held.size));
    if (wanted.length > 0) return this.#take(wanted, gone);
    const staying = [...this.#held.keys()].filter((shard) => !this.#leaving.has(shard));
    return staying.length > quota && this.#begin(staying.slice(quota));
  }

  async #take(shards: readonly number[], gone: readonly string[]): Promise<boolean> {
    const before = this.#now();
    const { leaseMs, settling, batch } = this.options;
    const taken = await this.repository.takeOver(this.replica, {
      shards,
      gone,
      leaseMs,
      lastSendMs: leaseMs - leaseMs / 6,
      settling,
      batch,
    });
    for (const fence of taken) this.#held.set(fence.shard, { fence, ...before });
    if (taken.length > 0) this.log.info({ shards: taken.length, owned: this.#held.size }, 'shards taken');
    return taken.length > 0;
  }

  /**
   * Another replica is to have them: what is under way ends first, so that it has nothing to doubt. However long that
   * takes, all shards are renewed meanwhile.
   */
  #begin(shards: readonly number[]): true {
    for (const shard of shards) this.#leaving.add(shard);
    this.#giving = this.#giving
      .then(() => this.#give(shards))
      .catch((error: unknown) => {
        this.log.error({ error }, 'shards could not be given to another replica');
      });
    return true;
  }

  async #give(shards: readonly number[]): Promise<void> {
    try {
      await this.#drain(new Set(shards));
      const still = shards.filter((shard) => this.#held.delete(shard));
      await this.repository.release(this.replica, still);
      this.log.info({ shards: still.length, owned: this.#held.size }, 'shards given to another replica');
    } finally {
      for (const shard of shards) this.#leaving.delete(shard);
      this.#changed();
    }
  }

  #replace(renewed: readonly Fence[], before: { wallMs: number; monotonicMs: number }): boolean {
    const mine = new Map(renewed.map((fence) => [fence.shard, fence]));
    const lost = [...this.#held.keys()].filter((shard) => !mine.has(shard));
    for (const shard of lost) this.#held.delete(shard);
    for (const shard of this.#held.keys()) {
      const fence = mine.get(shard);
      if (fence !== undefined) this.#held.set(shard, { fence, ...before });
    }
    if (lost.length > 0) this.log.warn({ shards: lost.length }, 'shards were lost to another replica');
    return lost.length > 0;
  }

  #dropEnded(): void {
    const ended = [...this.#held].filter(([, held]) => this.#leftMs(held) <= 0);
    for (const [shard] of ended) this.#held.delete(shard);
    if (ended.length > 0) this.#changed();
  }

  #changed(): void {
    this.metrics.shards.set(this.#held.size);
    for (const listener of this.#listeners) listener();
  }

  #now(): { wallMs: number; monotonicMs: number } {
    return { wallMs: this.clock.now().getTime(), monotonicMs: this.clock.monotonicMs() };
  }

  #leftMs(held: Held): number {
    const now = this.#now();
    return this.options.leaseMs - Math.max(now.monotonicMs - held.monotonicMs, now.wallMs - held.wallMs);
  }
}
