import type { Clock } from '../../model/clock.js';
import { BridgeError, LoginRefused, RoomClosed } from '../../model/errors.js';
import { roomId, type RoomId } from '../../model/ids.js';
import type { Ingest, RawPayload } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { ReadFrom } from './slack.catch-up.js';
import type { HeardChannel, SlackChannels } from './slack.channels.js';

export interface MissedParts {
  readonly channels: SlackChannels;
  readonly clock: Clock;
  readonly log: Log;
  /** After how long a channel that could not be read is tried again. */
  readonly againMs: number;
  isLinked(channel: string): boolean;
  /** The channels that we are in. */
  ours(signal: AbortSignal): AsyncIterable<{ readonly id: string }>;
  /** Throws RoomClosed where we cannot enter by ourselves. */
  enter(channel: string, signal: AbortSignal): Promise<void>;
  catchUp(room: RoomId, from: ReadFrom, signal: AbortSignal): AsyncIterable<readonly RawPayload[]>;
}

/** A channel that does not let us in is asked again this many times more rarely: an event tells when it does. */
const closedFactor = 10;

/** Enters the channels that links name, and reads in them what was missed. */
export class SlackMissed {
  #isGap = false;
  #woken = new AbortController();
  /** Why channels could not be entered or read: it is told once. */
  readonly #problems = new Map<string, string>();

  constructor(private readonly parts: MissedParts) {}

  wake(why: 'gap' | 'letIn'): void {
    if (why === 'gap') this.#isGap = true;
    const before = this.#woken;
    this.#woken = new AbortController();
    before.abort();
  }

  /** Reads until `signal` aborts. Throws LoginRefused. */
  async run(ingest: Ingest, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { signal: woken } = this.#woken;
      const entered = this.#isGap ? await this.#enterAll(signal) : longest(this.parts);
      const read = await this.#readAll(ingest, signal);
      await this.parts.clock.sleep(Math.min(entered, read), AbortSignal.any([signal, woken]));
    }
  }

  /** A new installation of the app is in no channel. Returns when to come back, in ms. */
  async #enterAll(signal: AbortSignal): Promise<number> {
    let pauseMs = longest(this.parts);
    const linked = await this.#linked();
    this.#isGap = false;
    if (linked.length === 0) return pauseMs;
    const ours = new Set<string>();
    try {
      for await (const { id } of this.parts.ours(signal)) ours.add(id);
    } catch (error) {
      return this.#toEnterAgain('list', error, signal);
    }
    for (const { id } of linked) {
      if (ours.has(id) || signal.aborted || (await this.parts.channels.isTakenOut(id))) continue;
      try {
        await this.parts.enter(id, signal);
        this.#problems.delete(`enter ${id}`);
      } catch (error) {
        pauseMs = Math.min(pauseMs, this.#toEnterAgain(`enter ${id}`, error, signal));
      }
    }
    return pauseMs;
  }

  #toEnterAgain(act: string, error: unknown, signal: AbortSignal): number {
    if (!(error instanceof RoomClosed)) this.#isGap = true;
    return this.#told(act, error, signal);
  }

  /** Returns when to come back, in ms. */
  async #readAll(ingest: Ingest, signal: AbortSignal): Promise<number> {
    let pauseMs = longest(this.parts);
    for (const channel of await this.#linked()) {
      if (signal.aborted || channel.unread === undefined) continue;
      try {
        await this.#read(channel, ingest, signal);
        this.#problems.delete(`read ${channel.id}`);
      } catch (error) {
        pauseMs = Math.min(pauseMs, this.#told(`read ${channel.id}`, error, signal));
      }
    }
    return pauseMs;
  }

  async #read({ id, since, sinceTs, unread }: HeardChannel, ingest: Ingest, signal: AbortSignal): Promise<void> {
    if (unread === undefined) return;
    const from = { since: unread.from, notBefore: sinceTs ?? since };
    for await (const payloads of this.parts.catchUp(roomId(id), from, signal)) await ingest.accept(payloads);
    if (!signal.aborted) await this.parts.channels.read(id, unread);
  }

  async #linked(): Promise<readonly HeardChannel[]> {
    return (await this.parts.channels.list()).filter(({ id }) => this.parts.isLinked(id));
  }

  /** Returns after how many ms it is to be tried again. */
  #told(act: string, error: unknown, signal: AbortSignal): number {
    if (!(error instanceof BridgeError) || error instanceof LoginRefused) throw error;
    if (!signal.aborted && this.#problems.get(act) !== error.message) {
      this.#problems.set(act, error.message);
      this.parts.log.warn({ act, error }, 'what was missed cannot be read yet');
    }
    const { retry } = error.failure;
    if (typeof retry === 'object') return retry.afterMs;
    return error instanceof RoomClosed ? longest(this.parts) : this.parts.againMs;
  }
}

function longest({ againMs }: MissedParts): number {
  return againMs * closedFactor;
}
