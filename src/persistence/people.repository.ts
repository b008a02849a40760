import type { AccountId, UserId } from '../model/ids.js';
import type { Database } from './database.js';

export interface Likeness {
  readonly account: AccountId;
  readonly person: UserId;
  /** What people call the network. */
  readonly label: string;
  /** What the name looks like. */
  readonly skeleton: string;
}

/** What people look like by their names. */
export class PeopleRepository {
  constructor(private readonly database: Database) {}

  /** Remembers what a person looks like now, and says whether somebody else of the network looks the same. */
  async seen({ account, person, label, skeleton }: Likeness): Promise<'alone' | 'alike'> {
    await this.database.rows(
      `insert into people (account, person, label, skeleton) values ($1, $2, $3, $4)
       on conflict (account, person) do update set label = excluded.label, skeleton = excluded.skeleton, seen_at = now()`,
      [account, person, label, skeleton],
    );
    const others = await this.database.rows(
      `select 1 from people where label = $3 and skeleton = $4 and (account, person) <> ($1, $2) limit 1`,
      [account, person, label, skeleton],
    );
    return others.length > 0 ? 'alike' : 'alone';
  }
}
