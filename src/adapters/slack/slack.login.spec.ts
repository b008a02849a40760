import { request } from 'undici';
import { saying } from '../../../test/contract/matrix-deliveries.js';
import { SlackBench } from '../../../test/contract/slack-bench.js';
import { LoginRefused } from '../../model/errors.js';
import type { SlackAdapter } from './slack.adapter.js';

let bench: SlackBench;
let adapter: SlackAdapter;

async function open(tokenRotation: boolean): Promise<void> {
  bench = await SlackBench.open({ app: { tokenRotation } });
  const { clientId, clientSecret } = bench.registered;
  adapter = bench.make({
    botToken: undefined,
    clientId,
    clientSecret,
    url: bench.url,
    team: bench.team,
    authorizeUrl: `${bench.sandbox.url}/oauth/v2/authorize`,
  });
  await bench.listen(adapter);
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

it('an installation with a browser is kept, encrypted, and logs in', async () => {
  await open(false);
  await expect(adapter.connect(bench.signal)).rejects.toBeInstanceOf(LoginRefused);
  const page = await get(`${bench.url}/slack/install`);
  expect(page.status).toBe(302);
  const back = bench.sandbox.authorize(page.location, bench.team);
  expect((await get(back, page.cookie)).text).toContain('The app is installed');
  expect((await adapter.connect(bench.signal)).login).toBe(`${bench.team} ${bench.app.botId}`);
  // Whoever begins anew finds it.
  expect(bench.store.get('installation')).toMatchObject({ team: bench.team });
});

it('a page that was not begun in the same browser installs nothing, nor does one that was not allowed', async () => {
  await open(false);
  const page = await get(`${bench.url}/slack/install`);
  const back = bench.sandbox.authorize(page.location, bench.team);
  expect((await get(back)).status).toBe(403);
  expect((await get(back, 'crosstalk-slack-install=other')).status).toBe(403);
  expect((await get(`${bench.url}/slack/oauth?code=1&state=2`, page.cookie)).status).toBe(403);
  const denied = bench.sandbox.authorize(page.location, bench.team, 'cancel');
  expect((await get(denied, page.cookie)).text).toContain('was not allowed');
  expect(bench.store.size).toBe(0);
});

it('an installation in another workspace is refused', async () => {
  await open(false);
  const other = bench.sandbox.addWorkspace({ name: 'Other' });
  bench.sandbox.addUser(other, { realName: 'Otto', role: 'owner' });
  const page = await get(`${bench.url}/slack/install`);
  const back = bench.sandbox.authorize(page.location, other);
  expect((await get(back, page.cookie)).text).toContain(`installed in the workspace ${other}`);
  expect(bench.store.has('installation')).toBe(false);
});

it('a token that ends is followed by another, by whichever replica is first', async () => {
  await open(true);
  const page = await get(`${bench.url}/slack/install`);
  await get(bench.sandbox.authorize(page.location, bench.team), page.cookie);
  await adapter.connect(bench.signal);
  const first = bench.store.get('installation') as { token: string; refreshToken: string; expiresAt: string };
  expect(Date.parse(first.expiresAt)).toBeGreaterThan(Date.now() + 11 * 3_600_000);
  // Eleven hours later.
  bench.store.set('installation', { ...first, expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
  await adapter.connect(bench.signal);
  const second = bench.store.get('installation') as { token: string; refreshToken: string };
  expect(second.token).not.toBe(first.token);
  const said = saying('a', bench.room, 'hello');
  await adapter.deliver.messageSent?.send(said.request, bench.signal);
  expect(said.made).toHaveLength(1);
});

it('with several accounts a person says for which one it is', async () => {
  await open(false);
  expect((await get(`${bench.url}/slack/install?account=other`)).status).toBe(404);
  expect((await get(`${bench.url}/slack/install?account=town`)).status).toBe(302);
});
