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
      const declared: { id: RowId; portals: readonly DeclaredPortal[] }[] = [];
      for (const link of links) declared.push({ id: await this.#declareOne(tx, link), portals: link.portals });
      // Only when every link has left the rooms that it is to leave: links may exchange rooms.
      for (const { id, portals } of declared) {
        for (const portal of portals) await this.#declarePortal(tx, id, portal);
      }
    });
  }

  async #declareOne(tx: Transaction, { key, portals }: DeclaredLink): Promise<RowId> {
    const [link] = await tx.rows<{ id: RowId }>(
      `insert into links (key, owner) values ($1, 'settings')
       on conflict (key) do update set
         state = case when links.owner = 'database' or links.state = 'removed' then 'active' else links.state end,
         owner = 'settings'
       returning id`,
      [key],
    );
    if (link === undefined) throw new Error(`the link ${key} was not stored`);
    const wanted = portals.map((portal) => JSON.stringify(portal.wanted));
    await tx.rows(
      `update portals set removed_at = now() where link = $1 and removed_at is null
          and not exists (select 1 from unnest($2::text[], $3::jsonb[]) as kept (account, wanted)
                           where kept.account = portals.account and kept.wanted = portals.wanted)`,
      [link.id, portals.map(({ account }) => account), wanted],
    );
    return link.id;
  }

  async #declarePortal(tx: Transaction, link: RowId, { account, wanted, direction }: DeclaredPortal): Promise<void> {
    const json = JSON.stringify(wanted);
    const [known] = await tx.rows<{ id: RowId; removed: boolean }>(
      `select id, removed_at is not null as removed from portals
        where link = $1 and account = $2 and wanted = $3::jsonb order by removed, id limit 1`,
      [link, account, json],
    );
    if (known === undefined) {
      await tx.rows(`insert into portals (link, account, wanted, direction) values ($1, $2, $3::jsonb, $4)`, [
        link,
        account,
        json,
        direction,
      ]);
      return;
    }
    await tx.rows(`update portals set direction = $2 where id = $1`, [known.id, direction]);
    if (known.removed) await this.#bringBack(tx, known.id);
  }

  /** A portal that comes back has its room again, unless another link took it, and goes on from now. */
  async #bringBack(tx: Transaction, portal: RowId): Promise<void> {
    await tx.rows(
      `update portals set removed_at = null, problem = null,
              room = case when exists (select 1 from portals other where other.id <> portals.id and other.removed_at is null
                                          and other.account = portals.account and other.room = portals.room)
                          then null else room end
        where id = $1`,
      [portal],
    );
    await tx.rows(
      `update rooms set cursor = null from portals
        where portals.id = $1 and (rooms.account, rooms.room) = (portals.account, portals.room)`,
      [portal],
    );
  }

  /** Rooms that were not found or made yet. */
  async unresolved(account: AccountId): Promise<UnresolvedPortal[]> {
    return this.database.rows<UnresolvedPortal>(
      `select p.id as portal, l.key as link, p.wanted from portals p join links l on l.id = p.link
        where p.account = $1 and p.room is null and p.removed_at is null and l.state = 'active' order by p.id`,
      [account],
    );
  }

  /** The room is there: it can be read and delivered to, from now on, also where it was in a link before. Throws RoomTaken when another link has it. */
  async resolved(portal: RowId, account: AccountId, room: RoomId): Promise<void> {
    try {
      await this.database.transaction(async (tx) => {
        const news = await tx.rows(
          `update portals set room = $2, problem = null where id = $1 and room is distinct from $2 returning 1`,
          [portal, room],
        );
        if (news.length === 0) return;
        await tx.rows(`insert into lanes (portal, account, shard) values ($1, $2, $3) on conflict do nothing`, [
          portal,
          account,
          shardOf(portal),
        ]);
        await tx.rows(
          `insert into rooms (account, room, shard) values ($1, $2, $3)
           on conflict (account, room) do update set cursor = null, wake_at = null, state = 'open', reason = null`,
          [account, room, shardOf(roomKey({ account, id: room }))],
        );
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
