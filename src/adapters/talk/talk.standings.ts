import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { roomId, type RoomId } from '../../model/ids.js';
import type { WatchedRoom } from '../../model/network-adapter.js';
import type { RoomStanding } from '../../model/network-definition.js';
import { lobbyState, permissionBits, readOnlyState, roomType } from './talk.constants.js';
import type { Position } from './talk.cursor.js';
import { isModerated, isReadUpTo } from './talk.listed-rooms.js';
import type { OrderedRow, TalkRoom } from './talk.payloads.js';
import { viewOf } from './talk.room-views.js';

/** What the list says comes before the row that tells it is written. */
const rowWithinMs = 10_000;
const telling: Readonly<Record<string, 'stopped' | 'resumed'>> = { read_only: 'stopped', read_only_off: 'resumed' };

export interface StandingParts {
  readonly store: AccountStore;
  readonly clock: Clock;
  readonly roomsStand: (standings: readonly RoomStanding[]) => Promise<void>;
  isLinked(room: string): boolean;
}

interface Listed {
  readonly standing: RoomStanding;
  /** The last that was said there. */
  readonly at: Position;
}

/**
 * Whether linked rooms let us write, by what the room list says of them: nobody has to try. A row of the room tells most of it to
 * everybody; where none did, a line of the bridge does.
 */
export class TalkStandings {
  readonly #listed = new Map<RoomId, Listed>();
  /** Those of which the core was not told yet how they stand. */
  readonly #news = new Set<RoomId>();
  /** Read-only rooms that a row should tell of, with the time from which it should be there. */
  readonly #untold = new Map<RoomId, number>();

  constructor(private readonly parts: StandingParts) {}

  /** They stand in the room list. */
  learn(rooms: readonly TalkRoom[]): void {
    for (const room of rooms) {
      const standing = standingOf(room);
      const before = this.#listed.get(standing.room)?.standing;
      const at = { id: room.lastMessage?.id ?? 0, seconds: room.lastMessage?.timestamp ?? 0 };
      this.#listed.set(standing.room, { standing, at });
      if (before === undefined || !isSame(before, standing)) this.#news.add(standing.room);
    }
  }

  /** They stand in it no more: of what they were nothing is news when they are back. */
  forget(rooms: readonly string[]): void {
    for (const token of rooms) {
      const room = roomId(token);
      for (const kept of [this.#listed, this.#news, this.#untold]) kept.delete(room);
    }
  }

  /** A row that is handed on tells it to everybody. */
  async noticeRow(room: RoomId, { systemMessage }: Pick<OrderedRow, 'systemMessage'>): Promise<void> {
    const state = telling[systemMessage];
    if (state !== undefined) await this.parts.store.put(storeKey(room), { state });
  }

  /** Tells what was learned of linked rooms. What could not be told is told the next time. */
  async tell(rooms: readonly WatchedRoom[]): Promise<void> {
    const news = this.#of(this.#news);
    if (news.length > 0) await this.parts.roomsStand(news.map(({ standing }) => standing));
    const fromMs = this.parts.clock.monotonicMs() + rowWithinMs;
    for (const { standing } of news) {
      this.#news.delete(standing.room);
      if (typeof standing.mute === 'string' && standing.toldBy === 'itself') this.#untold.set(standing.room, fromMs);
      else this.#untold.delete(standing.room);
    }
    for (const room of this.#overdue(rooms)) {
      const told = await this.parts.store.get(storeKey(room.standing.room));
      if (!isStopped(told)) await this.parts.roomsStand([{ ...room.standing, toldBy: 'nobody' }]);
      this.#untold.delete(room.standing.room);
    }
  }

  #of(rooms: Iterable<RoomId>): Listed[] {
    return [...rooms].filter((room) => this.parts.isLinked(room)).flatMap((room) => this.#listed.get(room) ?? []);
  }

  /** Whatever was written there until the list was asked is read and handed on. */
  #overdue(rooms: readonly WatchedRoom[]): Listed[] {
    const nowMs = this.parts.clock.monotonicMs();
    const due = this.#of([...this.#untold].filter(([, fromMs]) => nowMs >= fromMs).map(([room]) => room));
    return due.filter(({ standing, at }) => {
      const watched = rooms.find(({ room }) => room === standing.room);
      return watched !== undefined && isReadUpTo(watched, at);
    });
  }
}

/** Pure. */
export function standingOf(room: TalkRoom): RoomStanding {
  const notes = [
    ...(isModerated(room) ? [] : ['our account is no moderator there']),
    ...(room.isArchived ? ['our account has it in its archive, which changes nothing'] : []),
  ];
  const base = { room: roomId(room.token), note: notes.length === 0 ? null : notes.join('; ') };
  if (room.type === roomType.formerOneToOne) {
    const mute = 'it was a conversation of two, of whom one is no more: nobody can write there';
    return { ...base, mute, toldBy: 'nobody' };
  }
  if (room.readOnly === readOnlyState.readOnly) return { ...base, mute: 'the room is read-only', toldBy: 'itself' };
  // Where the lobby keeps us out, we cannot read either: then the room is closed. And a server that does not say gives none at all.
  const isLobby = room.lobbyState !== lobbyState.none && !isModerated(room);
  const mayChat = room.permissions === 0 || (room.permissions & permissionBits.chat) !== 0;
  if (isLobby || mayChat) return { ...base, mute: null, toldBy: 'itself' };
  // People who come in by themselves may speak where our account may not: whoever tries finds out.
  const { letsGuestsIn, letsUsersIn } = viewOf(room);
  if (letsGuestsIn || letsUsersIn) return { ...base, toldBy: 'itself' };
  return { ...base, mute: 'a moderator took the permission to chat from our account', toldBy: 'nobody' };
}

function isSame(one: RoomStanding, other: RoomStanding): boolean {
  return one.mute === other.mute && one.toldBy === other.toldBy && one.note === other.note;
}

function isStopped(stored: unknown): boolean {
  return typeof stored === 'object' && stored !== null && 'state' in stored && stored.state === 'stopped';
}

function storeKey(room: RoomId): string {
  return `writing/${room}`;
}
