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
        const json = JSON.stringify(value);
        const secret = options?.secret === true;
        await entries.upsert(
          {
            account,
            key,
            value: secret ? this.box.seal(json, identity(account, key)) : json,
            keyId: secret ? this.box.keyId : null,
          },
          ['account', 'key'],
        );
      },
      delete: async (key) => {
        await entries.delete({ account, key });
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

function identity(account: string, key: string): string {
  return `account_store/${account}/${key}`;
}
