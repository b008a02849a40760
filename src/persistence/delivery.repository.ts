import type { BridgeEvent } from '../model/bridge-event.js';
import type { AccountId, DeliveryId, MessageRef, RemoteId, RoomId } from '../model/ids.js';
import type { Copy } from '../model/network-adapter.js';
import type { RowId } from '../model/routing.js';
import type { Database, Fence } from './database.js';

export interface Lane {
  /** The portal that it leads to. */
  readonly id: RowId;
  readonly account: AccountId;
  readonly room: RoomId;
  readonly shard: number;
}

export interface WaitingDelivery {
  readonly id: RowId;
  readonly uuid: DeliveryId;
  readonly message: RowId | null;
  readonly event: BridgeEvent;
  readonly attempts: number;
  /** Parts that are known to exist, from an earlier attempt or from the echo. */
  readonly made: readonly Copy[];
  /** Set when an earlier attempt may have made it: nothing was attempted before `since`, a look is conclusive from `settledAt`. */
  readonly uncertain: { readonly since: Date; readonly settledAt: Date } | null;
}

/** What became of one attempt, as it is written down. */
export type DeliveryResult = {
  readonly delivery: WaitingDelivery;
  readonly made: readonly Copy[];
  readonly hash: Buffer | null;
} & (
  | { readonly state: 'delivered' }
  | { readonly state: 'skipped' | 'parked'; readonly reason: string }
  | {
      readonly state: 'waiting';
      readonly reason: string;
      readonly attempts: number;
      readonly againAt: Date;
      readonly uncertain: WaitingDelivery['uncertain'];
    }
);

/** A copy with what it shows. */
export interface ShownCopy extends Copy {
  readonly hash: Buffer | null;
}

/** The statements of the second of the two commits, and what a lane reads before it sends. */
export class DeliveryRepository {
  constructor(private readonly database: Database) {}

  /** The lanes of these shards whose first delivery is due. */
  async dueLanes(shards: readonly number[]): Promise<Lane[]> {
    return this.database.rows<Lane>(
      `select l.portal as id, l.account, p.room, l.shard
         from lanes l join portals p on p.id = l.portal join links k on k.id = p.link
        where l.shard = any($1) and l.due_at <= now() and p.room is not null and p.removed_at is null and k.state = 'active'
        order by l.due_at`,
      [shards],
    );
  }

  async lanes(ids: readonly RowId[]): Promise<Lane[]> {
    return this.database.rows<Lane>(
      `select l.portal as id, l.account, p.room, l.shard
         from lanes l join portals p on p.id = l.portal join links k on k.id = p.link
        where l.portal = any($1) and p.room is not null and p.removed_at is null and k.state = 'active'`,
      [ids],
    );
  }

  /** The first deliveries of a lane, in order, up to one that has to wait. */
  async due(lane: RowId, limit: number): Promise<WaitingDelivery[]> {
    const rows = await this.database.rows<WaitingRow>(
      `select d.id, d.uuid, d.message, d.event, d.attempts, d.uncertain_since, d.settled_at,
              coalesce(d.again_at > now(), false) as later,
              coalesce((select json_agg(json_build_object('part', c.part, 'id', c.remote) order by c.part)
                          from copies c where c.delivery = d.id), '[]'::json) as made
         from deliveries d where d.lane = $1 and d.state = 'waiting' order by d.seq limit $2`,
      [lane, limit],
    );
    const end = rows.findIndex((row) => row.later);
    return (end < 0 ? rows : rows.slice(0, end)).map((row) => ({
      id: row.id,
      uuid: row.uuid,
      message: row.message,
      event: JSON.parse(row.event) as BridgeEvent,
      attempts: row.attempts,
      made: row.made,
      uncertain:
        row.uncertain_since === null || row.settled_at === null
          ? null
          : { since: row.uncertain_since, settledAt: row.settled_at },
    }));
  }

  /** The copies, in one lane's room, of a message known by its row. */
  async copiesOf(message: RowId, lane: RowId): Promise<ShownCopy[]> {
    return this.database.rows<ShownCopy>(
      `select part, remote as id, hash from copies where message = $1 and portal = $2 order by part`,
      [message, lane],
    );
  }

  /** The copies, in one lane's room, of a message known by one of its copies elsewhere. */
  async copiesOfRef(ref: MessageRef, lane: RowId): Promise<ShownCopy[]> {
    return this.database.rows<ShownCopy>(
      `select there.part, there.remote as id, there.hash
         from copies here join copies there on there.message = here.message and there.portal = $4
        where here.account = $1 and here.room = $2 and here.remote = $3 order by there.part`,
      [ref.room.account, ref.room.id, ref.id, lane],
    );
  }

  /** Writes down what was done, if the lane's shard is still ours. Throws ShardLost else. */
  async commit(lane: Lane, fence: Fence, results: readonly DeliveryResult[]): Promise<void> {
    const failing = results.findLast((result) => result.state === 'waiting');
    await this.database.transaction(async (tx) => {
      await tx.fence(fence);
      // Before the copies: routing locks in the same order.
      await tx.rows(`select 1 from lanes where portal = $1 for no key update`, [lane.id]);
      const copies = results.flatMap((result) =>
        result.delivery.event.kind === 'messageSent' && result.delivery.message !== null
          ? result.made.map((copy) => ({ ...copy, hash: result.hash, delivery: result.delivery }))
          : [],
      );
      if (copies.length > 0) {
        // Where the echo of an earlier attempt told of another copy, that one stays: the echo of this one withdraws it.
        await tx.rows(
          `insert into copies (account, room, remote, message, portal, part, delivery, hash)
           select $1, $2, made.remote, made.message, $3, made.part, made.delivery, made.hash
             from unnest($4::text[], $5::bigint[], $6::smallint[], $7::bigint[], $8::bytea[]) as made (remote, message, part, delivery, hash)
            where not exists (select 1 from copies first
                               where first.delivery = made.delivery and first.part = made.part and first.remote <> made.remote)
           on conflict (account, room, remote) do update set hash = excluded.hash`,
          [
            lane.account,
            lane.room,
            lane.id,
            copies.map(({ id }) => id),
            copies.map(({ delivery }) => delivery.message),
            copies.map(({ part }) => part),
            copies.map(({ delivery }) => delivery.id),
            copies.map(({ hash }) => hash),
          ],
        );
      }
      for (const result of results) {
        // Without a hash it was found made by a look: what the room shows now is not what the old hash says.
        if (result.delivery.event.kind === 'messageEdited' && result.state === 'delivered') {
          await tx.rows(`update copies set hash = $3 where message = $1 and portal = $2`, [
            result.delivery.message,
            lane.id,
            result.hash,
          ]);
        }
      }
      await tx.rows(
        `update deliveries set state = news.state, reason = news.reason, attempts = news.attempts, again_at = news.again_at,
                uncertain_since = news.uncertain_since, settled_at = news.settled_at,
                event = case when news.state in ('delivered', 'skipped') then null else event end,
                finished_at = case when news.state = 'waiting' then null else now() end
           from unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[])
             as news (id, state, reason, attempts, again_at, uncertain_since, settled_at)
          where deliveries.id = news.id`,
        [
          results.map(({ delivery }) => delivery.id),
          results.map(({ state }) => state),
          results.map((result) => ('reason' in result ? result.reason : null)),
          results.map((result) => (result.state === 'waiting' ? result.attempts : result.delivery.attempts)),
          results.map((result) => (result.state === 'waiting' ? result.againAt : null)),
          results.map((result) => (result.state === 'waiting' ? (result.uncertain?.since ?? null) : null)),
          results.map((result) => (result.state === 'waiting' ? (result.uncertain?.settledAt ?? null) : null)),
        ],
      );
      await tx.rows(
        `update lanes set committed_at = now(), reason = $2,
                failing_since = case when $2::text is null then null else coalesce(failing_since, now()) end,
                due_at = (select coalesce(again_at, now()) from deliveries
                           where lane = $1 and state = 'waiting' order by seq limit 1)
          where portal = $1`,
        [lane.id, failing !== undefined && 'reason' in failing ? failing.reason : null],
      );
    });
  }

  /** Puts a parked delivery at its lane's end. Returns the lane, or undefined when no such delivery is parked. */
  async retry(uuid: DeliveryId): Promise<RowId | undefined> {
    return this.database.transaction(async (tx) => {
      const [parked] = await tx.rows<{ lane: RowId }>(
        `select lane from deliveries where uuid = $1::uuid and state = 'parked'`,
        [uuid],
      );
      if (parked === undefined) return undefined;
      const [place] = await tx.rows<{ seq: string }>(
        `update lanes set next_seq = next_seq + 1, due_at = coalesce(due_at, now()) where portal = $1
         returning next_seq - 1 as seq`,
        [parked.lane],
      );
      await tx.rows(
        `update deliveries set state = 'waiting', seq = $2, attempts = 0, reason = null, again_at = null, finished_at = null
          where uuid = $1::uuid and state = 'parked'`,
        [uuid, place?.seq],
      );
      return parked.lane;
    });
  }

  /** The ids of all parked deliveries, oldest first. */
  async parked(): Promise<DeliveryId[]> {
    const rows = await this.database.rows<{ uuid: DeliveryId }>(
      `select uuid from deliveries where state = 'parked' order by id`,
    );
    return rows.map(({ uuid }) => uuid);
  }
}

interface WaitingRow {
  readonly id: RowId;
  readonly uuid: DeliveryId;
  readonly message: RowId | null;
  readonly event: string;
  readonly attempts: number;
  readonly uncertain_since: Date | null;
  readonly settled_at: Date | null;
  readonly later: boolean;
  readonly made: { readonly part: number; readonly id: RemoteId }[];
}
