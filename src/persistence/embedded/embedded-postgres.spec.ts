import { afterEach, beforeAll, afterAll, describe, expect, it, jest } from '@jest/globals';
import { transformFile } from '@swc/core';
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { Server } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { onlyWhere } from '../../../test/support/only-where.js';
import { binaryChoice, temporaryFolder } from '../../../test/support/postgres-choice.js';
import { readEmbeddedAddress } from './address.js';
import { canEnter, databaseUser, reachable, userByNumber } from './database-user.js';
import { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js';
import { makingName } from './leftovers.js';
import { findPostmaster } from './postmaster.js';
import { markOf } from './process-mark.js';

const asRoot = process.getuid?.() === 0;
const ifRoot = onlyWhere(asRoot, 'only root can run the embedded database as another user');

const started: EmbeddedPostgres[] = [];
const applications: ChildProcess[] = [];
const folders: string[] = [];

function newFolder(): string {
  const folder = temporaryFolder('embedded');
  folders.push(folder);
  return join(folder, 'its database');
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ binaries: binaryChoice(), ...options });
  started.push(postgres);
  return postgres;
}

function postmasterOf(folder: string): { pid: number; mark: string } | null {
  return findPostmaster(join(folder, 'cluster', 'data'));
}

async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** An application of its own process group that starts the database and then waits to be killed. */
class Application {
  static compiled = '';

  static async compile(): Promise<void> {
    Application.compiled = temporaryFolder('application');
    const source = dirname(fileURLToPath(import.meta.url));
    for (const name of readdirSync(source).filter((file) => /(?<!\.spec)\.ts$/.test(file))) {
      const { code } = await transformFile(join(source, name), {
        swcrc: false,
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
      });
      writeFileSync(join(Application.compiled, name.replace(/\.ts$/, '.js')), code);
    }
    writeFileSync(join(Application.compiled, 'package.json'), '{"type":"module"}');
    symlinkSync(join(source, '../../../node_modules'), join(Application.compiled, 'node_modules'));
    writeFileSync(
      join(Application.compiled, 'application.js'),
      `import { startEmbeddedPostgres } from './embedded-postgres.js';
       const postgres = await startEmbeddedPostgres(JSON.parse(process.argv[2]));
       console.log(JSON.stringify(postgres));
       setInterval(() => undefined, 1000);`,
    );
    chmodSync(Application.compiled, 0o755);
  }

  /** Resolves when its database answers. */
  static async start(folder: string, uid?: number): Promise<{ process: ChildProcess; url: string; origin: string }> {
    const process = Application.launch(folder, uid);
    const lines = createInterface({ input: process.stdout });
    for await (const line of lines) return { process, ...(JSON.parse(line) as { url: string; origin: string }) };
    throw new Error('The application ended without an address.');
  }

  static launch(folder: string, uid?: number): ReturnType<typeof spawnApplication> {
    const child = spawnApplication(folder, uid);
    applications.push(child);
    return child;
  }
}

function spawnApplication(folder: string, uid?: number) {
  const options = JSON.stringify({ folder, binaries: binaryChoice() });
  return spawn(process.execPath, [join(Application.compiled, 'application.js'), options], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
    detached: true,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
}

async function killGroup(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await ended;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

describe('startEmbeddedPostgres', () => {
  beforeAll(() => Application.compile());
  afterAll(() => {
    rmSync(Application.compiled, { recursive: true });
  });

  afterEach(async () => {
    for (const child of applications.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) await killGroup(child);
    }
    await Promise.all(started.splice(0).map((postgres) => postgres.stop()));
    for (const folder of folders.splice(0)) {
      const left = postmasterOf(join(folder, 'its database'));
      rmSync(folder, { recursive: true, force: true });
      expect(left).toBeNull();
    }
  });

  it('makes a database for UTF-8 text in a path with a space, which only its password opens', async () => {
    const folder = newFolder();
    const postgres = await start({ folder });
    expect(postgres.origin).toBe('launched');
    expect(
      await query(
        postgres.url,
        `select current_database() as database, current_user as role, current_setting('server_encoding') as encoding,
           current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
           current_setting('listen_addresses') as host, current_setting('unix_socket_directories') as sockets,
           'Zé' < 'a' as by_code_point, upper('strasse ä') as upper`,
      ),
    ).toEqual([
      {
        database: 'crosstalk',
        role: 'crosstalk',
        encoding: 'UTF8',
        fsync: 'on',
        commit: 'on',
        host: '127.0.0.1',
        sockets: join(folder, 'cluster', 'data'),
        by_code_point: true,
        upper: 'STRASSE Ä',
      },
    ]);
    const wrong = new URL(postgres.url);
    wrong.password = 'guessed';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    const wrongThere = new URL(postgres.localUrl);
    wrongThere.password = 'guessed';
    await expect(query(wrongThere.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect(await readEmbeddedAddress(folder)).toBe(postgres.url);
    expect(statSync(join(folder, 'address')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('is reached by a Unix socket too, the same one after a restart and where it is found', async () => {
    const folder = newFolder();
    const first = await start({ folder });
    const how = `select inet_server_port() is null as by_socket, current_database() as database`;
    expect(await query(first.url, how)).toEqual([{ by_socket: false, database: 'crosstalk' }]);
    expect(await query(first.localUrl, how)).toEqual([{ by_socket: true, database: 'crosstalk' }]);
    expect((await start({ folder })).localUrl).toBe(first.localUrl);
    await Promise.all(started.splice(0).map((postgres) => postgres.stop()));
    const second = await start({ folder });
    expect(second.localUrl).toBe(first.localUrl);
    expect(await query(second.localUrl, how)).toEqual([{ by_socket: true, database: 'crosstalk' }]);
  });

  it.each([
    ['is longer than the address of a socket may be', 'x'.repeat(80)],
    ['has a comma', 'one, two'],
  ])('is reached by its port where the path %s', async (_, name) => {
    const folder = join(newFolder(), name);
    const postgres = await start({ folder });
    expect(postgres.localUrl).toBe(postgres.url);
    expect(await query(postgres.url, `select current_setting('unix_socket_directories') as sockets`)).toEqual([
      { sockets: '' },
    ]);
    await postgres.stop();
  });

  it('stops without leaving a process, and starts again on the same address with its data', async () => {
    const folder = newFolder();
    const first = await start({ folder });
    await query(first.url, `create table kept as select 'kept' as word`);
    const postmaster = postmasterOf(folder);
    await first.stop();
    expect(postmasterOf(folder)).toBeNull();
    expect(markOf(postmaster?.pid ?? 0)).toBeNull();

    const second = await start({ folder });
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'select word from kept')).toEqual([{ word: 'kept' }]);
  });

  it('is found again after kill -9 of its application and all of its process group', async () => {
    const folder = newFolder();
    const application = await Application.start(folder);
    const survivor = postmasterOf(folder);
    await killGroup(application.process);
    expect(postmasterOf(folder)).toEqual(survivor);

    const found = await start({ folder });
    expect({ url: found.url, origin: found.origin }).toEqual({ url: application.url, origin: 'found' });
    await found.stop();
    expect(postmasterOf(folder)).toBeNull();
  });

  it('is shared by two that start at the same time, and stopped by the last to go', async () => {
    const folder = newFolder();
    const [here, there] = await Promise.all([start({ folder }), Application.start(folder)]);
    expect(here.url).toBe(there.url);
    await here.stop();
    expect(await query(there.url, 'select 1 as one')).toEqual([{ one: 1 }]);

    const again = await start({ folder });
    await killGroup(there.process);
    await again.stop();
    expect(postmasterOf(folder)).toBeNull();
  });

  it('is shared by four starts within one process', async () => {
    const folder = newFolder();
    const all = await Promise.all([1, 2, 3, 4].map(() => start({ folder })));
    expect(new Set(all.map(({ url }) => url)).size).toBe(1);
    const [last, ...others] = all;
    await Promise.all(others.map((postgres) => postgres.stop()));
    expect(await query(last?.url ?? '', 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('makes the cluster anew when the application was killed while initdb ran', async () => {
    const folder = newFolder();
    const application = Application.launch(folder);
    const making = () =>
      existsSync(folder) ? readdirSync(folder).find((name) => name.startsWith('making-')) : undefined;
    await until(() => existsSync(join(folder, making() ?? 'none', 'data', 'PG_VERSION')));
    await killGroup(application);
    expect(readdirSync(folder)).not.toContain('cluster');

    const postgres = await start({ folder });
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(readdirSync(folder).filter((name) => name.startsWith('making-'))).toEqual([]);
  });

  it('leaves alone what another living process is making', async () => {
    const folder = newFolder();
    const making = makingName();
    mkdirSync(join(folder, making), { recursive: true });
    await start({ folder });
    expect(readdirSync(folder)).toContain(making);
  });

  it('starts over pid files, one of them the socket’s, whose number belongs to another process by now', async () => {
    const folder = newFolder();
    const first = await start({ folder });
    const files = ['postmaster.pid', `.s.PGSQL.${new URL(first.url).port}.lock`].map((name) => {
      const path = join(folder, 'cluster', 'data', name);
      return { path, stale: readFileSync(path, 'utf8') };
    });
    await first.stop();
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], {
      stdio: 'ignore',
      detached: true,
    });
    applications.push(stranger);
    for (const { path, stale } of files) writeFileSync(path, stale.replace(/^\d+/, String(stranger.pid)));

    const second = await start({ folder });
    expect(second.origin).toBe('launched');
    expect(second.localUrl).toBe(first.localUrl);
    expect(stranger.exitCode).toBeNull();
  });

  it('comes back by itself on the same address after kill -9 of PostgreSQL', async () => {
    const folder = newFolder();
    const postgres = await start({ folder });
    await query(postgres.url, `create table kept as select 'kept' as word`);
    const killed = postmasterOf(folder);
    process.kill(killed?.pid ?? 0, 'SIGKILL');
    let rows: readonly unknown[] = [];
    while (rows.length === 0) {
      await sleep(20);
      rows = await query(postgres.url, 'select word from kept').catch(() => []);
    }
    expect(rows).toEqual([{ word: 'kept' }]);
    expect(postmasterOf(folder)?.mark).not.toBe(killed?.mark);
    expect(await query(postgres.localUrl, 'select word from kept')).toEqual([{ word: 'kept' }]);
  });

  it('comes back with its Unix socket, also where none can be tried in that moment', async () => {
    const folder = newFolder();
    const postgres = await start({ folder });
    const killed = postmasterOf(folder);
    const listen = jest.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server) {
      setImmediate(() => this.emit('error', new Error('too many open files')));
      return this;
    });
    try {
      process.kill(killed?.pid ?? 0, 'SIGKILL');
      let rows: readonly unknown[] = [];
      while (rows.length === 0) {
        await sleep(20);
        rows = await query(postgres.url, 'select 1 as one').catch(() => []);
      }
    } finally {
      listen.mockRestore();
    }
    expect(await query(postgres.localUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('goes without stopping when it only leaves', async () => {
    const folder = newFolder();
    const first = await start({ folder });
    await first.leave();
    const second = await start({ folder });
    expect(second.origin).toBe('found');
  });

  it('stops while a client is in the middle of a statement', async () => {
    const postgres = await start({ folder: newFolder() });
    const busy = query(postgres.url, 'select pg_sleep(600)').then(
      () => 'slept',
      (error: unknown) => (error as { code?: string }).code,
    );
    const asleep = `select 1 from pg_stat_activity where query = 'select pg_sleep(600)'`;
    while ((await query(postgres.url, asleep)).length === 0) await sleep(10);
    await postgres.stop();
    expect(await busy).toBe('57P01');
  });

  it('refuses with a sentence when the wanted binaries do not run', async () => {
    await expect(
      startEmbeddedPostgres({ folder: newFolder(), binaries: { folder: '/nowhere' } }),
    ).rejects.toMatchObject({
      code: 'noBinaries',
      message: 'PostgreSQL 15 or later cannot be run here: the one in /nowhere does not run.',
    });
  });

  it('gives up starting when its signal aborts, leaving nothing', async () => {
    const folder = newFolder();
    const starting = startEmbeddedPostgres({ folder, binaries: binaryChoice(), signal: AbortSignal.abort() });
    await expect(starting).rejects.toThrow('aborted');
    expect(postmasterOf(folder)).toBeNull();
  });

  ifRoot('runs as the database’s user, never as root', async () => {
    const folder = newFolder();
    await start({ folder });
    const pid = postmasterOf(folder)?.pid ?? 0;
    expect(statSync(`/proc/${String(pid)}`).uid).toBe(databaseUser()?.uid);
  });

  ifRoot('runs as itself for an ordinary user, and root can take its folder over', async () => {
    const nobody = userByNumber(65534);
    if (nobody === null || !canEnter(nobody, join(Application.compiled, 'node_modules'))) return;
    const folder = newFolder();
    chmodSync(dirname(folder), 0o777);
    const application = await Application.start(folder, nobody.uid);
    const pid = postmasterOf(folder)?.pid ?? 0;
    expect(statSync(`/proc/${String(pid)}`).uid).toBe(nobody.uid);
    await killGroup(application.process);

    const byRoot = await start({ folder });
    expect(byRoot.url).toBe(application.url);
    await byRoot.stop();
    await start({ folder });
    expect(statSync(`/proc/${String(postmasterOf(folder)?.pid ?? 0)}`).uid).toBe(nobody.uid);
  });
});

describe('reachable', () => {
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  it('is true for a folder that everybody may enter, and for one yet to be made in it', () => {
    const folder = dirname(newFolder());
    expect([reachable(folder), reachable(join(folder, 'new', 'newer'))]).toEqual([true, true]);
  });

  ifRoot('is false below a folder that only root may enter', async () => {
    const closed = dirname(newFolder());
    chmodSync(closed, 0o700);
    expect(reachable(join(closed, 'new'))).toBe(false);
    await expect(startEmbeddedPostgres({ folder: join(closed, 'new') })).rejects.toMatchObject({
      code: 'folderRefused',
    });
  });
});
