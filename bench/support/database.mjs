import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { nowMs } from './child.mjs';

async function ask(url, statement) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** A new, empty database on the benchmark's PostgreSQL. */
export async function freshDatabase() {
  const cluster = process.env.CROSSTALK_TEST_DATABASE_URL;
  const name = `bench_${randomBytes(6).toString('hex')}`;
  await ask(cluster, `create database ${name}`);
  const url = new URL(cluster);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    rows: (statement) => ask(url.href, statement),
    drop: () => ask(cluster, `drop database if exists ${name} with (force)`),
  };
}

export async function serverVersion() {
  const [row] = await ask(process.env.CROSSTALK_TEST_DATABASE_URL, 'show server_version');
  return row.server_version;
}

/** One-row commits by so many clients at once, each after its last: commits per second and each one's milliseconds. */
export async function commits(clients, forMs) {
  const database = await freshDatabase();
  const connections = Array.from({ length: clients }, () => new Client({ connectionString: database.url }));
  await Promise.all(connections.map((connection) => connection.connect()));
  await connections[0].query('create table notes (id bigint generated always as identity primary key, text text)');
  const tookMs = [];
  const insert = { name: 'insert', text: 'insert into notes (text) values ($1)', values: ['x'.repeat(200)] };
  const startMs = nowMs();
  await Promise.all(
    connections.map(async (connection) => {
      while (nowMs() - startMs < forMs) {
        const beganMs = nowMs();
        await connection.query(insert);
        tookMs.push(nowMs() - beganMs);
      }
    }),
  );
  const overMs = nowMs() - startMs;
  await Promise.all(connections.map((connection) => connection.end()));
  await database.drop();
  return { perSecond: (tookMs.length * 1000) / overMs, tookMs };
}
