import type { AccountId, Cursor, RoomId, RoomRef } from '../model/ids.js';
import type { WatchMode } from '../model/network-adapter.js';
import type { Database, Fence, Transaction } from './database.js';

export interface RoomRow {
  readonly account: AccountId;
  readonly room: RoomId;
  readonly shard: number;
  readonly cursor: Cursor | null;
  readonly watch: WatchMode;
  /** When its network was last known to tell of it by itself; null: never. */
  readonly pushedAt: Date | null;
  readonly activityAt: Date | null;
  /** Why it is written down as closed; null: it is open. */
  readonly closed: string | null;
}

/** A program of before `watch` writes `held_poll` alone. */
export const watchColumn = `case when r.held_poll then 'held' when r.watch = 'held' then 'swept' else r.watch end`;
const columns = `r.account, r.room, r.shard, r.cursor, ${watchColumn} as watch, r.pushed_at as "pushedAt", r.activity_at as "activityAt",
                 case when r.state = 'closed' then r.reason end as closed`;
/** Rooms that are read: those of links that are active. */
const linked = `exists (select 1 from portals p join links l on l.id = p.link
                         where p.account = r.account and p.room = r.room and p.removed_at is null and l.state = 'active')`;

/** As JSON has it. */
type StoredRoom = Omit<RoomRow, 'pushedAt' | 'activityAt'> & Record<'pushedAt' | 'activityAt', string | null>;

/** Rooms that are written together are locked in one order, as those are that are stored together: or each waits for the other. */
function lockedInOrder(which: string): string {
  return `(select account, room from rooms where ${which} order by account, room for no key update) locked
        where rooms.account = locked.account and rooms.room = locked.room`;
}

/** How linked rooms are read. */
export class RoomRepository {
  constructor(private readonly database: Database) {}

  /** The rooms of these accounts that are read by the owner of these shards; the busiest first. */
  async ofShards(accounts: readonly AccountId[], shards: readonly number[]): Promise<RoomRow[]> {
    return this.#linked('r.account = any($1) and r.shard = any($2)', [accounts, shards]);
  }

  /** The busiest first. */
  async ofAccount(account: AccountId): Promise<RoomRow[]> {
    return this.#linked('r.account = $1', [account]);
  }

  /** All of them in one value: to take thousands of rows apart holds up the thread several times as long. */
  async #linked(which: string, parameters: readonly unknown[]): Promise<RoomRow[]> {
    const [answer] = await this.database.rows<{ rooms: StoredRoom[] }>(
      `select coalesce(json_agg(one order by one."activityAt" desc nulls last, one.room), '[]') as rooms
         from (select ${columns} from rooms r where ${which} and ${linked}) one`,
      parameters,
    );
    return (answer?.rooms ?? []).map((room) => ({
      ...room,
      pushedAt: timeOf(room.pushedAt),
      activityAt: timeOf(room.activityAt),
    }));
  }

  async cursor(room: RoomRef): Promise<Cursor | null> {
    const [row] = await this.database.rows<{ cursor: Cursor | null }>(
      `select cursor from rooms where account = $1 and room = $2`,
      [room.account, room.id],
    );
    return row?.cursor ?? null;
  }

  /** Where a room begins to be read. Kept if it has a place already. */
  async begin(room: RoomRef, at: Cursor, fence: Fence): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.fence(fence);
      await tx.rows(
        `update rooms set cursor = $3, read_at = now() where account = $1 and room = $2 and cursor is null`,
        [room.account, room.id, at],
      );
    });
  }

  async wake(account: AccountId, rooms: readonly RoomId[]): Promise<void> {
    await this.database.rows(
      `update rooms set wake_at = now() from ${lockedInOrder('account = $1 and room = any($2)')}`,
      [account, rooms],
    );
  }

  /** The rooms of these shards that somebody woke; they count as awake from now on. */
  async takeWoken(shards: readonly number[]): Promise<RoomRef[]> {
    const rows = await this.database.rows<{ account: AccountId; room: RoomId }>(
      `update rooms set wake_at = null from ${lockedInOrder('shard = any($1) and wake_at is not null')}
       returning rooms.account, rooms.room`,
      [shards],
    );
    return rows.map(({ account, room }) => ({ account, id: room }));
  }

  /** The account's rooms into whose links another one came later than they did, after `since`, by PostgreSQL's clock; null: from now on. */
  async joined(account: AccountId, since: string | null): Promise<{ rooms: RoomId[]; upTo: string }> {
    const [answer] = await this.database.rows<{ rooms: RoomId[]; upTo: string }>(
      `select (select coalesce(max(began_at), now()) from portals)::text as "upTo",
              array(select distinct own.room
                      from portals other join portals own on own.link = other.link and own.began_at < other.began_at
                     where other.began_at > $2::timestamptz and other.removed_at is null
                       and own.account = $1 and own.room is not null and own.removed_at is null) as rooms`,
      [account, since],
    );
    return answer ?? { rooms: [], upTo: since ?? '' };
  }

  /** These rooms of the account are watched so. */
  async watch(account: AccountId, modes: ReadonlyMap<RoomId, WatchMode>): Promise<void> {
    await this.database.rows(
      `update rooms set watch = wanted.mode, held_poll = (wanted.mode = 'held')
         from unnest($2::text[], $3::text[]) as wanted (room, mode), ${lockedInOrder('account = $1 and room = any($2)')}
          and rooms.room = wanted.room`,
      [account, [...modes.keys()], [...modes.values()]],
    );
  }

  /** Their network told of these rooms by itself. That it still does is no news. */
  async pushed(account: AccountId, rooms: readonly RoomId[]): Promise<void> {
    await this.database.rows(
      `update rooms set pushed_at = now()
         from ${lockedInOrder("account = $1 and room = any($2) and (watch <> 'webhook' or pushed_at is null)")}`,
      [account, rooms],
    );
  }

  /** `closed`: it was open before. */
  async closed(
    room: RoomRef,
    reason: string,
    database: Pick<Transaction, 'rows'> = this.database,
  ): Promise<'closed' | 'was closed'> {
    const given = [room.account, room.id, reason];
    const closed = await database.rows(
      `update rooms set state = 'closed', reason = $3 where account = $1 and room = $2 and state = 'open' returning 1`,
      given,
    );
    if (closed.length > 0) return 'closed';
    await database.rows(
      `update rooms set reason = $3 where account = $1 and room = $2 and reason is distinct from $3`,
      given,
    );
    return 'was closed';
  }

  /** Returns those that were closed before. */
  async reopened(
    account: AccountId,
    rooms: readonly RoomId[],
    database: Pick<Transaction, 'rows'> = this.database,
  ): Promise<RoomId[]> {
    const rows = await database.rows<{ room: RoomId }>(
      `update rooms set state = 'open', reason = null
         from ${lockedInOrder("account = $1 and room = any($2) and state = 'closed'")} returning rooms.room`,
      [account, rooms],
    );
    return rows.map(({ room }) => room);
  }
}

function timeOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
