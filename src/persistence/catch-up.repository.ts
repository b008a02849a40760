import type { AccountId, InboxKey, RoomId } from '../model/ids.js';
import type { RowId } from '../model/routing.js';
import type { Database } from './database.js';

/** A room of a resumed link: what was said there since `from` is to be taken in. */
export interface MissedRoom {
  readonly portal: RowId;
  readonly account: AccountId;
  readonly room: RoomId;
  readonly from: Date;
  /** Tells one wish to catch up from the next one. */
  readonly askedAt: string;
}

/** Which rooms catch up with what they missed while their links were paused. */
export class CatchUpRepository {
  constructor(private readonly database: Database) {}

  async missed(account: AccountId): Promise<MissedRoom[]> {
    return this.database.rows<MissedRoom>(
      `select p.id as portal, p.account, p.room, p.catch_up_from as "from", p.catch_up_asked_at::text as "askedAt"
         from portals p join links l on l.id = p.link
        where p.account = $1 and p.catch_up_asked_at is not null and p.room is not null and p.removed_at is null
          and l.state = 'active' order by p.id`,
      [account],
    );
  }

  /** Whether it is still wished for: the link was not paused again, nor its room taken out. */
  async stillWanted({ portal, askedAt }: MissedRoom): Promise<boolean> {
    const rows = await this.database.rows(
      `select 1 from portals p join links l on l.id = p.link
        where p.id = $1 and p.catch_up_asked_at = $2::timestamptz and p.removed_at is null and l.state = 'active'`,
      [portal, askedAt],
    );
    return rows.length > 0;
  }

  /** Payloads that came while the link was paused were known as those of a room that is not linked: they count as new. */
  async forget({ account, from }: MissedRoom, keys: readonly InboxKey[]): Promise<void> {
    await this.database.rows(
      `delete from inbox where account = $1 and key = any($2) and state = 'unlinked' and received_at >= $3`,
      [account, keys, from],
    );
  }

  async problem({ portal }: MissedRoom, problem: string): Promise<void> {
    await this.database.rows(`update portals set problem = $2 where id = $1`, [portal, problem]);
  }

  async done({ portal, askedAt }: MissedRoom): Promise<void> {
    await this.database.rows(
      `update portals set catch_up_asked_at = null, problem = null
        where id = $1 and catch_up_asked_at = $2::timestamptz`,
      [portal, askedAt],
    );
  }
}
