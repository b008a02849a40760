import type { SpeakerWish } from '../model/capabilities.js';
import type { AccountId, RoomId } from '../model/ids.js';
import type { LinkOptions } from '../model/link-options.js';
import type { WantedRoom } from '../model/network-adapter.js';
import type { PortalWiring, RowId } from '../model/routing.js';
import type { Transaction } from './database.js';
import { bringBack } from './portal-writes.js';

export interface StoredPortal {
  readonly id: RowId;
  readonly account: AccountId;
  readonly wanted: WantedRoom;
  readonly room: RoomId | null;
  readonly direction: PortalWiring['direction'];
  readonly speaker: SpeakerWish;
  /** Null while it is part of the link. */
  readonly removedAt: string | null;
}

export interface StoredLink {
  readonly id: RowId;
  readonly key: string;
  readonly owner: 'settings' | 'database';
  readonly state: 'active' | 'paused' | 'removed';
  readonly options: LinkOptions;
  /** Also those that it had before. */
  readonly portals: readonly StoredPortal[];
}

/**
 * How long before its link was paused an event may have been stored that was under way then, or said by a network's clock.
 * `portals.catch_up_from` counts it in: the pause less this, though not before the room went on the last time.
 */
const underWay = `interval '10 seconds'`;

/** The statements of what a person changes about links. Nobody else changes links meanwhile: see `lockLinks`. */
export class LinkChangeRepository {
  async find(tx: Transaction, key: string): Promise<StoredLink | undefined> {
    const [link] = await tx.rows<StoredLink>(
      `select l.id, l.key, l.owner, l.state, l.options,
              (select coalesce(json_agg(json_build_object('id', p.id::text, 'account', p.account, 'wanted', p.wanted, 'room', p.room,
                  'direction', p.direction, 'speaker', p.speaker, 'removedAt', p.removed_at at time zone 'UTC') order by p.id), '[]')
                 from portals p where p.link = l.id) as portals
         from links l where l.key = $1`,
      [key],
    );
    return link;
  }

  /** Every link that is not ended by a person. */
  async keys(tx: Transaction): Promise<string[]> {
    const rows = await tx.rows<{ key: string }>(`select key from links where state <> 'removed' order by key`);
    return rows.map(({ key }) => key);
  }

  /** The other link that has the room, by its id or by the name that it is linked under. */
  async holderOf(
    tx: Transaction,
    key: string,
    account: AccountId,
    names: readonly string[],
  ): Promise<string | undefined> {
    const [holder] = await tx.rows<{ key: string }>(
      `select l.key from portals p join links l on l.id = p.link
        where p.account = $1 and p.removed_at is null and l.key <> $2 and (p.room = any($3) or p.wanted ->> 'room' = any($3))
        limit 1`,
      [account, key, names],
    );
    return holder?.key;
  }

  /** Stores a link of the database that is active, or sets what it mirrors. Returns its id. */
  async put(tx: Transaction, key: string, options: LinkOptions, state: 'becomes active' | 'stays'): Promise<RowId> {
    const [link] = await tx.rows<{ id: RowId }>(
      `insert into links (key, owner, options) values ($1, 'database', $2::jsonb)
       on conflict (key) do update set options = excluded.options returning id`,
      [key, JSON.stringify(options)],
    );
    if (link === undefined) throw new Error(`the link ${key} was not stored`);
    if (state === 'becomes active') await this.#activate(tx, link.id);
    return link.id;
  }

  async turn(tx: Transaction, portal: RowId, direction: PortalWiring['direction']): Promise<void> {
    await tx.rows(`update portals set direction = $2 where id = $1`, [portal, direction]);
  }

  async give(tx: Transaction, portal: RowId, speaker: SpeakerWish): Promise<void> {
    await tx.rows(`update portals set speaker = $2 where id = $1`, [portal, speaker]);
  }

  /** Frees the rooms; what is known of their messages stays. */
  async release(tx: Transaction, portals: readonly StoredPortal[]): Promise<void> {
    await tx.rows(`update portals set removed_at = now() where id = any($1)`, [portals.map(({ id }) => id)]);
  }

  async end(tx: Transaction, link: RowId): Promise<void> {
    await tx.rows(`update links set state = 'removed', paused_by = null, paused_at = null where id = $1`, [link]);
  }

  async bringBack(tx: Transaction, link: RowId, portals: readonly StoredPortal[]): Promise<void> {
    for (const { id } of portals) await bringBack(tx, id);
    await this.#activate(tx, link);
  }

  /** Remembers where each room stands, so that it can go on from there: also from a catching up that was not finished. */
  async pause(tx: Transaction, link: RowId): Promise<void> {
    await tx.rows(`update links set state = 'paused', paused_by = 'person', paused_at = now() where id = $1`, [link]);
    await tx.rows(
      `update portals p set catch_up_asked_at = null,
              catch_up_from = case when catch_up_asked_at is null then greatest(catch_up_from, now() - ${underWay}) else catch_up_from end,
              paused_cursor = (select r.cursor from rooms r where r.account = p.account and r.room = p.room)
        where p.link = $1 and p.removed_at is null`,
      [link],
    );
  }

  /** Reading begins now: what was said meanwhile stays where it was said. */
  async resumeFromNow(tx: Transaction, link: RowId): Promise<void> {
    await this.#activate(tx, link);
    await tx.rows(
      `update rooms r set cursor = null, wake_at = null from portals p
        where p.link = $1 and p.removed_at is null and (r.account, r.room) = (p.account, p.room)`,
      [link],
    );
    await tx.rows(
      `update portals set paused_cursor = null, catch_up_from = now(), catch_up_asked_at = null where link = $1`,
      [link],
    );
  }

  /** Reading goes on where it stopped; what was pushed meanwhile is to be asked for. */
  async resumeWhereItStopped(tx: Transaction, link: RowId): Promise<void> {
    await tx.rows(
      `update rooms r set cursor = p.paused_cursor, wake_at = now() from portals p
        where p.link = $1 and p.removed_at is null and (r.account, r.room) = (p.account, p.room) and p.paused_cursor is not null`,
      [link],
    );
    // A batch that was under way when the link was paused was taken for one of a room that is not linked.
    await tx.rows(
      `delete from inbox using portals p
        where p.link = $1 and p.removed_at is null and p.paused_cursor is not null
          and inbox.account = p.account and inbox.state = 'unlinked' and inbox.received_at >= p.catch_up_from`,
      [link],
    );
    await tx.rows(
      `update portals p set catch_up_from = coalesce(p.catch_up_from, l.paused_at), catch_up_asked_at = now()
         from links l where l.id = $1 and p.link = l.id and p.removed_at is null and p.room is not null and p.paused_cursor is null`,
      [link],
    );
    await tx.rows(`update portals set paused_cursor = null where link = $1`, [link]);
    await this.#activate(tx, link);
  }

  async #activate(tx: Transaction, link: RowId): Promise<void> {
    await tx.rows(`update links set state = 'active', paused_by = null, paused_at = null where id = $1`, [link]);
  }
}
