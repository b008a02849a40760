import { saying } from '../../../test/contract/matrix-deliveries.js';
import { clock } from '../../../test/contract/matrix-bench.js';
import { SlackBench } from '../../../test/contract/slack-bench.js';
import { BridgeError, LoginRefused, RateLimited, TargetGone } from '../../model/errors.js';
import { roomId } from '../../model/ids.js';
import { SlackClient } from './slack.client.js';
import type { SlackAdapter } from './slack.adapter.js';

let bench: SlackBench;
let adapter: SlackAdapter;

beforeEach(async () => {
  bench = await SlackBench.open({ settings: { postEveryMs: 1, postBurst: 1 } });
  adapter = bench.make();
  await adapter.connect(bench.signal);
});
afterEach(() => bench.close());

const say = (name: string, room: string = bench.channel): Promise<void> =>
  adapter.deliver.messageSent?.send(saying(name, room, name).request, bench.signal) ??
  Promise.reject(new Error('cannot'));
const failure = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
const posts = (): number =>
  bench.sandbox.ledger.entries().filter(({ kind, key }) => kind === 'message' && key !== undefined).length;

it('a pause that one channel is asked for delays no other channel, and is kept without asking again', async () => {
  const { sandbox, team, ann, app } = bench;
  const other = sandbox.channels.create({ team, name: 'other', creator: ann, members: [app.botUser] });
  const body = JSON.stringify({ ok: false, error: 'ratelimited' });
  const fault = { do: 'answer', status: 429, headers: { 'retry-after': '30' }, body } as const;
  sandbox.faults.add({ method: 'POST', path: 'chat\\.postMessage', fault });
  const first = await failure(say('a'));
  expect(first).toBeInstanceOf(RateLimited);
  expect((first as BridgeError).failure.retry).toEqual({ afterMs: 30_000 });
  await say('b', roomId(other));
  const again = await failure(say('c'));
  expect(again).toBeInstanceOf(RateLimited);
  expect((again as BridgeError).failure).toMatchObject({ certainty: 'notSent' });
  const { afterMs } = (again as BridgeError).failure.retry as { afterMs: number };
  expect(afterMs).toBeGreaterThan(20_000);
  expect(afterMs).toBeLessThanOrEqual(30_000);
  expect([sandbox.faults.struck, posts()]).toEqual([1, 1]);
});

it('nothing is repeated: a request whose connection breaks goes out once', async () => {
  bench.sandbox.faults.add({ method: 'POST', path: 'chat\\.postMessage', times: 9, fault: { do: 'acceptThenDrop' } });
  await failure(say('a'));
  expect([bench.sandbox.faults.struck, posts()]).toEqual([1, 1]);
});

it('a refused token is not shown again before somebody logs in anew', async () => {
  bench.sandbox.apps.revokeTokens(bench.app.appId, bench.team);
  expect(await failure(say('a'))).toBeInstanceOf(LoginRefused);
  const called: string[] = [];
  bench.sandbox.faults.watch((_method, path) => called.push(path));
  expect(await failure(say('b'))).toBeInstanceOf(LoginRefused);
  expect(called).toEqual([]);
  bench.sandbox.apps.install(bench.app.appId, bench.team, bench.app.botToken);
  await adapter.connect(bench.signal);
  await say('c');
  expect(posts()).toBe(1);
});

it('a file is had with our token, and a page in place of it is none', async () => {
  const files = [{ name: 'plan.txt', bytes: Buffer.from('the plan'), mimetype: 'text/plain' }];
  const ts = bench.sandbox.post(bench.channel, bench.ann, 'see', { files });
  const message = bench.sandbox.messages(bench.channel).find((each) => each['ts'] === ts);
  const [shared] = message?.['files'] as { id: string }[];
  const file = {
    account: adapter.account,
    id: `file/${shared?.id ?? ''}`,
    name: 'plan.txt',
    mime: 'text/plain',
    bytes: 8,
  };
  const { body } = await adapter.openFile(file, bench.signal);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe('the plan');
  const fault = { do: 'answer', status: 302, headers: { location: '/login' }, body: '' } as const;
  bench.sandbox.faults.add({ method: 'GET', path: '/files-pri', fault });
  expect(await failure(adapter.openFile(file, bench.signal))).toMatchObject({ code: 'networkUnavailable' });
});

it('our token is shown to nobody but Slack: a file that lies elsewhere cannot be had', async () => {
  const settings = { apiUrl: 'https://slack.com/api/', maxConnections: 1, requestTimeoutMs: 1000 };
  const client = new SlackClient(settings, clock);
  client.use('xoxb-secret');
  for (const address of [
    'https://docs.example.org/d/1',
    'https://slack.com.example.org/files-pri/1',
    'https://notslack.com/files-pri/1',
    'http://files.slack.com/files-pri/1',
    `${bench.sandbox.url}/files-pri/1`,
  ]) {
    expect(await failure(client.open(address, 'own', bench.signal))).toBeInstanceOf(TargetGone);
  }
});
