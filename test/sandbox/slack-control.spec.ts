import { slackTown } from '../../src/sandbox/slack/place.js';
import { ask, openSetup, until, type Setup } from './slack-setup.js';

describe('the ledger and the faults of the sandbox Slack server', () => {
  let setup: Setup;

  beforeEach(async () => {
    setup = await openSetup();
  });

  afterEach(async () => {
    await setup.close();
  });

  const post = (text: string) => setup.call('chat.postMessage', { channel: setup.channel, text });
  const control = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${setup.url}/_sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  test('each accepted write has one entry, a refused one none', async () => {
    const { sandbox, channel, ann, bert, app } = setup;
    const before = sandbox.ledger.entries().length;
    const ts = String((await post('hello'))['ts']);
    await post('');
    sandbox.react(channel, ann, ts, 'tada');
    await setup.call('reactions.add', { channel, timestamp: ts, name: 'tada' });
    await setup.call('reactions.add', { channel, timestamp: ts, name: 'tada' });
    sandbox.unreact(channel, ann, ts, 'tada');
    await setup.call('chat.update', { channel, ts, text: 'hello!' });
    expect(() => sandbox.edit(channel, bert, ts, 'hacked')).toThrow('cant_update_message');
    await setup.call('chat.delete', { channel, ts });
    sandbox.channels.setTopic(channel, ann, 'news');
    const { botId, botUser } = app;
    const entries = sandbox.ledger.entries(channel).slice(before);
    expect(entries.map(({ atMs: _at, order: _order, id: _id, ...entry }) => entry)).toEqual([
      { kind: 'message', room: channel, actor: botId, text: 'hello' },
      { kind: 'reaction', room: channel, actor: ann, text: 'tada', target: ts },
      { kind: 'reaction', room: channel, actor: botUser, text: 'tada', target: ts },
      { kind: 'reactionRemoval', room: channel, actor: ann, text: 'tada', target: ts },
      { kind: 'edit', room: channel, actor: botId, text: 'hello!', target: ts },
      { kind: 'deletion', room: channel, actor: botId, target: ts },
      { kind: 'state', room: channel, actor: ann, text: 'set the channel topic: news' },
    ]);
  });

  test('what is accepted and then dropped has had its effect; what is dropped unread has had none', async () => {
    setup.sandbox.faults.add({ path: '/api/chat.postMessage', fault: { do: 'acceptThenDrop' } });
    setup.sandbox.faults.add({ path: '/api/chat.postMessage', fault: { do: 'drop' } });
    await expect(post('lost answer')).rejects.toThrow('fetch failed');
    await expect(post('never')).rejects.toThrow('fetch failed');
    const texts = setup.sandbox.messages(setup.channel).map(({ text }) => text);
    expect(texts).toContain('lost answer');
    expect(texts).not.toContain('never');
  });

  test('a test in another process sees the ledger, arms faults, moves the clock and acts as people', async () => {
    const entries = (await (await control('GET', 'ledger?after=0')).json()) as unknown[];
    expect(entries).toHaveLength(setup.sandbox.ledger.entries().length);
    const rule = { path: '/api/auth.test', fault: { do: 'answer', status: 503 } };
    expect((await control('POST', 'faults', rule)).status).toBe(204);
    expect((await fetch(`${setup.url}/api/auth.test`)).status).toBe(503);
    expect((await control('DELETE', 'faults')).status).toBe(204);
    expect((await control('POST', 'faults', { fault: 'none' })).status).toBe(400);
    const { ts } = (await (
      await control('POST', 'act', { do: 'post', channel: setup.channel, user: setup.ann, text: 'from afar' })
    ).json()) as { ts: string };
    expect(setup.sandbox.messages(setup.channel).at(-1)).toMatchObject({ ts, text: 'from afar' });
    const before = setup.sandbox.state.clock.nowMs();
    expect((await control('POST', 'clock', { advanceMs: 60_000 })).status).toBe(204);
    expect(setup.sandbox.state.clock.nowMs() - before).toBeGreaterThanOrEqual(60_000);
    expect((await control('POST', 'event-fault', { copies: 2 })).status).toBe(204);
    expect((await control('DELETE', 'event-fault')).status).toBe(204);
    expect((await control('POST', 'disconnect', { app: setup.app.appId, reason: 'warning' })).status).toBe(204);
    expect(await (await control('GET', 'state')).json()).toMatchObject({
      workspaces: [{ id: setup.team, name: 'Acme' }],
      channels: [{ id: setup.channel, name: 'team' }],
      apps: [{ id: setup.app.appId, connections: 0 }],
    });
    expect((await control('GET', 'nothing')).status).toBe(404);
  });

  test('it stops and starts again with what it knew, and goes on with what waited', async () => {
    const events = setup.sandbox.eventCounts.sent;
    setup.sandbox.post(setup.channel, setup.ann, 'before');
    const port = Number(new URL(setup.url).port);
    await setup.sandbox.stop();
    setup.sandbox.post(setup.channel, setup.ann, 'meanwhile');
    await setup.sandbox.start(port);
    const { messages } = await setup.call('conversations.history', { channel: setup.channel, limit: 2 });
    expect(messages).toMatchObject([{ text: 'meanwhile' }, { text: 'before' }]);
    setup.sandbox.advance(60_000);
    await until(() => setup.sandbox.eventCounts.sent === events + 3);
  });

  test('listeners are told of what happens in channels', () => {
    const happened: unknown[] = [];
    const stop = setup.sandbox.onChange(({ event }) => happened.push(event['subtype'] ?? event['type']));
    const ts = setup.sandbox.post(setup.channel, setup.ann, 'one');
    setup.sandbox.edit(setup.channel, setup.ann, ts, 'two');
    setup.sandbox.react(setup.channel, setup.bert, ts, 'tada');
    setup.sandbox.remove(setup.channel, setup.ann, ts);
    stop();
    setup.sandbox.post(setup.channel, setup.ann, 'three');
    expect(happened).toEqual(['message', 'message_changed', 'reaction_added', 'message_deleted']);
  });

  test('by itself it has a workspace, people and an app with known tokens', async () => {
    const { server: sandbox } = slackTown();
    await sandbox.start(0);
    try {
      expect(await ask(sandbox.url, 'auth.test', {}, 'xoxb-sandbox')).toMatchObject({ ok: true, team: 'Sandbox' });
      expect(await ask(sandbox.url, 'conversations.join', { channel: 'C0GENERAL00' }, 'xoxb-sandbox')).toMatchObject({
        ok: true,
        channel: { name: 'general', is_member: true },
      });
      expect(await ask(sandbox.url, 'apps.connections.open', {}, 'xapp-sandbox')).toMatchObject({ ok: true });
    } finally {
      await sandbox.stop();
    }
  });

  test('limits go as much faster as one says', async () => {
    setup.sandbox.setRateLimits({ speed: 20, postBurst: 1 });
    expect(await post('one')).toMatchObject({ ok: true });
    expect(await post('two')).toMatchObject({ error: 'ratelimited' });
    setup.sandbox.advance(50);
    expect(await post('three')).toMatchObject({ ok: true });
  });
});
