import type { Repository } from 'typeorm';
import type { AccountStore } from '../model/account-store.js';
import type { AccountId } from '../model/ids.js';
import type { Database } from './database.js';
import { AccountStoreRow } from './entities/account-store.row.js';
import { type SecretBox, SecretUnreadable } from './secret-box.js';

/** Keeps what adapters remember, each account's entries apart from the others'. */
export class AccountStoreRepository {
  constructor(
    private readonly database: Database,
    private readonly box: SecretBox,
  ) {}

  of(account: AccountId): AccountStore {
    const entries = this.database.source.getRepository(AccountStoreRow);
    return {
      get: async (key) => {
        const row = await entries.findOneBy({ account, key });
        return row === null ? undefined : this.#read(row);
      },
      put: async (key, value, options) => {
        await entries.upsert(this.#row(account, key, value, options), ['account', 'key']);
      },
      delete: async (key) => {
        await entries.delete({ account, key });
      },
      replace: async (key, was, value, options) => {
        const row = await entries.findOneBy({ account, key });
        const is = row === null ? undefined : this.#read(row);
        if (JSON.stringify(is) !== JSON.stringify(was)) return 'changed';
        const next = value === undefined ? undefined : this.#row(account, key, value, options);
        return (await replaced(entries, row, next)) ? 'replaced' : 'changed';
      },
      list: async (prefix) => {
        const rows = await entries
          .createQueryBuilder('entry')
          .where('entry.account = :account and starts_with(entry.key, :prefix)', { account, prefix })
          .orderBy('entry.key')
          .getMany();
        return rows.map((row) => ({ key: row.key, value: this.#read(row) }));
      },
    };
  }

  #row(account: AccountId, key: string, value: unknown, options?: { readonly secret?: boolean }): AccountStoreRow {
    const json = JSON.stringify(value);
    if (options?.secret !== true) return { account, key, value: json, keyId: null };
    return { account, key, value: this.box.seal(json, identity(account, key)), keyId: this.box.keyId };
  }

  #read(row: AccountStoreRow): unknown {
    if (row.keyId === null) return JSON.parse(row.value);
    if (row.keyId !== this.box.keyId) {
      throw new SecretUnreadable(
        `${identity(row.account, row.key)} was encrypted with the secret key ${row.keyId}, the one in use is ${this.box.keyId}`,
      );
    }
    return JSON.parse(this.box.open(row.value, identity(row.account, row.key)));
  }
}

/** Whether the row was still as it was read. A secret that is written anew is another text, whatever it says. */
async function replaced(
  entries: Repository<AccountStoreRow>,
  was: AccountStoreRow | null,
  next: AccountStoreRow | undefined,
): Promise<boolean> {
  if (was === null) {
    if (next === undefined) return true;
    const inserted = await entries.createQueryBuilder().insert().values(next).orIgnore().returning('key').execute();
    return (inserted.raw as readonly unknown[]).length === 1;
  }
  const same = { account: was.account, key: was.key, value: was.value };
  const { affected } = next === undefined ? await entries.delete(same) : await entries.update(same, next);
  return affected === 1;
}

function identity(account: string, key: string): string {
  return `account_store/${account}/${key}`;
}
