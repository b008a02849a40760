import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';

/** What the service has written down of a message on its way to the other rooms. Milliseconds since 1970. */
export interface Noted {
  readonly storedAtMs: number;
  readonly routedAtMs: number;
  /** One for each of the other rooms. */
  readonly deliveries: readonly {
    /** The service's key for the account of that room. */
    readonly account: string;
    /** The delivery's id, 32 hexadecimal digits. */
    readonly delivery: string;
  }[];
}

const waitMs = 1000;

/** Reads in the database that the service runs in its folder. Nothing is changed there. */
export class ServiceDatabase {
  #client: Client | undefined;

  /** The service's data folder. */
  constructor(private readonly folder: string) {}

  /** Undefined where nothing is written of it, and while there is no database to ask. */
  async noted(account: string, room: string, remote: string): Promise<Noted | undefined> {
    try {
      const client = (this.#client ??= await this.#connect());
      const { rows } = await client.query<Noted>(ofMessage, [account, room, remote]);
      return rows[0];
    } catch {
      // It is not there yet, or not there any more: whoever asks asks again.
      await this.close();
      return undefined;
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    // The service may have died, and its database with it: then there is nothing left to end.
    await client?.end().catch(() => undefined);
  }

  async #connect(): Promise<Client> {
    const connectionString = readFileSync(join(this.folder, 'postgres', 'address'), 'utf8').trim();
    const client = new Client({ connectionString, connectionTimeoutMillis: waitMs, query_timeout: waitMs });
    // It is told by the next query as well.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }
}

/** The message's origin is the copy that no delivery made. */
const ofMessage = `
  select extract(epoch from i.received_at)::float8 * 1000 as "storedAtMs",
         extract(epoch from d.created_at)::float8 * 1000 as "routedAtMs",
         d.deliveries
    from copies c
    join lateral (
      select min(d.inbox) as inbox, min(d.created_at) as created_at,
             json_agg(json_build_object('account', p.account, 'delivery', replace(d.uuid::text, '-', ''))) as deliveries
        from deliveries d join portals p on p.id = d.lane
       where d.message = c.message and d.kind in ('messageSent', 'pollStarted')) d on d.inbox is not null
    join inbox i on i.id = d.inbox
   where c.account = $1 and c.room = $2 and c.remote = $3 and c.delivery is null
   limit 1`;
