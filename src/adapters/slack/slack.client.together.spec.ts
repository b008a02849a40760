import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clock, until } from '../../../test/contract/matrix-bench.js';
import { type BridgeError, LoginRefused, RateLimited, ShardLost } from '../../model/errors.js';
import { SlackClient, type SlackCall } from './slack.client.js';

interface Asked {
  readonly method: string;
  readonly token: string | undefined;
  readonly args: Readonly<Record<string, string>>;
  readonly response: ServerResponse;
}

/** Slack, which answers each request when a spec says so. */
let server: Server;
let asked: Asked[];
let client: SlackClient;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const args = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      const method = (request.url ?? '').replace('/api/', '');
      asked.push({ method, token: request.headers.authorization, args, response });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const apiUrl = `http://127.0.0.1:${String(port)}/api/`;
  client = new SlackClient({ apiUrl, appToken: 'xapp-1', maxConnections: 10, requestTimeoutMs: 20_000 }, clock);
  client.use('xoxb-1');
  // What was made for two calls at once serves those that follow.
  const calls = [ask('W1'), ask('W2')];
  for (const each of await arrived('W1', 'W2')) answer(each, { ok: true });
  await Promise.all(calls);
  asked = [];
});

afterEach(async () => {
  server.closeAllConnections();
  await client.rest();
  await new Promise((closed) => server.close(closed));
});

const noSignal = new AbortController().signal;

/** Asks, and tells what came of it; a failure as its error. */
function ask(channel: string, more: Partial<SlackCall> = {}): Promise<unknown> {
  const call: SlackCall = { method: 'chat.postMessage', args: { channel }, act: 'write', signal: noSignal, ...more };
  return client.ask({ place: channel, ...call }).catch((error: unknown) => error);
}

/** The requests for these channels, once all of them are there. */
async function arrived(...channels: string[]): Promise<Asked[]> {
  const of = (channel: string): Asked | undefined => asked.findLast(({ args }) => args['channel'] === channel);
  await until(() => channels.every((channel) => of(channel) !== undefined), channels.join());
  return channels.map((channel) => of(channel)!);
}

function answer({ response }: Asked, json: object, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json));
}

it('each call gets its own answer, in whatever order they come', async () => {
  const calls = ['C1', 'C2', 'C3'].map((channel) => ask(channel));
  for (const each of (await arrived('C1', 'C2', 'C3')).reverse()) answer(each, { ok: true, ts: each.args['channel'] });
  expect(await Promise.all(calls)).toMatchObject([{ ts: 'C1' }, { ts: 'C2' }, { ts: 'C3' }]);
});

it('so many that the SDK would have them wait go each with what is its own', async () => {
  // A client of the SDK has 100 under way, and what waits behind them goes out when its neighbours have been answered.
  const channels = Array.from({ length: 120 }, (_, at) => `C${String(at)}`);
  const sent: string[] = [];
  const calls = channels.map((channel) => ask(channel, { beforeSend: () => void sent.push(channel) }));
  for (let answered = 0; answered < channels.length; answered += 1) {
    await until(() => asked.length > answered, 'the next request');
    const next = asked[answered]!;
    answer(next, { ok: true, ts: next.args['channel'] });
  }
  expect(await Promise.all(calls)).toMatchObject(channels.map((ts) => ({ ts })));
  expect(sent.sort()).toEqual(channels.sort());
});

it('an abort ends the call that it is of, and no other', async () => {
  const stop = new AbortController();
  const [ended, going] = [ask('C1', { signal: stop.signal }), ask('C2')];
  const [, other] = await arrived('C1', 'C2');
  stop.abort();
  expect(await ended).toMatchObject({ code: 'abandoned' });
  answer(other!, { ok: true, ts: '2' });
  expect(await going).toMatchObject({ ts: '2' });
  const [third, fourth] = [ask('C3'), ask('C4')];
  for (const each of await arrived('C3', 'C4')) answer(each, { ok: true, ts: each.args['channel'] });
  expect(await Promise.all([third, fourth])).toMatchObject([{ ts: 'C3' }, { ts: 'C4' }]);
});

it('a call that may not be sent any more is kept back alone', async () => {
  const sent: string[] = [];
  const lost = new ShardLost('the shard may have passed to another replica');
  const kept = ask('C1', {
    beforeSend: () => {
      throw lost;
    },
  });
  const going = ask('C2', { beforeSend: () => void sent.push('C2') });
  const [other] = await arrived('C2');
  answer(other!, { ok: true, ts: '2' });
  expect(await Promise.all([kept, going])).toMatchObject([lost, { ts: '2' }]);
  expect([sent, asked.map(({ args }) => args['channel'])]).toEqual([['C2'], ['C2']]);
});

it('a pause that one call is asked for does not touch another that is under way, nor the channel of that one', async () => {
  const [slowed, going] = [ask('C1'), ask('C2')];
  const [first, second] = await arrived('C1', 'C2');
  answer(first!, { ok: false, error: 'ratelimited' }, 429, { 'retry-after': '30' });
  const error = await slowed;
  expect(error).toBeInstanceOf(RateLimited);
  expect((error as BridgeError).failure.retry).toEqual({ afterMs: 30_000 });
  answer(second!, { ok: true, ts: '2' });
  expect(await going).toMatchObject({ ts: '2' });
  const again = ask('C2');
  await until(() => asked.length === 3);
  answer(asked[2]!, { ok: true, ts: '3' });
  expect(await again).toMatchObject({ ts: '3' });
  expect(await ask('C1')).toBeInstanceOf(RateLimited);
  expect(asked).toHaveLength(3);
});

it('two pauses that are asked for at once are each their channel’s own', async () => {
  const calls = [ask('C1'), ask('C2')];
  const [first, second] = await arrived('C1', 'C2');
  answer(second!, { ok: false, error: 'ratelimited' }, 429, { 'retry-after': '60' });
  answer(first!, { ok: false, error: 'ratelimited' }, 429, { 'retry-after': '1000' });
  const afterMs = (errors: readonly unknown[]) =>
    errors.map((error) => (error as { failure: { retry: { afterMs: number } } }).failure.retry.afterMs);
  expect(afterMs(await Promise.all(calls))).toEqual([1_000_000, 60_000]);
  const [long, short] = afterMs([await ask('C1'), await ask('C2')]);
  expect([long! > 60_000, short! <= 60_000]).toEqual([true, true]);
});

it('each call shows the token in whose name it is', async () => {
  const calls = [ask('bot'), ask('app', { by: 'app' }), ask('nobody', { by: 'nobody' }), ask('bot too')];
  for (const each of await arrived('bot', 'app', 'nobody', 'bot too')) answer(each, { ok: true });
  await Promise.all(calls);
  const again = [ask('nobody again', { by: 'nobody' }), ask('app again', { by: 'app' }), ask('bot again')];
  for (const each of await arrived('nobody again', 'app again', 'bot again')) answer(each, { ok: true });
  await Promise.all(again);
  expect(asked.map(({ args, token }) => `${args['channel'] ?? ''}: ${token ?? 'none'}`).sort()).toEqual([
    'app again: Bearer xapp-1',
    'app: Bearer xapp-1',
    'bot again: Bearer xoxb-1',
    'bot too: Bearer xoxb-1',
    'bot: Bearer xoxb-1',
    'nobody again: none',
    'nobody: none',
  ]);
});

it('the token of a new login is not refused with the one before, whose last call is still under way', async () => {
  const old = ask('C1');
  const [first] = await arrived('C1');
  client.use('xoxb-2');
  const young = ask('C2');
  const [second] = await arrived('C2');
  answer(first!, { ok: false, error: 'token_revoked' });
  expect(await old).toBeInstanceOf(LoginRefused);
  answer(second!, { ok: true, ts: '2' });
  expect(await young).toMatchObject({ ts: '2' });
  const next = ask('C3');
  const [third] = await arrived('C3');
  answer(third!, { ok: true, ts: '3' });
  expect(await next).toMatchObject({ ts: '3' });
  expect(asked.map(({ token }) => token)).toEqual(['Bearer xoxb-1', 'Bearer xoxb-2', 'Bearer xoxb-2']);
});

it('a word that one call accepts is a refusal to the other', async () => {
  const calls = [ask('C1', { accepts: ['already_reacted'] }), ask('C2')];
  for (const each of await arrived('C1', 'C2')) answer(each, { ok: false, error: 'already_reacted' });
  const [accepted, refused] = await Promise.all(calls);
  expect(accepted).toMatchObject({ ok: false, error: 'already_reacted' });
  expect(refused).toBeInstanceOf(Error);
});

it('the time that one call is given is not the other’s', async () => {
  const calls = [ask('C1', { timeoutMs: 1_000 }), ask('C2')];
  const [, second] = await arrived('C1', 'C2');
  expect(await calls[0]).toMatchObject({ failure: { certainty: 'unknownAfterTimeout' } });
  answer(second!, { ok: true, ts: '2' });
  expect(await calls[1]).toMatchObject({ ts: '2' });
});
