import { Abandoned } from '../model/errors.js';
import type { AccountId, FileRef } from '../model/ids.js';
import type { OpenedFile } from '../model/network-adapter.js';

/**
 * Large files take turns, so many from one account to another at one time: each takes 1 to 2 MB of memory while it moves, and four fill a
 * connection of a gigabit. A slow server keeps only those waiting that come from it or go to it.
 */
const mostAtOnce = 4;
/** Of what is smaller, a picture say, nobody waits for a film. */
const smallBytes = 8 * 1024 * 1024;

/** The files from one account to another: those that move, and who waits for them, the first first. */
interface Way {
  moving: number;
  readonly waiting: Set<() => void>;
}

/** The large files that move between accounts. */
export class FilesInFlight {
  readonly #ways = new Map<string, Way>();

  /** `tidy`: called while some wait for others, which is when much passes through the memory. */
  constructor(private readonly tidy: () => void) {}

  /** For one delivery, which opens its files one after the other. */
  place(to: AccountId): FilePlace {
    return new FilePlace((from, signal) => this.#enter(`${from} ${to}`, signal));
  }

  async #enter(name: string, signal: AbortSignal): Promise<() => void> {
    const way = this.#ways.get(name) ?? { moving: 0, waiting: new Set() };
    this.#ways.set(name, way);
    if (way.moving < mostAtOnce) way.moving += 1;
    else {
      this.tidy();
      await turn(way, signal);
    }
    return () => {
      const [next] = way.waiting;
      if (next === undefined) way.moving -= 1;
      else {
        // Whoever comes next has the place: nobody overtakes.
        next();
        this.tidy();
      }
      if (way.moving === 0) this.#ways.delete(name);
    };
  }
}

/** Where one delivery's files are opened, and its large file moves; it has one at a time. */
export class FilePlace {
  #leave: (() => void) | undefined;
  /** Made with the first file: most deliveries have none, and to make and abort one costs each of them. */
  #ended: AbortController | undefined;

  constructor(private readonly enter: (from: AccountId, signal: AbortSignal) => Promise<() => void>) {}

  /**
   * Waits until there is a place, where it takes one: what is, for all that is known, larger than small. Whoever opens it takes
   * `mostBytes` of it. What is spoken is small, and read twice where it cannot be converted.
   */
  async open(
    file: FileRef,
    open: (until: AbortSignal) => Promise<OpenedFile>,
    mostBytes: number,
    signal: AbortSignal,
  ): Promise<OpenedFile> {
    this.#ended ??= new AbortController();
    const until = AbortSignal.any([signal, this.#ended.signal]);
    if (Math.min(file.bytes ?? Infinity, mostBytes) <= smallBytes || file.voice !== undefined) return open(until);
    this.#leaveWay();
    this.#leave = await this.enter(file.account, until);
    const opened = await open(until);
    return { ...opened, body: this.#read(opened.body) };
  }

  /** Once the delivery is made, or given up: a file that was opened and not read to its end would keep its connection. */
  leave(): void {
    this.#ended?.abort();
    this.#leaveWay();
  }

  #leaveWay(): void {
    this.#leave?.();
    this.#leave = undefined;
  }

  async *#read(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    yield* body;
    this.#leaveWay();
  }
}

async function turn({ waiting }: Way, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const enter = (): void => {
      waiting.delete(enter);
      signal.removeEventListener('abort', giveUp);
      resolve();
    };
    const giveUp = (): void => {
      waiting.delete(enter);
      reject(new Abandoned('gave up waiting for other files', { certainty: 'notSent', cause: signal.reason }));
    };
    if (signal.aborted) {
      giveUp();
      return;
    }
    waiting.add(enter);
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
