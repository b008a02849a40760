import { answeredBy } from '../model/bridge-event.js';
import type { Clock } from '../model/clock.js';
import { Abandoned, BridgeError, LoginRefused, RoomClosed, ShardLost } from '../model/errors.js';
import type { RoomRef } from '../model/ids.js';
import type { Copy, NetworkAdapter } from '../model/network-adapter.js';
import type { Log } from '../model/network-definition.js';
import { pass } from '../observability/failpoint.js';
import type { Metrics } from '../observability/metrics.js';
import type { DeliveryResult, Lane, WaitingDelivery } from '../model/delivery.js';
import type { Fence } from '../persistence/database.js';
import type { DeliveryRepository } from '../persistence/delivery.repository.js';
import type { Deliverer, DeliveryHooks } from '../pipeline/deliver.js';
import { decide, type RetryOptions } from '../pipeline/retry-policy.js';
import type { WrittenCopies } from '../pipeline/written-copies.js';
import { look } from './look.js';
import type { Shards } from './shards.js';

/** What was done is written down at least this often. */
const commitEveryMs = 100;

export interface LaneOptions extends RetryOptions {
  /** Told when a login was refused, so that it is tried again. */
  onLoginRefused(account: string): void;
  /** Told when a lane begins to wait for a room that does not let us write, though it may let us read: nobody else tells its people. */
  onMute(room: RoomRef, why: RoomClosed): Promise<void>;
  /** Told when a lane went on that had been held. */
  onWritten(room: RoomRef): Promise<void>;
  random(): number;
}

export interface LaneParts {
  readonly repository: DeliveryRepository;
  readonly deliverer: Deliverer;
  readonly written: WrittenCopies;
  readonly adapters: ReadonlyMap<string, NetworkAdapter>;
  readonly shards: Shards;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly options: LaneOptions;
}

/** `go`: more may be due. `hold`: the lane waits, or is no longer ours. */
type Flow = 'go' | 'hold';

/** The due deliveries of one lane: finds out what is in doubt, sends the rest in order, writes down what came of it. */
export class LaneBatch {
  readonly #parts: LaneParts;
  /** Something of it was attempted before: the room may not have let us write. */
  #wasHeld = false;
  #done: DeliveryResult[] = [];
  #committedAtMs: number;
  /** PostgreSQL's clock less our monotonic one: clocks of the wall may be apart, and may jump. */
  #clockOffsetMs = 0;

  constructor(
    parts: LaneParts,
    private readonly adapter: NetworkAdapter,
    private readonly lane: Lane,
    private readonly fence: Fence,
    private readonly stopping: () => boolean,
    private readonly signal: AbortSignal,
  ) {
    this.#parts = parts;
    this.#committedAtMs = this.#parts.clock.monotonicMs();
  }

  /** `readAtMs`: when `due` was answered, by our monotonic clock. */
  async run(due: readonly WaitingDelivery[], readAtMs: number): Promise<Flow> {
    const [first] = due;
    if (first !== undefined) this.#clockOffsetMs = first.readAt.getTime() - readAtMs;
    this.#wasHeld = due.some(({ attempts }) => attempts > 0);
    try {
      const left = await this.#settleUncertain(due);
      const looked = new Set(due.flatMap(({ id, uncertain }) => (uncertain === null ? [] : [id])));
      const flow = await this.#deliverAll(left, looked);
      await this.#commit();
      return flow;
    } catch (error) {
      if (error instanceof ShardLost) return 'hold';
      throw error;
    }
  }

  /** By PostgreSQL's clock. */
  #now(): Date {
    return new Date(this.#clockOffsetMs + this.#parts.clock.monotonicMs());
  }

  /** Finds out what an earlier attempt made, and returns what is left. Nothing is left where that could not be found out. */
  async #settleUncertain(due: readonly WaitingDelivery[]): Promise<readonly WaitingDelivery[]> {
    if (due.every(({ uncertain }) => uncertain === null)) return due;
    const { deliverer, metrics, log } = this.#parts;
    const now = this.#now();
    try {
      const found = await look(this.adapter, deliverer, this.lane, due, now, this.signal);
      for (const outcome of found.outcomes) metrics.looks.inc({ account: this.lane.account, outcome });
      log.info({ lane: this.lane.id, asked: due.length, found: found.done.length }, 'looked for deliveries in doubt');
      for (const { delivery, made } of found.done) {
        this.#done.push({ delivery, made, gone: [], hash: null, state: 'delivered' });
      }
      return found.left;
    } catch (error) {
      this.#lookFailed(due, error, now);
      return [];
    }
  }

  /** `looked`: those of which a look has just found nothing, or that none is made for. */
  async #deliverAll(due: readonly WaitingDelivery[], looked: ReadonlySet<string>): Promise<Flow> {
    for (const delivery of due) {
      if (this.stopping()) return 'hold';
      if (delivery.uncertain !== null) {
        const { settledAt } = delivery.uncertain;
        this.#done.push(
          waiting(delivery, 'waits until it is certain that it was not sent', delivery.attempts, settledAt),
        );
        return 'hold';
      }
      if (looked.has(delivery.id) && (await this.#isHopeless(delivery))) {
        this.#park(delivery, `was not taken in ${String(delivery.attempts)} attempts, none of which was answered`);
        continue;
      }
      // What it is about may have been sent a moment ago: its copy is found in the database.
      if (delivery.event.kind !== 'messageSent' || answeredBy(delivery.event).length > 0) await this.#commit();
      const flow = await this.#deliver(delivery, looked.has(delivery.id) ? { mayBeDone: true } : {});
      if (flow === 'hold') return 'hold';
      // What was found made after it does not say as whom it was: so nothing comes after it before that is written down.
      if (delivery.event.kind === 'pollVoted') await this.#commit();
      if (this.#parts.clock.monotonicMs() - this.#committedAtMs >= commitEveryMs) await this.#commit();
    }
    return this.#done.some(({ state }) => state === 'waiting') ? 'hold' : 'go';
  }

  async #deliver(delivery: WaitingDelivery, attempt: Pick<DeliveryHooks, 'mayBeDone'>): Promise<Flow> {
    const { clock, deliverer, metrics, shards } = this.#parts;
    const startedAt = this.#now();
    const startedMs = clock.monotonicMs();
    const made: Copy[] = [...delivery.made];
    const gone: Copy[] = [];
    try {
      const result = await deliverer.deliver(
        this.adapter,
        this.lane,
        delivery,
        {
          ...attempt,
          beforeSend: () => {
            shards.assertMaySend(this.fence);
          },
          onMade: (copy) => made.push(copy),
          onGone: (copy) => gone.push(copy),
        },
        this.signal,
      );
      this.#done.push({ delivery, made, gone, ...result });
      this.#count(delivery, result.state);
      if (result.state === 'delivered') {
        await this.#tellIfHeld();
        metrics.deliverySeconds.observe({ account: this.lane.account }, (clock.monotonicMs() - startedMs) / 1000);
        const lagMs = clock.now().getTime() - new Date(delivery.event.at).getTime();
        metrics.lagSeconds.observe({ account: this.lane.account }, Math.max(0, lagMs) / 1000);
      }
      return 'go';
    } catch (error) {
      if (error instanceof ShardLost) {
        // What was made before must be written down all the same: the shard may turn out to be ours still.
        if (made.length > delivery.made.length || gone.length > 0) {
          this.#done.push(waiting({ ...delivery, made, gone }, error.message, delivery.attempts, this.#now()));
        }
        return 'hold';
      }
      return this.#failed({ ...delivery, made, gone }, error, startedAt);
    }
  }

  async #failed(delivery: Attempted, error: unknown, startedAt: Date): Promise<Flow> {
    const { log, options } = this.#parts;
    if (error instanceof LoginRefused) options.onLoginRefused(this.lane.account);
    const attempt = { attempts: delivery.attempts, startedAt, failedAt: this.#now(), random: options.random() };
    const decision = decide(error, attempt, this.adapter.settling, options);
    const fields = { lane: this.lane.id, delivery: delivery.uuid, kind: delivery.event.kind, error };
    // What may have been made is never parked: a look comes first.
    const isCertain = decision.then !== 'again' || decision.uncertain === null;
    const alone = decision.then === 'again' && isCertain && decision.probe === 'room' && (await this.#roomAnswers());
    if (decision.then === 'again' && !alone) {
      // Told once when a lane begins to fail; its state says the rest.
      if (delivery.attempts === 0 && !(error instanceof Abandoned)) log.warn(fields, 'a lane is held');
      if (delivery.attempts === 0) await this.#tellIfMute(error);
      const { reason, attempts, againAt, uncertain } = decision;
      this.#done.push(waiting({ ...delivery, uncertain }, reason, attempts, againAt));
      this.#count(delivery, error instanceof BridgeError ? error.code : 'failed');
      return 'hold';
    }
    if (decision.then === 'skip') {
      const { made, gone = [] } = delivery;
      this.#done.push({ delivery, made, gone, hash: null, state: 'skipped', reason: decision.reason });
      this.#count(delivery, 'skipped');
    } else {
      this.#park(delivery, decision.reason, error);
    }
    return 'go';
  }

  async #tellIfMute(error: unknown): Promise<void> {
    if (!(error instanceof RoomClosed) || error.reason !== 'noPermission') return;
    const { onMute } = this.#parts.options;
    // The lane itself waits, and is shown as waiting, all the same.
    await this.#tell(onMute(this.#room, error), 'it could not be told that a room is closed to us');
  }

  async #tellIfHeld(): Promise<void> {
    if (!this.#wasHeld) return;
    this.#wasHeld = false;
    await this.#tell(this.#parts.options.onWritten(this.#room), 'it could not be told that a room is open to us');
  }

  get #room(): RoomRef {
    return { account: this.lane.account, id: this.lane.room };
  }

  async #tell(telling: Promise<void>, whatFailed: string): Promise<void> {
    try {
      await telling;
    } catch (error) {
      this.#parts.log.warn({ lane: this.lane.id, error }, whatFailed);
    }
  }

  #park(delivery: Attempted, reason: string, error?: unknown): void {
    const { made, gone = [], uuid, event } = delivery;
    this.#parts.log.warn({ lane: this.lane.id, delivery: uuid, kind: event.kind, error }, 'a delivery is parked');
    this.#done.push({ delivery, made, gone, hash: null, state: 'parked', reason });
    this.#count(delivery, 'parked');
  }

  /** Whether no attempt at it was ever answered, though the room answers. */
  async #isHopeless({ attempts }: WaitingDelivery): Promise<boolean> {
    return attempts >= this.#parts.options.parkAfterAttempts && (await this.#roomAnswers());
  }

  /** Whether it is this delivery alone that keeps failing. */
  async #roomAnswers(): Promise<boolean> {
    try {
      await this.adapter.describeRoom(this.lane.room, this.signal);
      return true;
    } catch (error) {
      this.#parts.log.debug({ lane: this.lane.id, error }, 'the room does not answer either');
      return false;
    }
  }

  /** The look itself failed: nothing is known yet, and nothing may be sent. */
  #lookFailed(due: readonly WaitingDelivery[], error: unknown, now: Date): void {
    const { options } = this.#parts;
    const [first] = due;
    if (first === undefined) return;
    if (error instanceof LoginRefused) options.onLoginRefused(this.lane.account);
    const attempt = { attempts: first.attempts, startedAt: now, failedAt: this.#now(), random: options.random() };
    const decision = decide(error, attempt, this.adapter.settling, options);
    const againAt = decision.then === 'again' ? decision.againAt : new Date(this.#now().getTime() + options.maxMs);
    const attempts = decision.then === 'again' ? decision.attempts : first.attempts + 1;
    this.#done.push(waiting(first, `could not look whether it was sent: ${decision.reason}`, attempts, againAt));
  }

  #count(delivery: WaitingDelivery, outcome: string): void {
    this.#parts.metrics.deliveries.inc({ account: this.lane.account, kind: delivery.event.kind, outcome });
  }

  /** Repeats until it is written: the answers are kept, the lane does not go on. Gives up when the shard is lost, and at the stop. */
  async #commit(): Promise<void> {
    const { clock, log, repository, shards } = this.#parts;
    if (this.#done.length === 0) return;
    let told = false;
    for (;;) {
      try {
        pass('beforeDoneCommit', this.lane.account);
        const written = await repository.commit(this.lane, this.fence, this.#done);
        pass('afterDoneCommit', this.lane.account);
        if (written === 'all') this.#remember();
        this.#done = [];
        this.#committedAtMs = clock.monotonicMs();
        return;
      } catch (error) {
        if (error instanceof ShardLost) throw error;
        if (this.signal.aborted) {
          shards.doubt(this.lane.shard);
          throw error;
        }
        if (!told) log.error({ lane: this.lane.id, error }, 'what was delivered cannot be written down yet');
        told = true;
        await clock.sleep(500, this.signal);
      }
    }
  }

  #remember(): void {
    const room = { account: this.lane.account, id: this.lane.room };
    for (const { made } of this.#done) for (const { id } of made) this.#parts.written.add({ room, id });
  }
}

/** A delivery with what its attempt made and took away. */
type Attempted = WaitingDelivery & { readonly gone?: readonly Copy[] };

function waiting(delivery: Attempted, reason: string, attempts: number, againAt: Date): DeliveryResult {
  const { made, gone = [], uncertain } = delivery;
  return { delivery, made, gone, hash: null, state: 'waiting', reason, attempts, againAt, uncertain };
}
