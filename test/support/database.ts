import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export interface FreshDatabase {
  readonly url: string;
  /** Ends what is still connected. */
  drop(): Promise<void>;
}

/** A new, empty database on the cluster of this test run. `options`: of `create database`. */
export async function freshDatabase(options = ''): Promise<FreshDatabase> {
  const cluster = process.env['CROSSTALK_TEST_DATABASE_URL'];
  if (cluster === undefined)
    throw new Error('CROSSTALK_TEST_DATABASE_URL is not set: test/support/postgres.ts sets it');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await run(cluster, `create database ${name} ${options}`);
  const url = new URL(cluster);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(cluster, `drop database if exists ${name} with (force)`) };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
