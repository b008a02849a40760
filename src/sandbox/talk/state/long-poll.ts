import type { LogRead, RowFilter } from './message-log.js';
import type { Message } from './message.js';
import type { PollCache } from './poll-cache.js';
import type { Room } from './room.js';

const longestPollSteps = 30;

/** Requests that wait: the server looks, sleeps a step and looks again; nothing wakes it in between. */
export class LongPoll {
  readonly #wakers = new Map<NodeJS.Timeout, () => void>();
  #stopped = false;

  constructor(
    private readonly cache: PollCache,
    private readonly stepMs: number,
  ) {}

  /**
   * @param timeoutSeconds clamped to 30; each second is one step
   * @returns the rows after the cursor, oldest first; empty when none came in time
   */
  async read(room: Room, read: LogRead, timeoutSeconds: number, isWanted?: RowFilter): Promise<Message[]> {
    const rows = await this.hold(() => {
      const found = this.#look(room, read, isWanted);
      return found.length === 0 ? undefined : found;
    }, timeoutSeconds);
    return rows ?? [];
  }

  /**
   * Looks at once and after each step until there is something.
   * @param timeoutSeconds clamped to 30; each second is one step
   * @returns undefined when nothing came in time
   */
  async hold<Found>(look: () => Found | undefined, timeoutSeconds: number): Promise<Found | undefined> {
    const steps = Math.min(longestPollSteps, timeoutSeconds);
    let found = look();
    // A caller who has gone is not noticed: PHP notices only when it writes.
    for (let step = 0; found === undefined && step < steps && !this.#stopped; step += 1) {
      await this.#sleep();
      found = look();
    }
    return found;
  }

  /** How many reads are asleep. */
  get waiting(): number {
    return this.#wakers.size;
  }

  /** Ends every wait. */
  stop(): void {
    this.#stopped = true;
    for (const [timer, wake] of this.#wakers) {
      clearTimeout(timer);
      wake();
    }
    this.#wakers.clear();
  }

  /** Lets waits begin again. */
  open(): void {
    this.#stopped = false;
  }

  #look(room: Room, read: LogRead, isWanted: RowFilter | undefined): Message[] {
    if (this.cache.saysNothingAfter(room.token, read.cursor)) return [];
    const rows = room.log.after(read, isWanted);
    if (rows.length === 0) this.cache.wasEmptyAfter(room.token, read.cursor);
    return rows;
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#wakers.delete(timer);
        resolve();
      }, this.stepMs);
      this.#wakers.set(timer, resolve);
    });
  }
}
