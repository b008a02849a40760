import type { AccountId, InboxKey } from '../model/ids.js';
import type { RowId } from '../model/routing.js';
import type { Database } from './database.js';

export interface StoredPayload {
  readonly id: RowId;
  readonly account: AccountId;
  readonly key: InboxKey;
  readonly body: Buffer;
}

export type InboxChoice =
  { readonly id: RowId } | { readonly malformed: true } | { readonly account: AccountId; readonly since: Date };

/** Stored payloads, for those who want them read again. */
export class InboxRepository {
  constructor(private readonly database: Database) {}

  /** In the order in which they came; those that were emptied are left out. */
  async choose(choice: InboxChoice, limit: number): Promise<StoredPayload[]> {
    if ('id' in choice) return this.#rows(`id = $1`, [choice.id], limit);
    if ('malformed' in choice) return this.#rows(`state = 'malformed'`, [], limit);
    return this.#rows(`account = $1 and received_at >= $2`, [choice.account, choice.since], limit);
  }

  #rows(condition: string, parameters: readonly unknown[], limit: number): Promise<StoredPayload[]> {
    return this.database.rows<StoredPayload>(
      `select id, account, key, body from inbox where ${condition} and body is not null order by id limit ${String(limit)}`,
      parameters,
    );
  }
}
