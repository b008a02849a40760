import { request } from 'undici';
import { SlackBench, until } from '../../../test/contract/slack-bench.js';
import { signatureOf } from '../../sandbox/slack/request-sender.js';
import type { SlackAdapter } from './slack.adapter.js';
import { slackDefinition } from './slack.definition.js';

let bench: SlackBench;
let adapter: SlackAdapter;

beforeEach(async () => {
  bench = await SlackBench.open({ receive: 'eventsApi', settings: { operators: ['U0PERATOR'] } });
  adapter = bench.make({}, (channel) => channel === bench.channel);
  await bench.begin(adapter);
  await until(() => bench.sandbox.isQuiet);
});
afterEach(() => bench.close());

const event = (id: string, { team = bench.team, channel = bench.channel, more = {} } = {}): string =>
  JSON.stringify({
    type: 'event_callback',
    event_id: id,
    team_id: team,
    ...more,
    event: { type: 'message', channel, user: bench.ann, ts: '1700000000.000100', text: id },
  });
const nowS = (): number => Math.floor(Date.now() / 1000);

async function post(
  body: string,
  headers: Readonly<Record<string, string>> = signed(body),
  path = '/slack/events',
): Promise<{ status: number; json: unknown }> {
  const answer = await request(`${bench.url}${path}`, { method: 'POST', headers, body });
  return { status: answer.statusCode, json: await answer.body.json() };
}

function signed(body: string, atS = nowS(), secret = bench.registered.signingSecret): Record<string, string> {
  return { 'x-slack-request-timestamp': String(atS), 'x-slack-signature': signatureOf(secret, atS, body) };
}

it('what is not signed, wrongly, too early or too late is refused, and has no effect', async () => {
  const body = event('Ev1');
  const before = bench.ingest.payloads.size;
  const good = signed(body);
  const { 'x-slack-signature': signature = '', ...unsigned } = good;
  const attempts: Readonly<Record<string, string>>[] = [
    {},
    unsigned,
    { 'x-slack-signature': signature },
    { ...good, 'x-slack-signature': `${signature.slice(0, -1)}${signature.endsWith('0') ? '1' : '0'}` },
    { ...good, 'x-slack-request-timestamp': String(nowS() - 1) },
    signed(`${body} `),
    signed(body, nowS(), 'another secret'),
    signed(body, nowS() - 301),
    signed(body, nowS() + 400),
  ];
  for (const headers of attempts) expect((await post(body, headers)).status).toBe(401);
  expect(bench.ingest.payloads.size).toBe(before);
  expect(await post(body)).toEqual({ status: 200, json: {} });
  expect(bench.ingest.payloads.size).toBe(before + 1);
});

it('the address gives Slack’s challenge back', async () => {
  expect(await bench.sandbox.apps.verifyUrl(bench.app.appId)).toBe(true);
});

it('an event that comes again under the same id is answered, and stored once', async () => {
  const body = JSON.stringify({ ...JSON.parse(event('Ev2')), event: { type: 'pin_added', channel_id: bench.channel } });
  const before = bench.ingest.payloads.size;
  for (const retry of ['1', '2', '3']) {
    const again = { ...signed(body), 'x-slack-retry-num': retry, 'x-slack-retry-reason': 'http_timeout' };
    expect((await post(body, again)).status).toBe(200);
  }
  expect(bench.ingest.payloads.size).toBe(before + 1);
});

it('an event is answered when it is stored, not before', async () => {
  const [route] = slackDefinition.httpRoutes([adapter]).filter(({ path }) => path === '/slack/events');
  const storing = bench.holdStoring();
  const body = event('Ev8');
  let status: number | undefined;
  const answering = route!.handle({
    params: {},
    query: new URLSearchParams(),
    headers: signed(body),
    body: Buffer.from(body),
  });
  void answering.then((answer) => (status = answer.status));
  await storing.begun;
  // Whatever could be answered without waiting has been by now.
  await new Promise((resolve) => setImmediate(resolve));
  expect(status).toBeUndefined();
  storing.letGo();
  expect(await answering).toEqual({ status: 200, json: {} });
});

it('what cannot be stored, or is no JSON, is not acknowledged', async () => {
  bench.ingest.fail = new Error('the database is gone');
  expect((await post(event('Ev3'))).status).toBe(500);
  expect((await post('nonsense')).status).toBe(400);
});

it('what is nested too deeply to be written down is stored as unreadable, once', async () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const body = event('Ev7').replace('"text"', `"blocks":${deep},"text"`);
  for (const _retry of [0, 1]) expect((await post(body)).status).toBe(200);
  const [last] = [...bench.ingest.payloads.values()].slice(-1);
  expect(Buffer.from(last?.body ?? []).toString()).toBe('{"unreadable":"nested too deeply"}');
  expect(() => adapter.read(JSON.parse(Buffer.from(last?.body ?? []).toString()))).toThrow();
});

it('an event of a workspace that is nobody’s is let go', async () => {
  const before = bench.ingest.payloads.size;
  expect((await post(event('Ev4', { team: 'T0OTHER', channel: 'C0ELSEWHERE' }))).status).toBe(200);
  expect(bench.ingest.payloads.size).toBe(before);
});

it('an event that happened in another workspace is for the one that it is told through', async () => {
  const authorizations = [{ enterprise_id: null, team_id: bench.team, user_id: bench.app.botUser, is_bot: true }];
  const before = bench.ingest.payloads.size;
  const told = event('Ev6', { team: 'T0PARTNER', channel: 'C0SHARED', more: { authorizations } });
  expect((await post(told)).status).toBe(200);
  expect(bench.ingest.payloads.size).toBe(before + 1);
});

it('before somebody listens Slack is asked to come again', async () => {
  const other = bench.make();
  await bench.listen(other);
  expect((await post(event('Ev5'))).status).toBe(503);
  await other.connect(bench.signal);
  expect((await post(event('Ev5'))).status).toBe(503);
});

it('a slash command is answered to who typed it, and tells whether the settings name that one', async () => {
  const { sandbox, team, channel, ann, app } = bench;
  const operator = sandbox.workspaces.addUser(team, { id: 'U0PERATOR', realName: 'Olga' });
  sandbox.channels.join(channel, operator);
  const ask = (user: string, text: string) =>
    sandbox.slashCommand({ app: app.appId, channel, user, command: '/crosstalk', text });
  expect(await ask(ann, 'help')).toMatchObject({ answer: { response_type: 'ephemeral', text: 'did help' } });
  expect(await ask(operator, 'link team cloud=abc')).toMatchObject({ answer: { text: 'did link team cloud=abc' } });
  const asked = { room: channel, prefix: '/crosstalk' };
  expect(bench.commands).toEqual([
    { ...asked, by: { id: ann, mayLink: false }, words: ['help'] },
    { ...asked, by: { id: operator, mayLink: true }, words: ['link', 'team', 'cloud=abc'] },
  ]);
});

it('a mention that begins with a verb is answered to its author alone, and not bridged', async () => {
  const { sandbox, team, channel, app } = bench;
  const operator = sandbox.workspaces.addUser(team, { id: 'U0PERATOR', realName: 'Olga' });
  sandbox.channels.join(channel, operator);
  sandbox.post(channel, operator, `<@${app.botUser}> status`);
  await until(() => sandbox.ephemerals().length === 1);
  expect(sandbox.ephemerals()).toMatchObject([{ user: operator, channel, text: 'did status' }]);
  await until(() => sandbox.isQuiet);
  const results = bench.arrived(adapter).map(({ result }) => result);
  expect(results.filter((result) => 'ignored' in result && result.ignored === 'a command')).toHaveLength(1);
  expect(results.flatMap((result) => ('events' in result ? result.events : []))).not.toContainEqual(
    expect.objectContaining({ kind: 'messageSent' }),
  );
});

it('a command that is not signed is refused', async () => {
  const body = 'command=%2Fcrosstalk&text=unlink&user_id=U0PERATOR&channel_id=C0';
  expect((await post(body, {}, '/slack/commands')).status).toBe(401);
  expect(bench.commands).toEqual([]);
});
