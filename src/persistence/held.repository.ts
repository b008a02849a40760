import type { BridgeEvent } from '../model/bridge-event.js';
import type { AccountId, InboxKey, MessageRef, RemoteId, RoomId } from '../model/ids.js';
import type { RowId } from '../model/routing.js';
import { RaceLost, type Transaction } from './database.js';

/** An event that waits for what it is about, or for what it answers. */
export interface HeldRow {
  readonly id: RowId;
  readonly inbox: RowId;
  readonly account: AccountId;
  readonly event: BridgeEvent;
}

/** A held event by its row, and what it waits for. */
export interface HeldTarget {
  readonly held: RowId;
  readonly message: MessageRef;
}

type StoredHeldRow = Omit<HeldRow, 'event'> & { readonly event: string };

/** What a paused link is to be told of waits for longer. */
const notPaused = `not exists (select 1 from portals p join links l on l.id = p.link
                                where p.account = held.account and p.room = held.room and p.removed_at is null and l.state = 'paused')`;

/** Events that waited for one of these messages, oldest first; they are no longer held afterwards. Those of paused links wait on. */
export async function takeHeld(tx: Transaction, targets: readonly MessageRef[]): Promise<HeldRow[]> {
  return inTheirOrder(
    await tx.rows<StoredHeldRow>(
      `delete from held using unnest($1::text[], $2::text[], $3::text[]) as asked (account, room, remote)
        where (held.account, held.room, held.remote) = (asked.account, asked.room, asked.remote) and ${notPaused}
       returning held.id, held.inbox, held.account, held.event`,
      [targets.map(({ room }) => room.account), targets.map(({ room }) => room.id), targets.map(({ id }) => id)],
    ),
  );
}

/** Throws RaceLost, behind the locks of `IngestRepository.learn`, where something waits for one of these messages that `takeHeld` did not see yet. */
export async function assertNoneHeld(tx: Transaction, targets: readonly MessageRef[]): Promise<void> {
  if (targets.length === 0) return;
  const rows = await tx.rows(
    `select 1 from held join unnest($1::text[], $2::text[], $3::text[]) as asked (account, room, remote)
                     using (account, room, remote)
      where ${notPaused} limit 1`,
    [targets.map(({ room }) => room.account), targets.map(({ room }) => room.id), targets.map(({ id }) => id)],
  );
  if (rows.length > 0) throw new RaceLost('what waits for the same message was held meanwhile');
}

/** The targets of held events that became known without them, by the done commit of another transaction. */
export async function knownTargetsOfHeld(tx: Transaction, limit: number): Promise<MessageRef[]> {
  const rows = await tx.rows<{ account: AccountId; room: RoomId; remote: RemoteId }>(
    `select distinct account, room, remote from held join copies using (account, room, remote)
      where ${notPaused} limit $1`,
    [limit],
  );
  return rows.map(({ account, room, remote }) => ({ room: { account, id: room }, id: remote }));
}

/** Events whose target did not come in time, oldest first; they are no longer held afterwards. */
export async function takeOverdueHeld(tx: Transaction, limit: number): Promise<HeldRow[]> {
  return inTheirOrder(
    await tx.rows<StoredHeldRow>(
      `delete from held where id in (select id from held where least(until, deliver_at) < now() and ${notPaused}
                                      order by least(until, deliver_at), id limit $1 for update skip locked)
       returning id, inbox, account, event`,
      [limit],
    ),
  );
}

/** What is held of these accounts, and is not about anything of ours: its room's lane has nothing left of what it got before. */
export async function heldOfOthers(
  tx: Transaction,
  accounts: readonly AccountId[],
  limit: number,
): Promise<HeldTarget[]> {
  const rows = await tx.rows<{ id: RowId; account: AccountId; room: RoomId; remote: RemoteId }>(
    `select held.id, held.account, held.room, held.remote from held join inbox i on i.id = held.inbox
      where held.account = any($1) and ${notPaused}
        and not exists (select 1 from portals p join deliveries d on d.lane = p.id
                         where p.account = held.account and p.room = held.room and p.removed_at is null
                           and d.state in ('waiting', 'parked') and d.created_at <= i.received_at)
      order by held.id limit $2`,
    [accounts, limit],
  );
  return rows.map(({ id, account, room, remote }) => ({
    held: id,
    message: { room: { account, id: room }, id: remote },
  }));
}

/** Those of these held events whose target was told by this payload, oldest first; they are no longer held afterwards. */
export async function takeTold(
  tx: Transaction,
  asked: readonly (HeldTarget & { key: InboxKey })[],
): Promise<HeldRow[]> {
  return inTheirOrder(
    await tx.rows<StoredHeldRow>(
      `delete from held where id in (select held.id from held join unnest($1::bigint[], $2::text[]) as asked (id, key) using (id)
                                      where (select true from inbox i where i.account = held.account and i.key = asked.key)
                                      order by held.id for update of held skip locked)
       returning id, inbox, account, event`,
      [asked.map(({ held }) => held), asked.map(({ key }) => key)],
    ),
  );
}

/** What this payload told is not held any more. */
export async function forgetHeld(tx: Transaction, inbox: RowId): Promise<void> {
  await tx.rows(`delete from held where inbox = $1`, [inbox]);
}

/** As they happened. */
function inTheirOrder(rows: readonly StoredHeldRow[]): HeldRow[] {
  return rows
    .map(({ event, ...row }) => ({ ...row, event: JSON.parse(event) as BridgeEvent }))
    .sort((a, b) => (a.event.at < b.event.at ? -1 : a.event.at > b.event.at ? 1 : Number(BigInt(a.id) - BigInt(b.id))));
}
