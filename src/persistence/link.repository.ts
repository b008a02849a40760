import { isDeepStrictEqual } from 'node:util';
import type { AccountId, RoomId, RoomRef } from '../model/ids.js';
import type { SpeakerWish } from '../model/capabilities.js';
import { defaultLinkOptions, type LinkOptions } from '../model/link-options.js';
import type { WantedRoom } from '../model/network-adapter.js';
import type { RowId } from '../model/routing.js';
import { roomKey } from '../model/routing.js';
import { shardOf } from '../model/shard.js';
import { type Database, sqlState, type Transaction } from './database.js';
import { bringBack, type DeclaredPortal, declarePortal, lockLinks, makeLane } from './portal-writes.js';
import { tellOfLinks } from './wakeup-channel.js';

export interface DeclaredLink {
  readonly key: string;
  readonly portals: readonly DeclaredPortal[];
  /** Absent: what a link mirrors where nothing else is said. */
  readonly options?: LinkOptions;
}

export interface UnresolvedPortal {
  readonly portal: RowId;
  readonly link: string;
  readonly wanted: WantedRoom;
}

/** Another link has the room already. */
export class RoomTaken extends Error {}

/** A link that the settings name again goes on, unless a person paused it. */
const comesBack = `(links.state = 'removed' or (links.state = 'paused' and links.paused_by = 'settings'))`;

/** Which rooms are mirrored together. */
export class LinkRepository {
  constructor(private readonly database: Database) {}

  /**
   * Brings the links that the settings own in line with them, one replica at a time. A link that left the settings is paused,
   * passes to the database and frees its rooms; its mappings stay, and a link that comes back finds them.
   */
  async declare(links: readonly DeclaredLink[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      await lockLinks(tx);
      await tx.rows(
        `with gone as (update links set owner = 'database', state = 'paused', paused_at = coalesce(paused_at, now()),
                              paused_by = case when state = 'paused' then coalesce(paused_by, 'person') else 'settings' end
                        where owner = 'settings' and not key = any($1) returning id)
         update portals set removed_at = now() from gone where portals.link = gone.id and removed_at is null`,
        [links.map(({ key }) => key)],
      );
      const declared: { id: RowId; portals: readonly DeclaredPortal[] }[] = [];
      for (const link of await this.#news(tx, links))
        declared.push({ id: await this.#declareOne(tx, link), portals: link.portals });
      // Only when every link has left the rooms that it is to leave: links may exchange rooms.
      for (const { id, portals } of declared) {
        for (const portal of portals) await declarePortal(tx, id, portal);
      }
      await tellOfLinks(tx);
    });
  }

  /** Those that are not in the database as they are declared. At most starts there is none. */
  async #news(tx: Transaction, links: readonly DeclaredLink[]): Promise<DeclaredLink[]> {
    const rows = await tx.rows<{ key: string; options: unknown; portals: unknown }>(
      `select key, options, (select json_agg(json_build_object('account', account, 'wanted', wanted, 'direction', direction, 'speaker', speaker) order by id)
                               from portals where link = links.id and removed_at is null) as portals
         from links where owner = 'settings' and not ${comesBack} and key = any($1)`,
      [links.map(({ key }) => key)],
    );
    const known = new Map(rows.map(({ key, options, portals }) => [key, { options, portals }]));
    return links.filter(({ key, options = defaultLinkOptions, portals }) => {
      const given = portals.map(({ account, wanted, direction, speaker = 'auto' }) => ({
        account,
        wanted,
        direction,
        speaker,
      }));
      return !isDeepStrictEqual(known.get(key), { options, portals: given });
    });
  }

  async #declareOne(tx: Transaction, { key, portals, options }: DeclaredLink): Promise<RowId> {
    const [link] = await tx.rows<{ id: RowId }>(
      `insert into links (key, owner, options) values ($1, 'settings', $2::jsonb)
       on conflict (key) do update set owner = 'settings', options = excluded.options,
         state = case when ${comesBack} then 'active' else links.state end,
         paused_by = case when ${comesBack} then null else links.paused_by end,
         paused_at = case when ${comesBack} then null else links.paused_at end
       returning id`,
      [key, JSON.stringify(options ?? defaultLinkOptions)],
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

  /** The other rooms in which is shown what happens in this one now. */
  async beside(room: RoomRef): Promise<RoomRef[]> {
    const rows = await this.database.rows<{ account: AccountId; room: RoomId }>(
      `select other.account, other.room from portals own join links on links.id = own.link
          join portals other on other.link = own.link and other.id <> own.id
        where own.account = $1 and own.room = $2 and own.removed_at is null and own.direction <> 'in' and links.state = 'active'
          and other.room is not null and other.removed_at is null and other.direction <> 'out'`,
      [room.account, room.id],
    );
    return rows.map(({ account, room: id }) => ({ account, id }));
  }

  /** Rooms that were not found or made yet. */
  async unresolved(account: AccountId): Promise<UnresolvedPortal[]> {
    return this.database.rows<UnresolvedPortal>(
      `select p.id as portal, l.key as link, p.wanted from portals p join links l on l.id = p.link
        where p.account = $1 and p.room is null and p.removed_at is null and l.state = 'active' order by p.id`,
      [account],
    );
  }

  /**
   * The room is there: it can be read and delivered to, from now on, also where it was in a link before. Throws RoomTaken when another
   * link has it or, where ids hold for the whole `network`, when it is linked through another account already.
   */
  async resolved(
    portal: RowId,
    account: AccountId,
    room: RoomId,
    idsHoldFor: 'account' | 'network' = 'account',
  ): Promise<void> {
    try {
      await this.database.transaction(async (tx) => {
        if (idsHoldFor === 'network') await this.#refuseSecondSight(tx, account, room);
        const own = (await this.#takeOver(tx, portal, room)) ?? portal;
        const news = await tx.rows(
          `update portals set room = $2, problem = null, catch_up_from = now() where id = $1 and room is distinct from $2 returning 1`,
          [own, room],
        );
        if (news.length === 0) return;
        await makeLane(tx, own, account);
        await tx.rows(
          `insert into rooms (account, room, shard) values ($1, $2, $3)
           on conflict (account, room) do update set cursor = null, wake_at = null, state = 'open', reason = null`,
          [account, room, shardOf(roomKey({ account, id: room }))],
        );
      });
    } catch (error) {
      if (sqlState(error) === '23505') throw await this.#taken(account, room);
      throw error;
    }
  }

  /** One conversation is read through one account: two of them would tell each message twice. */
  async #refuseSecondSight(tx: Transaction, account: AccountId, room: RoomId): Promise<void> {
    await lockLinks(tx);
    const [other] = await tx.rows<{ account: string; link: string }>(
      `select p.account, l.key as link from portals p join links l on l.id = p.link
         join accounts a on a.id = p.account join accounts own on own.id = $1
        where p.room = $2 and p.account <> $1 and p.removed_at is null and a.network = own.network limit 1`,
      [account, room],
    );
    if (other === undefined) return;
    throw new RoomTaken(
      `the same room is in the link ${other.link} already, through the account ${other.account}: a conversation is read through one account`,
    );
  }

  /** A room that was in the link before, and is named in another way now, has its old portal again, with its mappings. */
  async #takeOver(tx: Transaction, portal: RowId, room: RoomId): Promise<RowId | undefined> {
    const [old] = await tx.rows<{ id: RowId }>(
      `select old.id from portals old join portals named on named.id = $1
        where old.link = named.link and old.account = named.account and old.room = $2 and old.removed_at is not null
          and named.room is null
        order by old.removed_at desc limit 1`,
      [portal, room],
    );
    if (old === undefined) return undefined;
    await tx.rows(
      `update deliveries set lane = $2, seq = seq + (select next_seq from lanes where portal = $2) where lane = $1`,
      [portal, old.id],
    );
    await tx.rows(
      `with named as (delete from lanes where portal = $1 returning next_seq, due_at)
       update lanes set next_seq = lanes.next_seq + named.next_seq, due_at = coalesce(lanes.due_at, named.due_at)
         from named where portal = $2`,
      [portal, old.id],
    );
    await tx.rows(
      `with named as (delete from portals where id = $1 returning wanted, direction, speaker)
       update portals set wanted = named.wanted, direction = named.direction, speaker = named.speaker from named where id = $2`,
      [portal, old.id],
    );
    await bringBack(tx, old.id);
    return old.id;
  }

  async #taken(account: AccountId, room: RoomId): Promise<RoomTaken> {
    const [other] = await this.database.rows<{ key: string }>(
      `select l.key from portals p join links l on l.id = p.link where p.account = $1 and p.room = $2 and p.removed_at is null`,
      [account, room],
    );
    const where = other === undefined ? 'a link' : `the link ${other.key}`;
    return new RoomTaken(`the room is in ${where} already: a room is in at most one`);
  }

  async problem(portal: RowId, problem: string): Promise<void> {
    await this.database.rows(`update portals set problem = $2 where id = $1`, [portal, problem]);
  }

  /** Who is to speak in which rooms, by portal, where something is wished for. */
  async speakerWishes(): Promise<Map<RowId, SpeakerWish>> {
    const rows = await this.database.rows<{ portal: RowId; speaker: SpeakerWish }>(
      `select id as portal, speaker from portals where speaker <> 'auto' and removed_at is null`,
    );
    return new Map(rows.map(({ portal, speaker }) => [portal, speaker]));
  }

  /**
   * Another one whenever links, or how their rooms are read, became other than they were. PostgreSQL makes it: to see that nothing did,
   * thousands of rooms need not be read.
   */
  async fingerprint(): Promise<string> {
    const [answer] = await this.database.rows<{ fingerprint: string }>(
      `select concat_ws(' ',
                (select sum(hashtextextended((p.id, p.account, p.room, p.wanted, p.speaker, l.state)::text, 0))
                   from portals p join links l on l.id = p.link where p.removed_at is null),
                (select sum(hashtextextended((account, room, shard, watch, held_poll)::text, 0)) from rooms)) as fingerprint`,
    );
    return answer?.fingerprint ?? '';
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
