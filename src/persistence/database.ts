import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { ShardLost } from '../model/errors.js';
import { AccountStoreRow } from './entities/account-store.row.js';
import { GatheringSocket } from './gathering-socket.js';
import { migrations, programVersion } from './migrations.js';

/** Another transaction wrote what this one should have read at its beginning: as PostgreSQL's serialization failure, it runs again. */
export class RaceLost extends Error {
  readonly code = '40001';
}

/** Proof that a shard was ours when it was read: what is written with it fails once another replica took over. */
export interface Fence {
  readonly shard: number;
  readonly fence: string;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  /** A statement or an idle transaction longer than this is ended by the server: shorter than a shard's lease. */
  readonly statementTimeoutMs: number;
}

/** Serialization failure, deadlock, and an unique key that two transactions raced for: the whole transaction may run again. */
const repeatable = new Set(['40001', '40P01']);
/** What a prepared call returns is another now: a newer program's migration made its function anew. It must be prepared again. */
const preparedForOther = '0A000';
/** Arbitrary, and the same for every replica: only one migrates at a time. */
const migrationLock = 7_202_611;

export class Transaction {
  readonly #unawaited: Promise<unknown>[] = [];

  /** `prepared`: how often calls had to be prepared anew. */
  constructor(
    private readonly connection: PoolClient,
    private readonly prepared = 0,
  ) {}

  async rows<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.connection.query(sql, [...parameters]);
    return rows as Row[];
  }

  /** The rows that one of the functions of `migrations/` returns. The connection prepares the call once. */
  async call<Row>(name: string, parameters: readonly unknown[]): Promise<Row[]> {
    const places = parameters.map((_, at) => `$${String(at + 1)}`).join(', ');
    const { rows } = await this.connection.query({
      name: `${name} ${String(this.prepared)}`,
      text: `select * from ${name}(${places})`,
      values: [...parameters],
    });
    return rows as Row[];
  }

  /** A call whose answer nothing in the transaction waits for: what follows is sent at once, and fails if it fails. */
  callAhead(name: string, parameters: readonly unknown[]): void {
    this.ahead(this.call(name, parameters));
  }

  /** Takes note of something whose answer is awaited at the end. */
  ahead(answer: Promise<unknown>): void {
    // Until then it is nobody's unhandled failure.
    answer.catch(() => undefined);
    this.#unawaited.push(answer);
  }

  /** Throws the first failure of what nobody waited for. */
  async settled(): Promise<void> {
    for (const answer of this.#unawaited) await answer;
  }

  /** Fails with ShardLost when the shard is no longer ours; else nobody takes it over before this transaction ends. */
  async fence(given: Fence): Promise<void> {
    const rows = await this.rows(`select 1 from shards where id = $1 and fence = $2 for key share`, [
      given.shard,
      given.fence,
    ]);
    if (rows.length === 0) throw shardLost(given);
  }
}

/** The one way to PostgreSQL. Repositories write the statements. */
export class Database {
  readonly source: DataSource;
  #prepared = 0;

  constructor(private readonly options: DatabaseOptions) {
    this.source = new DataSource({
      type: 'postgres',
      url: options.url,
      installExtensions: false,
      entities: [AccountStoreRow],
      applicationName: 'crosstalk',
      poolSize: options.poolSize,
      extra: {
        statement_timeout: options.statementTimeoutMs,
        // The server ends what takes longer: where nothing comes, the connection was forgotten on its way, and is given up.
        query_timeout: options.statementTimeoutMs * 1.5,
        keepAlive: true,
        idle_in_transaction_session_timeout: options.statementTimeoutMs,
        options: `-c client_connection_check_interval=${String(Math.max(250, Math.round(options.statementTimeoutMs / 4)))}`,
        connectionTimeoutMillis: options.statementTimeoutMs,
        // A request need not wait for the answer to the one before.
        pipeline: true,
        stream: () => new GatheringSocket(),
      },
    });
  }

  async open(): Promise<void> {
    await this.source.initialize();
  }

  async close(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }

  /** Brings the tables up to this program's version, one replica at a time. Refuses tables that need a newer program. */
  async migrate(): Promise<void> {
    // Connections of their own: a migration may take longer than any other statement is given.
    const migrator = new DataSource({
      type: 'postgres',
      url: this.options.url,
      installExtensions: false,
      migrations: migrations(),
      migrationsTableName: 'migrations',
      applicationName: 'crosstalk migration',
      poolSize: 2,
    });
    await migrator.initialize();
    const lock = migrator.createQueryRunner();
    try {
      await lock.query('select pg_advisory_lock($1)', [migrationLock]);
      await migrator.runMigrations({ transaction: 'each' });
      const [info] = (await lock.query('select version, minimum_program from schema_info')) as [
        { version: number; minimum_program: number },
      ];
      if (info.minimum_program > programVersion) {
        throw new Error(
          `the database was brought to version ${String(info.version)} and needs a Crosstalk that knows version ` +
            `${String(info.minimum_program)}; this one knows ${String(programVersion)}: run the newer program again`,
        );
      }
      await lock.query('select pg_advisory_unlock($1)', [migrationLock]);
    } finally {
      await lock.release();
      await migrator.destroy();
    }
  }

  async rows<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.#connected((connection) => new Transaction(connection).rows<Row>(sql, parameters));
  }

  /** Runs `work` in one transaction, and again when it lost a race with another one: what it does elsewhere must bear that. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#repeated(() => this.#once(work));
  }

  /** Calls one of the functions of `migrations/`, as a transaction of its own, and again when it lost a race. */
  async call<Row>(name: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.#repeated(() =>
      this.#connected((connection) => new Transaction(connection, this.#prepared).call<Row>(name, parameters)),
    );
  }

  async #repeated<T>(attemptOnce: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await attemptOnce();
      } catch (error) {
        const state = sqlState(error) ?? '';
        if (attempt >= 5 || !(repeatable.has(state) || state === preparedForOther)) throw error;
        if (state === preparedForOther) this.#prepared += 1;
        await delay(Math.random() * 20 * attempt);
      }
    }
  }

  async #once<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#connected(async (connection) => {
      const transaction = new Transaction(connection, this.#prepared);
      transaction.ahead(connection.query('begin'));
      try {
        const result = await work(transaction);
        // Where something before it failed this ends the transaction without a trace.
        const committed = connection.query('commit');
        await Promise.all([transaction.settled(), committed]);
        return result;
      } catch (error) {
        await connection.query('rollback').catch(noteBrokenConnection);
        // Whatever failed later failed for this.
        await transaction.settled();
        throw error;
      }
    });
  }

  /** The connection itself: what TypeORM does around each query takes longer than most of the queries. */
  async #connected<T>(work: (connection: PoolClient) => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    try {
      return await work((await runner.connect()) as PoolClient);
    } finally {
      await runner.release();
    }
  }
}

/** A rollback fails only where the connection is gone, and with it the transaction: the first error is the one that counts. */
function noteBrokenConnection(): void {
  return;
}

/** PostgreSQL's five characters for what went wrong, where it was PostgreSQL that said so. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/**
 * Whether the data of a statement was at fault: the same rows would fail again. Classes 21 to 23 (a row twice, a value, a
 * constraint) and 54 (beyond a limit, as an index entry of more than 2,700 bytes).
 */
export function isDataError(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && /^(?:2[123]|54)/.test(state);
}

export function shardLost(...fences: readonly Fence[]): ShardLost {
  const shards = fences.map(({ shard }) => String(shard)).join(', ');
  return new ShardLost(
    fences.length === 1
      ? `shard ${shards} belongs to another replica`
      : `of the shards ${shards} one belongs to another replica`,
  );
}
