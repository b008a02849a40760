import type { AccountId, DeliveryId, RoomId } from '../model/ids.js';
import type { RowId } from '../model/routing.js';
import type { Database } from './database.js';

/** Deliveries of one minute, by when they were made and what has become of them by now. */
export interface MinuteCounts {
  readonly minute: Date;
  readonly delivered: number;
  readonly skipped: number;
  readonly parked: number;
  readonly waiting: number;
}

/** How far behind a room is. A time is null where nothing happened lately. */
export interface RoomLag {
  readonly account: AccountId;
  readonly room: RoomId;
  /** From a message's own time in this room to its being stored, in the middle. Networks that count whole seconds round it. */
  readonly readMs: number | null;
  /** From then to its being shown in this room, where it comes from elsewhere, in the middle. */
  readonly deliverMs: number | null;
  /** Since when the first delivery in this room's lane waits. */
  readonly waitingSince: Date | null;
}

export interface RecentActivity {
  readonly minutes: readonly MinuteCounts[];
  /** From an event's being stored to its being shown: of half of the deliveries, and of all but a twentieth. */
  readonly deliveryMs: { readonly half: number | null; readonly most: number | null };
  readonly rooms: readonly RoomLag[];
}

/** A delivery as it may be shown to whoever looks on: without anything that was said. */
export interface DeliverySight {
  readonly id: RowId;
  readonly delivery: DeliveryId;
  readonly kind: string;
  readonly state: 'waiting' | 'delivered' | 'skipped' | 'parked';
  readonly reason: string | null;
  readonly link: string;
  /** Null where it is not known any more; its room, where the account has several in the link. */
  readonly from: { readonly account: AccountId; readonly room: RoomId | null } | null;
  readonly to: { readonly account: AccountId; readonly room: RoomId | null };
  readonly storedAt: Date;
  readonly finishedAt: Date | null;
}

/** Deliveries begin with their time, so that those of the last minutes are found by their own index. */
const recent = `select d.lane, d.inbox, d.message, d.kind, d.state, d.created_at, d.finished_at
                  from deliveries d where d.uuid >= $1::uuid order by d.uuid desc limit $2`;

/** What is going on: read by the operator's page. */
export class ActivityRepository {
  constructor(private readonly database: Database) {}

  /** Of the deliveries since then; of the newest ones, where there are more than `most`. */
  async recent(since: Date, most: number): Promise<RecentActivity> {
    const asked = [firstIdOf(since), most];
    const minutes = await this.database.rows<MinuteCounts>(
      `select date_trunc('minute', created_at) as minute,
              count(*) filter (where state = 'delivered')::int as delivered, count(*) filter (where state = 'skipped')::int as skipped,
              count(*) filter (where state = 'parked')::int as parked, count(*) filter (where state = 'waiting')::int as waiting
         from (${recent}) d group by 1 order by 1`,
      asked,
    );
    const [deliveryMs] = await this.database.rows<RecentActivity['deliveryMs']>(
      `select percentile_disc(0.5) within group (order by took)::float8 as half,
              percentile_disc(0.95) within group (order by took)::float8 as most
         from (select extract(epoch from finished_at - created_at) * 1000 as took from (${recent}) d where state = 'delivered') d`,
      asked,
    );
    const rooms = await this.database.rows<RoomLag>(
      `with recent as materialized (${recent}),
            lanes_of as (select lane, percentile_disc(0.5) within group (order by extract(epoch from finished_at - created_at))::float8 * 1000 as ms
                           from recent where state = 'delivered' group by lane),
            reads as (select c.account, c.room,
                             percentile_disc(0.5) within group (order by greatest(0, extract(epoch from i.received_at - m.sent_at)))::float8 * 1000 as ms
                        from recent r join inbox i on i.id = r.inbox join messages m on m.id = r.message
                        join copies c on c.message = r.message and c.delivery is null and c.account = i.account and c.part = 0
                       where r.kind = 'messageSent' group by c.account, c.room)
       select p.account, p.room, reads.ms as "readMs", lanes_of.ms as "deliverMs",
              case when l.due_at is null then null
                   else (select d.created_at from deliveries d where d.lane = p.id and d.state = 'waiting' order by d.seq limit 1)
              end as "waitingSince"
         from portals p left join lanes l on l.portal = p.id left join lanes_of on lanes_of.lane = p.id
         left join reads on reads.account = p.account and reads.room = p.room
        where p.removed_at is null and p.room is not null order by p.id`,
      asked,
    );
    return { minutes, deliveryMs: deliveryMs ?? { half: null, most: null }, rooms };
  }

  /** The newest deliveries, and those of these ids; in the order in which they came. */
  async sights(newest: number, also: readonly RowId[]): Promise<DeliverySight[]> {
    return this.database.rows<DeliverySight>(
      `select d.id, d.uuid as delivery, d.kind, d.state, d.reason, l.key as link,
              d.created_at as "storedAt", d.finished_at as "finishedAt",
              json_build_object('account', p.account, 'room', p.room) as to,
              case when i.account is null then null else json_build_object('account', i.account, 'room', coalesce(
                (select min(o.room) from portals o where o.link = p.link and o.account = i.account and o.id <> p.id
                    and o.removed_at is null having count(*) = 1),
                (select c.room from copies c where c.message = d.message and c.delivery is null and c.account = i.account limit 1)))
              end as from
         from (select id, uuid, kind, state, reason, lane, inbox, message, created_at, finished_at from deliveries
                where id = any($2) or id in (select id from deliveries order by id desc limit $1)) d
         join portals p on p.id = d.lane join links l on l.id = p.link left join inbox i on i.id = d.inbox
        order by d.id`,
      [newest, also],
    );
  }
}

/** The least UUIDv7 of that millisecond. */
function firstIdOf(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
