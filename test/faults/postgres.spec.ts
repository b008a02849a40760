import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/persistence/embedded/embedded-postgres.js';
import { binaryChoice, temporaryFolder } from '../support/postgres-choice.js';
import { isFull } from './rounds.js';
import { describeTroubles, pause, type Scene, type Trouble } from './town.js';

/** A PostgreSQL of this row's own, that may be stopped. */
class OwnPostgres {
  readonly #folder = temporaryFolder('faults');
  #running: EmbeddedPostgres | undefined;
  #url = '';

  get url(): string {
    return this.#url;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** On the same port as before. */
  async start(): Promise<void> {
    this.#running = await startEmbeddedPostgres({
      folder: join(this.#folder, 'postgres'),
      binaries: binaryChoice(),
      ...(this.#url === '' ? {} : { port: Number(new URL(this.#url).port) }),
    });
    this.#url = this.#running.url;
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const postgres = new OwnPostgres();
await postgres.start();
afterAll(() => postgres.remove());

/** Ends every session of the service. */
function killed(): Trouble {
  let ended = 0;
  return {
    begin: async ({ world }) => {
      const client = new Client({ connectionString: world.databaseUrl });
      await client.connect();
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
      );
      ended += rowCount ?? 0;
      await client.end();
    },
    isFelt: () => ended > 0,
    end: () => undefined,
  };
}

/** PostgreSQL lets everybody read, and refuses with its own error whatever needs another page. */
function diskFull(): Trouble {
  const tables = ['inbox', 'messages', 'copies', 'deliveries'];
  const asked = async ({ world }: Scene, sql: string): Promise<unknown> => {
    const client = new Client({ connectionString: world.databaseUrl });
    await client.connect();
    const answer: unknown = await client.query(sql);
    await client.end();
    return answer;
  };
  return {
    begin: async (scene) => {
      await asked(
        scene,
        `create sequence refused;
         create function refuse() returns trigger language plpgsql as $$ begin
           perform nextval('refused');
           raise disk_full using message = 'could not extend file: No space left on device';
         end $$;
         ${tables.map((table) => `create trigger full_disk before insert or update on ${table} execute function refuse();`).join('\n')}`,
      );
    },
    isFelt: async (scene) => {
      const { rowCount } = (await asked(scene, `select 1 from refused where is_called and last_value > 2`)) as {
        readonly rowCount: number;
      };
      return rowCount > 0;
    },
    end: async (scene) => {
      await asked(scene, `drop function if exists refuse() cascade; drop sequence if exists refused`);
    },
  };
}

function awayFor(ms: number): Trouble {
  return {
    begin: () => postgres.stop(),
    lastsMs: ms,
    isFelt: () => !postgres.isRunning,
    end: () => postgres.start(),
  };
}

describeTroubles(
  'PostgreSQL',
  { full: 100, database: { url: postgres.url, drop: () => emptied(postgres.url) } },
  {
    'connections that are killed': killed,
    'a restart': () => awayFor(0),
    'away for longer than a lease': () => awayFor(isFull ? 60_000 : 6_000),
    'a full disk': diskFull,
    'killed again and again': () => {
      const { begin, isFelt } = killed();
      return {
        begin: async (scene) => {
          for (let kills = 0; kills < 5; kills += 1) {
            await begin(scene);
            await pause(300);
          }
        },
        isFelt,
        end: () => undefined,
      };
    },
  },
);

/** The next world begins anew. */
async function emptied(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('drop schema public cascade; create schema public');
  await client.end();
}
