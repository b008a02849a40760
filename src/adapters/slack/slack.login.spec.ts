import { request } from 'undici';
import { saying } from '../../../test/contract/matrix-deliveries.js';
import { clock, memoryStore, recordingLog } from '../../../test/contract/matrix-bench.js';
import { SlackBench, until } from '../../../test/contract/slack-bench.js';
import type { AccountStore } from '../../model/account-store.js';
import { LoginRefused } from '../../model/errors.js';
import type { AppApi } from './api/app.api.js';
import type { SlackAdapter } from './slack.adapter.js';
import type { SlackClient } from './slack.client.js';
import { installRoutes } from './slack.install.js';
import { SlackLogin } from './slack.login.js';

let bench: SlackBench;
let adapter: SlackAdapter;

async function open(tokenRotation: boolean): Promise<void> {
  bench = await SlackBench.open({ app: { tokenRotation } });
  adapter = bench.make(installable());
  await bench.listen(adapter);
}

function installable(): Readonly<Record<string, unknown>> {
  const { clientId, clientSecret } = bench.registered;
  return {
    botToken: undefined,
    clientId,
    clientSecret,
    url: bench.url,
    team: bench.team,
    authorizeUrl: `${bench.sandbox.url}/oauth/v2/authorize`,
  };
}

interface Kept {
  readonly token: string;
  readonly expiresAt: string;
}

const kept = (): Kept => bench.store.get('installation') as Kept;

async function installed(): Promise<Kept> {
  const page = await get(`${bench.url}/slack/install`);
  await get(bench.sandbox.apps.authorize(page.location, bench.team), page.cookie);
  await adapter.connect(bench.signal);
  return kept();
}

function elevenHoursLater(before: Kept): void {
  bench.store.set('installation', { ...before, expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
}

async function speak(by: SlackAdapter, name: string): Promise<void> {
  const said = saying(name, bench.room, 'hello');
  await by.deliver.messageSent?.send(said.request, bench.signal);
  expect(said.made).toHaveLength(1);
}

afterEach(() => bench.close());

async function get(
  address: string,
  cookie = '',
): Promise<{ status: number; location: string; cookie: string; text: string }> {
  const { statusCode, headers, body } = await request(address, { headers: cookie === '' ? {} : { cookie } });
  const [set = ''] = [headers['set-cookie']].flat();
  return {
    status: statusCode,
    location: String(headers['location'] ?? ''),
    cookie: set.split(';')[0] ?? '',
    text: await body.text(),
  };
}

it('an installation with a browser is kept and logs in', async () => {
  await open(false);
  await expect(adapter.connect(bench.signal)).rejects.toBeInstanceOf(LoginRefused);
  const page = await get(`${bench.url}/slack/install`);
  expect(page.status).toBe(302);
  const back = bench.sandbox.apps.authorize(page.location, bench.team);
  expect((await get(back, page.cookie)).text).toContain('The app is installed');
  expect((await adapter.connect(bench.signal)).login).toBe(`${bench.team} ${bench.app.botId}`);
  // Whoever begins anew finds it.
  expect(bench.store.get('installation')).toMatchObject({ team: bench.team });
});

it('a page that was not begun in the same browser installs nothing, nor does one that was not allowed', async () => {
  await open(false);
  const page = await get(`${bench.url}/slack/install`);
  const back = bench.sandbox.apps.authorize(page.location, bench.team);
  expect((await get(back)).status).toBe(403);
  expect((await get(back, 'crosstalk-slack-install=other')).status).toBe(403);
  expect((await get(`${bench.url}/slack/oauth?code=1&state=2`, page.cookie)).status).toBe(403);
  const denied = bench.sandbox.apps.authorize(page.location, bench.team, 'cancel');
  expect((await get(denied, page.cookie)).text).toContain('was not allowed');
  expect(bench.store.size).toBe(0);
});

it('the cookie of an installation comes back to where Slack sends the browser, and by https alone where that is the address', async () => {
  await open(false);
  const begun = async (url: string): Promise<string | undefined> => {
    const [install] = installRoutes([bench.make({ ...installable(), url }).installable]);
    const asked = { params: {}, query: new URLSearchParams(), headers: {} };
    const answer = await install?.handle({ ...asked, body: Buffer.alloc(0) });
    return answer?.headers?.['set-cookie']?.replace(/=[^;]+/, '=…');
  };
  const rest = 'Max-Age=600; HttpOnly; SameSite=Lax';
  expect(await begun('https://example.org/talk')).toBe(
    `crosstalk-slack-install=…; Path=/talk/slack/oauth; ${rest}; Secure`,
  );
  expect(await begun('http://127.0.0.1:8008')).toBe(`crosstalk-slack-install=…; Path=/slack/oauth; ${rest}`);
});

it('an installation that was begun ten minutes ago, or for another account, is none', async () => {
  await open(false);
  const { installable: own } = bench.make(installable());
  let nowMs = Date.now();
  const account = { ...own, clock: { ...own.clock, now: () => new Date(nowMs) } };
  const [install, finish] = installRoutes([account]);
  const [, ofAnother] = installRoutes([{ ...account, account: 'other' }]);
  const call = { params: {}, headers: {}, body: Buffer.alloc(0) };
  const begun = await install?.handle({ ...call, query: new URLSearchParams() });
  const state = new URL(begun?.headers?.['location'] ?? '').searchParams.get('state') ?? '';
  const [cookie = ''] = (begun?.headers?.['set-cookie'] ?? '').split(';');
  // Slack's page was left without allowing anything: the state is looked at first.
  const back = { ...call, query: new URLSearchParams({ state }), headers: { cookie } };
  const says = async (route: typeof finish): Promise<string> => String((await route?.handle(back))?.body?.bytes ?? '');
  expect(await says(ofAnother)).toContain('not of an installation that began in this browser');
  nowMs += 599_000;
  expect(await says(finish)).toContain('was not allowed to install');
  nowMs += 1000;
  expect(await says(finish)).toContain('not of an installation that began in this browser');
});

it('an installation in another workspace is refused', async () => {
  await open(false);
  const other = bench.sandbox.workspaces.add({ name: 'Other' });
  bench.sandbox.workspaces.addUser(other, { realName: 'Otto', role: 'owner' });
  const page = await get(`${bench.url}/slack/install`);
  const back = bench.sandbox.apps.authorize(page.location, other);
  expect((await get(back, page.cookie)).text).toContain(`installed in the workspace ${other}`);
  expect(bench.store.has('installation')).toBe(false);
});

it('a token that ends is followed by another', async () => {
  await open(true);
  const first = await installed();
  expect(Date.parse(first.expiresAt)).toBeGreaterThan(Date.now() + 11 * 3_600_000);
  elevenHoursLater(first);
  await adapter.connect(bench.signal);
  expect(kept().token).not.toBe(first.token);
  await speak(adapter, 'a');
});

it('of two replicas whose token ends at once one renews it, and both go on with what it got', async () => {
  await open(true);
  const other = bench.make(installable());
  const first = await installed();
  elevenHoursLater(first);
  let renewals = 0;
  bench.sandbox.faults.watch((_method, path) => {
    if (path.endsWith('/oauth.v2.access')) renewals += 1;
  });
  // So that both have read what is kept before either is answered.
  bench.sandbox.faults.add({
    method: 'POST',
    path: 'oauth\\.v2\\.access',
    times: 2,
    fault: { do: 'slow', delayMs: 300 },
  });
  await Promise.all([adapter.connect(bench.signal), other.connect(bench.signal)]);
  expect(renewals).toBe(2);
  expect(kept().token).not.toBe(first.token);
  await speak(adapter, 'a');
  await speak(other, 'b');
});

it('what another replica got is used before the earlier token ends', async () => {
  await open(true);
  const other = bench.make(installable());
  const first = await installed();
  bench.sandbox.advance(11 * 3_600_000);
  elevenHoursLater(first);
  await other.connect(bench.signal);
  expect(kept().token).not.toBe(first.token);
  const stop = new AbortController();
  await adapter.start(bench.ingest, stop.signal);
  await until(() => bench.sandbox.apps.connections(bench.app.appId) === 1);
  bench.sandbox.advance(2 * 3_600_000);
  await speak(adapter, 'a');
  stop.abort();
});

it('an installation goes on at once, however long there was none, and Slack is not asked again and again until then', async () => {
  await open(false);
  let asked = 0;
  bench.sandbox.faults.watch((_method, path) => {
    if (path.endsWith('/auth.test')) asked += 1;
  });
  const refusal = (): Promise<unknown> =>
    adapter.connect(bench.signal).then(
      () => 'open',
      (error: unknown) => (error instanceof LoginRefused ? [error.message, error.failure.retry] : error),
    );
  const missing = `the app is not installed yet: see ${bench.url}/slack/install, or set botToken`;
  expect([await refusal(), asked]).toEqual([[missing, { afterMs: 5000 }], 0]);
  await installed();
  expect(asked).toBe(1);
  bench.sandbox.apps.uninstall(bench.app.appId, bench.team);
  const refused = ['Slack refused the token (account_inactive)', { afterMs: 5000 }];
  expect([await refusal(), await refusal(), await refusal(), asked]).toEqual([refused, refused, refused, 2]);
  await installed();
  expect(asked).toBe(3);
});

it('what Slack refused is asked for once more a minute later: it may have been allowed there', async () => {
  await open(false);
  await installed();
  bench.sandbox.apps.uninstall(bench.app.appId, bench.team);
  await expect(adapter.connect(bench.signal)).rejects.toBeInstanceOf(LoginRefused);
  bench.sandbox.apps.install(bench.app.appId, bench.team, kept().token);
  await expect(adapter.connect(bench.signal)).rejects.toBeInstanceOf(LoginRefused);
  bench.elapse(60_000);
  await adapter.connect(bench.signal);
  await speak(adapter, 'a');
});

it('what Slack grants is handed to the store as a secret', async () => {
  await open(true);
  const entries = new Map<string, unknown>();
  const secrets: string[] = [];
  const plain = memoryStore(entries);
  const store: AccountStore = {
    ...plain,
    put: (key, value, options) => {
      if (options?.secret === true) secrets.push(key);
      return plain.put(key, value, options);
    },
  };
  const unasked = {} as unknown as AppApi;
  const client = {} as unknown as SlackClient;
  const login = new SlackLogin({
    app: unasked,
    client,
    store,
    settings: { team: 'T1' },
    clock,
    log: recordingLog([]),
  });
  await login.install({ access_token: 'xoxe.xoxb-1', refresh_token: 'xoxe-1', team: { id: 'T1' } });
  expect([[...entries.keys()], secrets]).toEqual([['installation'], ['installation']]);
});

it('with several accounts a person says for which one it is', async () => {
  await open(false);
  expect((await get(`${bench.url}/slack/install?account=other`)).status).toBe(404);
  expect((await get(`${bench.url}/slack/install?account=town`)).status).toBe(302);
});
