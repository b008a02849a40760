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
const markWithinMs = 10_000;
const mostReaders = 10_000;

interface Reader {
  /** Undefined: all that they have read is marked. */
  upTo: ReadUpTo | undefined;
  dueMs: number;
  tries: number;
}

/** Marks as read, in the other rooms of a link, what people have read who lent a login there. In memory alone, the newest wins, and no lane waits for it. */
export class Reading {
  readonly #readers = new Map<string, Reader>();
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
    const isDone = await this.#mark(upTo, AbortSignal.any([signal, AbortSignal.timeout(markWithinMs)]));
    reader.dueMs = this.parts.clock.monotonicMs() + againMs;
    reader.tries += 1;
    if (!isDone && reader.upTo === undefined && reader.tries < mostTries) reader.upTo = upTo;
  }

  /** Never throws. @returns whether that is all that can be done */
  async #mark({ room, actor, message }: ReadUpTo, signal: AbortSignal): Promise<boolean> {
    const { adapters, beside, reached, log } = this.parts;
    let isDone = true;
    try {
      for (const target of await beside(room)) {
        const lending = adapters.get(target.account)?.lending;
        if (lending?.markRead === undefined || (await lending.lentBy(actor)) === undefined) continue;
        const there = await reached(message, target);
        if (there === undefined) isDone = false;
        else await lending.markRead(target.id, actor, there, signal);
      }
    } catch (error) {
      log.debug({ account: room.account, error }, 'what somebody has read could not be marked elsewhere');
      return false;
    }
    return isDone;
  }
}
