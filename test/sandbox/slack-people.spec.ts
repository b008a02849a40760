import { ask, openSetup, SocketClient, until, type Setup } from './slack-setup.js';

describe('people and apps of the sandbox Slack server', () => {
  let setup: Setup;
  let client: SocketClient | undefined;

  beforeEach(async () => {
    setup = await openSetup();
    client = undefined;
  });

  afterEach(async () => {
    client?.close();
    await setup.close();
  });

  const eventsOf = async (count: number) => {
    await until(() => (client?.events.length ?? 0) >= count, `event ${count}`);
    return client?.events ?? [];
  };

  test('a person is shown with names, pictures and role', async () => {
    const { user } = await setup.call('users.info', { user: setup.ann });
    expect(user).toMatchObject({
      id: setup.ann,
      team_id: setup.team,
      name: 'ann.doe',
      real_name: 'Ann Doe',
      deleted: false,
      is_owner: true,
      is_bot: false,
      is_restricted: false,
      profile: { display_name: 'ann', real_name: 'Ann Doe', first_name: 'Ann', last_name: 'Doe', team: setup.team },
    });
    const { image_72: picture } = (user as { profile: { image_72: string } }).profile;
    const answer = await fetch(picture);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(await setup.call('users.profile.get', { user: setup.bert })).toMatchObject({
      profile: { real_name: 'Bert Roe', display_name: '' },
    });
    expect(await setup.call('users.info', { user: 'USLACKBOT' })).toMatchObject({ user: { real_name: 'Slackbot' } });
    expect(await setup.call('users.info', { user: 'U0NOBODY000' })).toMatchObject({ error: 'user_not_found' });
  });

  test('an app’s user says which bot it is', async () => {
    const { botUser, botId, appId } = setup.app;
    expect(await setup.call('users.info', { user: botUser })).toMatchObject({
      user: { is_bot: true, profile: { bot_id: botId, api_app_id: appId } },
    });
    expect(await setup.call('bots.info', { bot: botId })).toMatchObject({
      bot: { id: botId, app_id: appId, user_id: botUser, name: 'Bridge', deleted: false },
    });
    expect(await setup.call('bots.info', { bot: 'B0NOBODY000' })).toMatchObject({ error: 'bot_not_found' });
  });

  test('whether somebody is there is told who asks, and what they say of themselves stands in their profile', async () => {
    expect(await setup.call('users.getPresence', { user: setup.ann })).toMatchObject({ presence: 'away' });
    setup.sandbox.workspaces.setActive(setup.ann, true);
    setup.sandbox.workspaces.changeProfile(setup.ann, { statusText: 'on the meadow', statusEmoji: ':tent:' });
    expect(await setup.call('users.getPresence', { user: setup.ann })).toMatchObject({ presence: 'active' });
    expect(await setup.call('users.info', { user: setup.ann })).toMatchObject({
      user: { profile: { status_text: 'on the meadow', status_emoji: ':tent:' } },
    });
    expect(await setup.call('users.getPresence', { user: 'U0NOBODY000' })).toMatchObject({ error: 'user_not_found' });
  });

  test('guests, and who is not there any more, are marked', async () => {
    const guest = setup.sandbox.workspaces.addUser(setup.team, { realName: 'Guest', role: 'singleChannelGuest' });
    setup.sandbox.workspaces.deactivate(setup.bert);
    const { members } = await setup.call('users.list');
    expect(members).toMatchObject([
      { id: setup.ann },
      { id: setup.bert, deleted: true },
      { id: setup.app.botUser },
      { id: guest, is_restricted: true, is_ultra_restricted: true },
    ]);
    expect(await setup.call('conversations.open', { users: setup.bert })).toMatchObject({ error: 'user_disabled' });
  });

  test('new names and pictures, who comes and who goes are told', async () => {
    client = await SocketClient.open(setup);
    setup.sandbox.workspaces.changeProfile(setup.ann, {
      displayName: 'Annie',
      picture: 'https://pictures.test/annie.png',
    });
    setup.sandbox.workspaces.deactivate(setup.bert);
    const cleo = setup.sandbox.workspaces.addUser(setup.team, { realName: 'Cleo' });
    expect(await eventsOf(3)).toMatchObject([
      {
        type: 'user_change',
        user: {
          id: setup.ann,
          profile: { display_name: 'Annie', image_72: 'https://pictures.test/annie.png', is_custom_image: true },
        },
      },
      { type: 'user_change', user: { id: setup.bert, deleted: true } },
      { type: 'team_join', user: { id: cleo } },
    ]);
  });

  test('custom emoji come, get other names and go', async () => {
    client = await SocketClient.open(setup);
    const { sandbox, team } = setup;
    sandbox.workspaces.addEmoji(team, 'parrot', 'https://emoji.test/parrot.gif');
    sandbox.workspaces.addEmoji(team, 'bird', 'alias:parrot');
    expect(await setup.call('emoji.list')).toMatchObject({
      emoji: { parrot: 'https://emoji.test/parrot.gif', bird: 'alias:parrot' },
    });
    sandbox.workspaces.renameEmoji(team, 'bird', 'cockatoo');
    sandbox.workspaces.removeEmoji(team, 'parrot');
    expect(await eventsOf(4)).toMatchObject([
      { type: 'emoji_changed', subtype: 'add', name: 'parrot', value: 'https://emoji.test/parrot.gif' },
      { subtype: 'add', name: 'bird' },
      { subtype: 'rename', old_name: 'bird', new_name: 'cockatoo' },
      { subtype: 'remove', names: ['parrot'] },
    ]);
  });

  test('workspace and groups are described', async () => {
    const group = setup.sandbox.workspaces.addUserGroup(setup.team, 'devs', [setup.ann]);
    expect(await setup.call('usergroups.list', { include_users: true })).toMatchObject({
      usergroups: [{ id: group, handle: 'devs', user_count: 1, users: [setup.ann] }],
    });
    expect(await setup.call('team.info')).toMatchObject({ team: { id: setup.team, name: 'Acme', domain: 'acme' } });
  });

  test('an app that is taken out is told, and its tokens are dead', async () => {
    client = await SocketClient.open(setup);
    setup.sandbox.apps.uninstall(setup.app.appId, setup.team);
    expect((await eventsOf(2)).map(({ type }) => type)).toEqual(['tokens_revoked', 'app_uninstalled']);
    expect(client.events[0]).toMatchObject({ tokens: { bot: [setup.app.botUser] } });
    expect(await setup.call('auth.test')).toMatchObject({ error: 'account_inactive' });
  });

  test('a token can revoke itself', async () => {
    expect(await setup.call('auth.revoke', { test: true })).toEqual({ ok: true, revoked: false });
    expect(await setup.call('auth.revoke')).toEqual({ ok: true, revoked: true });
    expect(await setup.call('auth.test')).toMatchObject({ error: 'token_revoked' });
  });

  test('several apps see each other’s messages, but not what is not theirs to know', async () => {
    const scopes = ['channels:history', 'channels:read', 'chat:write'];
    const other = setup.sandbox.apps.register({ name: 'Other', scopes, events: ['message.channels'] });
    const installed = setup.sandbox.apps.install(other.id, setup.team);
    setup.sandbox.channels.join(setup.channel, installed.botUser);
    client = await SocketClient.open({ ...setup, appToken: other.appToken });
    await setup.call('chat.postMessage', {
      channel: setup.channel,
      text: 'hello',
      metadata: { event_type: 'delivery', event_payload: { key: 'x' } },
    });
    const [event] = await eventsOf(1);
    expect(event).toMatchObject({ text: 'hello', bot_id: setup.app.botId });
    expect(event).not.toHaveProperty('metadata');
  });
});

describe('installing an app on the sandbox Slack server', () => {
  const redirect = 'https://bridge.test/slack/oauth';
  let setup: Setup;

  beforeEach(async () => {
    setup = await openSetup({
      app: { clientId: '1.2', clientSecret: 'cs', redirectUrls: [redirect], tokenRotation: true },
    });
  });

  afterEach(async () => {
    await setup.close();
  });

  const authorize = (more: Readonly<Record<string, string>> = {}): string => {
    const query = new URLSearchParams({
      client_id: '1.2',
      scope: 'chat:write,channels:read',
      state: 'st',
      redirect_uri: redirect,
      ...more,
    });
    return `${setup.url}/oauth/v2/authorize?${query.toString()}`;
  };
  const access = (fields: Readonly<Record<string, unknown>>) =>
    ask(setup.url, 'oauth.v2.access', { client_id: '1.2', client_secret: 'cs', ...fields }, '');

  test('the page sends the browser back with a code, which serves once', async () => {
    const second = setup.sandbox.workspaces.add({ name: 'Second' });
    setup.sandbox.workspaces.addUser(second, { realName: 'Owner', role: 'owner' });
    const page = await (await fetch(authorize())).text();
    expect(page).toContain('Bridge asks to come to a workspace');
    const form = new URLSearchParams(new URL(authorize()).searchParams);
    form.set('team', second);
    form.set('decision', 'allow');
    const back = await fetch(`${setup.url}/oauth/v2/authorize`, { method: 'POST', body: form, redirect: 'manual' });
    const location = new URL(back.headers.get('location')!);
    expect([location.origin + location.pathname, location.searchParams.get('state')]).toEqual([redirect, 'st']);
    const code = location.searchParams.get('code');
    const answer = await access({ code, redirect_uri: redirect });
    expect(answer).toMatchObject({
      ok: true,
      token_type: 'bot',
      scope: 'chat:write,channels:read',
      app_id: setup.app.appId,
      team: { id: second, name: 'Second' },
      expires_in: 43_200,
      is_enterprise_install: false,
    });
    expect(String(answer['access_token'])).toMatch(/^xoxe\.xoxb-/);
    expect(await setup.call('auth.test', {}, String(answer['access_token']))).toMatchObject({ team_id: second });
    expect(await access({ code, redirect_uri: redirect })).toMatchObject({ error: 'invalid_code' });
  });

  test('who says no, a wrong secret and another address are refused', async () => {
    const no = new URL(setup.sandbox.apps.authorize(authorize(), setup.team, 'cancel'));
    expect(no.searchParams.get('error')).toBe('access_denied');
    const code = new URL(setup.sandbox.apps.authorize(authorize(), setup.team)).searchParams.get('code');
    expect(await access({ code, client_secret: 'wrong' })).toMatchObject({ error: 'bad_client_secret' });
    expect(await access({ code, client_id: '9.9' })).toMatchObject({ error: 'invalid_client_id' });
    expect(await access({ code, redirect_uri: 'https://evil.test' })).toMatchObject({ error: 'bad_redirect_uri' });
    expect(await (await fetch(authorize({ redirect_uri: 'https://evil.test' }))).text()).toContain(
      'did not match any configured URIs',
    );
  });

  test('a code is forgotten after ten minutes', async () => {
    const code = new URL(setup.sandbox.apps.authorize(authorize(), setup.team)).searchParams.get('code');
    setup.sandbox.advance(600_001);
    expect(await access({ code, redirect_uri: redirect })).toMatchObject({ error: 'invalid_code' });
  });

  test('tokens end after twelve hours; what renews them serves once', async () => {
    const { botToken, refreshToken } = setup.app;
    expect(await setup.call('auth.test')).toMatchObject({ ok: true });
    setup.sandbox.advance(43_200_000);
    expect(await setup.call('auth.test', {}, botToken)).toMatchObject({ error: 'token_expired' });
    const renewed = await access({ grant_type: 'refresh_token', refresh_token: refreshToken });
    expect(renewed).toMatchObject({ ok: true, expires_in: 43_200 });
    expect(await setup.call('auth.test', {}, String(renewed['access_token']))).toMatchObject({ ok: true });
    expect(await access({ grant_type: 'refresh_token', refresh_token: refreshToken })).toMatchObject({
      error: 'invalid_refresh_token',
    });
  });
});
