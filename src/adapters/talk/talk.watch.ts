import type { Clock } from '../../model/clock.js';
import { roomId, type RoomId } from '../../model/ids.js';
import type { WatchedRoom, Watching, WatchMode } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import { AwaitedMessages, type Awaited } from './talk.awaited.js';
import { Beside } from './talk.beside.js';
import type { TalkBots } from './talk.bots.js';
import type { TalkBreakouts } from './talk.breakouts.js';
import type { TalkClient } from './talk.client.js';
import type { TalkInvitations } from './talk.invitations.js';
import { echoesLast, isModerated, isReadUpTo, isSaid, seenOf, type SeenRoom } from './talk.listed-rooms.js';
import type { TalkRoom } from './talk.payloads.js';
import { pauseAfter, type PushTrust } from './talk.push-trust.js';
import type { TalkSettings } from './talk.settings.js';
import type { TalkSource } from './talk.source.js';
import { chooseWatch } from './talk.watch-choice.js';

type WatchSettings = Pick<
  TalkSettings,
  | 'sweepIntervalMs'
  | 'idleSweepIntervalMs'
  | 'fullListIntervalMs'
  | 'holdIntervalMs'
  | 'maxHeldPolls'
  | 'pushPatienceMs'
  | 'pushRetryMs'
>;

export interface WatchParts {
  readonly client: Pick<TalkClient, 'rooms' | 'deadRooms'>;
  readonly source: Pick<TalkSource, 'hasRead'>;
  readonly invitations: Pick<TalkInvitations, 'notice'>;
  readonly breakouts: Pick<TalkBreakouts, 'notice' | 'listWithinMs'>;
  readonly bots: Pick<TalkBots, 'step'>;
  readonly trust: PushTrust;
  /** In which rooms the signaling server tells of new messages. */
  readonly signaling: { isIn(room: string): boolean };
  readonly settings: WatchSettings;
  readonly clock: Clock;
  readonly log: Log;
  isLinked(room: string): boolean;
}

const minuteMs = 60_000;

/**
 * A bot tells of everything: its room is read once an hour besides. Nothing else wakes a room for edits, deletions and reactions: then
 * it is read every 10 s for 10 minutes after activity, then after 1, 5 and 60 minutes.
 */
export function rereadAfterMs(quietMs: number, watch: WatchMode): number {
  if (watch === 'webhook') return 60 * minuteMs;
  if (quietMs < 10 * minuteMs) return 10_000;
  if (quietMs < 11 * minuteMs) return minuteMs;
  if (quietMs < 16 * minuteMs) return 5 * minuteMs;
  return 60 * minuteMs;
}

/**
 * Chooses how each of the account's rooms is watched, and learns from its room list which have something new: one request for all
 * of them, often where rooms have nothing else, seldom as the net under what is pushed.
 */
export class TalkWatch {
  readonly #seen = new Map<string, SeenRoom>();
  #rooms: readonly WatchedRoom[] = [];
  #modes: ReadonlyMap<RoomId, WatchMode> = new Map();
  #modifiedSince: number | undefined;
  #fullListDueMs = 0;
  #choiceDueMs = 0;
  /** Whether any room waits for what the list says. */
  #isWaitedFor = false;
  #idleSweepDueMs = 0;
  readonly #awaited = new AwaitedMessages();
  /** Rooms of which the signaling server did not tell: how often in a row, and until when it is not believed. */
  readonly #unsignaled = new Map<RoomId, { readonly failures: number; readonly untilMs: number }>();

  readonly #bots: Beside;

  constructor(private readonly parts: WatchParts) {
    this.#bots = new Beside(parts.log, 'bots could not be looked at');
  }

  /** Until `signal` aborts. Throws BridgeErrors; what was seen is kept for the next run. */
  async run(watching: Watching, signal: AbortSignal): Promise<void> {
    const { settings, clock, bots } = this.parts;
    this.#choiceDueMs = 0;
    while (!signal.aborted) {
      // The first room that is linked is not kept waiting.
      if (this.#rooms.length === 0 || clock.monotonicMs() >= this.#choiceDueMs) await this.#choose(watching);
      if (signal.aborted) return;
      if (this.#isWaitedFor || clock.monotonicMs() >= this.#idleSweepDueMs) await this.#sweep(watching, signal);
      await this.#judge(watching);
      this.#bots.begin(() => bots.step(this.#rooms, signal), signal);
      await clock.sleep(settings.sweepIntervalMs, signal);
    }
  }

  async #choose(watching: Watching): Promise<void> {
    const { settings, clock, trust } = this.parts;
    const rooms = await watching.rooms();
    trust.learn(rooms);
    const before = new Map(rooms.map(({ room, watch }) => [room, watch]));
    const modes = chooseWatch(rooms, {
      maxHeldPolls: settings.maxHeldPolls,
      hasBot: (room) => trust.isBelieved(room),
      isSignaled: ({ room }) => this.#isSignaled(room),
    });
    const changed = new Map([...modes].filter(([room, mode]) => before.get(room) !== mode));
    if (changed.size > 0) await watching.watch(changed);
    this.#rooms = rooms;
    this.#modes = modes;
    this.#isWaitedFor = [...modes.values()].some((mode) => mode === 'held' || mode === 'swept');
    this.#choiceDueMs = clock.monotonicMs() + settings.holdIntervalMs;
  }

  #isSignaled(room: RoomId): boolean {
    const untilMs = this.#unsignaled.get(room)?.untilMs ?? -Infinity;
    return this.parts.signaling.isIn(room) && this.parts.clock.monotonicMs() >= untilMs;
  }

  async #sweep(watching: Watching, signal: AbortSignal): Promise<void> {
    const { client, settings, clock, invitations, breakouts, log } = this.parts;
    const nowMs = clock.monotonicMs();
    const isFirst = this.#modifiedSince === undefined;
    const isFull = isFirst || nowMs >= this.#fullListDueMs;
    const list = await client.rooms
      .list(isFull || this.#modifiedSince === undefined ? {} : { modifiedSince: this.#modifiedSince }, signal)
      .catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      });
    if (list === undefined) return;
    const changed = echoesLast(list.rooms.filter((room) => this.#notice(room)));
    const vanished = isFull ? this.#missingFrom(list.rooms) : [];
    const awaited = isFirst ? [] : changed.flatMap((room) => this.#awaitedIn(room, nowMs) ?? []);
    const later = new Set<string>(awaited.map(({ room }) => room));
    const woken = isFirst ? this.#unreadAtStart(changed) : changed.filter(({ token }) => !later.has(token));
    await this.#wake(watching, [...woken.map(({ token }) => token), ...vanished]);
    // Only now: a sweep whose wake-ups were not taken is made again.
    for (const each of awaited) this.#awaited.add(each);
    for (const room of list.rooms) this.#seen.set(room.token, seenOf(room));
    for (const token of vanished) this.#seen.delete(token);
    if (list.modifiedBefore !== undefined) this.#modifiedSince = list.modifiedBefore;
    if (isFull) this.#fullListDueMs = nowMs + settings.fullListIntervalMs;
    if (vanished.length > 0) log.info({ rooms: vanished.length }, 'rooms vanished from the list');
    invitations.notice(list.invitations, signal);
    breakouts.notice(list.rooms, signal);
    this.#idleSweepDueMs = nowMs + Math.min(settings.idleSweepIntervalMs, breakouts.listWithinMs);
  }

  /** Whether it has something that was not read here. */
  #notice(room: TalkRoom): boolean {
    const { client, source, trust } = this.parts;
    client.deadRooms.found(room.token);
    if (isModerated(room)) trust.maySee(roomId(room.token));
    const before = this.#seen.get(room.token);
    const now = seenOf(room);
    if (before?.lastMessageId === now.lastMessageId) return before.lastActivity !== now.lastActivity;
    const isRead = source.hasRead(room.token, now.lastMessageId);
    if (isRead && before !== undefined && isSaid(room.lastMessage)) this.#worked(roomId(room.token));
    return !isRead;
  }

  /** What its own watch should bring by itself: it is given time for that. */
  #awaitedIn({ token, lastMessage }: TalkRoom, sinceMs: number): Awaited | undefined {
    const room = roomId(token);
    const by = this.#modes.get(room) ?? 'swept';
    if (by === 'swept' || (by !== 'held' && !isSaid(lastMessage))) return undefined;
    return { room, at: { id: lastMessage?.id ?? 0, seconds: lastMessage?.timestamp ?? 0 }, by, sinceMs };
  }

  /** A held request is ended where it did not bring what there is. What is pushed and was not told of is a failure of its way. */
  async #judge(watching: Watching): Promise<void> {
    const { source, clock, settings } = this.parts;
    for (const { room } of this.#awaited.takeRead(({ room: token, at }) => source.hasRead(token, at.id)))
      this.#worked(room);
    const overdue = this.#awaited.overdue(clock.monotonicMs(), (by) =>
      by === 'held' ? settings.sweepIntervalMs : settings.pushPatienceMs,
    );
    if (overdue.length === 0) return;
    // What another replica read is known by the room's cursor alone.
    const now = overdue.every(({ by }) => by === 'held') ? [] : await watching.rooms();
    const rooms = new Map(now.map((room) => [room.room, room]));
    const missed = overdue.filter(({ room, at, by }) => by === 'held' || !isReadUpTo(rooms.get(room), at));
    await this.#wake(
      watching,
      missed.map(({ room }) => room),
    );
    this.#awaited.forget(overdue);
    for (const each of overdue) if (!missed.includes(each)) this.#worked(each.room);
    const failed = new Map(missed.filter(({ by }) => by !== 'held').map((each) => [each.room, each]));
    for (const [room, { by }] of failed) this.#failed(rooms.get(room), by);
    if (failed.size > 0) await this.#choose(watching);
  }

  #worked(room: RoomId): void {
    const mode = this.#modes.get(room);
    if (mode === 'webhook') this.parts.trust.worked(room);
    if (mode === 'signaling') this.#unsignaled.delete(room);
  }

  #failed(room: WatchedRoom | undefined, by: WatchMode): void {
    // What is told of a closed room is not read either.
    if (room === undefined || room.state === 'closed') return;
    const { trust, clock, settings, log } = this.parts;
    if (by === 'webhook') {
      trust.failed(room);
      return;
    }
    const failures = (this.#unsignaled.get(room.room)?.failures ?? 0) + 1;
    const untilMs = clock.monotonicMs() + pauseAfter(failures, settings.pushRetryMs);
    this.#unsignaled.set(room.room, { failures, untilMs });
    log.warn({ room: room.room }, 'the signaling server did not tell of a message: the room is watched otherwise');
  }

  async #wake(watching: Watching, tokens: readonly string[]): Promise<void> {
    const wanted = [...new Set(tokens)].filter((token) => this.parts.isLinked(token)).map(roomId);
    if (wanted.length > 0) await watching.wake(wanted);
  }

  #missingFrom(rooms: readonly TalkRoom[]): string[] {
    const listed = new Set(rooms.map((room) => room.token));
    return [...this.#seen.keys()].filter((token) => !listed.has(token));
  }

  /** At the start of all listed rooms only those with something later than what was read of them. */
  #unreadAtStart(listed: readonly TalkRoom[]): TalkRoom[] {
    const readUpTo = new Map(this.#rooms.map(({ room, lastActivityAt }) => [room as string, lastActivityAt]));
    return listed.filter(({ token, lastActivity }) => {
      const at = readUpTo.get(token);
      return at === undefined || at === null || lastActivity >= Math.floor(at.getTime() / 1000);
    });
  }
}
