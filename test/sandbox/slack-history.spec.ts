import { openSetup, type Setup } from './slack-setup.js';

describe('reading the sandbox Slack server', () => {
  let setup: Setup;
  let stamps: string[];

  beforeEach(async () => {
    setup = await openSetup();
    stamps = ['one', 'two', 'three', 'four', 'five'].map((text) => setup.sandbox.post(setup.channel, setup.ann, text));
  });

  afterEach(async () => {
    await setup.close();
  });

  const history = (fields: Readonly<Record<string, unknown>> = {}) =>
    setup.call('conversations.history', { channel: setup.channel, ...fields });
  const texts = (answer: Readonly<Record<string, unknown>>) =>
    (answer['messages'] as { text: string }[]).map(({ text }) => text);
  const cursor = (answer: Readonly<Record<string, unknown>>) =>
    (answer['response_metadata'] as { next_cursor: string } | undefined)?.next_cursor;

  test('it is newest first, page by page, whatever is said meanwhile', async () => {
    const first = await history({ limit: 2 });
    expect(texts(first)).toEqual(['five', 'four']);
    expect(first['has_more']).toBe(true);
    setup.sandbox.post(setup.channel, setup.ann, 'six');
    const second = await history({ limit: 2, cursor: cursor(first) });
    expect(texts(second)).toEqual(['three', 'two']);
    expect(await history({ cursor: 'nonsense' })).toMatchObject({ error: 'invalid_cursor' });
  });

  test('bounds leave out themselves unless they are to be included', async () => {
    const [, two, three, four] = stamps;
    expect(texts(await history({ oldest: two, latest: four }))).toEqual(['three']);
    expect(texts(await history({ oldest: two, latest: four, inclusive: true }))).toEqual(['four', 'three', 'two']);
    expect(texts(await history({ latest: three, oldest: three, inclusive: 1, limit: 1 }))).toEqual(['three']);
    expect(await history({ oldest: 'yesterday' })).toMatchObject({ error: 'invalid_ts_oldest' });
    expect(await history({ latest: 'today' })).toMatchObject({ error: 'invalid_ts_latest' });
  });

  test('with the older bound alone the page next to it comes first', async () => {
    const [one] = stamps;
    const first = await history({ oldest: one, limit: 2 });
    expect(texts(first)).toEqual(['three', 'two']);
    expect(texts(await history({ oldest: one, limit: 2, cursor: cursor(first) }))).toEqual(['five', 'four']);
  });

  test('a thread has its first message on every page', async () => {
    const [root = ''] = stamps;
    for (const text of ['a', 'b', 'c']) setup.sandbox.post(setup.channel, setup.bert, text, { thread: root });
    const at = { channel: setup.channel, ts: root };
    const first = await setup.call('conversations.replies', { ...at, limit: 3 });
    expect(texts(first)).toEqual(['one', 'a', 'b']);
    expect(texts(await setup.call('conversations.replies', { ...at, limit: 3, cursor: cursor(first) }))).toEqual([
      'one',
      'c',
    ]);
    expect(await setup.call('conversations.replies', { channel: setup.channel, ts: '1.1' })).toMatchObject({
      error: 'thread_not_found',
    });
  });

  test('an app that is not in a channel reads nothing there, and does not know of a private one', async () => {
    const { sandbox, team, ann } = setup;
    const open = sandbox.channels.create({ team, name: 'open', creator: ann });
    const hidden = sandbox.channels.create({ team, name: 'hidden', creator: ann, isPrivate: true });
    expect(await history({ channel: open })).toMatchObject({ error: 'not_in_channel' });
    expect(await history({ channel: hidden })).toMatchObject({ error: 'channel_not_found' });
    expect(await setup.call('chat.postMessage', { channel: open, text: 'x' })).toMatchObject({
      error: 'not_in_channel',
    });
    expect(await setup.call('conversations.info', { channel: hidden })).toMatchObject({ error: 'channel_not_found' });
    expect(await setup.call('conversations.info', { channel: open })).toMatchObject({
      ok: true,
      channel: { id: open, name: 'open', is_member: false, is_private: false },
    });
  });

  test('a scope that lacks is named beside those that are there', async () => {
    setup.sandbox.apps.setScopes(setup.app.appId, setup.team, ['channels:read']);
    expect(await history()).toEqual({
      ok: false,
      error: 'missing_scope',
      needed: 'channels:history',
      provided: 'channels:read',
    });
    expect(await setup.call('chat.postMessage', { channel: setup.channel, text: 'x' })).toMatchObject({
      error: 'missing_scope',
      needed: 'chat:write',
    });
  });

  test('no token, a wrong one, a revoked one and one of an app that is gone are told apart', async () => {
    const { sandbox, app, team, call } = setup;
    expect(await call('auth.test', {}, '')).toEqual({ ok: false, error: 'not_authed' });
    expect(await call('auth.test', {}, 'xoxb-wrong')).toEqual({ ok: false, error: 'invalid_auth' });
    expect(await call('auth.test')).toMatchObject({
      ok: true,
      team: 'Acme',
      team_id: team,
      user_id: app.botUser,
      bot_id: app.botId,
      url: 'https://acme.slack.com/',
    });
    sandbox.apps.revokeTokens(app.appId, team);
    expect(await call('auth.test')).toEqual({ ok: false, error: 'token_revoked' });
    sandbox.apps.uninstall(app.appId, team);
    expect(await call('auth.test')).toEqual({ ok: false, error: 'account_inactive' });
    const again = sandbox.apps.install(app.appId, team);
    expect(again.botUser).toBe(app.botUser);
    expect(await call('auth.test', {}, again.botToken)).toMatchObject({ ok: true });
  });

  test('methods that write take JSON, those that read do not', async () => {
    const ask = async (method: string, body: unknown) => {
      const headers = { authorization: `Bearer ${setup.app.botToken}`, 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
      return (await (await fetch(`${setup.url}/api/${method}`, init)).json()) as Record<string, unknown>;
    };
    expect(await ask('chat.postMessage', { channel: setup.channel, text: 'json' })).toMatchObject({ ok: true });
    expect(await ask('conversations.info', { channel: setup.channel })).toMatchObject({ error: 'invalid_arguments' });
    expect(await ask('chat.postMessage', '{')).toMatchObject({ error: 'invalid_json' });
    expect(await ask('chat.postMessage', [])).toMatchObject({ error: 'json_not_object' });
    expect(await ask('chat.guess', {})).toMatchObject({ ok: false, error: 'unknown_method', req_method: 'chat.guess' });
  });

  test('an app that others install unreviewed gets 15 messages, once a minute', async () => {
    await setup.close();
    setup = await openSetup({ app: { distribution: 'unlisted' }, rateLimits: {} });
    for (let count = 0; count < 20; count += 1) setup.sandbox.post(setup.channel, setup.ann, `number ${count}`);
    expect(texts(await history({ limit: 200 }))).toHaveLength(15);
    const early = await fetch(`${setup.url}/api/conversations.history?channel=${setup.channel}`, {
      headers: { authorization: `Bearer ${setup.app.botToken}` },
    });
    expect(early.status).toBe(429);
    expect(await early.json()).toEqual({ ok: false, error: 'ratelimited' });
    setup.sandbox.advance(Number(early.headers.get('retry-after')) * 1000);
    expect(texts(await history())).toHaveLength(15);
  });

  test('a channel takes a burst of posts, then one a second; other channels are not affected', async () => {
    setup.sandbox.setRateLimits({ postBurst: 3 });
    const other = setup.sandbox.channels.create({
      team: setup.team,
      name: 'other',
      creator: setup.ann,
      members: [setup.app.botUser],
    });
    const post = (channel: string): Promise<Response> =>
      fetch(`${setup.url}/api/chat.postMessage`, {
        method: 'POST',
        headers: { authorization: `Bearer ${setup.app.botToken}` },
        body: new URLSearchParams({ channel, text: 'x' }),
      });
    const statuses: number[] = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await post(setup.channel)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await post(setup.channel);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await post(other)).status).toBe(200);
    setup.sandbox.advance(1000);
    expect((await post(setup.channel)).status).toBe(200);
    setup.sandbox.setRateLimits('off');
    expect((await post(setup.channel)).status).toBe(200);
  });
});
