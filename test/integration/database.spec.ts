import { accountId } from '../../src/model/ids.js';
import { AccountStoreRepository } from '../../src/persistence/account-store.repository.js';
import { Database, isDataError } from '../../src/persistence/database.js';
import { InstallationRepository, OtherSecretKey } from '../../src/persistence/installation.repository.js';
import { programVersion } from '../../src/persistence/migrations.js';
import { SecretBox, SecretUnreadable } from '../../src/persistence/secret-box.js';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { Front } from '../support/front.js';
import { databaseAt } from './house.js';

let fresh: FreshDatabase;
let database: Database;

beforeEach(async () => {
  fresh = await freshDatabase();
  database = databaseAt(fresh.url);
  await database.open();
});

afterEach(async () => {
  await database.close();
  await fresh.drop();
});

describe('the master key', () => {
  it('is the one of the first start, for every replica and every later start', async () => {
    await database.migrate();
    const [first, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)].map((key) => new SecretBox(key).keyId);
    await new InstallationRepository(database, first!).recognise();
    await new InstallationRepository(database, first!).recognise();
    await expect(new InstallationRepository(database, other!).recognise()).rejects.toThrow(OtherSecretKey);
    await new InstallationRepository(database, first!).recognise();
  });
});

describe('migrations', () => {
  it('run by two at once and again change nothing more', async () => {
    await Promise.all([database.migrate(), databaseAt(fresh.url).migrate()]);
    await database.migrate();
    expect(await database.rows(`select version, minimum_program from schema_info`)).toEqual([
      { version: programVersion, minimum_program: 1 },
    ]);
    expect(await database.rows(`select count(*)::int as shards from shards`)).toEqual([{ shards: 64 }]);
  });

  it('tables that need a newer program are refused', async () => {
    await database.migrate();
    await database.rows(`update schema_info set version = 9002, minimum_program = 9001`);
    await expect(database.migrate()).rejects.toThrow(
      `the database was brought to version 9002 and needs a Crosstalk that knows version 9001; this one knows ${String(programVersion)}: run the newer program again`,
    );
  });

  it('tables that are newer and still take this program are worked on', async () => {
    await database.migrate();
    await database.rows(`update schema_info set version = 9001`);
    await database.migrate();
  });
});

describe('Database', () => {
  it('a connection that is left alone by its program ends before anybody takes over: statement, idle transaction, dead socket', async () => {
    const shown = await Promise.all(
      ['statement_timeout', 'idle_in_transaction_session_timeout', 'client_connection_check_interval'].map((name) =>
        database.rows(`show ${name}`),
      ),
    );
    expect(shown.flat()).toEqual([
      { statement_timeout: '8s' },
      { idle_in_transaction_session_timeout: '8s' },
      { client_connection_check_interval: '2s' },
    ]);
  });

  it('gives a connection up that was forgotten on its way, and goes on with another', async () => {
    const way = new Front();
    const address = new URL(fresh.url);
    way.pointTo(Promise.resolve(Number(address.port)));
    address.port = String(await way.listen());
    const far = new Database({ url: address.href, poolSize: 2, statementTimeoutMs: 400 });
    await far.open();
    try {
      const one = async (): Promise<unknown> => (await far.rows<{ one: number }>(`select 1 as one`))[0]?.one;
      expect(await one()).toBe(1);
      way.forget();
      await expect(one()).rejects.toThrow();
      expect(await again(one)).toBe(1);
      const inside = far.transaction(async (tx) => {
        await tx.rows(`select 1`);
        way.forget();
        return tx.rows(`select 2`);
      });
      await expect(inside).rejects.toThrow();
      expect(await again(() => far.transaction((tx) => tx.rows(`select 3 as three`)))).toEqual([{ three: 3 }]);
    } finally {
      await far.close();
      await way.close();
    }
  });

  it('runs a transaction again that lost a race', async () => {
    let runs = 0;
    const result = await database.transaction(async (tx) => {
      runs += 1;
      if (runs === 1) await tx.rows(`do $$ begin raise exception 'raced' using errcode = '40001'; end $$`);
      return runs;
    });
    expect(result).toBe(2);
  });

  it('goes on calling a function that a newer program gives more columns, in transactions too', async () => {
    const make = (columns: string, row: string) =>
      database.rows(`create function told() returns table (${columns}) language sql as $$ select ${row} $$`);
    await make('first integer', '1');
    const inTransaction = () => database.transaction((tx) => tx.call('told', []));
    expect([await database.call('told', []), await inTransaction()]).toEqual([[{ first: 1 }], [{ first: 1 }]]);
    await database.rows(`drop function told`);
    await make('first integer, second boolean', '1, true');
    const row = { first: 1, second: true };
    expect([await inTransaction(), await database.call('told', [])]).toEqual([[row], [row]]);
    await database.rows(`drop function told`);
    await make('first integer', '2');
    expect(await database.call('told', [])).toEqual([{ first: 2 }]);
  });

  it('leaves nothing of a transaction that failed', async () => {
    await database.rows(`create table things (name text)`);
    const failing = database.transaction(async (tx) => {
      await tx.rows(`insert into things values ('one')`);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await database.rows(`select * from things`)).toEqual([]);
  });

  it('knows data that would be refused again from a database in trouble', async () => {
    const refused = await database.rows(`select $1::text`, ['a\u0000b']).catch((error: unknown) => error);
    const missing = await database.rows(`select * from nowhere`).catch((error: unknown) => error);
    expect([isDataError(refused), isDataError(missing), isDataError(new Error('no'))]).toEqual([true, false, false]);
  });
});

describe('AccountStoreRepository', () => {
  const box = new SecretBox(Buffer.alloc(32, 1));
  const store = (account = 'one', key = box) => new AccountStoreRepository(database, key).of(accountId(account));

  beforeEach(() => database.migrate());

  it('gives back what was put, to its own account only', async () => {
    await store().put('guests/2', { cookie: 'b' });
    await store().put('guests/1', ['a']);
    await store().put('other', 1);
    await store('two').put('guests/3', null);
    expect(await store().get('guests/2')).toEqual({ cookie: 'b' });
    expect(await store('two').get('guests/2')).toBeUndefined();
    expect(await store().list('guests/')).toEqual([
      { key: 'guests/1', value: ['a'] },
      { key: 'guests/2', value: { cookie: 'b' } },
    ]);
    await store().delete('guests/2');
    expect(await store().get('guests/2')).toBeUndefined();
  });

  it.each(['in the clear', 'as a secret'])('of many that replace what they read at once, %s, one does', async (how) => {
    const secret = how === 'as a secret';
    const flow = { token: 't' };
    const all = async (was: unknown, value: unknown): Promise<string[]> =>
      (await Promise.all(Array.from({ length: 8 }, () => store().replace('flow', was, value, { secret })))).sort();
    const one = [...Array.from({ length: 7 }, () => 'changed'), 'replaced'];
    expect(await all(undefined, flow)).toEqual(one);
    expect(await all({ token: 'other' }, 1)).toEqual(Array.from({ length: 8 }, () => 'changed'));
    expect(await store().get('flow')).toEqual(flow);
    expect(await all(flow, { ...flow, granted: true })).toEqual(one);
    expect(await all(flow, undefined)).toEqual(Array.from({ length: 8 }, () => 'changed'));
    expect(await all({ ...flow, granted: true }, undefined)).toEqual(one);
    expect(await store().get('flow')).toBeUndefined();
  });

  it('a prefix is no pattern', async () => {
    await store().put('a_b', 1);
    await store().put('axb', 2);
    expect(await store().list('a_')).toEqual([{ key: 'a_b', value: 1 }]);
  });

  it('what begins alike is found by an index, in the order of its bytes, where people’s words are sorted otherwise', async () => {
    const english = await freshDatabase(`template template0 locale_provider icu icu_locale 'en-US' encoding utf8`);
    const there = databaseAt(english.url);
    try {
      await there.open();
      await there.migrate();
      const kept = new AccountStoreRepository(there, box).of(accountId('one'));
      for (const key of ['k/a', 'k/B', 'l']) await kept.put(key, 1);
      expect((await kept.list('k/')).map(({ key }) => key)).toEqual(['k/B', 'k/a']);
      const plan = await there.transaction(async (tx) => {
        await tx.rows('set local enable_seqscan = off');
        return tx.rows(
          `explain select * from account_store where account = 'one' and starts_with(key, 'k/') order by key`,
        );
      });
      expect(JSON.stringify(plan)).toMatch(/Index Cond: [^"]*key >= 'k\//);
    } finally {
      await there.close();
      await english.drop();
    }
  });

  it('a secret is not to be read in the table', async () => {
    await store().put('token', 'xoxb-very-secret', { secret: true });
    const [row] = await database.rows<{ value: string; key_id: string }>(`select value, key_id from account_store`);
    expect(row?.value).not.toContain('secret');
    expect(row?.key_id).toBe(box.keyId);
    expect(await store().get('token')).toBe('xoxb-very-secret');
  });

  it('a secret moved to another row cannot be opened there', async () => {
    await store().put('token', 'xoxb-very-secret', { secret: true });
    await database.rows(`update account_store set account = 'two'`);
    await expect(store('two').get('token')).rejects.toBeInstanceOf(SecretUnreadable);
  });

  it('a secret of another key names both keys', async () => {
    const newer = new SecretBox(Buffer.alloc(32, 2));
    await store().put('token', 'xoxb-very-secret', { secret: true });
    await expect(store('one', newer).get('token')).rejects.toThrow(
      `account_store/one/token was encrypted with the secret key ${box.keyId}, the one in use is ${newer.keyId}`,
    );
  });

  it('what is a secret no longer is stored in the clear', async () => {
    await store().put('name', 'a', { secret: true });
    await store().put('name', 'b');
    expect(await database.rows(`select value, key_id from account_store`)).toEqual([{ value: '"b"', key_id: null }]);
  });
});

/** As everybody who asks does: until no connection is left that leads nowhere. */
async function again<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let left = 5; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}
