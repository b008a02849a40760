import type { Database } from './database.js';

/** Rows that one statement touches at most, so that none takes long. */
const atOnce = 5_000;

/** Empties what is old. Keys stay for ever: they are what keeps a payload from being taken twice. */
export class RetentionRepository {
  constructor(private readonly database: Database) {}

  /** Returns how many payloads were emptied. Those that could not be read are kept until they can be. */
  async emptyPayloads(olderThanDays: number): Promise<number> {
    const rows = await this.database.rows(
      `update inbox set body = null where id in (
         select id from inbox where body is not null and received_at < now() - $1 * interval '1 day'
            and state <> 'malformed' and state <> 'held' limit ${String(atOnce)}) returning 1`,
      [olderThanDays],
    );
    return rows.length;
  }

  /** Returns how many finished deliveries were forgotten. */
  async forgetDeliveries(olderThanDays: number): Promise<number> {
    const rows = await this.database.rows(
      `delete from deliveries where id in (
         select id from deliveries where state in ('delivered', 'skipped')
            and finished_at < now() - $1 * interval '1 day' limit ${String(atOnce)}) returning 1`,
      [olderThanDays],
    );
    return rows.length;
  }

  /** Forgets polls that have been over for so long. Returns how many they were. */
  async forgetPolls(olderThanDays: number): Promise<number> {
    const rows = await this.database.rows(
      `with over as (select message from polls where closed_at < now() - $1 * interval '1 day' limit ${String(atOnce)}),
            votes as (delete from poll_votes using over where poll_votes.message = over.message),
            ballots as (delete from poll_ballots using over where poll_ballots.message = over.message),
            counts as (delete from poll_counts using over where poll_counts.message = over.message),
            casts as (delete from poll_casts using over where poll_casts.message = over.message)
       delete from polls using over where polls.message = over.message returning 1`,
      [olderThanDays],
    );
    return rows.length;
  }
}
