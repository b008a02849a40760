import type { ReadUpTo } from '../model/bridge-event.js';
import type { RemoteId, RoomRef } from '../model/ids.js';
import type { Reached } from '../model/reading.js';
import type { Database } from './database.js';

/** How many messages, of all links, or copies of the room that was read, may lie between the one that was read and the one that stands for it elsewhere. */
const within = 1000;

/** How far somebody who has read one room has read another one. */
export class ReadingRepository {
  constructor(private readonly database: Database) {}

  /**
   * The latest message of the other room that is not later than this one; undefined where that is not known. Of its parts those count that
   * were said with its first one: a correction, a count of votes or a file that was added stands below what others said meanwhile.
   */
  async reached({ message, ids }: Pick<ReadUpTo, 'message' | 'ids'>, other: RoomRef): Promise<Reached | undefined> {
    const { room, id } = message;
    const [row] = await this.database.rows<{ message: RemoteId; place: string; read: string }>(
      `with exact as (
         select message from copies where account = $1 and room = $2 and remote = $3
         union all
         select message from reactions where account = $1 and remote = $3
         limit 1),
       before as (
         select message from (
           select c.message, c.remote from portals p join copies c on c.portal = p.id
            where p.account = $1 and p.room = $2 and p.removed_at is null
            order by c.message desc limit $6) latest
          where case when remote ~ '^[0-9]{1,18}$' then remote::bigint <= $7 end
          order by message desc limit 1),
       read as (
         select message from exact
         union all
         select message from before where $7 is not null and not exists (select 1 from exact))
       select c.remote as message, c.message as place, read.message as read
         from read
         join portals p on p.account = $4 and p.room = $5 and p.removed_at is null
         join copies c on c.portal = p.id and c.message between read.message - $6 and read.message
        where c.part = 0 or exists (select 1 from copies first
          where first.message = c.message and first.portal = p.id and first.part = 0 and first.delivery = c.delivery)
        order by c.message desc, c.part desc limit 1`,
      [room.account, room.id, id, other.account, other.id, within, ids === 'ascending' ? id : null],
    );
    return row === undefined ? undefined : { message: row.message, place: BigInt(row.place), read: BigInt(row.read) };
  }
}
