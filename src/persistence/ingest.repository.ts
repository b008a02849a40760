import type { BridgeEvent } from '../model/bridge-event.js';
import type { LinkOptions } from '../model/link-options.js';
import type { AccountId, Cursor, DeliveryId, InboxKey, MessageRef, RemoteId, RoomId, RoomRef } from '../model/ids.js';
import {
  copyKey,
  type InboxVerdict,
  type Known,
  type KnownDelivery,
  type KnownReaction,
  type Plan,
  type PortalWiring,
  type TargetWiring,
  reactionKey,
  remoteKey,
  roomKey,
  type RowId,
  type Wiring,
} from '../model/routing.js';
import type { Transaction } from './database.js';

/** Another transaction stored one of the same payloads meanwhile: begin again and see what it did. */
export class RacedForInbox extends Error {
  readonly code = '40001';
}

export interface InboxRow {
  readonly id: RowId;
  readonly account: AccountId;
  readonly key: InboxKey;
  readonly body: Uint8Array;
}

export interface HeldRow {
  readonly id: RowId;
  readonly inbox: RowId;
  readonly account: AccountId;
  readonly event: BridgeEvent;
}

/** What the events of a batch refer to. */
export interface References {
  /** Whether stored payloads are read again. */
  readonly readAgain: boolean;
  readonly messages: readonly MessageRef[];
  readonly reactionRows: readonly { readonly account: AccountId; readonly remote: RemoteId }[];
  readonly deliveries: readonly DeliveryId[];
}

/** The statements of the first of the two commits: what a batch needs to know, and what it writes. */
export class IngestRepository {
  constructor(private readonly newDeliveryId: () => DeliveryId) {}

  /** Which of these payloads are stored already. */
  async stored(tx: Transaction, account: AccountId, keys: readonly InboxKey[]): Promise<ReadonlySet<InboxKey>> {
    const rows = await tx.rows<{ key: InboxKey }>(`select key from inbox where account = $1 and key = any($2)`, [
      account,
      keys,
    ]);
    return new Set(rows.map(({ key }) => key));
  }

  async newIds(tx: Transaction, sequence: 'inbox' | 'messages', count: number): Promise<RowId[]> {
    if (count === 0) return [];
    const rows = await tx.rows<{ id: RowId }>(
      `select nextval(pg_get_serial_sequence($1, 'id')) as id from generate_series(1, $2::int)`,
      [sequence, count],
    );
    return rows.map(({ id }) => id);
  }

  async wiring(tx: Transaction, rooms: readonly RoomRef[]): Promise<Map<string, Wiring>> {
    const rows = await tx.rows<WiringRow>(
      `select me.account, me.room, me.id as own, me.direction as own_direction, l.id as link, l.created_at as linked_at, l.options,
              o.id as portal, o.account as other_account, o.direction
         from unnest($1::text[], $2::text[]) as asked (account, room)
         join portals me on me.account = asked.account and me.room = asked.room and me.removed_at is null
         join links l on l.id = me.link and l.state = 'active'
         left join portals o on o.link = me.link and o.id <> me.id and o.removed_at is null
               and exists (select 1 from lanes where lanes.portal = o.id)
        order by o.id`,
      [rooms.map(({ account }) => account), rooms.map(({ id }) => id)],
    );
    const wiring = new Map<string, Wiring & { others: TargetWiring[] }>();
    for (const row of rows) {
      const key = roomKey({ account: row.account, id: row.room });
      const known = wiring.get(key) ?? {
        link: row.link,
        linkedAt: row.linked_at,
        options: row.options,
        own: { portal: row.own, account: row.account, room: row.room, direction: row.own_direction },
        others: [],
      };
      if (row.portal !== null && row.other_account !== null && row.direction !== null) {
        known.others.push({ portal: row.portal, account: row.other_account, direction: row.direction });
      }
      wiring.set(key, known);
    }
    return wiring;
  }

  /** Locks the lanes in the order of their ids, so that deliveries are numbered in the order of commits and nobody deadlocks. */
  async lockLanes(tx: Transaction, lanes: readonly RowId[]): Promise<void> {
    if (lanes.length === 0) return;
    await tx.rows(`select 1 from lanes where portal = any($1) order by portal for no key update`, [lanes]);
  }

  async known(tx: Transaction, wiring: Map<string, Wiring>, references: References): Promise<Known> {
    const known: Known = {
      wiring,
      copies: new Map(),
      messages: new Map(),
      reactions: new Map(),
      reactionsByRemote: new Map(),
      deliveries: await this.#deliveries(tx, references.deliveries),
      parkedByMessage: new Map(),
      reached: new Map(),
    };
    await this.#copies(tx, references.messages, known);
    if (references.reactionRows.length > 0) await this.#reactions(tx, references.reactionRows, known);
    const changed = references.messages.length > 0 ? [...known.messages.keys()] : [];
    if (changed.length === 0) return known;
    const reached = references.readAgain ? await this.#reached(tx, changed) : known.reached;
    return { ...known, reached, parkedByMessage: await this.#parked(tx, changed) };
  }

  async #reached(tx: Transaction, messages: readonly RowId[]): Promise<Known['reached']> {
    const rows = await tx.rows<{ message: RowId; portal: RowId }>(
      `select message, portal from copies where message = any($1)
       union select message, lane from deliveries
              where message = any($1) and kind = 'messageSent' and state in ('waiting', 'parked')`,
      [messages],
    );
    const reached = new Map<RowId, Set<RowId>>();
    for (const { message, portal } of rows) reached.set(message, (reached.get(message) ?? new Set()).add(portal));
    return reached;
  }

  async #copies(tx: Transaction, messages: readonly MessageRef[], known: Known): Promise<void> {
    if (messages.length === 0) return;
    const rows = await tx.rows<CopyRow>(
      `select c.account, c.room, c.remote, c.message, c.portal, c.part, m.version::text, m.deleted_at is not null as deleted
         from unnest($1::text[], $2::text[], $3::text[]) as asked (account, room, remote)
         join copies c using (account, room, remote)
         join messages m on m.id = c.message`,
      [messages.map(({ room }) => room.account), messages.map(({ room }) => room.id), messages.map(({ id }) => id)],
    );
    for (const row of rows) {
      known.copies.set(copyKey({ room: { account: row.account, id: row.room }, id: row.remote }), {
        message: row.message,
        portal: row.portal,
        part: row.part,
      });
      known.messages.set(row.message, { version: BigInt(row.version), deleted: row.deleted });
    }
  }

  async #reactions(tx: Transaction, asked: References['reactionRows'], known: Known): Promise<void> {
    const rows = await tx.rows<ReactionRow>(
      `select message, emoji, account, person, state, version::text, remote from reactions
        where message = any($1)
           or (account, remote) in (select * from unnest($2::text[], $3::text[]))`,
      [[...known.messages.keys()], asked.map(({ account }) => account), asked.map(({ remote }) => remote)],
    );
    for (const row of rows) {
      const reaction: KnownReaction = { ...row, version: BigInt(row.version) };
      known.reactions.set(reactionKey(row.message, row.emoji, row.account, row.person), reaction);
      if (row.remote !== null) known.reactionsByRemote.set(remoteKey(row.account, row.remote), reaction);
    }
  }

  async #parked(tx: Transaction, messages: readonly RowId[]): Promise<Known['parkedByMessage']> {
    const rows = await tx.rows<{ id: RowId; lane: RowId; message: RowId }>(
      `select id, lane, message from deliveries where message = any($1) and state = 'parked'`,
      [messages],
    );
    const parked = new Map<RowId, { delivery: RowId; portal: RowId }[]>();
    for (const { id, lane, message } of rows) {
      parked.set(message, [...(parked.get(message) ?? []), { delivery: id, portal: lane }]);
    }
    return parked;
  }

  async #deliveries(tx: Transaction, uuids: readonly DeliveryId[]): Promise<Map<DeliveryId, KnownDelivery>> {
    if (uuids.length === 0) return new Map();
    const rows = await tx.rows<DeliveryRow>(
      `select d.uuid, d.id, d.message, d.state, p.id as portal, p.account, p.room, c.part, c.remote
         from deliveries d
         join portals p on p.id = d.lane
         left join copies c on c.delivery = d.id
        where d.uuid = any($1::uuid[]) and p.room is not null`,
      [uuids],
    );
    const deliveries = new Map<DeliveryId, KnownDelivery & { copies: Map<number, RemoteId> }>();
    for (const row of rows) {
      const known = deliveries.get(row.uuid) ?? {
        id: row.id,
        message: row.message,
        portal: row.portal,
        account: row.account,
        room: row.room,
        copies: new Map<number, RemoteId>(),
        parked: row.state === 'parked',
      };
      if (row.part !== null && row.remote !== null) known.copies.set(row.part, row.remote);
      deliveries.set(row.uuid, known);
    }
    return deliveries;
  }

  /** Events that waited for one of these messages, oldest first; they are no longer held afterwards. */
  async takeHeld(tx: Transaction, targets: readonly MessageRef[]): Promise<HeldRow[]> {
    const rows = await tx.rows<{ id: RowId; inbox: RowId; account: AccountId; event: string }>(
      `delete from held using unnest($1::text[], $2::text[], $3::text[]) as asked (account, room, remote)
        where (held.account, held.room, held.remote) = (asked.account, asked.room, asked.remote)
       returning held.id, held.inbox, held.account, held.event`,
      [targets.map(({ room }) => room.account), targets.map(({ room }) => room.id), targets.map(({ id }) => id)],
    );
    return rows
      .map(({ event, ...row }) => ({ ...row, event: JSON.parse(event) as BridgeEvent }))
      .sort((a, b) =>
        a.event.at < b.event.at ? -1 : a.event.at > b.event.at ? 1 : Number(BigInt(a.id) - BigInt(b.id)),
      );
  }

  /** The targets of held events that became known without them, by the done commit of another transaction. */
  async knownTargetsOfHeld(tx: Transaction, limit: number): Promise<MessageRef[]> {
    const rows = await tx.rows<{ account: AccountId; room: RoomId; remote: RemoteId }>(
      `select distinct account, room, remote from held join copies using (account, room, remote) limit $1`,
      [limit],
    );
    return rows.map(({ account, room, remote }) => ({ room: { account, id: room }, id: remote }));
  }

  /** Gives up on held events whose target did not come in time. Returns how many. */
  async dropOverdueHeld(tx: Transaction): Promise<number> {
    const rows = await tx.rows(
      `with overdue as (delete from held where until < now() returning inbox)
       update inbox set state = 'ignored', note = 'what it is about never came'
         from overdue where inbox.id = overdue.inbox returning 1`,
    );
    return rows.length;
  }

  async moveCursor(tx: Transaction, room: RoomRef, to: Cursor, activity: 'some' | 'none'): Promise<void> {
    await tx.rows(
      `update rooms set cursor = $3, read_at = now(), state = 'open', reason = null,
              activity_at = case when $4 = 'some' then now() else activity_at end
        where account = $1 and room = $2`,
      [room.account, room.id, to, activity],
    );
  }

  /** Writes the whole plan. `rows` are the payloads that are new to the inbox. */
  async apply(tx: Transaction, plan: Plan, rows: readonly InboxRow[]): Promise<void> {
    await this.#storeInbox(tx, plan.inbox, rows);
    if (plan.messages.length > 0) {
      await tx.rows(
        `insert into messages (id, link, account, author, sent_at)
         select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[])`,
        columns(plan.messages, ['id', 'link', 'account', 'author', 'sentAt']),
      );
    }
    if (plan.copies.length > 0) {
      await tx.rows(
        `insert into copies (account, room, remote, message, portal, part, delivery)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::smallint[], $7::bigint[])
         on conflict do nothing`,
        columns(plan.copies, ['account', 'room', 'remote', 'message', 'portal', 'part', 'delivery']),
      );
    }
    if (plan.versions.length > 0) await this.#setVersions(tx, plan.versions);
    if (plan.reactions.length > 0) await this.#setReactions(tx, plan.reactions);
    if (plan.held.length > 0) await this.#hold(tx, plan.held);
    for (const { delivery, change } of plan.parked) await this.#changeParked(tx, delivery, change);
    const deletions = [];
    for (const cleared of plan.cleared) deletions.push(...(await this.#clear(tx, cleared)));
    const deliveries = [...deletions, ...plan.deliveries];
    if (deliveries.length > 0) await this.#enqueue(tx, deliveries);
  }

  async #storeInbox(tx: Transaction, verdicts: readonly InboxVerdict[], rows: readonly InboxRow[]): Promise<void> {
    const byId = new Map(verdicts.map((verdict) => [verdict.inbox, verdict]));
    const fresh = rows.flatMap((row) => {
      const verdict = byId.get(row.id);
      byId.delete(row.id);
      if (verdict === undefined) return [];
      const body = verdict.state === 'unlinked' ? null : Buffer.from(row.body);
      return [{ ...row, body, state: verdict.state, note: verdict.note, message: verdict.message }];
    });
    if (fresh.length > 0) {
      const stored = await tx.rows(
        `insert into inbox (id, account, key, body, state, note, message)
         select id, account, key, case when exists (select 1 from messages where id = new.message and deleted_at is not null)
                                       then null else body end, state, note, message
           from unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::bigint[])
             as new (id, account, key, body, state, note, message)
         on conflict (account, key) do nothing returning 1`,
        columns(fresh, ['id', 'account', 'key', 'body', 'state', 'note', 'message']),
      );
      if (stored.length < fresh.length) throw new RacedForInbox('the same payload was stored by another transaction');
    }
    const again = [...byId.values()];
    if (again.length > 0) {
      await tx.rows(
        `update inbox set state = news.state, note = news.note, message = coalesce(news.message, inbox.message)
           from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) as news (id, state, note, message)
          where inbox.id = news.id`,
        columns(again, ['inbox', 'state', 'note', 'message']),
      );
    }
  }

  /** A deleted message's payloads are emptied at once. */
  async #setVersions(tx: Transaction, versions: Plan['versions']): Promise<void> {
    for (const { message, version, deleted } of versions) {
      await tx.rows(
        `update messages set version = greatest(version, $2::numeric),
                deleted_at = case when $3 then coalesce(deleted_at, now()) else deleted_at end
          where id = $1`,
        [message, version.toString(), deleted],
      );
      if (deleted) await tx.rows(`update inbox set body = null where message = $1`, [message]);
    }
  }

  async #setReactions(tx: Transaction, reactions: Plan['reactions']): Promise<void> {
    for (const { message, emoji, account, person, state, version, remote } of reactions) {
      await tx.rows(
        `insert into reactions (message, emoji, account, person, state, version, remote)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (message, emoji, account, person)
         do update set state = excluded.state, version = excluded.version, remote = coalesce(excluded.remote, reactions.remote)
          where reactions.version < excluded.version`,
        [message, emoji, account, person, state, version.toString(), remote],
      );
    }
  }

  async #hold(tx: Transaction, held: Plan['held']): Promise<void> {
    await tx.rows(
      `insert into held (account, room, remote, inbox, event, happened_at, until)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[], $7::timestamptz[])`,
      columns(
        held.map((row) => ({ ...row, event: JSON.stringify(row.event), happenedAt: new Date(row.event.at) })),
        ['account', 'room', 'remote', 'inbox', 'event', 'happenedAt', 'until'],
      ),
    );
  }

  async #changeParked(tx: Transaction, delivery: RowId, change: Plan['parked'][number]['change']): Promise<void> {
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
      JSON.stringify({ ...parked, body: change.event.body, style: change.event.style }),
    ]);
  }

  /** What a room no longer shows is forgotten, and deleted where else it stands. */
  async #clear(tx: Transaction, { portal, inbox, lanes, by }: Plan['cleared'][number]): Promise<Plan['deliveries']> {
    const gone = await tx.rows<{ message: RowId; remote: RemoteId }>(
      `with gone as (update messages set deleted_at = now() from copies
                      where copies.portal = $1 and copies.delivery is null and copies.part = 0
                        and messages.id = copies.message and messages.deleted_at is null
                     returning messages.id as message, copies.remote),
            emptied as (update inbox set body = null from gone where inbox.message = gone.message)
       select message, remote from gone order by message`,
      [portal],
    );
    return gone.flatMap(({ message, remote }) =>
      lanes.map((lane) => ({
        uuid: this.newDeliveryId(),
        lane,
        message,
        inbox,
        event: { ...by, kind: 'messageDeleted' as const, message: { room: by.room, id: remote }, version: '0' },
      })),
    );
  }

  /** Numbers the deliveries at the ends of their lanes. */
  async #enqueue(tx: Transaction, deliveries: Plan['deliveries']): Promise<void> {
    const lanes = [...new Set(deliveries.map(({ lane }) => lane))];
    const counts = lanes.map((lane) => deliveries.filter((delivery) => delivery.lane === lane).length);
    const firsts = await tx.rows<{ portal: RowId; first: string }>(
      `update lanes set next_seq = next_seq + asked.count, due_at = coalesce(due_at, now())
         from unnest($1::bigint[], $2::bigint[]) as asked (lane, count)
        where lanes.portal = asked.lane
       returning lanes.portal, lanes.next_seq - asked.count as first`,
      [lanes, counts],
    );
    const next = new Map(firsts.map(({ portal, first }) => [portal, BigInt(first)]));
    const rows = deliveries.map((delivery) => {
      const seq = next.get(delivery.lane) ?? 0n;
      next.set(delivery.lane, seq + 1n);
      return { ...delivery, seq: seq.toString(), kind: delivery.event.kind, event: JSON.stringify(delivery.event) };
    });
    await tx.rows(
      `insert into deliveries (uuid, lane, seq, message, inbox, kind, event)
       select * from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])`,
      columns(rows, ['uuid', 'lane', 'seq', 'message', 'inbox', 'kind', 'event']),
    );
  }
}

interface WiringRow {
  readonly account: AccountId;
  readonly room: RoomId;
  readonly own: RowId;
  readonly own_direction: PortalWiring['direction'];
  readonly link: RowId;
  readonly linked_at: Date;
  readonly options: LinkOptions;
  readonly portal: RowId | null;
  readonly other_account: AccountId | null;
  readonly direction: PortalWiring['direction'] | null;
}

interface CopyRow {
  readonly account: AccountId;
  readonly room: RoomId;
  readonly remote: RemoteId;
  readonly message: RowId;
  readonly portal: RowId;
  readonly part: number;
  readonly version: string;
  readonly deleted: boolean;
}

interface ReactionRow {
  readonly message: RowId;
  readonly emoji: string;
  readonly account: AccountId;
  readonly person: string;
  readonly state: 'added' | 'removed';
  readonly version: string;
  readonly remote: RemoteId | null;
}

interface DeliveryRow {
  readonly uuid: DeliveryId;
  readonly id: RowId;
  readonly message: RowId | null;
  readonly state: string;
  readonly portal: RowId;
  readonly account: AccountId;
  readonly room: RoomId;
  readonly part: number | null;
  readonly remote: RemoteId | null;
}

/** The rows turned on their side: one array for each column, as `unnest` takes them. */
function columns<Row>(rows: readonly Row[], names: readonly (keyof Row)[]): unknown[][] {
  return names.map((name) => rows.map((row) => row[name]));
}
