import { BoundedMap } from '../model/bounded-map.js';
import type { ReadUpTo } from '../model/bridge-event.js';
import type { Clock } from '../model/clock.js';
import type { RemoteId, RoomRef } from '../model/ids.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import type { Log } from '../model/network-definition.js';
import type { Reached } from '../model/reading.js';
import { roomKey } from '../model/routing.js';
import { Turnstile } from '../model/turnstile.js';

export interface ReadingParts {
  readonly adapters: ReadonlyMap<string, Pick<NetworkAdapter, 'lending' | 'showRead'>>;
  /** The other rooms in which is shown what happens in this one now. */
  beside(room: RoomRef): Promise<readonly RoomRef[]>;
  /** Undefined where that is not known. */
  reached(read: Pick<ReadUpTo, 'message' | 'ids'>, room: RoomRef): Promise<Reached | undefined>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who scrolls reads much at once, and what was just delivered is known by then. */
const soonMs = 1000;
/** From one mark of somebody in a room to the next. */
const againMs = 5000;
const mostTries = 3;
/** Of marks in one room, each of two requests, so many are made at once, and one more in each such time: ten requests a minute. */
const mostAtOnce = 3;
const oneMoreMs = 12_000;
const mostRooms = 10_000;
const markWithinMs = 10_000;
const mostReaders = 10_000;
/** Of each account, so that no server that hangs keeps another one's marks waiting. */
const mostMarksBeside = 4;

/** A number: so many milliseconds later. */
type Outcome = 'done' | 'again' | number;

type Mark = (message: RemoteId, signal: AbortSignal) => Promise<void>;

/** What somebody has read of one room is to be marked in another one; or that one's others are to be found (no target). */
interface Aim {
  readonly target: RoomRef | undefined;
  /** Undefined: all that they have read is marked. */
  upTo: ReadUpTo | undefined;
  dueMs: number;
  tries: number;
  isUnderWay: boolean;
}

/**
 * Marks as read, in the other rooms of a link, what people have read: where they lend a login, and, where such a login has told it, on their own
 * network. In memory alone, the newest wins, no lane waits for it, and no account for another one.
 */
export class Reading {
  readonly #aims = new Map<string, Aim>();
  readonly #turns = new Map<string, Turnstile>();
  /** By room and person: the place up to which they have read it, as they told or we marked. Never back, and nothing comes back that we marked. */
  readonly #places = new BoundedMap<string, bigint>(mostReaders);
  /** By room: when all marks that were made there are forgotten. */
  readonly #clearAtMs = new BoundedMap<string, number>(mostRooms);
  readonly #running = new Set<Promise<void>>();
  #wake: () => void = () => undefined;

  constructor(private readonly parts: ReadingParts) {}

  read(upTo: ReadUpTo): void {
    const key = readerKey(upTo.room, upTo.actor);
    // Who comes too many reads again later.
    if (!this.#aims.has(key) && (this.#aims.size >= mostReaders || !this.#isAnybodyAsked())) return;
    this.#aim(key, undefined, upTo, soonMs);
  }

  /** Until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.parts;
    const stop = (): void => this.#wake();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        for (const [key, aim] of this.#due()) this.#begin(key, aim, signal);
        const next = Math.min(...[...this.#aims.values()].filter(isAtRest).map(({ dueMs }) => dueMs));
        const woken = new AbortController();
        this.#wake = () => woken.abort();
        const waitMs = Number.isFinite(next) ? Math.max(next - clock.monotonicMs(), 1) : againMs;
        if (!signal.aborted) await clock.sleep(waitMs, woken.signal);
      }
      await Promise.all(this.#running);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #isAnybodyAsked(): boolean {
    return [...this.parts.adapters.values()].some(
      ({ lending, showRead }) => lending?.markRead !== undefined || showRead !== undefined,
    );
  }

  #aim(key: string, target: RoomRef | undefined, upTo: ReadUpTo, inMs: number): void {
    const known = this.#aims.get(key);
    if (known === undefined) {
      const dueMs = this.parts.clock.monotonicMs() + inMs;
      this.#aims.set(key, { target, upTo, dueMs, tries: 0, isUnderWay: false });
    } else {
      known.upTo = upTo;
      known.tries = 0;
    }
    this.#wake();
  }

  #due(): readonly (readonly [string, Aim])[] {
    const nowMs = this.parts.clock.monotonicMs();
    return [...this.#aims].filter(([, aim]) => isAtRest(aim) && aim.dueMs <= nowMs);
  }

  #begin(key: string, aim: Aim, signal: AbortSignal): void {
    const { upTo } = aim;
    if (upTo === undefined) {
      this.#aims.delete(key);
      return;
    }
    aim.upTo = undefined;
    aim.isUnderWay = true;
    const running = this.#follow(key, aim, upTo, signal).finally(() => {
      aim.isUnderWay = false;
      this.#running.delete(running);
      this.#wake();
    });
    this.#running.add(running);
  }

  /** Never throws. What comes meanwhile is marked the next time. */
  async #follow(key: string, aim: Aim, upTo: ReadUpTo, signal: AbortSignal): Promise<void> {
    const { target } = aim;
    const following = target === undefined ? this.#findOthers(key, upTo) : this.#mark(upTo, target, signal);
    const outcome = await following.catch((error: unknown) => this.#failed(target ?? upTo.room, error));
    const waitMs = typeof outcome === 'number' ? outcome : 0;
    // What was read meanwhile is known in the other rooms before these have their next turn.
    const restMs = target === undefined ? againMs - soonMs : againMs;
    aim.dueMs = this.parts.clock.monotonicMs() + Math.max(restMs, waitMs);
    if (waitMs === 0) aim.tries += 1;
    if (outcome !== 'done' && aim.upTo === undefined && aim.tries < mostTries) aim.upTo = upTo;
  }

  async #findOthers(key: string, upTo: ReadUpTo): Promise<Outcome> {
    for (const room of await this.parts.beside(upTo.room)) this.#aim(`${key}\n${roomKey(room)}`, room, upTo, 0);
    return 'done';
  }

  async #mark(upTo: ReadUpTo, target: RoomRef, signal: AbortSignal): Promise<Outcome> {
    const mark = await this.#markerOf(upTo, target);
    if (mark === undefined) return 'done';
    const turns = this.#turns.get(target.account) ?? new Turnstile(mostMarksBeside);
    this.#turns.set(target.account, turns);
    return turns.pass(() => this.#markNow(upTo, target, mark, signal), signal);
  }

  async #markNow(upTo: ReadUpTo, target: RoomRef, mark: Mark, signal: AbortSignal): Promise<Outcome> {
    const { actor, room } = upTo;
    const reached = await this.parts.reached(upTo, target);
    if (reached === undefined) return 'again';
    this.#reach(readerKey(room, actor), reached.read);
    const there = readerKey(target, actor);
    if (this.#isReached(there, reached.place)) return 'done';
    const waitMs = this.#waitMs(target);
    if (waitMs > 0) return waitMs;
    await mark(reached.message, AbortSignal.any([signal, AbortSignal.timeout(markWithinMs)]));
    this.#reach(there, reached.place);
    return 'done';
  }

  /** How it is marked in that room; undefined: it is not. On their own network only what a login of theirs has told. */
  async #markerOf({ room, actor, isPrivate }: ReadUpTo, target: RoomRef): Promise<Mark | undefined> {
    const { lending, showRead } = this.parts.adapters.get(target.account) ?? {};
    if (target.account === actor.account) {
      if (showRead === undefined || room.account === actor.account) return undefined;
      const how = isPrivate === true ? 'private' : 'seen';
      return (message, signal) => showRead({ room: target.id, person: actor.id, message, how }, signal);
    }
    if (lending?.markRead === undefined || (await lending.lentBy(actor)) === undefined) return undefined;
    const markRead = lending.markRead.bind(lending);
    return (message, signal) => markRead(target.id, actor, message, signal);
  }

  #isReached(key: string, place: bigint): boolean {
    const known = this.#places.get(key);
    return known !== undefined && known >= place;
  }

  #reach(key: string, place: bigint): void {
    if (!this.#isReached(key, place)) this.#places.set(key, place);
  }

  /** 0: a mark may be made in the room now, and counts. */
  #waitMs(room: RoomRef): number {
    const nowMs = this.parts.clock.monotonicMs();
    const clearAtMs = this.#clearAtMs.get(roomKey(room)) ?? -Infinity;
    const waitMs = Math.max(0, clearAtMs - (mostAtOnce - 1) * oneMoreMs - nowMs);
    if (waitMs === 0) this.#clearAtMs.set(roomKey(room), Math.max(nowMs, clearAtMs) + oneMoreMs);
    return waitMs;
  }

  #failed({ account }: RoomRef, error: unknown): 'again' {
    this.parts.log.debug({ account, error }, 'what somebody has read could not be marked elsewhere');
    return 'again';
  }
}

const isAtRest = ({ isUnderWay }: Aim): boolean => !isUnderWay;

const readerKey = (room: RoomRef, { account, id }: ReadUpTo['actor']): string => `${roomKey(room)}\n${account}\n${id}`;
