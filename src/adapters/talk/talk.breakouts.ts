import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { BridgeError, LoginRefused } from '../../model/errors.js';
import { inboxKey } from '../../model/ids.js';
import type { Ingest, RawPayload } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { Room } from './api/room.answers.js';
import { broadcastsIn, type RoomPage } from './from-talk-breakouts.js';
import type { TalkClient } from './talk.client.js';
import { breakoutStatus, intervals, roomObject } from './talk.constants.js';
import { talkInboxKey } from './talk.ids.js';
import type { OrderedRow, StoredAssistance, StoredRow, TalkRoom } from './talk.payloads.js';

const pageSize = 50;
/** A broadcast is written into one room after the other: what is not in all of them by then is none. */
const wholeAfterS = 15;

interface Parent {
  /** Its breakout rooms with the last message of each, as far as the room list told. */
  readonly latest: Map<string, number>;
  isDue: boolean;
  lookDueMs: number;
  /** Breakout rooms that ask for help, and since when, in whole seconds. */
  asking: ReadonlyMap<string, number>;
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
  #ingest: Ingest | undefined;

  constructor(private readonly parts: BreakoutParts) {}

  listen(ingest: Ingest): void {
    this.#ingest = ingest;
  }

  /** These rooms stand in the room list. Throws LoginRefused only; what else fails is tried again with the next list. */
  async notice(rooms: readonly TalkRoom[], signal: AbortSignal): Promise<void> {
    for (const room of rooms) this.#notice(room);
    for (const [token, parent] of this.#parents) {
      const isDue = parent.isDue || this.parts.clock.monotonicMs() >= parent.lookDueMs;
      if (!isDue || !this.parts.isLinked(token)) continue;
      try {
        await this.#look(token, parent, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof BridgeError) || error instanceof LoginRefused) throw error;
        parent.isDue = false;
        parent.lookDueMs = this.parts.clock.monotonicMs() + intervals.participants.usual;
        this.parts.log.warn({ room: token, error }, 'the breakout rooms of a room could not be read');
      }
    }
  }

  #notice({ token, objectType, objectId, lastMessage }: TalkRoom): void {
    if (objectType !== roomObject.breakoutRoom || !this.parts.isLinked(objectId)) return;
    const parent = this.#parents.get(objectId) ?? { latest: new Map(), isDue: true, lookDueMs: 0, asking: new Map() };
    this.#parents.set(objectId, parent);
    const last = lastMessage?.id ?? 0;
    if (parent.latest.get(token) !== last) parent.isDue = true;
    parent.latest.set(token, last);
  }

  async #look(token: string, parent: Parent, signal: AbortSignal): Promise<void> {
    const { data: rooms } = await this.parts.client.api.rooms.breakoutRooms({ token }, signal);
    const asked = this.#asked(token, parent, rooms);
    const isWhole = rooms.length < 2 || (await this.#readBroadcasts(token, parent, rooms, signal));
    if (asked.length > 0) await this.#ingest?.accept(asked);
    parent.isDue = !isWhole;
    parent.lookDueMs = this.parts.clock.monotonicMs() + intervals.participants.usual;
    if (rooms.length === 0) this.#parents.delete(token);
  }

  /** What changed since the last look: rooms that ask for help, and such as got it. */
  #asked(token: string, parent: Parent, rooms: readonly Room[]): RawPayload[] {
    const nowS = Math.floor((this.parts.clock.now().getTime() + this.parts.client.skewMs) / 1000);
    const names = new Map(rooms.map((room) => [room.token, room.displayName || room.name]));
    const asking = new Map(
      rooms
        .filter(({ breakoutRoomStatus }) => breakoutRoomStatus === breakoutStatus.assistanceAsked)
        .map((room) => [room.token, parent.asking.get(room.token) ?? nowS]),
    );
    const begun = [...asking].filter(([room]) => !parent.asking.has(room));
    const ended = [...parent.asking].filter(([room]) => !asking.has(room) && names.has(room));
    parent.asking = asking;
    const tell = (room: string, since: number, state: 'asked' | 'given'): RawPayload => {
      const stored: StoredAssistance = { token, assistance: { room: names.get(room) ?? room, state, at: nowS } };
      return { key: inboxKey(`${token}/assistance/${room}/${String(since)}/${state}`), body: bytesOf(stored) };
    };
    return [
      ...begun.map(([room, since]) => tell(room, since, 'asked')),
      ...ended.map(([room, since]) => tell(room, since, 'given')),
    ];
  }

  /** Whether nothing is left to be read again: what is not in all rooms yet may come into them. */
  async #readBroadcasts(
    token: string,
    { latest }: Parent,
    rooms: readonly Room[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const { client, clock, store } = this.parts;
    const key = `breakouts/${token}`;
    const newest = Math.max(...rooms.map((room) => latest.get(room.token) ?? room.lastMessage?.id ?? 0));
    const known = (await store.get(key)) as { readUpTo?: unknown } | undefined;
    if (typeof known?.readUpTo !== 'number') {
      // What was said before is not told.
      await store.put(key, { readUpTo: newest });
      return true;
    }
    const { readUpTo } = known;
    if (newest <= readUpTo) return true;
    const pages: RoomPage[] = [];
    for (const room of rooms) {
      const { rows } = await client.chat.readBack(room.token, { limit: pageSize }, signal);
      pages.push(rows.filter(({ id, systemMessage }) => id > readUpTo && systemMessage === ''));
    }
    const { broadcasts, others } = broadcastsIn(pages);
    const youngS = (clock.now().getTime() + client.skewMs) / 1000 - wholeAfterS;
    const young = others.filter(({ timestamp }) => timestamp > youngS).map(({ id }) => id);
    if (broadcasts.length > 0) await this.#ingest?.accept(broadcasts.map((row) => this.#broadcast(token, row)));
    const next = young.length === 0 ? newest : Math.min(newest, ...young.map((id) => id - 1));
    if (next > readUpTo) await store.put(key, { readUpTo: next });
    return young.length === 0;
  }

  #broadcast(token: string, row: OrderedRow): RawPayload {
    const stored = { token, self: this.parts.self(), row, isBroadcast: true } satisfies Omit<StoredRow, 'row'> & {
      row: unknown;
    };
    return { key: talkInboxKey(token, row), body: bytesOf(stored) };
  }
}

function bytesOf(stored: object): Buffer {
  return Buffer.from(JSON.stringify(stored), 'utf8');
}
