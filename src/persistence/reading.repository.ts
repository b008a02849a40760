import type { MessageRef, RemoteId, RoomRef } from '../model/ids.js';
import type { Database } from './database.js';

/** How many messages, of all links, may lie between the one that was read and the one that stands for it elsewhere. */
const within = 1000;

/** How far somebody who has read one room has read another one. */
export class ReadingRepository {
  constructor(private readonly database: Database) {}

  /**
   * The latest message of the other room that is not later than this one; undefined where that is not known. Of its parts those count that
   * were said with its first one: a correction, a count of votes or a file that was added stands below what others said meanwhile.
   */
  async reached({ room, id }: MessageRef, other: RoomRef): Promise<RemoteId | undefined> {
    const [row] = await this.database.rows<{ remote: RemoteId }>(
      `with read as (
         select message from copies where account = $1 and room = $2 and remote = $3
         union all
         select message from reactions where account = $1 and remote = $3
         limit 1)
       select c.remote
         from read
         join portals p on p.account = $4 and p.room = $5 and p.removed_at is null
         join copies c on c.portal = p.id and c.message between read.message - $6 and read.message
        where c.part = 0 or exists (select 1 from copies first
          where first.message = c.message and first.portal = p.id and first.part = 0 and first.delivery = c.delivery)
        order by c.message desc, c.part desc limit 1`,
      [room.account, room.id, id, other.account, other.id, within],
    );
    return row?.remote;
  }
}
