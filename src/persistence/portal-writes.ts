import type { SpeakerWish } from '../model/capabilities.js';
import type { AccountId } from '../model/ids.js';
import type { WantedRoom } from '../model/network-adapter.js';
import type { PortalWiring, RowId } from '../model/routing.js';
import { shardOf } from '../model/shard.js';
import type { Transaction } from './database.js';

export interface DeclaredPortal {
  readonly account: AccountId;
  readonly wanted: WantedRoom;
  readonly direction: PortalWiring['direction'];
  /** Absent: `auto`. */
  readonly speaker?: SpeakerWish;
}

/** Whoever changes which rooms are linked does so one after the other, until its transaction ends. */
export async function lockLinks(tx: Transaction): Promise<void> {
  await tx.rows(`select pg_advisory_xact_lock($1)`, [7_202_612]);
}

/** Puts a room into a link, or sets its direction and who speaks in it if it is in it. One that was in it before comes back with its mappings. */
export async function declarePortal(tx: Transaction, link: RowId, portal: DeclaredPortal): Promise<void> {
  const { account, wanted, direction, speaker = 'auto' } = portal;
  const json = JSON.stringify(wanted);
  const [known] = await tx.rows<{ id: RowId; removed: boolean }>(
    `select id, removed_at is not null as removed from portals
      where link = $1 and account = $2 and (wanted = $3::jsonb or room = $4)
      order by removed, wanted <> $3::jsonb, id limit 1`,
    [link, account, json, 'room' in wanted ? wanted.room : null],
  );
  if (known === undefined) {
    const [made] = await tx.rows<{ id: RowId }>(
      `insert into portals (link, account, wanted, direction, speaker) values ($1, $2, $3::jsonb, $4, $5) returning id`,
      [link, account, json, direction, speaker],
    );
    // What the link's other rooms say until its room is found waits for it.
    if (made !== undefined) await makeLane(tx, made.id, account);
    return;
  }
  await tx.rows(`update portals set direction = $2, wanted = $3::jsonb, speaker = $4 where id = $1`, [
    known.id,
    direction,
    json,
    speaker,
  ]);
  if (known.removed) await bringBack(tx, known.id);
}

export async function makeLane(tx: Transaction, portal: RowId, account: AccountId): Promise<void> {
  await tx.rows(`insert into lanes (portal, account, shard) values ($1, $2, $3) on conflict do nothing`, [
    portal,
    account,
    shardOf(portal),
  ]);
}

/** A portal that comes back has its room again, unless another link took it, and goes on from now. */
export async function bringBack(tx: Transaction, portal: RowId): Promise<void> {
  await tx.rows(
    `update portals set removed_at = null, began_at = now(), problem = null, paused_cursor = null, catch_up_from = now(), catch_up_asked_at = null,
            room = case when exists (select 1 from portals other where other.id <> portals.id and other.removed_at is null
                                        and other.account = portals.account and other.room = portals.room)
                        then null else room end
      where id = $1`,
    [portal],
  );
  await tx.rows(
    `update rooms set cursor = null, wake_at = null, state = 'open', reason = null from portals
      where portals.id = $1 and (rooms.account, rooms.room) = (portals.account, portals.room)`,
    [portal],
  );
}
