import type { Clock } from '../../model/clock.js';
import type { RoomId } from '../../model/ids.js';
import type { WatchedRoom } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { TalkSettings } from './talk.settings.js';

const dayMs = 24 * 3_600_000;

/** Pure: how long a way is not tried after so many failures in a row. */
export function pauseAfter(failures: number, firstMs: number): number {
  return Math.min(firstMs * 4 ** (failures - 1), dayMs);
}

/** So many rooms in a row of which nothing was told: then it is not the rooms. */
const roomsInARow = 3;

/** What a look at a room's bots showed. `unseen`: they are not ours to see. */
export type BotSeen = 'on' | 'off' | 'unseen';

/** A room that is not simply known to be told of. */
interface Doubt {
  /** When it was known to be told of last, as of this doubt: a later time ends it. */
  readonly toldAtMs: number;
  /** How often in a row it was not told of. */
  failures: number;
  bot: BotSeen | 'unknown';
  lookAtMs: number;
  /** Before this a bot that is on is not believed. */
  believedFromMs: number;
}

/**
 * In which rooms the bot tells what happens. A webhook proves it, and a message that it did not tell of disproves it: until the next
 * webhook, or, as long as the bot is on, until a pause is over that grows each time. Where several rooms in a row fail, none is
 * believed until the next webhook from anywhere.
 */
export class PushTrust {
  readonly #doubts = new Map<RoomId, Doubt>();
  /** The latest webhook of all rooms. */
  #toldAtMs = -Infinity;
  #failedInARow = new Set<RoomId>();
  /** Since no room is believed: the latest webhook before. */
  #lostAfterMs: number | undefined;
  #isOffEverywhere = false;

  constructor(
    private readonly settings: Pick<TalkSettings, 'pushRetryMs'>,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly log: Log,
  ) {}

  /** Takes in which rooms there are, and of which of them was told. */
  learn(rooms: readonly WatchedRoom[]): void {
    const linked = new Set(rooms.map(({ room }) => room));
    for (const room of this.#doubts.keys()) if (!linked.has(room)) this.#doubts.delete(room);
    for (const room of rooms) {
      const atMs = toldAtMs(room);
      this.#toldAtMs = Math.max(this.#toldAtMs, atMs);
      const doubt = this.#doubts.get(room.room);
      if (doubt === undefined && atMs === -Infinity) this.#doubts.set(room.room, this.#newDoubt(atMs));
      if (doubt !== undefined && atMs > doubt.toldAtMs) this.#doubts.delete(room.room);
    }
    if (this.#lostAfterMs === undefined || this.#toldAtMs <= this.#lostAfterMs) return;
    this.#lostAfterMs = undefined;
    this.#failedInARow = new Set();
    this.log.info({}, 'the bot tells what happens again');
  }

  isBelieved({ room }: Pick<WatchedRoom, 'room'>): boolean {
    if (this.#toldAtMs === -Infinity || this.#lostAfterMs !== undefined) return false;
    const doubt = this.#doubts.get(room);
    if (doubt === undefined) return true;
    // Of a room whose bots are not ours to see, that it was told of before speaks for itself.
    const isOn = doubt.bot === 'on' || (doubt.bot === 'unseen' && doubt.toldAtMs !== -Infinity);
    return isOn && this.clock.monotonicMs() >= doubt.believedFromMs;
  }

  /** What was written in the room was told in time. */
  worked(room: RoomId): void {
    this.#failedInARow = new Set();
    const doubt = this.#doubts.get(room);
    if (doubt !== undefined && doubt.toldAtMs !== -Infinity) this.#doubts.delete(room);
  }

  /** What was written in the room was not told. */
  failed(room: WatchedRoom): void {
    const failures = (this.#doubts.get(room.room)?.failures ?? 0) + 1;
    const believedFromMs = this.clock.monotonicMs() + pauseAfter(failures, this.settings.pushRetryMs);
    this.#doubts.set(room.room, { ...this.#newDoubt(toldAtMs(room)), failures, believedFromMs });
    this.log.warn({ room: room.room }, 'the bot did not tell of a message: the room is watched otherwise');
    this.#failedInARow.add(room.room);
    if (this.#failedInARow.size < roomsInARow || this.#lostAfterMs !== undefined) return;
    this.#lostAfterMs = this.#toldAtMs;
    this.#isOffEverywhere = false;
    this.log.warn({}, 'the bot tells nothing any more: all rooms are watched otherwise until it does');
  }

  /** None of them counts as told of, until it is again or its bot is found to be on. */
  doubtAll(rooms: readonly WatchedRoom[]): void {
    for (const room of rooms) {
      const { failures = 0, believedFromMs = 0 } = this.#doubts.get(room.room) ?? {};
      this.#doubts.set(room.room, { ...this.#newDoubt(toldAtMs(room)), failures, believedFromMs });
    }
  }

  /** A bot was off that should have told. Where nothing is told from anywhere, it may be off everywhere: it was installed anew. */
  wasOff(rooms: readonly WatchedRoom[]): void {
    if (this.#lostAfterMs === undefined || this.#isOffEverywhere) return;
    this.#isOffEverywhere = true;
    this.doubtAll(rooms);
  }

  /** Whether a message of the room was not told of, and nothing has mended that since. */
  hasFailed(room: RoomId): boolean {
    return (this.#doubts.get(room)?.failures ?? 0) > 0;
  }

  /** A room whose bots are to be looked at now. */
  nextLook(): RoomId | undefined {
    const nowMs = this.clock.monotonicMs();
    for (const [room, { lookAtMs }] of this.#doubts) if (lookAtMs <= nowMs) return room;
    return undefined;
  }

  lookedAt(room: RoomId, bot: BotSeen): void {
    const doubt = this.#doubts.get(room);
    if (doubt === undefined) return;
    doubt.bot = bot;
    doubt.lookAtMs = this.clock.monotonicMs() + dayMs;
  }

  /** It was off, and was turned on: that is what was wrong. */
  turnedOn(room: RoomId): void {
    this.lookedAt(room, 'on');
    const doubt = this.#doubts.get(room);
    if (doubt === undefined) return;
    doubt.failures = 0;
    doubt.believedFromMs = 0;
  }

  /** The account became a moderator of the room. */
  maySee(room: RoomId): void {
    const doubt = this.#doubts.get(room);
    if (doubt?.bot === 'unseen') doubt.lookAtMs = 0;
  }

  #newDoubt(atMs: number): Doubt {
    return { toldAtMs: atMs, failures: 0, bot: 'unknown', lookAtMs: this.clock.monotonicMs(), believedFromMs: 0 };
  }
}

function toldAtMs({ pushedAt }: WatchedRoom): number {
  return pushedAt?.getTime() ?? -Infinity;
}
