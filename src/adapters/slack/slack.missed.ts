import type { Clock } from '../../model/clock.js';
import { BridgeError, LoginRefused, RoomClosed } from '../../model/errors.js';
import { roomId, type RoomId } from '../../model/ids.js';
import type { Ingest, RawPayload } from '../../model/network-adapter.js';
import type { AdapterContext, Log } from '../../model/network-definition.js';
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
  ours(signal: AbortSignal): AsyncIterable<{ readonly id: string; readonly is_archived?: boolean | undefined }>;
  /** Tells of what is open. */
  roomsOpened: AdapterContext<unknown>['roomsOpened'];
  /** Whether we are in a channel where people can talk. */
  isOpen(channel: string, signal: AbortSignal): Promise<boolean>;
  /** Throws RoomClosed where we cannot enter by ourselves. */
  enter(channel: string, signal: AbortSignal): Promise<void>;
  catchUp(room: RoomId, from: ReadFrom, signal: AbortSignal): AsyncIterable<readonly RawPayload[]>;
}

/** A channel that does not let us in is asked again this many times more rarely: an event tells when it does. */
const closedFactor = 10;

/** Enters the channels that links name, and reads in them what was missed. */
export class SlackMissed {
  #isGap = false;
  /** Channels that may have been closed or opened. */
  readonly #doubted = new Set<string>();
  /** Channels that somebody invited us into: an invitation may be told after what closed the channel again. */
  readonly #invited = new Set<string>();
  #woken = new AbortController();
  /** Why channels could not be entered or read: it is told once. */
  readonly #problems = new Map<string, string>();

  constructor(private readonly parts: MissedParts) {}

  /** Has it looked whether this channel is open. */
  doubt(channel: string): void {
    this.#doubted.add(channel);
    this.wake('letIn');
  }

  /** Has it looked whether this channel is open, without going in. */
  invited(channel: string): void {
    this.#invited.add(channel);
    this.wake('letIn');
  }

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
      const looked = Math.min(await this.#enterDoubted(signal), await this.#openInvited(signal));
      const entered = this.#isGap ? await this.#afterGap(signal) : longest(this.parts);
      const read = await this.#readAll(ingest, signal);
      await this.parts.clock.sleep(Math.min(looked, entered, read), AbortSignal.any([signal, woken]));
    }
  }

  /** What makes it fail leaves the gap to be looked at again. Returns when to come back, in ms. */
  async #afterGap(signal: AbortSignal): Promise<number> {
    this.#isGap = false;
    try {
      return await this.#enterAll(signal);
    } catch (error) {
      this.#isGap = true;
      throw error;
    }
  }

  /** A new installation of the app is in no channel; into others somebody may have invited it again. Returns when to come back, in ms. */
  async #enterAll(signal: AbortSignal): Promise<number> {
    const { channels, clock, isLinked, roomsOpened } = this.parts;
    const takenOut = (await channels.takenOut()).filter((id) => isLinked(id));
    const linked = await this.#linked();
    let pauseMs = longest(this.parts);
    if (linked.length + takenOut.length === 0) return pauseMs;
    const ours = new Set<string>();
    try {
      for await (const { id, is_archived: isArchived } of this.parts.ours(signal))
        if (isArchived !== true) ours.add(id);
    } catch (error) {
      this.#isGap = true;
      return this.#told('list', error, signal);
    }
    for (const id of takenOut) if (ours.has(id)) await channels.invited(id, clock.now(), undefined);
    await roomsOpened([...linked.map(({ id }) => id), ...takenOut].filter((id) => ours.has(id)).map(roomId));
    for (const { id } of linked) if (!ours.has(id)) pauseMs = Math.min(pauseMs, await this.#enter(id, signal));
    return pauseMs;
  }

  /** Returns when to come back, in ms. */
  async #enterDoubted(signal: AbortSignal): Promise<number> {
    let pauseMs = longest(this.parts);
    for (const id of [...this.#doubted]) {
      this.#doubted.delete(id);
      if (this.parts.isLinked(id)) pauseMs = Math.min(pauseMs, await this.#enter(id, signal));
    }
    return pauseMs;
  }

  /** Returns when to come back, in ms. */
  async #openInvited(signal: AbortSignal): Promise<number> {
    let pauseMs = longest(this.parts);
    for (const id of [...this.#invited]) {
      this.#invited.delete(id);
      try {
        if (await this.parts.isOpen(id, signal)) await this.parts.roomsOpened([roomId(id)]);
        this.#problems.delete(`look at ${id}`);
      } catch (error) {
        this.#invited.add(id);
        pauseMs = Math.min(pauseMs, this.#told(`look at ${id}`, error, signal));
      }
    }
    return pauseMs;
  }

  /** Where that stays in doubt it is tried again. Returns when, in ms. */
  async #enter(id: string, signal: AbortSignal): Promise<number> {
    try {
      if (await this.parts.channels.isTakenOut(id)) return longest(this.parts);
      await this.parts.enter(id, signal);
      this.#problems.delete(`enter ${id}`);
      return longest(this.parts);
    } catch (error) {
      if (!(error instanceof RoomClosed)) this.#doubted.add(id);
      return this.#told(`enter ${id}`, error, signal);
    }
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
