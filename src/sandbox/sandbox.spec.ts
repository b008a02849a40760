import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import type { PageService, PageState } from './page.types.js';
import { isAlive, markOf, pidOf, thisPlace, type ProcessMark } from './running-process.js';
import { SandboxInUse } from './sandbox-lock.js';
import { Sandbox } from './sandbox.js';
import { ServiceFails } from './service-child.js';

/** Stands in for the service: listens where the settings say, and ends when told, unless it is told to be deaf. */
const standIn = `
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
const settings = readFileSync(process.env.CROSSTALK_CONFIG, 'utf8');
const port = Number(/admin:\\s+port: (\\d+)/.exec(settings)[1]);
createServer((request, response) => response.end()).listen(port, '127.0.0.1');
process.on('SIGTERM', () => { if (!process.env.DEAF) process.exit(0); });
`;
const anyPorts = { page: 0, public: 0, admin: 0, talk: 0, matrix: 0, slack: 0 };

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > untilMs) throw new Error(`waited in vain for ${what}`);
    await sleep(20);
  }
}

describe('Sandbox', () => {
  let data: string;
  let sandboxes: Sandbox[];
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'sandbox data '));
    mkdirSync(join(data, 'page'));
    writeFileSync(join(data, 'page', 'index.html'), '<!doctype html>');
    writeFileSync(join(data, 'service.mjs'), standIn);
    sandboxes = [];
  });
  afterEach(async () => {
    for (const sandbox of sandboxes) await sandbox.stop();
    rmSync(data, { recursive: true, force: true });
  });

  function make(env: Record<string, string> = {}, program = join(data, 'service.mjs')): Sandbox {
    const sandbox = new Sandbox({
      data,
      program,
      page: join(data, 'page'),
      env: { PATH: process.env['PATH'], ...env },
      ports: anyPorts,
      pauseAfterKillMs: 1000,
      say: () => undefined,
    });
    sandboxes.push(sandbox);
    return sandbox;
  }

  /** By the newest lock. */
  function serviceMark(): ProcessMark {
    const { service } = JSON.parse(readFileSync(join(data, 'sandbox', 'run', '1'), 'utf8')) as { service: ProcessMark };
    return service;
  }

  async function serviceNow(page: string): Promise<PageService> {
    const url = new URL(page);
    const answer = await fetch(`${url.origin}/api/state${url.search}`);
    return ((await answer.json()) as PageState).service!;
  }

  async function serviceState(page: string): Promise<string> {
    return (await serviceNow(page)).state;
  }

  it('writes settings with all accounts and one link of their rooms, for nobody else to read', async () => {
    const { addresses, ready } = await make().start();
    await ready;
    const { accounts, links } = parse(readFileSync(addresses.settingsFile, 'utf8')) as Record<string, object>;
    expect(accounts).toMatchObject({
      talk: { network: 'talk', url: addresses.talk, user: 'crosstalk' },
      matrix: { network: 'matrix', homeserver: addresses.matrix, serverName: 'sandbox.test' },
      slack: { network: 'slack', apiUrl: `${addresses.slack}/api/` },
    });
    expect(links).toMatchObject({
      team: { rooms: [{ account: 'talk' }, { account: 'matrix' }, { account: 'slack' }] },
    });
  });

  it('a service that dies is started again, and nothing of it is left after the stop', async () => {
    const sandbox = make();
    const { addresses, ready } = await sandbox.start();
    await ready;
    const first = serviceMark();
    process.kill(pidOf(first), 'SIGKILL');
    await until(
      'the second start',
      async () => serviceMark() !== first && (await serviceState(addresses.page)) === 'ready',
    );
    const second = serviceMark();
    await sandbox.stop();
    expect([isAlive(first), isAlive(second)]).toEqual([false, false]);
    await expect(fetch(addresses.page)).rejects.toThrow();
  });

  it('the page’s kill ends the process at once, shows it gone, and another one comes', async () => {
    const { addresses, ready } = await make({ DEAF: 'yes' }).start();
    await ready;
    const first = serviceMark();
    const url = new URL(addresses.page);
    const kill = (): Promise<Response> =>
      fetch(`${url.origin}/api/kill${url.search}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
    expect((await kill()).status).toBe(204);
    expect(await serviceNow(addresses.page)).toMatchObject({ state: 'gone', killed: { process: pidOf(first) } });
    expect((await kill()).status).toBe(409);
    await until('its end', () => !isAlive(first));
    await until('the next one', async () => (await serviceState(addresses.page)) === 'ready');
    expect(pidOf(serviceMark())).not.toBe(pidOf(first));
    expect(await serviceNow(addresses.page)).toMatchObject({
      process: pidOf(serviceMark()),
      killed: { process: pidOf(first), readyAtMs: expect.any(Number) as number },
    });
  });

  it('a service that does not listen to the signal is killed', async () => {
    const sandbox = make({ DEAF: 'yes' });
    await (
      await sandbox.start()
    ).ready;
    const service = serviceMark();
    await sandbox.stop();
    expect(isAlive(service)).toBe(false);
  });

  it('a service that never becomes ready ends the start with its last words', async () => {
    writeFileSync(join(data, 'broken.mjs'), 'console.error("settings are wrong"); process.exit(2);');
    const { ready } = await make({}, join(data, 'broken.mjs')).start();
    await expect(ready).rejects.toThrow(ServiceFails);
    await expect(ready).rejects.toThrow('settings are wrong');
  });

  it('a stop during the start leaves nothing', async () => {
    const sandbox = make();
    const { ready } = await sandbox.start();
    const service = serviceMark();
    const outcome = expect(ready).rejects.toThrow('stopped');
    await sandbox.stop();
    await outcome;
    expect(isAlive(service)).toBe(false);
  });

  it('what is set for a service of one’s own does not reach it', async () => {
    writeFileSync(
      join(data, 'service.mjs'),
      `import { writeFileSync } from 'node:fs'; writeFileSync('seen.json', JSON.stringify(process.env));${standIn}`,
    );
    await (
      await make({ CROSSTALK_DATABASE_URL: 'postgres://mine' }).start()
    ).ready;
    const seen = JSON.parse(readFileSync(join(data, 'sandbox', 'seen.json'), 'utf8')) as Record<string, string>;
    expect(seen['CROSSTALK_DATABASE_URL']).toBeUndefined();
    expect(seen['CROSSTALK_DATA']).toBe(join(data, 'sandbox'));
  });

  it('a second one on the same folder is refused, and the first goes on', async () => {
    const { addresses, ready } = await make().start();
    await ready;
    await expect(make().start()).rejects.toThrow(SandboxInUse);
    expect(await serviceState(addresses.page)).toBe('ready');
  });

  it('begins afresh: the service of a killed run is ended and its folder emptied, nothing beside it touched', async () => {
    const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    const mark = markOf(left.pid!)!;
    mkdirSync(join(data, 'sandbox', 'run'), { recursive: true });
    writeFileSync(join(data, 'sandbox', 'old.txt'), 'old');
    writeFileSync(join(data, 'beside.txt'), 'mine');
    const dead = { mark: `${process.pid}.1`, place: thisPlace(), service: mark };
    writeFileSync(join(data, 'sandbox', 'run', '1'), JSON.stringify(dead));
    await (
      await make().start()
    ).ready;
    expect(isAlive(mark)).toBe(false);
    expect(existsSync(join(data, 'sandbox', 'old.txt'))).toBe(false);
    expect(readFileSync(join(data, 'beside.txt'), 'utf8')).toBe('mine');
  });
});
