import type { Clock } from '../../model/clock.js';
import { roomId, type RoomId } from '../../model/ids.js';
import type { WatchedRoom, Watching, WatchMode } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import { Beside } from './talk.beside.js';
import type { TalkBots } from './talk.bots.js';
import type { TalkBreakouts } from './talk.breakouts.js';
import type { TalkClient } from './talk.client.js';
import type { TalkInvitations } from './talk.invitations.js';
import { type ChangedRoom, type ListNews, RoomListNews } from './talk.list-news.js';
import { echoesLast, isModerated, isReadUpTo, isSaid, lastPositionIn } from './talk.listed-rooms.js';
import type { TalkRoom } from './talk.payloads.js';
import type { TalkPeople } from './talk.people.js';
import { bringsByItself, PushJudge } from './talk.push-judge.js';
import type { PushTrust } from './talk.push-trust.js';
import type { TalkSettings } from './talk.settings.js';
import type { TalkSource } from './talk.source.js';
import type { TalkStandings } from './talk.standings.js';
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
  readonly breakouts: Pick<TalkBreakouts, 'watched' | 'notice' | 'listWithinMs'>;
  readonly bots: Pick<TalkBots, 'step'>;
  readonly people: Pick<TalkPeople, 'welcome' | 'isLookedAt' | 'step'>;
  readonly standings: Pick<TalkStandings, 'learn' | 'forget' | 'tell'>;
  readonly trust: PushTrust;
  /** In which rooms the signaling server tells of new messages. */
  readonly signaling: { isIn(room: string): boolean };
  readonly settings: WatchSettings;
  readonly clock: Clock;
  readonly log: Log;
  isLinked(room: string): boolean;
  /** Something was said in a linked room: a row, with its time in seconds. */
  noticeNew(room: RoomId, row: number, seconds: number): void;
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
  readonly #list: RoomListNews;
  readonly #judge: PushJudge;
  readonly #bots: Beside;
  readonly #people: Beside;
  #rooms: readonly WatchedRoom[] = [];
  #modes: ReadonlyMap<RoomId, WatchMode> = new Map();
  #choiceDueMs = 0;
  /** Whether any room waits for what the list says. */
  #isWaitedFor = false;
  #idleSweepDueMs = 0;

  constructor(private readonly parts: WatchParts) {
    const { client, settings, clock, log } = parts;
    this.#list = new RoomListNews(client.rooms, settings, clock, log);
    this.#judge = new PushJudge(parts);
    this.#bots = new Beside(log, 'bots could not be looked at');
    this.#people = new Beside(log, 'it could not be looked who is in rooms');
  }

  /** Until `signal` aborts. Throws BridgeErrors; what was seen is kept for the next run. */
  async run(watching: Watching, signal: AbortSignal): Promise<void> {
    const { settings, clock, bots, standings } = this.parts;
    this.#choiceDueMs = 0;
    while (!signal.aborted) {
      // The first room that is linked is not kept waiting.
      const isChoice = this.#rooms.length === 0 || clock.monotonicMs() >= this.#choiceDueMs;
      if (isChoice) await this.#choose(watching);
      if (signal.aborted) return;
      this.#lookForPeople(watching, isChoice, signal);
      if (this.#isWaitedFor || clock.monotonicMs() >= this.#idleSweepDueMs) await this.#sweep(watching, signal);
      const ways = await this.#judge.judge(watching.rooms, (rooms) => this.#wake(watching, rooms));
      if (ways === 'failed') await this.#choose(watching);
      await standings.tell(this.#rooms);
      this.#bots.begin(() => bots.step(this.#rooms, signal), signal);
      await clock.sleep(settings.sweepIntervalMs, signal);
    }
  }

  /** The signaling server told of a message there: it is believed again, from the next choice on. */
  toldBySignaling(room: string): void {
    this.#judge.worked(roomId(room), 'signaling');
  }

  /** How a room is watched now. */
  modeOf(room: string): WatchMode {
    return this.#modes.get(roomId(room)) ?? 'swept';
  }

  #lookForPeople(watching: Watching, isChoice: boolean, signal: AbortSignal): void {
    const { people } = this.parts;
    if (this.#rooms.length === 0 || !(isChoice || people.isLookedAt)) return;
    this.#people.begin(async () => {
      if (isChoice) await people.welcome((since) => watching.joined(since));
      await people.step(this.#rooms, signal);
    }, signal);
  }

  async #choose(watching: Watching): Promise<void> {
    const { settings, clock, trust, signaling, breakouts } = this.parts;
    const rooms = await watching.rooms();
    trust.learn(rooms);
    breakouts.watched(rooms.map(({ room }) => room));
    const before = new Map(rooms.map(({ room, watch }) => [room, watch]));
    const modes = chooseWatch(rooms, {
      maxHeldPolls: settings.maxHeldPolls,
      hasBot: (room) => trust.isBelieved(room),
      isSignaled: ({ room }) => signaling.isIn(room) && this.#judge.believesSignaling(room),
    });
    const changed = new Map([...modes].filter(([room, mode]) => before.get(room) !== mode));
    if (changed.size > 0) await watching.watch(changed);
    this.#rooms = rooms;
    this.#modes = modes;
    this.#isWaitedFor = [...modes.values()].some((mode) => mode === 'held' || mode === 'swept');
    this.#choiceDueMs = clock.monotonicMs() + settings.holdIntervalMs;
  }

  async #sweep(watching: Watching, signal: AbortSignal): Promise<void> {
    const { settings, clock, invitations, breakouts, standings } = this.parts;
    const sweptMs = clock.monotonicMs();
    const news = await this.#list.ask(signal);
    if (news === undefined) return;
    for (const room of news.rooms) this.#meet(room);
    const { woken, awaited } = this.#sorted(news);
    await this.#wake(watching, [...woken.map(({ token }) => token), ...news.vanished]);
    // Only now: a sweep whose wake-ups were not taken is made again.
    news.taken();
    for (const { room } of news.changed) this.#noticeNew(room);
    for (const room of awaited) this.#judge.await(room, this.modeOf(room.token), sweptMs);
    standings.learn(news.rooms);
    standings.forget(news.vanished);
    invitations.notice(news.invitations, signal);
    breakouts.notice(news.rooms, signal);
    this.#idleSweepDueMs = sweptMs + Math.min(settings.idleSweepIntervalMs, breakouts.listWithinMs);
  }

  /** It is there, whatever was thought of it. */
  #meet(room: TalkRoom): void {
    const { client, trust } = this.parts;
    client.deadRooms.found(room.token);
    if (isModerated(room)) trust.maySee(roomId(room.token));
  }

  #noticeNew({ token, lastMessage }: TalkRoom): void {
    if (lastMessage?.systemMessage !== '' || !this.parts.isLinked(token)) return;
    this.parts.noticeNew(roomId(token), lastMessage.id, lastMessage.timestamp);
  }

  /** Rooms that are to be read at once; what their own watch should bring by itself, it is given time for. */
  #sorted({ changed, isFirst }: ListNews): { woken: readonly TalkRoom[]; awaited: readonly TalkRoom[] } {
    const unread = changed.filter((each) => !this.#isRead(each));
    const isAwaited = (each: ChangedRoom): boolean => !isFirst && this.#bringsByItself(each);
    const woken = echoesLast(unread.filter((each) => !isAwaited(each)).map(({ room }) => room));
    return {
      woken: isFirst ? this.#unreadAtStart(woken) : woken,
      awaited: unread.filter(isAwaited).map(({ room }) => room),
    };
  }

  /** Nobody tells of an edit, a deletion or a reaction once more that a call was lost for: what shows one has the room read. */
  #bringsByItself({ room, by }: ChangedRoom): boolean {
    return by !== 'state' && bringsByItself(this.modeOf(room.token), room.lastMessage);
  }

  #isRead({ room, by }: ChangedRoom): boolean {
    if (by === 'state') return false;
    const isRead = this.parts.source.hasRead(room.token, room.lastMessage?.id ?? 0);
    if (isRead && by === 'message' && isSaid(room.lastMessage))
      this.#judge.worked(roomId(room.token), this.modeOf(room.token));
    return isRead;
  }

  async #wake(watching: Watching, tokens: readonly string[]): Promise<void> {
    const wanted = [...new Set(tokens)].filter((token) => this.parts.isLinked(token)).map(roomId);
    if (wanted.length > 0) await watching.wake(wanted);
  }

  /** At the start of all listed rooms only those with something later than what was read of them. */
  #unreadAtStart(listed: readonly TalkRoom[]): TalkRoom[] {
    const known = new Map(this.#rooms.map((room) => [room.room as string, room]));
    return listed.filter((room) => {
      const watched = known.get(room.token);
      return watched === undefined || !isReadUpTo(watched, lastPositionIn(room));
    });
  }
}
