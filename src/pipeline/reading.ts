import { BoundedMap } from '../model/bounded-map.js';
import type { ReadUpTo } from '../model/bridge-event.js';
import type { Clock } from '../model/clock.js';
import type { MessageRef, RemoteId, RoomRef } from '../model/ids.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import type { Log } from '../model/network-definition.js';
import { roomKey } from '../model/routing.js';

export interface ReadingParts {
  readonly adapters: ReadonlyMap<string, Pick<NetworkAdapter, 'lending'>>;
  /** The other rooms in which is shown what happens in this one now. */
  beside(room: RoomRef): Promise<readonly RoomRef[]>;
  /** The latest message of another room that is not later than this one; undefined where that is not known. */
  reached(message: MessageRef, room: RoomRef): Promise<RemoteId | undefined>;
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

/** A number: so many milliseconds later. */
type Outcome = 'done' | 'again' | number;

interface Reader {
  /** Undefined: all that they have read is marked. */
  upTo: ReadUpTo | undefined;
  dueMs: number;
  tries: number;
}

/** Marks as read, in the other rooms of a link, what people have read who lent a login there. In memory alone, the newest wins, and no lane waits for it. */
export class Reading {
  readonly #readers = new Map<string, Reader>();
  /** By room: when all marks that were made there are forgotten. */
  readonly #clearAtMs = new BoundedMap<string, number>(mostRooms);
  #wake: () => void = () => undefined;

  constructor(private readonly parts: ReadingParts) {}

  read(upTo: ReadUpTo): void {
    const key = `${roomKey(upTo.room)}\n${upTo.actor.id}`;
    const known = this.#readers.get(key);
    if (known === undefined) {
      // Who comes too many reads again later.
      if (this.#readers.size >= mostReaders || !this.#isAnybodyAsked()) return;
      this.#readers.set(key, { upTo, dueMs: this.parts.clock.monotonicMs() + soonMs, tries: 0 });
    } else {
      known.upTo = upTo;
      known.tries = 0;
    }
    this.#wake();
  }

  /** Until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.parts;
    const stop = (): void => this.#wake();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        for (const [key, reader] of this.#due()) await this.#follow(key, reader, signal);
        const next = Math.min(...[...this.#readers.values()].map(({ dueMs }) => dueMs));
        const woken = new AbortController();
        this.#wake = () => woken.abort();
        const waitMs = Number.isFinite(next) ? Math.max(next - clock.monotonicMs(), 1) : againMs;
        if (!signal.aborted) await clock.sleep(waitMs, woken.signal);
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #isAnybodyAsked(): boolean {
    return [...this.parts.adapters.values()].some(({ lending }) => lending?.markRead !== undefined);
  }

  #due(): readonly (readonly [string, Reader])[] {
    const nowMs = this.parts.clock.monotonicMs();
    return [...this.#readers].filter(([, { dueMs }]) => dueMs <= nowMs);
  }

  /** What comes meanwhile is marked the next time. */
  async #follow(key: string, reader: Reader, signal: AbortSignal): Promise<void> {
    const { upTo } = reader;
    if (upTo === undefined) {
      this.#readers.delete(key);
      return;
    }
    reader.upTo = undefined;
    const within = AbortSignal.any([signal, AbortSignal.timeout(markWithinMs)]);
    const outcomes = await this.#markAll(upTo, within).catch((error: unknown) => this.#failed(upTo.room, error));
    const waitMs = Math.max(0, ...outcomes.map((outcome) => (typeof outcome === 'number' ? outcome : 0)));
    reader.dueMs = this.parts.clock.monotonicMs() + Math.max(againMs, waitMs);
    if (waitMs === 0) reader.tries += 1;
    const isDone = outcomes.every((outcome) => outcome === 'done');
    if (!isDone && reader.upTo === undefined && reader.tries < mostTries) reader.upTo = upTo;
  }

  async #markAll(upTo: ReadUpTo, signal: AbortSignal): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const target of await this.parts.beside(upTo.room)) {
      const marking = this.#mark(upTo, target, signal);
      outcomes.push(
        ...(await marking.then((outcome) => [outcome]).catch((error: unknown) => this.#failed(target, error))),
      );
    }
    return outcomes;
  }

  async #mark({ actor, message }: ReadUpTo, target: RoomRef, signal: AbortSignal): Promise<Outcome> {
    const lending = this.parts.adapters.get(target.account)?.lending;
    if (lending?.markRead === undefined || (await lending.lentBy(actor)) === undefined) return 'done';
    const there = await this.parts.reached(message, target);
    if (there === undefined) return 'again';
    const waitMs = this.#waitMs(target);
    if (waitMs > 0) return waitMs;
    await lending.markRead(target.id, actor, there, signal);
    return 'done';
  }

  /** 0: a mark may be made in the room now, and counts. */
  #waitMs(room: RoomRef): number {
    const nowMs = this.parts.clock.monotonicMs();
    const clearAtMs = this.#clearAtMs.get(roomKey(room)) ?? -Infinity;
    const waitMs = Math.max(0, clearAtMs - (mostAtOnce - 1) * oneMoreMs - nowMs);
    if (waitMs === 0) this.#clearAtMs.set(roomKey(room), Math.max(nowMs, clearAtMs) + oneMoreMs);
    return waitMs;
  }

  #failed({ account }: RoomRef, error: unknown): readonly ['again'] {
    this.parts.log.debug({ account, error }, 'what somebody has read could not be marked elsewhere');
    return ['again'];
  }
}
