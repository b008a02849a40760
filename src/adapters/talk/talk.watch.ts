import type { Clock } from '../../model/clock.js';
import { roomId, type RoomId } from '../../model/ids.js';
import type { Watching } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { TalkClient } from './talk.client.js';
import { deliveryKeyIn } from './talk.ids.js';
import type { TalkRoom } from './talk.payloads.js';
import type { TalkSettings } from './talk.settings.js';
import type { TalkSource } from './talk.source.js';

type WatchSettings = Pick<TalkSettings, 'sweepIntervalMs' | 'fullListIntervalMs' | 'holdIntervalMs' | 'maxHeldPolls'>;

interface SeenRoom {
  readonly lastMessageId: number;
  readonly lastActivity: number;
}

const minuteMs = 60_000;

/**
 * Nothing wakes a room for edits, deletions and reactions: it is read every 10 s for 10 minutes after activity, then after
 * 1, 5 and 60 minutes.
 */
export function rereadAfterMs(quietMs: number): number {
  if (quietMs < 10 * minuteMs) return 10_000;
  if (quietMs < 11 * minuteMs) return minuteMs;
  if (quietMs < 16 * minuteMs) return 5 * minuteMs;
  return 60 * minuteMs;
}

/** Learns from the account's room list which rooms have something new: one request for all of them. */
export class TalkWatch {
  readonly #seen = new Map<string, SeenRoom>();
  #modifiedSince: number | undefined;
  #fullListDueMs = 0;
  #holdDueMs = 0;
  #held: ReadonlySet<string> | undefined;
  /** Held rooms with something new, which their held request should bring by itself: the message, by room. */
  readonly #expected = new Map<string, number>();

  constructor(
    private readonly client: TalkClient,
    private readonly source: Pick<TalkSource, 'hasRead'>,
    private readonly settings: WatchSettings,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly isLinked: (room: string) => boolean,
  ) {}

  /** Until `signal` aborts. Throws BridgeErrors; what was seen is kept for the next run. */
  async run(watching: Watching, signal: AbortSignal): Promise<void> {
    this.#held = undefined;
    this.#holdDueMs = 0;
    while (!signal.aborted) {
      await this.#hold(watching);
      if (signal.aborted) return;
      await this.#sweep(watching, signal);
      await this.clock.sleep(this.settings.sweepIntervalMs, signal);
    }
  }

  async #sweep(watching: Watching, signal: AbortSignal): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    const isFull = this.#modifiedSince === undefined || nowMs >= this.#fullListDueMs;
    const isFirst = this.#modifiedSince === undefined;
    const list = await this.client.rooms
      .list(isFull || this.#modifiedSince === undefined ? {} : { modifiedSince: this.#modifiedSince }, signal)
      .catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      });
    if (list === undefined) return;
    const changed = echoesLast(list.rooms.filter((room) => this.#notice(room)));
    const vanished = isFull ? this.#missingFrom(list.rooms) : [];
    const overdue = this.#overdue();
    const woken = isFirst ? await this.#unreadAtStart(watching, changed) : this.#notExpected(changed);
    const wanted = [...new Set([...woken, ...overdue, ...vanished])]
      .filter((token) => this.isLinked(token))
      .map(roomId);
    if (wanted.length > 0) await watching.wake(wanted);
    for (const token of overdue) this.#expected.delete(token);
    // Only now: a sweep whose wake-ups were not taken is made again.
    for (const room of list.rooms) this.#seen.set(room.token, seenOf(room));
    for (const token of vanished) this.#seen.delete(token);
    if (list.modifiedBefore !== undefined) this.#modifiedSince = list.modifiedBefore;
    if (isFull) this.#fullListDueMs = nowMs + this.settings.fullListIntervalMs;
    if (vanished.length > 0) this.log.info({ rooms: vanished.length }, 'rooms vanished from the list');
  }

  #notice(room: TalkRoom): boolean {
    this.client.deadRooms.found(room.token);
    const before = this.#seen.get(room.token);
    const now = seenOf(room);
    if (before?.lastMessageId === now.lastMessageId) return before.lastActivity !== now.lastActivity;
    return !this.source.hasRead(room.token, now.lastMessageId);
  }

  /** A held request is given one sweep to bring what is new; only then it is ended by a wake-up. */
  #notExpected(rooms: readonly TalkRoom[]): string[] {
    const expected = rooms.filter((room) => this.#held?.has(room.token) === true);
    for (const room of expected) this.#expected.set(room.token, room.lastMessage?.id ?? 0);
    return rooms.filter((room) => !expected.includes(room)).map((room) => room.token);
  }

  /** What was expected one sweep ago and did not come. */
  #overdue(): string[] {
    for (const [token, messageId] of this.#expected) {
      if (this.source.hasRead(token, messageId)) this.#expected.delete(token);
    }
    return [...this.#expected.keys()];
  }

  #missingFrom(rooms: readonly TalkRoom[]): string[] {
    const listed = new Set(rooms.map((room) => room.token));
    return [...this.#seen.keys()].filter((token) => !listed.has(token));
  }

  /** At the start of all listed rooms only those with something later than what was read of them. */
  async #unreadAtStart(watching: Watching, rooms: readonly TalkRoom[]): Promise<string[]> {
    const readUpTo = new Map(
      (await watching.rooms()).map(({ room, lastActivityAt }) => [room as string, lastActivityAt]),
    );
    return rooms
      .filter(({ token, lastActivity }) => {
        const at = readUpTo.get(token);
        return at === undefined || at === null || lastActivity >= Math.floor(at.getTime() / 1000);
      })
      .map((room) => room.token);
  }

  /** Grants the held requests to the rooms with the latest activity. */
  async #hold(watching: Watching): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    if (nowMs < this.#holdDueMs) return;
    const busiest = (await watching.rooms()).slice(0, this.settings.maxHeldPolls).map(({ room }): RoomId => room);
    this.#holdDueMs = nowMs + this.settings.holdIntervalMs;
    const held = this.#held;
    if (held !== undefined && held.size === busiest.length && busiest.every((room) => held.has(room))) return;
    await watching.hold(busiest);
    this.#held = new Set<string>(busiest);
  }
}

/** Rooms are read in this order: where the last word is our own, what is new is most often just that. */
function echoesLast(rooms: readonly TalkRoom[]): TalkRoom[] {
  const isEcho = ({ lastMessage }: TalkRoom): boolean => deliveryKeyIn(lastMessage?.referenceId) !== undefined;
  return [...rooms.filter((room) => !isEcho(room)), ...rooms.filter(isEcho)];
}

function seenOf(room: TalkRoom): SeenRoom {
  return { lastMessageId: room.lastMessage?.id ?? 0, lastActivity: room.lastActivity };
}
