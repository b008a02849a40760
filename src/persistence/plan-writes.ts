import type { BridgeEvent } from '../model/bridge-event.js';
import type { AccountId, Cursor, DeliveryId, InboxKey, RemoteId, RoomRef } from '../model/ids.js';
import { asEdited } from '../model/file-parts.js';
import { type InboxVerdict, type Plan, reactionKey, type RowId } from '../model/routing.js';
import type { Transaction } from './database.js';
import { forgetPolls, writePolls } from './poll-writes.js';

export interface InboxRow {
  readonly id: RowId;
  readonly account: AccountId;
  readonly key: InboxKey;
  readonly body: Uint8Array;
}

/** How far a room was read. */
export interface RoomRead {
  readonly room: RoomRef;
  readonly cursor: Cursor;
}

/** Rooms of one account that were read. `isNews`: the room brought something that was not known. */
export interface RoomsRead {
  readonly account: AccountId;
  readonly reads: readonly (RoomRead & { readonly isNews: boolean })[];
}

export const nothingRead = (account: AccountId): RoomsRead => ({ account, reads: [] });

/** Writes what a batch was routed to. `rows` are the payloads that are new to the inbox. */
export async function applyPlan(
  tx: Transaction,
  plan: Plan,
  rows: readonly InboxRow[],
  read: RoomsRead,
  newDeliveryId: () => DeliveryId,
): Promise<void> {
  // Before the batch adds what was said after its room had been cleared; what was said before in the same batch is in the plan.
  const deletions: Plan['deliveries'] = [];
  for (const cleared of plan.cleared) deletions.push(...(await clear(tx, cleared, newDeliveryId)));
  await store(tx, { ...plan, deliveries: [...deletions, ...plan.deliveries] }, rows, read);
  if (plan.versions.length > 0) await setVersions(tx, plan.versions);
  if (plan.reactions.length > 0) await setReactions(tx, plan.reactions);
  if (plan.held.length > 0) await hold(tx, plan.held);
  if (plan.expirations.length > 0) await expireLater(tx, plan.expirations);
  await writePolls(tx, plan);
  for (const { room, call } of plan.calls) await setCall(tx, room, call);
  for (const { delivery, change } of plan.parked) await changeParked(tx, delivery, change);
}

/** What every batch has, in one request. */
async function store(
  tx: Transaction,
  plan: Plan,
  rows: readonly InboxRow[],
  { account, reads }: RoomsRead,
): Promise<void> {
  const verdicts = new Map(plan.inbox.map((verdict) => [verdict.inbox, verdict]));
  const fresh = rows.flatMap((row) => {
    const verdict = verdicts.get(row.id);
    verdicts.delete(row.id);
    if (verdict === undefined) return [];
    const body = verdict.state === 'unlinked' ? null : Buffer.from(row.body);
    return [{ ...row, body, state: verdict.state, note: verdict.note, message: verdict.message }];
  });
  tx.callAhead('store_together', [
    ...columns(fresh, ['id', 'account', 'key', 'body', 'state', 'note', 'message']),
    ...columns(plan.messages, ['id', 'link', 'account', 'author', 'sentAt']),
    ...columns(plan.copies, ['account', 'room', 'remote', 'message', 'portal', 'part', 'delivery']),
    ...columns(
      plan.deliveries.map((delivery) => ({
        ...delivery,
        kind: delivery.event.kind,
        event: JSON.stringify(delivery.event),
      })),
      ['uuid', 'lane', 'message', 'inbox', 'kind', 'event'],
    ),
    account,
    reads.map(({ room }) => room.id),
    reads.map(({ cursor }) => cursor),
    reads.map(({ isNews }) => isNews),
  ]);
  const again = [...verdicts.values()];
  if (again.length > 0) await setVerdicts(tx, again);
}

/** Of payloads that were stored before: held ones, and those that are read again. */
async function setVerdicts(tx: Transaction, verdicts: readonly InboxVerdict[]): Promise<void> {
  await tx.rows(
    `update inbox set state = news.state, note = news.note, message = coalesce(news.message, inbox.message)
       from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) as news (id, state, note, message)
      where inbox.id = news.id`,
    columns(verdicts, ['inbox', 'state', 'note', 'message']),
  );
}

/** A deleted message's payloads are emptied at once. Messages are locked in the order of their ids: or two batches wait for each other. */
async function setVersions(tx: Transaction, versions: Plan['versions']): Promise<void> {
  // A statement writes a row once: what a batch tells of it is ever newer.
  const newest = [...new Map(versions.map((row) => [row.message, row])).values()];
  await tx.rows(
    `with locked as (select id from messages where id = any($1) order by id for no key update)
     update messages set version = greatest(messages.version, news.version),
            deleted_at = case when news.deleted then coalesce(deleted_at, now()) else deleted_at end
       from locked join unnest($1::bigint[], $2::numeric[], $3::boolean[]) as news (message, version, deleted)
                     on news.message = locked.id
      where messages.id = locked.id`,
    columns(newest, ['message', 'version', 'deleted']),
  );
  const gone = newest.flatMap(({ message, deleted }) => (deleted ? [message] : []));
  if (gone.length === 0) return;
  await tx.rows(`update inbox set body = null where message = any($1)`, [gone]);
  await forgetPolls(tx, gone);
}

async function setReactions(tx: Transaction, reactions: Plan['reactions']): Promise<void> {
  const newest = new Map<string, Plan['reactions'][number]>();
  for (const row of reactions) {
    const key = reactionKey(row.message, row.emoji, row.account, row.person);
    newest.set(key, { ...row, remote: row.remote ?? newest.get(key)?.remote ?? null });
  }
  await tx.rows(
    `insert into reactions (message, emoji, account, person, state, version, remote)
     select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::text[]) as news
      order by 1, 2, 3, 4
     on conflict (message, emoji, account, person)
     do update set state = excluded.state, version = excluded.version, remote = coalesce(excluded.remote, reactions.remote)
      where reactions.version < excluded.version`,
    columns([...newest.values()], ['message', 'emoji', 'account', 'person', 'state', 'version', 'remote']),
  );
}

async function hold(tx: Transaction, held: Plan['held']): Promise<void> {
  await tx.rows(
    `insert into held (account, room, remote, inbox, event, happened_at, until, deliver_at)
     select account, room, remote, inbox, event, happened_at,
            case what when 'drop' then ends_at end, case what when 'deliver' then ends_at end
       from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[], $7::float8[], $8::text[])
         as new (account, room, remote, inbox, event, happened_at, for_ms, what)
      cross join lateral (select now() + for_ms * interval '1 millisecond' as ends_at) ends`,
    columns(
      held.map((row) => ({ ...row, event: JSON.stringify(row.event), happenedAt: new Date(row.event.at) })),
      ['account', 'room', 'remote', 'inbox', 'event', 'happenedAt', 'forMs', 'then'],
    ),
  );
}

async function expireLater(tx: Transaction, expirations: Plan['expirations']): Promise<void> {
  await tx.rows(
    `insert into expirations (message, due_at) select * from unnest($1::bigint[], $2::timestamptz[])`,
    columns(expirations, ['message', 'dueAt']),
  );
}

async function setCall(tx: Transaction, room: RoomRef, known: Plan['calls'][number]['call']): Promise<void> {
  if (known === null) {
    await tx.rows(`delete from calls where account = $1 and room = $2`, [room.account, room.id]);
    return;
  }
  const { message, remote, call } = known;
  await tx.rows(
    `insert into calls (account, room, message, remote, call) values ($1, $2, $3, $4, $5)
     on conflict (account, room) do update set message = excluded.message, remote = excluded.remote, call = excluded.call`,
    [room.account, room.id, message, remote, JSON.stringify(call)],
  );
}

async function changeParked(tx: Transaction, delivery: RowId, change: Plan['parked'][number]['change']): Promise<void> {
  if (change === 'cancel') {
    await tx.rows(
      `update deliveries set state = 'skipped', reason = 'deleted before it was delivered', event = null, finished_at = now()
        where id = $1 and state = 'parked'`,
      [delivery],
    );
    return;
  }
  const [row] = await tx.rows<{ event: string | null; kind: string }>(
    `select event, kind from deliveries where id = $1 and state = 'parked'`,
    [delivery],
  );
  if (row?.event === undefined || row.event === null) return;
  const parked = JSON.parse(row.event) as BridgeEvent;
  if (parked.kind !== 'messageSent' || change.event.kind !== 'messageEdited') return;
  await tx.rows(`update deliveries set event = $2 where id = $1`, [
    delivery,
    JSON.stringify(asEdited(parked, change.event)),
  ]);
}

/** What a room no longer shows is forgotten, and deleted where else it stands. */
async function clear(
  tx: Transaction,
  { portal, inbox, lanes, by }: Plan['cleared'][number],
  newDeliveryId: () => DeliveryId,
): Promise<Plan['deliveries']> {
  const gone = await tx.rows<{ message: RowId; remote: RemoteId }>(
    `with gone as (update messages set deleted_at = now() from copies
                    where copies.portal = $1 and copies.delivery is null and copies.part = 0
                      and messages.id = copies.message and messages.deleted_at is null
                   returning messages.id as message, copies.remote),
          emptied as (update inbox set body = null from gone where inbox.message = gone.message)
     select message, remote from gone order by message`,
    [portal],
  );
  if (gone.length > 0)
    await forgetPolls(
      tx,
      gone.map(({ message }) => message),
    );
  return gone.flatMap(({ message, remote }) =>
    lanes.map((lane) => ({
      uuid: newDeliveryId(),
      lane,
      message,
      inbox,
      event: { ...by, kind: 'messageDeleted' as const, message: { room: by.room, id: remote }, version: '0' },
    })),
  );
}

/** The rows turned on their side: one array for each column, as `unnest` takes them. */
export function columns<Row>(rows: readonly Row[], names: readonly (keyof Row)[]): unknown[][] {
  return names.map((name) => rows.map((row) => row[name]));
}
