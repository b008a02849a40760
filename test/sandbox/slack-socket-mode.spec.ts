import { WebSocket } from 'ws';
import { ask, openSetup, SocketClient, until, type Setup } from './slack-setup.js';

describe('Socket Mode of the sandbox Slack server', () => {
  let setup: Setup;
  let clients: SocketClient[];

  beforeEach(async () => {
    setup = await openSetup();
    clients = [];
  });

  afterEach(async () => {
    for (const client of clients) client.close();
    await setup.close();
  });

  const connect = async (...answer: Parameters<typeof SocketClient.open> extends [Setup, ...infer A] ? A : never) => {
    const client = await SocketClient.open(setup, ...answer);
    clients.push(client);
    return client;
  };

  test('a connection is greeted, and what is said comes to it', async () => {
    const client = await connect();
    expect(client.envelopes[0]).toMatchObject({
      type: 'hello',
      num_connections: 1,
      connection_info: { app_id: setup.app.appId },
    });
    const ts = setup.sandbox.post(setup.channel, setup.ann, 'hello <@U0> & *all*');
    await until(() => client.events.length === 1);
    expect(client.envelopes[1]).toMatchObject({
      type: 'events_api',
      accepts_response_payload: false,
      retry_attempt: 0,
      retry_reason: '',
      payload: {
        type: 'event_callback',
        team_id: setup.team,
        api_app_id: setup.app.appId,
        is_ext_shared_channel: false,
      },
    });
    expect(client.events[0]).toMatchObject({
      type: 'message',
      user: setup.ann,
      channel: setup.channel,
      channel_type: 'channel',
      text: 'hello <@U0> &amp; *all*',
      ts,
      event_ts: ts,
      team: setup.team,
      blocks: [
        {
          type: 'rich_text',
          elements: [
            {
              type: 'rich_text_section',
              elements: [
                { type: 'text', text: 'hello ' },
                { type: 'user', user_id: 'U0' },
                { type: 'text', text: ' & ' },
                { type: 'text', text: 'all', style: { bold: true } },
              ],
            },
          ],
        },
      ],
    });
    expect(client.events[0]).toHaveProperty('client_msg_id');
  });

  test('an address serves once', async () => {
    const { url } = await ask(setup.url, 'apps.connections.open', {}, setup.appToken);
    const first = new WebSocket(String(url));
    await new Promise((resolve) => first.on('open', resolve));
    const second = new WebSocket(String(url));
    const refused = await new Promise<string>((resolve) => second.on('error', (error) => resolve(error.message)));
    expect(refused).toBe('Unexpected server response: 408');
    first.terminate();
  });

  test('an address is given to the app’s own token alone', async () => {
    expect((await setup.call('apps.connections.open')).error).toBe('not_allowed_token_type');
    expect((await ask(setup.url, 'apps.connections.open', {}, 'xapp-wrong')).error).toBe('invalid_auth');
    expect((await ask(setup.url, 'apps.connections.open', {}, '')).error).toBe('not_authed');
  });

  test('each event goes to one of several connections', async () => {
    const all = [await connect(), await connect(), await connect()];
    expect(setup.sandbox.apps.connections(setup.app.appId)).toBe(3);
    for (let count = 0; count < 9; count += 1) setup.sandbox.post(setup.channel, setup.ann, `number ${count}`);
    await until(() => all.flatMap(({ events }) => events).length === 9);
    expect(all.map(({ events }) => events.length)).toEqual([3, 3, 3]);
  });

  test('the eleventh connection is sent away', async () => {
    for (let count = 0; count < 10; count += 1) await connect();
    const eleventh = await connect();
    expect(eleventh.envelopes[0]).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
    await until(() => eleventh.isClosed);
  });

  test('what is not acknowledged comes again under its event id: at once, after a minute, after five, then never', async () => {
    const client = await connect(() => 'silence');
    setup.sandbox.post(setup.channel, setup.ann, 'listen!');
    await until(() => client.events.length === 1);
    for (const [pauseMs, count] of [
      [0, 2],
      [60_000, 3],
      [300_000, 4],
    ] as const) {
      setup.sandbox.advance(3000);
      await new Promise((resolve) => setImmediate(resolve));
      setup.sandbox.advance(pauseMs);
      await until(() => client.events.length === count);
    }
    setup.sandbox.advance(3000);
    await until(() => setup.sandbox.isQuiet);
    const received = client.envelopes.filter(({ type }) => type === 'events_api');
    expect(new Set(received.map(({ payload }) => payload.event_id)).size).toBe(1);
    expect(received.map(({ retry_attempt, retry_reason }) => [retry_attempt, retry_reason])).toEqual([
      [0, ''],
      [1, 'timeout'],
      [2, 'timeout'],
      [3, 'timeout'],
    ]);
    expect(setup.sandbox.eventCounts).toEqual({ sent: 4, givenUp: 1 });
  });

  test('what nobody is there for comes when somebody is', async () => {
    setup.sandbox.post(setup.channel, setup.ann, 'anybody?');
    await until(() => setup.sandbox.eventCounts.sent === 2);
    const client = await connect();
    setup.sandbox.advance(60_000);
    await until(() => client.events.length === 1);
    expect(client.envelopes[1]).toMatchObject({ retry_attempt: 2, retry_reason: 'timeout' });
  });

  test('a connection is warned ten seconds before it ends, and gets nothing new after its end is told', async () => {
    const old = await connect();
    setup.sandbox.apps.disconnect(setup.app.appId, 'warning');
    await until(() => old.envelopes.length === 2);
    expect(old.envelopes[1]).toMatchObject({ type: 'disconnect', reason: 'warning' });
    setup.sandbox.post(setup.channel, setup.ann, 'still here');
    await until(() => old.events.length === 1);
    const next = await connect();
    setup.sandbox.advance(10_000);
    await until(() => old.envelopes.at(-1)?.reason === 'refresh_requested');
    setup.sandbox.post(setup.channel, setup.ann, 'for the next one');
    await until(() => next.events.length >= 1);
    expect(next.events.at(-1)).toMatchObject({ text: 'for the next one' });
    setup.sandbox.advance(1000);
    await until(() => old.isClosed);
  });

  test('copies of an event come in any order when a fault says so', async () => {
    const client = await connect();
    setup.sandbox.setEventFault({ copies: 4, spreadMs: 30_000 });
    for (let count = 0; count < 5; count += 1) setup.sandbox.post(setup.channel, setup.ann, `number ${count}`);
    setup.sandbox.advance(30_000);
    await until(() => client.events.length === 20);
    expect(new Set(client.envelopes.slice(1).map(({ payload }) => payload.event_id)).size).toBe(5);
  });

  test('faults strike connections too', async () => {
    setup.sandbox.faults.add({ path: '^/link/', fault: { do: 'answer', status: 503 } });
    const { url } = await ask(setup.url, 'apps.connections.open', {}, setup.appToken);
    const socket = new WebSocket(String(url));
    const refused = await new Promise<string>((resolve) => socket.on('error', (error) => resolve(error.message)));
    expect(refused).toBe('Unexpected server response: 503');
  });

  test('the server pings', async () => {
    const client = await connect();
    let pings = 0;
    client.socket.on('ping', () => (pings += 1));
    setup.sandbox.advance(10_000);
    await until(() => pings === 1);
    setup.sandbox.advance(10_000);
    await until(() => pings === 2);
  });

  test('connections can be cut without a word', async () => {
    const client = await connect();
    setup.sandbox.apps.cutConnections(setup.app.appId);
    await until(() => client.isClosed);
    expect(setup.sandbox.apps.connections(setup.app.appId)).toBe(0);
  });
});
