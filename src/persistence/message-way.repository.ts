import type { AccountId, DeliveryId, RemoteId, RoomId } from '../model/ids.js';
import type { RowId } from '../model/routing.js';
import type { Database } from './database.js';

/** How something went from one room to the others, without what was said. Times are ISO 8601. */
export interface MessageWay {
  readonly link: string | null;
  /** Null where it is about no message, or about one that was forgotten. */
  readonly message: { readonly sentAt: string; readonly deletedAt: string | null } | null;
  /** What came in about it, the oldest first. */
  readonly inbox: readonly {
    readonly id: RowId;
    readonly account: AccountId;
    readonly state: 'routed' | 'ignored' | 'held' | 'malformed' | 'unlinked';
    readonly receivedAt: string;
  }[];
  /** What was to be done about it elsewhere, the oldest first. */
  readonly deliveries: readonly {
    readonly delivery: DeliveryId;
    readonly account: AccountId;
    readonly room: RoomId | null;
    readonly kind: string;
    readonly state: 'waiting' | 'delivered' | 'skipped' | 'parked';
    readonly reason: string | null;
    readonly attempts: number;
    readonly storedAt: string;
    readonly againAt: string | null;
    readonly finishedAt: string | null;
  }[];
  /** Where it is to be seen; the origin has no delivery. */
  readonly copies: readonly {
    readonly account: AccountId;
    readonly room: RoomId;
    readonly id: RemoteId;
    readonly part: number;
    readonly delivery: DeliveryId | null;
    readonly madeAt: string;
  }[];
}

/** Of a message that was edited or reacted to without end, the first ones are enough. */
const most = 500;

const inboxOf = (condition: string): string =>
  `(select coalesce(json_agg(json_build_object('id', i.id::text, 'account', i.account, 'state', i.state, 'receivedAt', i.received_at)
           order by i.id), '[]') from (select * from inbox where ${condition} order by id limit ${String(most)}) i)`;
const deliveriesOf = (condition: string): string =>
  `(select coalesce(json_agg(json_build_object('delivery', d.uuid, 'account', p.account, 'room', p.room, 'kind', d.kind,
           'state', d.state, 'reason', d.reason, 'attempts', d.attempts, 'storedAt', d.created_at, 'againAt', d.again_at,
           'finishedAt', d.finished_at) order by d.id), '[]')
      from (select * from deliveries where ${condition} order by id limit ${String(most)}) d join portals p on p.id = d.lane)`;

/** Answers what became of one message. */
export class MessageWayRepository {
  constructor(private readonly database: Database) {}

  /** By a message's id on its network; several, where rooms use the same ids. */
  async ofRemote(remote: string): Promise<MessageWay[]> {
    const rows = await this.database.rows<{ message: RowId }>(
      `select distinct c.message from (select distinct account, room from portals where room is not null) p
         join copies c on c.account = p.account and c.room = p.room and c.remote = $1 order by c.message limit 20`,
      [remote],
    );
    return this.#ways(rows.map(({ message }) => message));
  }

  /** By one of its deliveries; also of an event that is about no message. */
  async ofDelivery(delivery: DeliveryId): Promise<MessageWay[]> {
    const [row] = await this.database.rows<{ message: RowId | null }>(
      `select message from deliveries where uuid = $1::uuid`,
      [delivery],
    );
    if (row === undefined) return [];
    if (row.message !== null) return this.#ways([row.message]);
    return this.#rows(
      `select (select l.key from portals p join links l on l.id = p.link where p.id = d.lane) as link, null as message,
              ${inboxOf('inbox.id = d.inbox')} as inbox,
              ${deliveriesOf('deliveries.uuid = d.uuid or (deliveries.inbox = d.inbox and deliveries.id between d.id - 1000 and d.id + 1000)')} as deliveries,
              '[]'::json as copies
         from deliveries d where d.uuid = $1::uuid`,
      [delivery],
    );
  }

  async #ways(messages: readonly RowId[]): Promise<MessageWay[]> {
    return this.#rows(
      `select (select l.key from links l where l.id = m.link) as link,
              json_build_object('sentAt', m.sent_at, 'deletedAt', m.deleted_at) as message,
              ${inboxOf('inbox.message = m.id')} as inbox, ${deliveriesOf('deliveries.message = m.id')} as deliveries,
              (select coalesce(json_agg(json_build_object('account', c.account, 'room', c.room, 'id', c.remote, 'part', c.part,
                      'delivery', d.uuid, 'madeAt', c.made_at) order by c.made_at, c.part), '[]')
                 from copies c left join deliveries d on d.id = c.delivery where c.message = m.id) as copies
         from messages m where m.id = any($1) order by m.id desc`,
      [messages],
    );
  }

  #rows(sql: string, parameters: readonly unknown[]): Promise<MessageWay[]> {
    return this.database.rows<MessageWay>(sql, parameters);
  }
}
