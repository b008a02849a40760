import { openSetup, SocketClient, until, type Setup } from './slack-setup.js';

describe('channels of the sandbox Slack server', () => {
  let setup: Setup;
  let client: SocketClient;

  beforeEach(async () => {
    setup = await openSetup();
    client = await SocketClient.open(setup);
  });

  afterEach(async () => {
    client.close();
    await setup.close();
  });

  const eventsOf = async (count: number) => {
    await until(() => client.events.length >= count, `event ${count}`);
    return client.events;
  };
  const here = () => ({ channel: setup.channel });

  test('who joins and leaves is told twice: as a message and as an event of its own', async () => {
    const { sandbox, channel, team } = setup;
    const cleo = sandbox.workspaces.addUser(team, { realName: 'Cleo' });
    sandbox.channels.join(channel, cleo, setup.ann);
    sandbox.channels.leave(channel, cleo);
    expect((await eventsOf(5)).slice(1)).toMatchObject([
      { subtype: 'channel_join', user: cleo, inviter: setup.ann, text: `<@${cleo}> has joined the channel` },
      { type: 'member_joined_channel', user: cleo, channel, channel_type: 'C', team, inviter: setup.ann },
      { subtype: 'channel_leave', user: cleo, text: `<@${cleo}> has left the channel` },
      { type: 'member_left_channel', user: cleo, channel, channel_type: 'C', team },
    ]);
    expect(client.events[0]).toMatchObject({ type: 'team_join', user: { id: cleo, real_name: 'Cleo' } });
  });

  test('topic, purpose, name and archive are told as messages, the last two as events too', async () => {
    const { sandbox, channel, ann } = setup;
    sandbox.channels.setTopic(channel, ann, 'news');
    sandbox.channels.setPurpose(channel, ann, 'to tell');
    sandbox.channels.rename(channel, ann, 'news-room');
    sandbox.channels.archive(channel, ann);
    sandbox.channels.unarchive(channel, ann);
    expect(await eventsOf(8)).toMatchObject([
      { subtype: 'channel_topic', topic: 'news', text: 'set the channel topic: news', user: ann },
      { subtype: 'channel_purpose', purpose: 'to tell', user: ann },
      { subtype: 'channel_name', old_name: 'team', name: 'news-room', user: ann },
      { type: 'channel_rename', channel: { id: channel, name: 'news-room', name_normalized: 'news-room' } },
      { subtype: 'channel_archive', user: ann },
      { type: 'channel_archive', channel, user: ann },
      { subtype: 'channel_unarchive', user: ann },
      { type: 'channel_unarchive', channel, user: ann },
    ]);
    const { channel: shown } = await setup.call('conversations.info', { ...here(), include_num_members: true });
    expect(shown).toMatchObject({
      name: 'news-room',
      previous_names: ['team'],
      topic: { value: 'news', creator: ann },
      purpose: { value: 'to tell', creator: ann },
      is_archived: false,
      is_member: true,
      num_members: 3,
    });
  });

  test('an archived channel takes nothing', async () => {
    setup.sandbox.channels.archive(setup.channel, setup.ann);
    expect(await setup.call('chat.postMessage', { ...here(), text: 'x' })).toMatchObject({ error: 'is_archived' });
    expect(await setup.call('conversations.setTopic', { ...here(), topic: 'x' })).toMatchObject({
      error: 'is_archived',
    });
    expect(await setup.call('conversations.join', here())).toMatchObject({ error: 'is_archived' });
    expect(await setup.call('conversations.archive', here())).toMatchObject({ error: 'already_archived' });
    expect(() => setup.sandbox.post(setup.channel, setup.ann, 'x')).toThrow('is_archived');
  });

  test('an app sets topics, renames what it made alone, and is told why not', async () => {
    expect(await setup.call('conversations.setTopic', { ...here(), topic: 'ours' })).toMatchObject({
      ok: true,
      channel: { topic: { value: 'ours', creator: setup.app.botUser } },
    });
    expect(await setup.call('conversations.setTopic', { ...here(), topic: 'x'.repeat(251) })).toMatchObject({
      error: 'too_long',
    });
    expect(await setup.call('conversations.rename', { ...here(), name: 'mine' })).toMatchObject({
      error: 'not_authorized',
    });
    const { channel } = await setup.call('conversations.create', { name: 'made' });
    const { id } = channel as { id: string };
    const rename = (name: string) => setup.call('conversations.rename', { channel: id, name });
    expect(await rename('Not So')).toMatchObject({ error: 'invalid_name_specials' });
    expect(await rename('team')).toMatchObject({ error: 'name_taken' });
    expect(await rename('x'.repeat(81))).toMatchObject({ error: 'invalid_name_maxlength' });
    expect(await rename('better')).toMatchObject({ ok: true, channel: { name: 'better', previous_names: ['made'] } });
  });

  test('an app joins open channels by itself, and is told where it is already', async () => {
    const open = setup.sandbox.channels.create({ team: setup.team, name: 'open', creator: setup.ann });
    const answer = await setup.call('conversations.join', { channel: open });
    expect(answer).toMatchObject({ ok: true, channel: { id: open, is_member: true } });
    expect(answer).not.toHaveProperty('warning');
    expect(await setup.call('conversations.join', { channel: open })).toMatchObject({
      ok: true,
      warning: 'already_in_channel',
      response_metadata: { warnings: ['already_in_channel'] },
    });
  });

  test('an app that is taken out is told by itself, and reads no more', async () => {
    setup.sandbox.channels.leave(setup.channel, setup.app.botUser, setup.ann);
    const events = await eventsOf(3);
    expect(events.map(({ type, subtype }) => subtype ?? type)).toEqual([
      'channel_leave',
      'member_left_channel',
      'channel_left',
    ]);
    expect(events[2]).toMatchObject({ channel: setup.channel, actor_id: setup.ann });
    expect(await setup.call('conversations.history', here())).toMatchObject({ error: 'not_in_channel' });
  });

  test('a deleted channel is gone', async () => {
    setup.sandbox.channels.delete(setup.channel, setup.ann);
    expect(await eventsOf(1)).toMatchObject([{ type: 'channel_deleted', channel: setup.channel }]);
    expect(await setup.call('conversations.info', here())).toMatchObject({ error: 'channel_not_found' });
  });

  test('lists are by kind, in pages, with private ones where the app is in', async () => {
    const { sandbox, team, ann, app } = setup;
    sandbox.channels.create({ team, name: 'secret', creator: ann, isPrivate: true });
    sandbox.channels.create({ team, name: 'ours', creator: ann, isPrivate: true, members: [app.botUser] });
    sandbox.channels.create({ team, name: 'zoo', creator: ann });
    const names = (answer: Readonly<Record<string, unknown>>) =>
      (answer['channels'] as { name: string }[]).map(({ name }) => name);
    expect(names(await setup.call('conversations.list'))).toEqual(['team', 'zoo']);
    const types = 'public_channel,private_channel';
    const first = await setup.call('conversations.list', { types, limit: 2 });
    expect(names(first)).toEqual(['team', 'ours']);
    const { next_cursor: cursor } = first['response_metadata'] as { next_cursor: string };
    const last = await setup.call('conversations.list', { types, limit: 2, cursor });
    expect(names(last)).toEqual(['zoo']);
    expect(last['response_metadata']).toEqual({ next_cursor: '' });
    expect(names(await setup.call('users.conversations', { types }))).toEqual(['team', 'ours']);
    expect(await setup.call('conversations.list', { types: 'rooms' })).toMatchObject({ error: 'invalid_types' });
    expect(await setup.call('conversations.members', here())).toMatchObject({
      members: [ann, setup.bert, app.botUser],
    });
  });

  test('direct messages have a channel of their own', async () => {
    const { channel } = await setup.call('conversations.open', { users: setup.ann });
    const { id } = channel as { id: string };
    expect(id).toMatch(/^D/);
    expect(await setup.call('conversations.open', { users: setup.ann })).toMatchObject({
      no_op: true,
      already_open: true,
      channel: { id },
    });
    setup.sandbox.post(id, setup.ann, 'just us');
    expect(await eventsOf(1)).toMatchObject([{ text: 'just us', channel: id, channel_type: 'im' }]);
    expect(await setup.call('chat.postMessage', { channel: setup.ann, text: 'yes' })).toMatchObject({
      ok: true,
      channel: id,
    });
    expect(await setup.call('conversations.open', { users: 'U0NOBODY000' })).toMatchObject({ error: 'user_not_found' });
  });

  test('strangers of a shared channel show their workspace, and little of themselves', async () => {
    const { sandbox, channel } = setup;
    const other = sandbox.workspaces.add({ name: 'Globex' });
    const hank = sandbox.workspaces.addUser(other, { realName: 'Hank S', title: 'CEO', email: 'hank@globex.test' });
    expect(await setup.call('users.info', { user: hank })).toMatchObject({ error: 'user_not_found' });
    sandbox.channels.share(channel, other);
    sandbox.channels.join(channel, hank);
    sandbox.post(channel, hank, 'hi');
    await until(() => client.events.some(({ text }) => text === 'hi'));
    expect(client.events.at(-1)).toMatchObject({
      user: hank,
      team: other,
      user_team: other,
      source_team: other,
      user_profile: { real_name: 'Hank S', team: other },
    });
    // Where it happened, and through which workspace the app is told.
    expect(client.envelopes.at(-1)!.payload).toMatchObject({
      is_ext_shared_channel: true,
      team_id: other,
      context_team_id: setup.team,
      authorizations: [{ team_id: setup.team, user_id: setup.app.botUser }],
    });
    const { user } = await setup.call('users.info', { user: hank });
    expect(user).toMatchObject({ id: hank, team_id: other, is_stranger: true, profile: { title: '' } });
    expect((user as { profile: object }).profile).not.toHaveProperty('email');
    expect(await setup.call('conversations.info', here())).toMatchObject({
      channel: { is_ext_shared: true, is_shared: true, shared_team_ids: [setup.team, other] },
    });
  });
});
