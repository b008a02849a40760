import { saying } from '../../../test/contract/matrix-deliveries.js';
import { SlackBench, until } from '../../../test/contract/slack-bench.js';
import { LoginRefused } from '../../model/errors.js';
import { bridgeScopes } from '../../sandbox/slack/bridge-app.js';
import type { SlackAdapter } from './slack.adapter.js';

let bench: SlackBench;
let adapter: SlackAdapter;

beforeEach(async () => {
  bench = await SlackBench.open({ settings: { markMs: 50 } });
  adapter = bench.make();
  await adapter.connect(bench.signal);
  await adapter.resolveRoom({ room: bench.channel }, 'team', bench.signal);
});
afterEach(() => bench.close());

const refusal = (): Promise<unknown> =>
  adapter.connect(bench.signal).then(
    () => 'it logged in',
    (error: unknown) => (error instanceof LoginRefused ? error.message : error),
  );
const stored = (text: string): number =>
  [...bench.ingest.payloads.values()].filter(({ body }) => Buffer.from(body).includes(text)).length;

it('says who is logged in where, and how events come', async () => {
  expect(await adapter.connect(bench.signal)).toEqual({
    login: `${bench.team} ${bench.app.botId}`,
    summary: 'crosstalk in Acme (https://acme.slack.com), by Socket Mode',
  });
});

it('tokens that are revoked close the account at once, and a new installation opens it', async () => {
  await bench.begin(adapter);
  bench.sandbox.apps.revokeTokens(bench.app.appId, bench.team);
  await until(() => bench.refused === 1);
  expect(await refusal()).toBe('Slack refused the token (token_revoked)');
  bench.sandbox.apps.install(bench.app.appId, bench.team, bench.app.botToken);
  expect(await refusal()).toBe('it logged in');
  const said = saying('a', bench.room, 'back again');
  await adapter.deliver.messageSent?.send(said.request, bench.signal);
  expect(said.made).toHaveLength(1);
});

it('an app that is uninstalled goes back into its public channels, and reads what was said without it', async () => {
  const stop = new AbortController();
  await bench.begin(adapter, stop.signal);
  bench.sandbox.post(bench.channel, bench.ann, 'with the app');
  await until(() => stored('with the app') === 1);
  // It is written down that somebody listens.
  await until(() => bench.store.has('listened'));
  bench.sandbox.apps.uninstall(bench.app.appId, bench.team);
  await until(() => bench.refused > 0);
  stop.abort();
  expect(await refusal()).toBe('Slack refused the token (account_inactive)');
  const root = bench.sandbox.post(bench.channel, bench.ann, 'without the app');
  bench.sandbox.post(bench.channel, bench.bert, 'a reply without it', { thread: root });
  await new Promise((resolve) => setTimeout(resolve, 200));
  bench.sandbox.apps.install(bench.app.appId, bench.team, bench.app.botToken);
  await bench.begin(adapter);
  await until(() => stored('without the app') === 1 && stored('a reply without it') === 1);
  expect(stored('"text":"with the app"')).toBe(1);
});

it('a channel that somebody took the app out of is not entered again by itself', async () => {
  const { sandbox, team, ann, app, channel } = bench;
  const other = sandbox.channels.create({ team, name: 'other', creator: ann, members: [app.botUser] });
  await adapter.resolveRoom({ room: other }, 'others', bench.signal);
  await bench.begin(adapter);
  await until(() => bench.store.has('listened') && !bench.store.has(`unread/${channel}`));
  sandbox.channels.leave(channel, app.botUser, ann);
  await until(() => bench.store.has(`out/${channel}`));
  sandbox.apps.uninstall(app.appId, team);
  await until(() => bench.refused > 0);
  await refusal();
  sandbox.apps.install(app.appId, team, app.botToken);
  await bench.begin(adapter);
  const isIn = (id: string): boolean | undefined => sandbox.state.conversations.get(id)?.members.has(app.botUser);
  await until(() => isIn(other) === true);
  expect(isIn(channel)).toBe(false);
});

it('scopes that are missing are named before anything is sent', async () => {
  const fewer = bridgeScopes.filter((scope) => scope !== 'groups:history' && scope !== 'reactions:write');
  bench.sandbox.apps.setScopes(bench.app.appId, bench.team, fewer);
  expect(await refusal()).toBe(
    'the app lacks groups:history, reactions:write: install it again with the scopes of its manifest',
  );
});

it('history has the keys that events have', async () => {
  await bench.begin(adapter);
  const since = new Date(Date.now() - 1000);
  const root = bench.sandbox.post(bench.channel, bench.ann, 'hello');
  const reply = bench.sandbox.post(bench.channel, bench.bert, 'a reply', { thread: root });
  const act = bench.sandbox.postMe(bench.channel, bench.ann, 'waves');
  await until(() => bench.sandbox.isQuiet);
  const keys: string[] = [];
  for await (const payloads of adapter.catchUp(bench.room, since, bench.signal)) {
    keys.push(...payloads.map(({ key }) => key));
  }
  const said = [root, reply, act].map((ts) => `${bench.channel}/${ts}`);
  expect(keys.slice(-3)).toEqual(said);
  expect([...bench.ingest.payloads.keys()]).toEqual(expect.arrayContaining(said));
});

it('what is stored is read without a login, the same way', async () => {
  await bench.begin(adapter);
  bench.sandbox.post(bench.channel, bench.ann, 'hello');
  await until(() => stored('hello') === 1);
  expect(bench.arrived(bench.make())).toEqual(bench.arrived(adapter));
});
