import type { Clock } from '../model/clock.js';
import { LoginRefused, RoomClosed } from '../model/errors.js';
import type { AccountId, Cursor, RoomRef } from '../model/ids.js';
import type { NetworkAdapter, PulledBatch, Pulling, RawPayload } from '../model/network-adapter.js';
import type { Log } from '../model/network-definition.js';
import type { Metrics } from '../observability/metrics.js';
import type { RoomRepository, RoomRow } from '../persistence/room.repository.js';
import type { IngestService } from '../pipeline/ingest.js';
import type { Shards } from './shards.js';
import type { Turnstile } from './turnstile.js';

export interface RoomParts {
  readonly repository: RoomRepository;
  readonly ingest: IngestService;
  readonly shards: Shards;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Each room is read when its worker begins: so many of an account at a time, since a service that starts has thousands. */
  firstReads(account: AccountId): Turnstile;
  onLoginRefused(account: string): void;
}

/** What is re-read with every overlap is known to the inbox; the worker's own memory spares asking it. */
const mostRemembered = 1_000;

/** Reads one room of a network that must be asked: after each wake-up, in time, or by a held poll. */
export class RoomWorker {
  readonly #ref: RoomRef;
  #mode: 'held' | 'woken';
  /** Ends a held poll or a pause. */
  #wake = new AbortController();
  #quietSinceMs: number;
  #stored: Set<string> = new Set();
  /** Why it is written down as closed. */
  #told: string | undefined;

  constructor(
    private readonly parts: RoomParts,
    private readonly adapter: NetworkAdapter,
    private readonly pulling: Pulling,
    private readonly row: RoomRow,
  ) {
    this.#ref = { account: row.account, id: row.room };
    this.#mode = row.held ? 'held' : 'woken';
    const quietMs = row.activityAt === null ? 0 : parts.clock.now().getTime() - row.activityAt.getTime();
    this.#quietSinceMs = parts.clock.monotonicMs() - Math.max(0, quietMs);
    this.#told = row.closed ?? undefined;
  }

  get mode(): 'held' | 'woken' {
    return this.#mode;
  }

  wake(): void {
    this.#wake.abort();
  }

  watchBy(mode: 'held' | 'woken'): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.wake();
  }

  /** Ends by abort or by throwing. `working` is told after each read that went well. */
  async run(signal: AbortSignal, working: () => void): Promise<void> {
    try {
      const hurry = AbortSignal.any([signal, this.#wake.signal]);
      let batch = await this.parts.firstReads(this.#ref.account).pass(() => this.#readFirst(signal), hurry);
      while (!signal.aborted) {
        working();
        const how = batch.rest === 'more' ? 'now' : await this.#next(signal);
        if (signal.aborted) return;
        batch = await this.#read(batch.cursor, how, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      await this.#failed(error);
      throw error;
    }
  }

  /** What came while nobody read. */
  async #readFirst(signal: AbortSignal): Promise<PulledBatch> {
    return this.#read(await this.#begin(signal), 'now', signal);
  }

  async #begin(signal: AbortSignal): Promise<Cursor> {
    const known = await this.parts.repository.cursor(this.#ref);
    if (known !== null) return known;
    const { cursor } = await this.pulling.pull(this.#ref.id, null, 'now', signal);
    await this.parts.repository.begin(this.#ref, cursor, this.parts.shards.fence(this.row.shard));
    return cursor;
  }

  async #read(from: Cursor, how: 'wait' | 'now', signal: AbortSignal): Promise<PulledBatch> {
    // A wake-up that comes from here on is one for the next read.
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
    const interrupt = how === 'wait' ? AbortSignal.any([signal, this.#wake.signal]) : signal;
    let batch: PulledBatch;
    try {
      batch = await this.pulling.pull(this.#ref.id, from, how, interrupt);
    } catch (error) {
      // A held poll that was ended by a wake-up has told nothing, and lost nothing.
      if (how === 'wait' && this.#wake.signal.aborted && !signal.aborted)
        return { payloads: [], cursor: from, rest: 'more' };
      throw error;
    }
    const fresh = batch.payloads.filter(({ key }) => !this.#stored.has(key));
    if (fresh.length > 0 || batch.cursor !== from) await this.#store(fresh, batch.cursor);
    // What is read again after a start is nothing new.
    if (batch.cursor !== from) this.#quietSinceMs = this.parts.clock.monotonicMs();
    if (this.#told !== undefined) await this.#recovered();
    this.parts.metrics.reads.inc({ account: this.#ref.account, outcome: fresh.length > 0 ? 'new' : 'nothing' });
    return batch;
  }

  async #store(payloads: readonly RawPayload[], cursor: Cursor): Promise<void> {
    await this.parts.ingest.accept(this.adapter, payloads, {
      room: this.#ref,
      cursor,
      fence: this.parts.shards.fence(this.row.shard),
    });
    for (const { key } of payloads) this.#stored.add(key);
    const surplus = this.#stored.size - mostRemembered;
    if (surplus > 0) this.#stored = new Set([...this.#stored].slice(surplus));
  }

  async #next(signal: AbortSignal): Promise<'wait' | 'now'> {
    // A held poll brings what comes. A wake-up is for what it may not bring: what was stored late.
    if (this.#mode === 'held') return this.#wake.signal.aborted ? 'now' : 'wait';
    const quietMs = this.parts.clock.monotonicMs() - this.#quietSinceMs;
    await this.parts.clock.sleep(this.pulling.rereadAfterMs(quietMs), AbortSignal.any([signal, this.#wake.signal]));
    return 'now';
  }

  async #failed(error: unknown): Promise<void> {
    this.parts.metrics.reads.inc({ account: this.#ref.account, outcome: 'failed' });
    if (error instanceof LoginRefused) this.parts.onLoginRefused(this.#ref.account);
    const reason = error instanceof Error ? error.message : String(error);
    if (!(error instanceof RoomClosed) || this.#told === reason) return;
    await this.parts.repository.closed(this.#ref, reason);
    this.#told = reason;
    this.parts.metrics.alarms.inc({ account: this.#ref.account, reason: error.reason });
  }

  async #recovered(): Promise<void> {
    await this.parts.repository.opened(this.#ref);
    this.#told = undefined;
  }
}
