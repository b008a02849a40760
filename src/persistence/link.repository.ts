import type { AccountId, RoomId } from '../model/ids.js';
import type { WantedRoom } from '../model/network-adapter.js';
import type { PortalWiring, RowId } from '../model/routing.js';
import { roomKey } from '../model/routing.js';
import { shardOf } from '../model/shard.js';
import { type Database, sqlState, type Transaction } from './database.js';

export interface DeclaredPortal {
  readonly account: AccountId;
  readonly wanted: WantedRoom;
  readonly direction: PortalWiring['direction'];
}

export interface DeclaredLink {
  readonly key: string;
  readonly portals: readonly DeclaredPortal[];
}

export interface UnresolvedPortal {
  readonly portal: RowId;
  readonly link: string;
  readonly wanted: WantedRoom;
}

/** Another link has the room already. */
export class RoomTaken extends Error {}

const settingsLock = 7_202_612;

/** Which rooms are mirrored together. */
export class LinkRepository {
  constructor(private readonly database: Database) {}

  /**
   * Brings the links that the settings own in line with them, one replica at a time. A link that left the settings is paused,
   * passes to the database and frees its rooms; its mappings stay, and a link that comes back finds them.
   */
  async declare(links: readonly DeclaredLink[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.rows(`select pg_advisory_xact_lock($1)`, [settingsLock]);
      await tx.rows(
        `with gone as (update links set state = 'paused', owner = 'database'
                        where owner = 'settings' and not key = any($1) returning id)
         update portals set removed_at = now() from gone where portals.link = gone.id and removed_at is null`,
        [links.map(({ key }) => key)],
      );
      for (const link of links) await this.#declareOne(tx, link);
    });
  }

  async #declareOne(tx: Transaction, { key, portals }: DeclaredLink): Promise<void> {
    const [link] = await tx.rows<{ id: RowId }>(
      `insert into links (key, owner) values ($1, 'settings')
       on conflict (key) do update set
         state = case when links.owner = 'database' or links.state = 'removed' then 'active' else links.state end,
         owner = 'settings'
       returning id`,
      [key],
    );
    const wanted = portals.map((portal) => JSON.stringify(portal.wanted));
    await tx.rows(
      `update portals set removed_at = now() where link = $1 and removed_at is null
          and not exists (select 1 from unnest($2::text[], $3::jsonb[]) as kept (account, wanted)
                           where kept.account = portals.account and kept.wanted = portals.wanted)`,
      [link?.id, portals.map(({ account }) => account), wanted],
    );
    for (const [at, portal] of portals.entries()) {
      const known = await tx.rows(
        `update portals set direction = $4, removed_at = null
          where id = (select id from portals where link = $1 and account = $2 and wanted = $3::jsonb order by id limit 1)
         returning 1`,
        [link?.id, portal.account, wanted[at], portal.direction],
      );
      if (known.length > 0) continue;
      await tx.rows(`insert into portals (link, account, wanted, direction) values ($1, $2, $3::jsonb, $4)`, [
        link?.id,
        portal.account,
        wanted[at],
        portal.direction,
      ]);
    }
  }

  /** Rooms that were not found or made yet. */
  async unresolved(account: AccountId): Promise<UnresolvedPortal[]> {
    return this.database.rows<UnresolvedPortal>(
      `select p.id as portal, l.key as link, p.wanted from portals p join links l on l.id = p.link
        where p.account = $1 and p.room is null and p.removed_at is null and l.state = 'active' order by p.id`,
      [account],
    );
  }

  /** The room is there: it can be read and delivered to from now on. Throws RoomTaken when another link has it. */
  async resolved(portal: RowId, account: AccountId, room: RoomId): Promise<void> {
    try {
      await this.database.transaction(async (tx) => {
        await tx.rows(`update portals set room = $2, problem = null where id = $1`, [portal, room]);
        await tx.rows(`insert into lanes (portal, account, shard) values ($1, $2, $3) on conflict do nothing`, [
          portal,
          account,
          shardOf(portal),
        ]);
        await tx.rows(`insert into rooms (account, room, shard) values ($1, $2, $3) on conflict do nothing`, [
          account,
          room,
          shardOf(roomKey({ account, id: room })),
        ]);
      });
    } catch (error) {
      if (sqlState(error) === '23505') throw new RoomTaken('the room is in a link already: a room is in at most one');
      throw error;
    }
  }

  async problem(portal: RowId, problem: string): Promise<void> {
    await this.database.rows(`update portals set problem = $2 where id = $1`, [portal, problem]);
  }

  /** The rooms that active links name, as the settings write them and as they were found. */
  async linkedRooms(account: AccountId): Promise<string[]> {
    const rows = await this.database.rows<{ named: string | null; room: string | null }>(
      `select p.wanted ->> 'room' as named, p.room from portals p join links l on l.id = p.link
        where p.account = $1 and p.removed_at is null and l.state <> 'removed'`,
      [account],
    );
    return rows.flatMap(({ named, room }) => [named, room].filter((name) => name !== null));
  }
}
