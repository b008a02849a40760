import { Client } from 'pg';
import { DATABASE, ROLE } from './cluster.js';
import { errorCode } from './embedded.errors.js';

const CONNECT_TIMEOUT_MS = 10_000;
const NO_SUCH_DATABASE = '3D000';
/** It exists already, or comes to exist in this very moment. */
const MADE_MEANWHILE = new Set(['42P04', '23505']);
/** It is starting, stopping, or gone by now. */
const NOT_NOW = new Set(['57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET']);

/** Where a postmaster listens. */
export interface Doors {
  readonly port: number;
  readonly socketFolder: string | null;
}

export interface Greeting {
  readonly url: string;
  /** By its Unix socket, where that answers too; else `url`. */
  readonly localUrl: string;
  readonly version: string;
}

/**
 * Connects, making our database if it is not there yet. Null where PostgreSQL takes no connections now, or where the
 * one on that port serves another data directory. Throws what PostgreSQL answers otherwise.
 */
export async function greet(doors: Doors, password: string, data: string): Promise<Greeting | null> {
  const url = urlOf(doors, password, DATABASE);
  try {
    const { version, folder } = await ask(url);
    if (folder !== data) return null;
    return { url, localUrl: (await socketUrl(doors, password, data)) ?? url, version };
  } catch (error) {
    const code = errorCode(error);
    if (code !== null && NOT_NOW.has(code)) return null;
    if (code !== NO_SUCH_DATABASE) throw error;
    await makeDatabase(urlOf(doors, password, 'postgres'));
    return greet(doors, password, data);
  }
}

/** Null where nothing of ours answers there. */
async function socketUrl({ port, socketFolder }: Doors, password: string, data: string): Promise<string | null> {
  if (socketFolder === null) return null;
  const url = urlOf({ port, host: encodeURIComponent(socketFolder) }, password, DATABASE);
  try {
    return (await ask(url)).folder === data ? url : null;
  } catch {
    return null;
  }
}

function urlOf(
  { port, host = '127.0.0.1' }: { port: number; host?: string },
  password: string,
  database: string,
): string {
  return `postgres://${ROLE}:${password}@${host}:${String(port)}/${database}`;
}

async function ask(url: string): Promise<{ version: string; folder: string }> {
  return connected(url, async (client) => {
    const { rows } = await client.query<{ version: string; folder: string }>(
      `select current_setting('server_version') as version, current_setting('data_directory') as folder`,
    );
    const row = rows[0];
    if (row === undefined) throw new Error('PostgreSQL answered without a row.');
    return row;
  });
}

async function makeDatabase(url: string): Promise<void> {
  await connected(url, async (client) => {
    try {
      await client.query(`create database ${DATABASE}`);
    } catch (error) {
      // Another start was faster.
      if (!MADE_MEANWHILE.has(errorCode(error) ?? '')) throw error;
    }
  });
}

async function connected<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // Without a listener a connection lost between two queries would end the process; the query rejects as well.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end();
  }
}
