import type { SpeakerWish } from '../model/capabilities.js';
import type { AccountId, DeliveryId, RoomId } from '../model/ids.js';
import { lentFront } from '../model/lending.js';
import type { LinkOptions } from '../model/link-options.js';
import type { WantedRoom } from '../model/network-adapter.js';
import type { PortalWiring } from '../model/routing.js';
import type { Database } from './database.js';
import { watchColumn } from './room.repository.js';

/** Everything that a person may want to know of a running house. Times are ISO 8601. */
export interface StatusReport {
  readonly replicas: readonly { id: string; host: string; renewedAt: string; shards: number }[];
  readonly accounts: readonly {
    id: AccountId;
    network: string;
    state: string;
    since: string;
    says: string | null;
    /** How many people lend it a login of their own. */
    lent: number;
  }[];
  readonly links: readonly LinkStatus[];
  readonly held: number;
  readonly malformed: number;
  readonly parked: readonly {
    delivery: DeliveryId;
    account: AccountId;
    room: RoomId;
    kind: string;
    reason: string;
    since: string;
  }[];
}

export interface LinkStatus {
  readonly key: string;
  readonly owner: 'settings' | 'database';
  /** `left`: it is in the settings no more, and has no rooms until it is brought back. `ended`: a person ended it. */
  readonly state: 'active' | 'paused' | 'left' | 'ended';
  readonly pausedAt: string | null;
  readonly mirror: LinkOptions;
  readonly portals: readonly PortalStatus[];
}

export interface PortalStatus {
  readonly account: AccountId;
  readonly wanted: WantedRoom;
  /** Null until it was found or made: then `problem` says why. */
  readonly room: RoomId | null;
  readonly direction: PortalWiring['direction'];
  /** Who is to be seen to speak in it. */
  readonly speaker: SpeakerWish;
  readonly problem: string | null;
  /** Set while what was said since then, when the link was paused, is being taken in. */
  readonly catchesUpFrom: string | null;
  /** How the room is watched: as its network says what is new; `push`: it is not asked at all, since its network hands everything over. */
  readonly read: {
    mode: 'bot webhook' | 'signaling' | 'held poll' | 'sweep' | 'push';
    state: 'open' | 'closed';
    reason: string | null;
    readAt: string | null;
  };
  /** Why the room lets us read and not write, for now; null: it lets us write. */
  readonly mute: string | null;
  /** What else is to be known of the room. */
  readonly note: string | null;
  readonly lane: { waiting: number; parked: number; failingSince: string | null; reason: string | null };
}

/** As JSON: the portal p with its room and lane. */
const portal = `json_build_object(
  'account', p.account, 'wanted', p.wanted, 'room', p.room, 'direction', p.direction, 'speaker', p.speaker, 'problem', p.problem,
  'catchesUpFrom', case when p.catch_up_asked_at is null then null else p.catch_up_from end,
  'read', json_build_object(
    'mode', case when r.cursor is null then 'push' else case ${watchColumn}
      when 'webhook' then 'bot webhook' when 'held' then 'held poll' when 'swept' then 'sweep' else r.watch end end,
    'state', coalesce(r.state, 'open'), 'reason', r.reason, 'readAt', r.read_at),
  'mute', s.mute, 'note', s.note,
  'lane', json_build_object(
    'waiting', (select count(*) from deliveries d where d.lane = p.id and d.state = 'waiting'),
    'parked', (select count(*) from deliveries d where d.lane = p.id and d.state = 'parked'),
    'failingSince', n.failing_since, 'reason', n.reason))`;
/** As JSON: the link l with its portals. */
const link = `json_build_object(
  'key', l.key, 'owner', l.owner, 'pausedAt', l.paused_at, 'mirror', l.options,
  'state', case when l.state = 'removed' then 'ended'
                when not exists (select 1 from portals p where p.link = l.id and p.removed_at is null) then 'left' else l.state end,
  'portals', (select coalesce(json_agg(${portal} order by p.id), '[]')
                from portals p left join rooms r on r.account = p.account and r.room = p.room left join lanes n on n.portal = p.id
                left join room_standings s on s.account = p.account and s.room = p.room
               where p.link = l.id and p.removed_at is null))`;

/** The reads behind `crosstalk status`, readiness and the gauges. */
export class StatusRepository {
  constructor(private readonly database: Database) {}

  async report(): Promise<StatusReport> {
    const [row] = await this.database.rows<{ report: StatusReport }>(`
      select json_build_object(
        'replicas', (select coalesce(json_agg(json_build_object('id', r.id, 'host', split_part(r.host, '|', 1), 'renewedAt', r.renewed_at,
            'shards', (select count(*) from shards where owner = r.id)) order by r.started_at), '[]')
          from replicas r where r.renewed_at > now() - interval '1 minute'
             or exists (select 1 from shards where owner = r.id and free_at > now())),
        'accounts', (select coalesce(json_agg(json_build_object('id', a.id, 'network', a.network, 'state', a.state, 'since', a.since,
            'says', coalesce(a.reason, a.summary),
            'lent', (select count(*) from account_store s where s.account = a.id and s.key like '${lentFront}%')) order by a.id), '[]') from accounts a where a.state <> 'removed'),
        'links', (select coalesce(json_agg(${link} order by l.key), '[]') from links l where l.state <> 'removed'),
        'held', (select count(*) from held),
        'malformed', (select count(*) from inbox where state = 'malformed'),
        'parked', (select coalesce(json_agg(json_build_object('delivery', d.uuid, 'account', p.account, 'room', p.room, 'kind', d.kind,
            'reason', d.reason, 'since', d.finished_at) order by d.id), '[]')
          from (select * from deliveries where state = 'parked' order by id limit 1000) d join portals p on p.id = d.lane)
      ) as report`);
    if (row === undefined) throw new Error('the database gave no status');
    return row.report;
  }

  /** The clock that the report's times are of. */
  async now(): Promise<Date> {
    const [row] = await this.database.rows<{ now: Date }>(`select clock_timestamp() as now`);
    if (row === undefined) throw new Error('the database gave no time');
    return row.now;
  }

  /** The links in the order of their names; `all`: also those that were ended. */
  async links(which: 'all' | 'not ended' = 'all'): Promise<LinkStatus[]> {
    const rows = await this.database.rows<{ link: LinkStatus }>(
      `select ${link} as link from links l where $1 = 'all' or l.state <> 'removed' order by l.key`,
      [which],
    );
    return rows.map((row) => row.link);
  }

  /** What has not been taken up yet since the start: rooms that nobody tried, and rooms without a place to read from. */
  async pending(pulled: readonly AccountId[]): Promise<{ rooms: number; cursors: number }> {
    const [row] = await this.database.rows<{ rooms: number; cursors: number }>(
      `select (select count(*)::int from portals p join links l on l.id = p.link join accounts a on a.id = p.account
                where p.removed_at is null and l.state = 'active' and p.room is null and p.problem is null and a.state = 'open') as rooms,
              (select count(*)::int from rooms r join accounts a on a.id = r.account
                 join portals p on p.account = r.account and p.room = r.room and p.removed_at is null
                 join links l on l.id = p.link and l.state = 'active'
                where r.account = any($1) and r.cursor is null and r.state = 'open' and a.state = 'open') as cursors`,
      [pulled],
    );
    return row ?? { rooms: 0, cursors: 0 };
  }

  async counts(): Promise<{ account: AccountId; waiting: number; parked: number }[]> {
    return this.database.rows(
      `select l.account, count(*) filter (where d.state = 'waiting')::int as waiting,
              count(*) filter (where d.state = 'parked')::int as parked
         from deliveries d join lanes l on l.portal = d.lane where d.state in ('waiting', 'parked') group by l.account`,
    );
  }

  async heldCount(): Promise<number> {
    const [row] = await this.database.rows<{ count: number }>(`select count(*)::int as count from held`);
    return row?.count ?? 0;
  }

  /** Lanes that have not got anything through for longer than this, though their account and room are open. */
  async failingLanes(
    longerThanMs: number,
  ): Promise<{ lane: string; account: AccountId; reason: string; since: Date }[]> {
    return this.database.rows(
      `select portal as lane, account, reason, failing_since as since from lanes
        where failing_since < now() - $1 * interval '1 millisecond'
          and not exists (select 1 from accounts where accounts.id = lanes.account and accounts.state = 'closed')
          and not exists (select 1 from portals p join rooms r on r.account = p.account and r.room = p.room
                           where p.id = lanes.portal and r.state = 'closed')`,
      [longerThanMs],
    );
  }
}
