import { firstFilePart } from '../model/file-parts.js';
import { firstToldPart } from '../model/told-reactions.js';
import type { Lane, DeliveryResult, ReactionCopy, ShownCopy, WaitingDelivery } from '../model/delivery.js';
import type { BridgeEvent } from '../model/bridge-event.js';
import type { AccountId, DeliveryId, MessageRef, RemoteId, RoomId, RoomRef, UserId } from '../model/ids.js';
import type { RowId } from '../model/routing.js';
import { Combined } from './combined.js';
import { type Database, type Fence, isDataError, shardLost } from './database.js';
import { cancelIfStale, followParked } from './parked-writes.js';
import { type Done, hasMore, recordDone, storeChange, type Written } from './delivery-writes.js';

/** What became of a parked delivery that was to be tried again. */
export type Retry = { readonly became: 'waiting'; readonly lane: RowId } | { readonly became: 'skipped' | 'notParked' };

/** The statements of the second of the two commits, and what a lane reads before it sends. */
export class DeliveryRepository {
  /** Lanes that ask, or have done something, at the same time share a request. */
  readonly #due: Combined<DueAsk, WaitingDelivery[]>;
  readonly #done: Combined<Done, Written>;

  constructor(private readonly database: Database) {
    this.#due = new Combined(16, (asks) => this.#dueOf(asks), isDataError);
    this.#done = new Combined(64, (done) => recordDone(this.database, done), isDataError);
  }

  /** The lanes of these shards whose first delivery is due. */
  async dueLanes(shards: readonly number[]): Promise<Lane[]> {
    return this.database.rows<Lane>(
      `select l.portal as id, l.account, p.room, l.shard, k.options
         from lanes l join portals p on p.id = l.portal join links k on k.id = p.link
        where l.shard = any($1) and l.due_at <= now() and p.room is not null and p.removed_at is null and k.state = 'active'
        order by l.due_at`,
      [shards],
    );
  }

  async lanes(ids: readonly RowId[]): Promise<Lane[]> {
    return this.database.rows<Lane>(
      `select l.portal as id, l.account, p.room, l.shard, k.options
         from lanes l join portals p on p.id = l.portal join links k on k.id = p.link
        where l.portal = any($1) and p.room is not null and p.removed_at is null and k.state = 'active'`,
      [ids],
    );
  }

  /** The first deliveries of a lane, in order, up to one that has to wait; none where its link was paused or its room taken out. */
  async due(lane: RowId, limit: number): Promise<WaitingDelivery[]> {
    return this.#due.ask({ lane, limit });
  }

  /** The copies, in one lane's room, of a message known by its row. */
  async copiesOf(message: RowId, lane: RowId): Promise<ShownCopy[]> {
    return this.database.rows<ShownCopy>(
      `select part, remote as id, hash, made_at as "madeAt" from copies where message = $1 and portal = $2 order by part`,
      [message, lane],
    );
  }

  /** The copies, in one lane's room, of a message known by one of its copies elsewhere; of one of several files its own copy first. */
  async copiesOfRef(ref: MessageRef, lane: RowId): Promise<ShownCopy[]> {
    return this.database.rows<ShownCopy>(
      `select there.part, there.remote as id, there.hash, there.made_at as "madeAt"
         from copies here join copies there on there.message = here.message and there.portal = $4
        where here.account = $1 and here.room = $2 and here.remote = $3
        order by (here.part >= $5 and there.part = here.part) desc, there.part`,
      [ref.room.account, ref.room.id, ref.id, lane, firstFilePart],
    );
  }

  /** The first part of a message, known by one of its copies, in a room of the account of `target`: in that one where it is there. */
  async copyOn(ref: MessageRef, { account, id: room }: RoomRef): Promise<MessageRef | undefined> {
    const [copy] = await this.database.rows<{ room: RoomId; remote: RemoteId }>(
      `select there.room, there.remote
         from copies here join copies there on there.message = here.message and there.account = $4
        where here.account = $1 and here.room = $2 and here.remote = $3
        order by there.room = $5 desc, there.portal, there.part limit 1`,
      [ref.room.account, ref.room.id, ref.id, account, room],
    );
    return copy === undefined ? undefined : { room: { account, id: copy.room }, id: copy.remote };
  }

  /** Whether a message that we know was not deleted. */
  async stands({ room, id }: MessageRef): Promise<boolean> {
    const rows = await this.database.rows(
      `select from copies c join messages m on m.id = c.message
        where c.account = $1 and c.room = $2 and c.remote = $3 and m.deleted_at is null`,
      [room.account, room.id, id],
    );
    return rows.length > 0;
  }

  /** For whom a reaction stands in a lane's room. */
  async reactionCopies(message: RowId, lane: RowId, emoji: string): Promise<ReactionCopy[]> {
    return this.database.rows<ReactionCopy>(
      `select account, person, remote, exists (
                select from copies c where c.message = r.message and c.portal = r.portal and c.remote = r.remote and c.part >= $4
              ) as told
         from reaction_copies r where portal = $1 and message = $2 and emoji = $3`,
      [lane, message, emoji, firstToldPart],
    );
  }

  /** The room of an account that is in the same link as another room. */
  async linkedRoom(room: RoomRef, account: AccountId): Promise<RoomId | undefined> {
    const [row] = await this.database.rows<{ room: RoomId }>(
      `select there.room from portals here
         join portals there on there.link = here.link and there.account = $3 and there.removed_at is null
        where here.account = $1 and here.room = $2 and here.removed_at is null and there.room is not null
        order by there.id limit 1`,
      [room.account, room.id, account],
    );
    return row?.room;
  }

  /** Writes down what was done, if the lane's shard is still ours. Throws ShardLost else. */
  async commit(lane: Lane, fence: Fence, results: readonly DeliveryResult[]): Promise<Exclude<Written, 'nothing'>> {
    const done = { lane, fence, results };
    // Most are new messages: for them one request is the whole transaction.
    if (!results.some(hasMore)) return ofOurs(await this.#done.ask(done), fence);
    return this.database.transaction(async (tx) => {
      const [written = 'nothing'] = await recordDone(tx, [done]);
      const copies = ofOurs(written, fence);
      for (const result of results) await storeChange(tx, lane, result);
      await followParked(tx, lane, results);
      return copies;
    });
  }

  /** Puts a parked delivery at its lane's end, or skips it where what it would show is no longer so. */
  async retry(uuid: DeliveryId): Promise<Retry> {
    return this.database.transaction(async (tx) => {
      await tx.rows(
        `select 1 from lanes where portal = (select lane from deliveries where uuid = $1::uuid) for no key update`,
        [uuid],
      );
      // Read behind the lock: another retry may have put it into the lane meanwhile.
      const [parked] = await tx.rows<{ id: RowId; lane: RowId; message: RowId | null; event: string }>(
        `select id, lane, message, event from deliveries where uuid = $1::uuid and state = 'parked'`,
        [uuid],
      );
      if (parked === undefined) return { became: 'notParked' };
      const event = JSON.parse(parked.event) as BridgeEvent;
      if (await cancelIfStale(tx, parked.id, parked.message, event)) return { became: 'skipped' };
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
      return { became: 'waiting', lane: parked.lane };
    });
  }

  /** The ids of all parked deliveries, oldest first. */
  async parked(): Promise<DeliveryId[]> {
    const rows = await this.database.rows<{ uuid: DeliveryId }>(
      `select uuid from deliveries where state = 'parked' order by id`,
    );
    return rows.map(({ uuid }) => uuid);
  }

  async #dueOf(asks: readonly DueAsk[]): Promise<WaitingDelivery[][]> {
    const lanes = asks.map(({ lane }) => lane);
    const most = Math.max(...asks.map(({ limit }) => limit));
    const rows = await this.database.call<WaitingRow>('due_in_lanes', [lanes, most]);
    const byLane = new Map<RowId, WaitingRow[]>(lanes.map((lane) => [lane, []]));
    for (const row of rows) byLane.get(row.lane)?.push(row);
    return asks.map(({ lane, limit }) => waitingOf((byLane.get(lane) ?? []).slice(0, limit)));
  }
}

function ofOurs(written: Written, fence: Fence): Exclude<Written, 'nothing'> {
  if (written === 'nothing') throw shardLost(fence);
  return written;
}

interface DueAsk {
  readonly lane: RowId;
  readonly limit: number;
}

/** Up to one that has to wait. */
function waitingOf(rows: readonly WaitingRow[]): WaitingDelivery[] {
  const end = rows.findIndex((row) => row.later);
  return (end < 0 ? rows : rows.slice(0, end)).map((row) => ({
    id: row.id,
    uuid: row.uuid,
    message: row.message,
    event: JSON.parse(row.event) as BridgeEvent,
    author: row.account === null || row.author === null ? null : { account: row.account, id: row.author },
    attempts: row.attempts,
    made: row.made,
    uncertain:
      row.uncertain_since === null || row.settled_at === null
        ? null
        : { since: row.uncertain_since, settledAt: row.settled_at },
    readAt: row.read_at,
  }));
}

interface WaitingRow {
  readonly lane: RowId;
  readonly id: RowId;
  readonly uuid: DeliveryId;
  readonly message: RowId | null;
  readonly event: string;
  readonly account: AccountId | null;
  readonly author: UserId | null;
  readonly attempts: number;
  readonly uncertain_since: Date | null;
  readonly settled_at: Date | null;
  readonly later: boolean;
  readonly read_at: Date;
  readonly made: { readonly part: number; readonly id: RemoteId }[];
}
