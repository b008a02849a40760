import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { LoginRefused } from '../../model/errors.js';
import { inboxKey } from '../../model/ids.js';
import type { Ingest, RawPayload } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { Room } from './api/room.answers.js';
import { refusalOf } from './api/refused.js';
import { roomEndpoints } from './api/rooms.endpoints.js';
import { broadcastsIn, type RoomPage } from './from-talk-breakouts.js';
import { Beside } from './talk.beside.js';
import type { TalkClient } from './talk.client.js';
import { breakoutStatus, intervals, roomObject } from './talk.constants.js';
import { talkInboxKey } from './talk.ids.js';
import {
  parseToldOfBreakouts,
  type OrderedRow,
  type StoredAssistance,
  type StoredRow,
  type TalkRoom,
  type ToldOfBreakouts,
} from './talk.payloads.js';

const pageSize = 50;
/** A broadcast is written into one room after the other: what is not in all of them by then is none. */
const wholeAfterS = 15;

interface Parent {
  /** Its breakout rooms with the last message of each, as far as the room list told. */
  readonly latest: Map<string, number>;
  isDue: boolean;
  lookDueMs: number;
  /** Breakout rooms that ask for help, as this program told. */
  told: ReadonlySet<string>;
}

export interface BreakoutParts {
  readonly client: Pick<TalkClient, 'api' | 'chat' | 'skewMs'>;
  readonly store: AccountStore;
  readonly clock: Clock;
  readonly log: Log;
  /** The id of the account's own user. */
  self(): string;
  isLinked(room: string): boolean;
}

/**
 * Reads the breakout rooms of linked rooms, which no link names: what is said to all of them, and who asks for help, is told of their
 * parent. The stream of the parent itself tells neither.
 */
export class TalkBreakouts {
  readonly #parents = new Map<string, Parent>();
  /** Linked rooms, and since when they are known to be, in whole seconds by the server's clock. */
  #watchedSince: ReadonlyMap<string, number> = new Map();
  readonly #beside: Beside;
  #ingest: Ingest | undefined;

  constructor(private readonly parts: BreakoutParts) {
    this.#beside = new Beside(parts.log, 'breakout rooms could not be looked after');
  }

  listen(ingest: Ingest): void {
    this.#ingest = ingest;
  }

  /** These rooms are linked now: what is said to their breakout rooms from now on is told, however late those are looked at first. */
  watched(rooms: readonly string[]): void {
    const nowS = this.#serverSeconds();
    this.#watchedSince = new Map(rooms.map((room) => [room, this.#watchedSince.get(room) ?? nowS]));
  }

  /** How soon the room list is wanted again: who asks for help is to be seen in time, and nothing else tells of it. */
  get listWithinMs(): number {
    const isAny = [...this.#parents.keys()].some((token) => this.parts.isLinked(token));
    return isAny ? intervals.participants.usual : Infinity;
  }

  /** These rooms stand in the room list, which does not wait for what they are asked. What fails is tried again after a later list. */
  notice(rooms: readonly TalkRoom[], signal: AbortSignal): void {
    for (const room of rooms) this.#notice(room);
    if (this.#due().length > 0) this.#beside.begin(() => this.#lookAtAll(signal), signal);
  }

  #notice({ token, objectType, objectId, lastMessage }: TalkRoom): void {
    if (objectType !== roomObject.breakoutRoom || !this.parts.isLinked(objectId)) return;
    const parent = this.#parents.get(objectId) ?? { latest: new Map(), isDue: true, lookDueMs: 0, told: new Set() };
    this.#parents.set(objectId, parent);
    const last = lastMessage?.id ?? 0;
    if (parent.latest.get(token) !== last) parent.isDue = true;
    parent.latest.set(token, last);
  }

  #due(): (readonly [string, Parent])[] {
    const nowMs = this.parts.clock.monotonicMs();
    return [...this.#parents].filter(
      ([token, parent]) => (parent.isDue || nowMs >= parent.lookDueMs) && this.parts.isLinked(token),
    );
  }

  /** One that cannot be read keeps no other waiting. Throws LoginRefused only. */
  async #lookAtAll(signal: AbortSignal): Promise<void> {
    for (const [token, parent] of this.#due()) {
      if (signal.aborted) return;
      // What the list tells while it is looked at is for the next look.
      parent.isDue = false;
      parent.lookDueMs = this.parts.clock.monotonicMs() + intervals.participants.usual;
      try {
        await this.#look(token, parent, signal);
      } catch (error) {
        if (error instanceof LoginRefused) throw error;
        if (!signal.aborted)
          this.parts.log.warn({ room: token, error }, 'the breakout rooms of a room could not be read');
      }
    }
  }

  async #look(token: string, parent: Parent, signal: AbortSignal): Promise<void> {
    const rooms = await this.#roomsOf(token, signal);
    const known = parseToldOfBreakouts(await this.parts.store.get(storeKey(token)));
    const told = await this.#tellWhoAsks(token, parent, known, rooms);
    const isWhole = rooms.length < 2 || (await this.#tellBroadcasts(token, parent, told, rooms, signal));
    if (!isWhole) parent.isDue = true;
    if (rooms.length === 0) this.#parents.delete(token);
  }

  /** None where there are none any more, or where they are closed and not ours to see until they are opened: the list tells of that. */
  async #roomsOf(token: string, signal: AbortSignal): Promise<readonly Room[]> {
    try {
      return (await this.parts.client.api.rooms.breakoutRooms({ token }, signal)).data;
    } catch (error) {
      if (refusalOf(roomEndpoints.breakoutRooms, error)?.status === 400) return [];
      throw error;
    }
  }

  /**
   * Tells which rooms ask for help, and which got it since the last look. Since when they ask is written down before it is told, so
   * that what is told again after a failure or a start is the same payload, which the inbox knows.
   */
  async #tellWhoAsks(
    token: string,
    parent: Parent,
    known: ToldOfBreakouts,
    rooms: readonly Room[],
  ): Promise<ToldOfBreakouts> {
    const { store } = this.parts;
    const nowS = this.#serverSeconds();
    const asking: Record<string, number> = {};
    const names = new Map<string, string>();
    for (const { token: room, displayName, name, breakoutRoomStatus } of rooms) {
      names.set(room, displayName || name);
      if (breakoutRoomStatus === breakoutStatus.assistanceAsked) asking[room] = known.asking[room] ?? nowS;
    }
    const isNew = Object.keys(asking).some((room) => known.asking[room] === undefined);
    if (isNew) await store.put(storeKey(token), { ...known, asking: { ...known.asking, ...asking } });
    const tell = (room: string, since: number, state: 'asked' | 'given'): RawPayload => {
      const stored: StoredAssistance = { token, assistance: { room: names.get(room) ?? room, state, at: nowS } };
      return { key: inboxKey(`${token}/assistance/${room}/${String(since)}/${state}`), body: bytesOf(stored) };
    };
    const begun = Object.entries(asking).filter(([room]) => !parent.told.has(room));
    const gone = Object.entries(known.asking).filter(([room]) => asking[room] === undefined);
    // One that is there no more asks nobody, and nobody answered it.
    const ended = gone.filter(([room]) => names.has(room));
    const payloads = [
      ...begun.map(([room, since]) => tell(room, since, 'asked')),
      ...ended.map(([room, since]) => tell(room, since, 'given')),
    ];
    if (payloads.length > 0) await this.#ingest?.accept(payloads);
    const told = { ...known, asking };
    if (gone.length > 0) await store.put(storeKey(token), told);
    parent.told = new Set(Object.keys(asking));
    return told;
  }

  /** Whether nothing is left to be read again: what is not in all rooms yet may come into them. */
  async #tellBroadcasts(
    token: string,
    { latest }: Parent,
    told: ToldOfBreakouts,
    rooms: readonly Room[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const { client, store } = this.parts;
    const newest = Math.max(...rooms.map((room) => latest.get(room.token) ?? room.lastMessage?.id ?? 0));
    const { readUpTo } = told;
    const since = this.#watchedSince.get(token);
    if (readUpTo === null && since === undefined) {
      // What was said before is not told.
      await store.put(storeKey(token), { ...told, readUpTo: newest });
      return true;
    }
    if (readUpTo !== null && newest <= readUpTo) return true;
    const read: RoomPage[] = [];
    for (const room of rooms) read.push((await client.chat.readBack(room.token, { limit: pageSize }, signal)).rows);
    const from = readUpTo ?? lastIdBy(since ?? 0, read.flat());
    const pages = read.map((rows) => rows.filter(({ id, systemMessage }) => id > from && systemMessage === ''));
    const { broadcasts, others } = broadcastsIn(pages);
    const youngS = this.#serverSeconds() - wholeAfterS;
    const young = others.filter(({ timestamp }) => timestamp > youngS).map(({ id }) => id);
    if (broadcasts.length > 0) await this.#ingest?.accept(broadcasts.map((row) => this.#broadcast(token, row)));
    const next = young.length === 0 ? newest : Math.min(newest, ...young.map((id) => id - 1));
    if (readUpTo === null || next > readUpTo) await store.put(storeKey(token), { ...told, readUpTo: next });
    return young.length === 0;
  }

  #serverSeconds(): number {
    const { clock, client } = this.parts;
    return Math.floor((clock.now().getTime() + client.skewMs) / 1000);
  }

  #broadcast(token: string, row: OrderedRow): RawPayload {
    const stored = { token, self: this.parts.self(), row, isBroadcast: true } satisfies Omit<StoredRow, 'row'> & {
      row: unknown;
    };
    return { key: talkInboxKey(token, row), body: bytesOf(stored) };
  }
}

/** The last row that was written by then; 0: none. */
function lastIdBy(seconds: number, rows: RoomPage): number {
  return Math.max(0, ...rows.filter(({ timestamp }) => timestamp <= seconds).map(({ id }) => id));
}

function storeKey(token: string): string {
  return `breakouts/${token}`;
}

function bytesOf(stored: object): Buffer {
  return Buffer.from(JSON.stringify(stored), 'utf8');
}
