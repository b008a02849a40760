import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { PageNotBuilt } from './page-files.js';
import type { PageState, SideName } from './page.types.js';
import { PortTaken, Servers } from './servers.js';

describe('servers for a service of one’s own', () => {
  let folder: string;
  let running: Servers[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'servers-'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html>');
    running = [];
  });
  afterEach(async () => {
    for (const servers of running) await servers.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const make = (networks: readonly SideName[], slackPort = 0): Servers => {
    const servers = new Servers({
      networks,
      ports: { talk: 0, matrix: 0, slack: slackPort },
      page: folder,
      pagePort: 0,
      publicPort: 8780,
      say: () => undefined,
    });
    running.push(servers);
    return servers;
  };
  const stateAt = async (page: string): Promise<PageState> => {
    const { origin, search } = new URL(page);
    return (await (await fetch(`${origin}/api/state${search}`)).json()) as PageState;
  };

  it('one has one side on the page, and settings with what is known of it', async () => {
    const { page, servers, apps, settings } = await make(['slack']).start();
    const state = await stateAt(page);
    expect(state).toMatchObject({
      sides: { slack: { room: 'general', people: [{ id: 'U0ANN', name: 'Ann' }, { name: 'Bert' }, { name: 'Cleo' }] } },
      counts: [],
    });
    expect(Object.keys(state)).toEqual(['sides', 'counts']);
    expect(apps).toBe(`${servers['Slack']!}/apps`);
    expect((await fetch(apps!)).status).toBe(200);
    expect(parse(settings)).toEqual({
      accounts: {
        slack: {
          network: 'slack',
          apiUrl: `${servers['Slack']!}/api/`,
          botToken: 'xoxb-sandbox',
          appToken: 'xapp-sandbox',
          operators: ['U0ANN'],
        },
      },
      links: { team: { rooms: [{ account: 'slack', room: 'C0GENERAL00' }] } },
    });
    expect(settings).toContain('# and a room of another account');
  });

  it('all have a side each, and settings that link them', async () => {
    const { page, settings } = await make(['talk', 'matrix', 'slack']).start();
    expect(Object.keys((await stateAt(page)).sides)).toEqual(['talk', 'matrix', 'slack']);
    expect(parse(settings)).toMatchObject({
      accounts: { talk: { user: 'crosstalk' }, matrix: { url: 'http://127.0.0.1:8780' } },
      links: { team: { rooms: [{ account: 'talk' }, { account: 'matrix' }, { account: 'slack' }] } },
    });
  });

  it('need the page built, and leave nothing running without it', async () => {
    rmSync(join(folder, 'index.html'));
    await expect(make(['slack']).start()).rejects.toThrow(PageNotBuilt);
  });

  it('a server keeps to the port that was named, or says that it is in use', async () => {
    const { servers } = await make(['slack']).start();
    const port = Number(new URL(servers['Slack']!).port);
    await expect(make(['slack'], port).start()).rejects.toThrow(PortTaken);
    await running[0]!.stop();
    expect((await make(['slack'], port).start()).servers['Slack']).toBe(`http://127.0.0.1:${String(port)}`);
  });
});
