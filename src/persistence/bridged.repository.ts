import type { BridgedMessage } from '../model/bridged-message.js';
import type { RemoteId, RoomRef, UserId } from '../model/ids.js';
import { firstToldPart } from '../model/told-reactions.js';
import type { Database } from './database.js';

/** What the bridge knows of the messages in a room. */
export class BridgedRepository {
  constructor(private readonly database: Database) {}

  /** Those whose ids are not below `from` as texts are ordered, by their highest ids; `limit` parts at most. None that was deleted, and nothing that tells of reactions. */
  async in({ account, id }: RoomRef, from: RemoteId, limit: number): Promise<readonly BridgedMessage[]> {
    const rows = await this.database.rows<BridgedRow>(
      `select json_agg(c.remote order by c.part) as parts,
              case when bool_or(c.delivery is null) then m.author end as author, m.version,
              (select coalesce(json_agg(json_build_object('emoji', r.emoji, 'person', r.person)), '[]')
                 from reactions r where r.message = m.id and r.account = $1 and r.state = 'added') as reactions
         from (select message, remote, part, delivery from copies
                where account = $1 and room = $2 and remote >= $3 and part < $5 order by remote desc limit $4) c
         join messages m on m.id = c.message
        where m.deleted_at is null
        group by m.id order by max(c.remote) desc`,
      [account, id, from, limit, firstToldPart],
    );
    return rows.map(({ author, ...row }) => ({ ...row, ...(author === null ? {} : { author }) }));
  }
}

interface BridgedRow {
  readonly parts: readonly RemoteId[];
  readonly author: UserId | null;
  readonly version: string;
  readonly reactions: BridgedMessage['reactions'];
}
