import type { AccountId, NetworkName } from '../model/ids.js';
import { shardOf } from '../model/shard.js';
import type { Database } from './database.js';

/** What is known of each login, for those who look at it. */
export class AccountRepository {
  constructor(private readonly database: Database) {}

  /** Makes the accounts of the settings known, and marks those that are no longer among them. */
  async declare(accounts: readonly { readonly id: AccountId; readonly network: NetworkName }[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.rows(
        `insert into accounts (id, network, shard) select * from unnest($1::text[], $2::text[], $3::smallint[])
         on conflict (id) do update set network = excluded.network,
           state = case when accounts.state = 'removed' then 'connecting' else accounts.state end`,
        [accounts.map(({ id }) => id), accounts.map(({ network }) => network), accounts.map(({ id }) => shardOf(id))],
      );
      await tx.rows(
        `update accounts set state = 'removed', since = now() where state <> 'removed' and not id = any($1)`,
        [accounts.map(({ id }) => id)],
      );
    });
  }

  async opened(account: AccountId, login: string, summary: string): Promise<void> {
    await this.database.rows(
      `update accounts set login = $2, summary = $3, reason = null,
              since = case when state = 'open' then since else now() end, state = 'open' where id = $1`,
      [account, login, summary],
    );
  }

  async closed(account: AccountId, reason: string): Promise<void> {
    await this.database.rows(
      `update accounts set reason = $2, since = case when state = 'closed' then since else now() end, state = 'closed'
        where id = $1`,
      [account, reason],
    );
  }
}
