import type { AlarmClock } from '../model/clock.js';
import { LoginRefused, RoomClosed } from '../model/errors.js';
import type { AccountId, Cursor, RoomRef } from '../model/ids.js';
import type { NetworkAdapter, PulledBatch, Pulling, RawPayload, WatchMode } from '../model/network-adapter.js';
import type { Log } from '../model/network-definition.js';
import type { Metrics } from '../observability/metrics.js';
import type { RoomRepository, RoomRow } from '../persistence/room.repository.js';
import type { IngestService } from '../pipeline/ingest.js';
import type { RoomStates } from './room-states.js';
import type { Shards } from './shards.js';
import type { Kept } from './supervisor.js';
import type { Turnstile } from '../model/turnstile.js';
import { WakePace } from './wake-pace.js';

export interface RoomParts {
  readonly repository: RoomRepository;
  readonly states: Pick<RoomStates, 'closed' | 'opened'>;
  readonly ingest: IngestService;
  readonly shards: Shards;
  readonly clock: AlarmClock;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Each room is read when its worker begins: so many of an account at a time, since a service that starts has thousands. */
  firstReads(account: AccountId): Turnstile;
  onLoginRefused(account: string): void;
}

/** What is re-read with every overlap is known to the inbox; the worker's own memory spares asking it. */
const mostRemembered = 1_000;
/** What was told may not be there to read yet: a server that reads from a copy of its database tells sooner than it shows. Or a row was stored late. */
const shownAfterMs = 1_000;

/** Reads one room of a network that must be asked: after each wake-up, in time, or by a held poll. */
export class RoomWorker implements Kept {
  readonly #ref: RoomRef;
  readonly #pace = new WakePace();
  #mode: WatchMode;
  /** Since the last read for a wake-up began: it is to be read again. */
  #isWoken = false;
  /** The last read was for something that was told, and brought nothing, or did not look at all. */
  #isToRepeat = false;
  #isStopped = false;
  /** Ends the read that is under way. */
  #request: AbortController | undefined;
  /** Ends the held poll, or the waiting for the first read, that is under way. */
  #poll: AbortController | undefined;
  /** Ends the pause that is under way. */
  #endPause: (() => void) | undefined;
  /** After a failure: then only the stop ends the pause. */
  #isResting = false;
  #quietSinceMs: number;
  /** Absent while nothing was: most rooms are idle. */
  #stored: Set<string> | undefined;
  /** Why it is written down as closed. */
  #told: string | undefined;

  constructor(
    private readonly parts: RoomParts,
    private readonly adapter: NetworkAdapter,
    private readonly pulling: Pulling,
    private readonly row: RoomRow,
  ) {
    this.#ref = { account: row.account, id: row.room };
    this.#mode = row.watch;
    // Nothing came since it was linked: nothing there is ours to be edited or deleted.
    const quietMs = row.activityAt === null ? Infinity : parts.clock.now().getTime() - row.activityAt.getTime();
    this.#quietSinceMs = parts.clock.monotonicMs() - Math.max(0, quietMs);
    this.#told = row.closed ?? undefined;
  }

  get mode(): WatchMode {
    return this.#mode;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** For good. */
  stop(): void {
    this.#isStopped = true;
    this.#endPause?.();
    this.#poll?.abort();
    this.#request?.abort();
  }

  wake(): void {
    this.#isWoken = true;
    this.#thinkAgain();
    // A held poll goes on where nothing may be read for it yet: it may bring by itself what there is.
    if (this.#wakesInMs() === 0) this.#poll?.abort();
  }

  watchBy(mode: WatchMode): void {
    if (mode === this.#mode) return;
    const wasHeld = this.#mode === 'held';
    this.#mode = mode;
    // Between the others nothing is to be read for that: thousands may change at once.
    if (wasHeld || mode === 'held') this.wake();
    else this.#thinkAgain();
    // Whatever wake-ups brought: its place is another room's by now.
    if (wasHeld) this.#poll?.abort();
  }

  #thinkAgain(): void {
    if (!this.#isResting) this.#endPause?.();
  }

  /** Ends when it is stopped or by throwing. `working` is told after each read that went well. */
  async run(working: () => void): Promise<void> {
    try {
      let batch = await this.#readFirst();
      while (!this.#isStopped) {
        working();
        const how = batch.rest === 'more' ? 'now' : await this.#next();
        if (this.#isStopped) return;
        batch = await this.#read(batch.cursor, how);
      }
    } catch (error) {
      if (this.#isStopped) return;
      await this.#failed(error);
      throw error;
    }
  }

  async pause(ms: number): Promise<void> {
    this.#isResting = true;
    await this.#rest(ms);
    this.#isResting = false;
  }

  /** Whether it took its whole time. */
  async #rest(ms: number): Promise<boolean> {
    if (this.#isStopped) return false;
    const isWhole = await new Promise<boolean>((resolve) => {
      const callOff = this.parts.clock.after(ms, () => resolve(true));
      this.#endPause = () => {
        callOff();
        resolve(false);
      };
    });
    this.#endPause = undefined;
    return isWhole;
  }

  /** What came while nobody read. */
  async #readFirst(): Promise<PulledBatch> {
    const read = async (): Promise<PulledBatch> => this.#read(await this.#begin(), 'now');
    return this.parts.firstReads(this.#ref.account).pass(read, this.#newPoll().signal);
  }

  /** Ends with the next wake-up. */
  #newPoll(): AbortController {
    this.#poll = new AbortController();
    if (this.#wakesInMs() === 0) this.#poll.abort();
    return this.#poll;
  }

  async #begin(): Promise<Cursor> {
    const known = await this.parts.repository.cursor(this.#ref);
    if (known !== null) return known;
    const { cursor } = await this.#pull(null, 'now');
    await this.parts.repository.begin(this.#ref, cursor, this.parts.shards.fence(this.row.shard));
    return cursor;
  }

  async #read(from: Cursor, how: 'wait' | 'now'): Promise<PulledBatch> {
    const isWoken = how === 'now' && this.#isWoken;
    // A wake-up that comes from here on is one for the next read.
    if (how === 'now') this.#isWoken = false;
    const batch = await this.#pull(from, how);
    if (this.#told !== undefined) await this.#recovered();
    const fresh = batch.payloads.filter(({ key }) => this.#stored?.has(key) !== true);
    if (fresh.length > 0 || batch.cursor !== from) await this.#store(fresh, batch.cursor);
    // What is read again after a start is nothing new.
    if (batch.cursor !== from) this.#quietSinceMs = this.parts.clock.monotonicMs();
    this.#keepPace(fresh.length > 0 || batch.cursor !== from, isWoken, batch.rest);
    this.parts.metrics.reads.inc({ account: this.#ref.account, outcome: fresh.length > 0 ? 'new' : 'nothing' });
    return batch;
  }

  async #pull(from: Cursor | null, how: 'wait' | 'now'): Promise<PulledBatch> {
    const request = how === 'wait' ? this.#newPoll() : new AbortController();
    this.#request = request;
    if (this.#isStopped) request.abort();
    try {
      return await this.pulling.pull(this.#ref.id, from, how, request.signal);
    } catch (error) {
      // A held poll that was ended by a wake-up has told nothing, and lost nothing.
      if (how === 'wait' && from !== null && request.signal.aborted && !this.#isStopped)
        return { payloads: [], cursor: from, rest: 'more' };
      throw error;
    } finally {
      this.#request = undefined;
    }
  }

  async #store(payloads: readonly RawPayload[], cursor: Cursor): Promise<void> {
    await this.parts.ingest.accept(this.adapter, payloads, {
      room: this.#ref,
      cursor,
      fence: this.parts.shards.fence(this.row.shard),
    });
    if (payloads.length === 0) return;
    this.#stored ??= new Set();
    for (const { key } of payloads) this.#stored.add(key);
    const surplus = this.#stored.size - mostRemembered;
    if (surplus > 0) this.#stored = new Set([...this.#stored].slice(surplus));
  }

  #keepPace(isNew: boolean, isWoken: boolean, rest: PulledBatch['rest']): void {
    // A held poll that was ended for it is another request.
    if (isNew) this.#pace.broughtSomething();
    else if (isWoken) this.#pace.broughtNothing(this.parts.clock.monotonicMs(), this.#mode === 'held' ? 2 : 1);
    const isPushed = this.#mode === 'webhook' || this.#mode === 'signaling';
    this.#isToRepeat = isPushed && (rest === 'late' || (isWoken && !isNew));
  }

  /** How soon a wake-up is followed; Infinity where there is none. */
  #wakesInMs(): number {
    return this.#isWoken ? this.#pace.waitMs(this.parts.clock.monotonicMs()) : Infinity;
  }

  async #next(): Promise<'wait' | 'now'> {
    const { clock } = this.parts;
    const readMs = clock.monotonicMs();
    this.#poll = undefined;
    for (;;) {
      const wakesInMs = this.#wakesInMs();
      if (wakesInMs === 0) return 'now';
      // A held poll brings what comes. A wake-up is for what it may not bring: what was stored late.
      if (this.#mode === 'held') return 'wait';
      const repeats = this.#isToRepeat && this.#pace.waitMs(clock.monotonicMs()) === 0;
      const pauseMs = repeats ? shownAfterMs : this.pulling.rereadAfterMs(readMs - this.#quietSinceMs, this.#mode);
      const leftMs = Math.max(0, pauseMs - (clock.monotonicMs() - readMs));
      const isWhole = await this.#rest(Math.min(leftMs, wakesInMs));
      if (this.#isStopped) return 'now';
      // It was woken, or only the watch changed, and the pause is another one.
      if (!isWhole) continue;
      if (repeats) this.#pace.broughtNothing(clock.monotonicMs());
      return 'now';
    }
  }

  async #failed(error: unknown): Promise<void> {
    this.parts.metrics.reads.inc({ account: this.#ref.account, outcome: 'failed' });
    if (error instanceof LoginRefused) this.parts.onLoginRefused(this.#ref.account);
    const reason = error instanceof Error ? error.message : String(error);
    if (!(error instanceof RoomClosed) || this.#told === reason) return;
    await this.parts.states.closed(this.#ref, error);
    this.#told = reason;
  }

  async #recovered(): Promise<void> {
    await this.parts.states.opened(this.#ref.account, [this.#ref.id]);
    this.#told = undefined;
  }
}
