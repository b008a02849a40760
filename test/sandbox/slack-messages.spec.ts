import { openSetup, SocketClient, until, type Setup } from './slack-setup.js';

describe('messages on the sandbox Slack server', () => {
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

  const post = (fields: Readonly<Record<string, unknown>> = {}) =>
    setup.call('chat.postMessage', { channel: setup.channel, text: 'hello', ...fields });
  const history = async (fields: Readonly<Record<string, unknown>> = {}) =>
    (await setup.call('conversations.history', { channel: setup.channel, ...fields })).messages as Record<
      string,
      unknown
    >[];
  const eventsOf = async (count: number) => {
    await until(() => client.events.length >= count, `event ${count}`);
    return client.events;
  };

  test('an app’s message carries its bot and its app, in the answer, the event and the history', async () => {
    const { ok, ts, message } = await post();
    expect(ok).toBe(true);
    const shown = {
      type: 'message',
      user: setup.app.botUser,
      bot_id: setup.app.botId,
      app_id: setup.app.appId,
      team: setup.team,
      text: 'hello',
      ts,
      bot_profile: { id: setup.app.botId, app_id: setup.app.appId, name: 'Bridge', deleted: false },
      blocks: [
        { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'hello' }] }] },
      ],
    };
    expect(message).toMatchObject(shown);
    expect(message).not.toHaveProperty('subtype');
    const [event] = await eventsOf(1);
    expect(event).toMatchObject({ ...shown, channel: setup.channel, channel_type: 'channel', event_ts: ts });
    expect((await history())[0]).toMatchObject(shown);
  });

  test('a huddle is a message of Slack’s own, told anew with whoever comes and goes, and is over with the last', async () => {
    const { sandbox, channel, ann, bert, team } = setup;
    const ts = sandbox.channels.joinHuddle(channel, ann);
    expect(sandbox.channels.joinHuddle(channel, bert)).toBe(ts);
    sandbox.channels.leaveHuddle(channel, ann);
    sandbox.channels.leaveHuddle(channel, bert);
    const link = `https://app.slack.com/huddle/${team}/${channel}`;
    const going = { created_by: ann, date_end: 0, has_ended: false, huddle_link: link, call_family: 'huddle' };
    const changed = (room: object): object => ({
      type: 'message',
      subtype: 'message_changed',
      hidden: true,
      channel,
      message: { subtype: 'huddle_thread', user: 'USLACKBOT', ts, edited: { user: 'USLACKBOT' }, room },
    });
    const both = [ann, bert];
    const alone = { ...going, participants: [ann], participant_history: [ann] };
    expect(await eventsOf(4)).toMatchObject([
      {
        type: 'message',
        subtype: 'huddle_thread',
        user: 'USLACKBOT',
        channel,
        ts,
        event_ts: ts,
        text: '',
        room: alone,
      },
      changed({ ...going, participants: both, participant_history: both }),
      changed({ ...going, participants: [bert], participant_history: both }),
      changed({ created_by: ann, has_ended: true, participants: [], participant_history: both }),
    ]);
    const [shown] = await history();
    expect(shown).toMatchObject({ subtype: 'huddle_thread', ts, room: { has_ended: true } });
    expect((shown?.['room'] as { date_end: number }).date_end).toBeGreaterThan(0);
    expect(() => {
      sandbox.channels.leaveHuddle(channel, bert);
    }).toThrow('is in no huddle');
    expect(sandbox.channels.joinHuddle(channel, bert)).not.toBe(ts);
  });

  test('under a name of the moment it is a bot_message without a user', async () => {
    const { message } = await post({ username: 'Anna (Talk)', icon_url: 'https://media.test/a.png' });
    const icon = 'https://media.test/a.png';
    expect(message).toMatchObject({
      subtype: 'bot_message',
      username: 'Anna (Talk)',
      icons: { image_36: icon, image_48: icon, image_72: icon },
      bot_id: setup.app.botId,
      app_id: setup.app.appId,
    });
    expect(message).not.toHaveProperty('user');
    expect((await eventsOf(1))[0]).toMatchObject({ subtype: 'bot_message', username: 'Anna (Talk)' });
  });

  test('without the scope for it the name of the moment is ignored', async () => {
    const { sandbox, app, team } = setup;
    sandbox.apps.setScopes(app.appId, team, ['chat:write']);
    const { message } = await post({ username: 'Anna' });
    expect(message).toMatchObject({ user: app.botUser });
    expect(message).not.toHaveProperty('username');
  });

  test('metadata is whole in the answer and the event, and in the history when one asks for it', async () => {
    const metadata = { event_type: 'delivery', event_payload: { key: 'k'.repeat(46) } };
    await post({ metadata });
    expect((await eventsOf(1))[0]).toMatchObject({ metadata });
    expect((await history({ include_all_metadata: true }))[0]).toMatchObject({ metadata });
    expect((await history())[0]).toMatchObject({ metadata: { event_type: 'delivery' } });
    expect((await history())[0]!['metadata']).not.toHaveProperty('event_payload');
    expect(setup.sandbox.ledger.entries(setup.channel).at(-1)).toMatchObject({ key: 'k'.repeat(46) });
  });

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['an unknown channel', { channel: 'C0NOWHERE00' }, 'channel_not_found'],
    ['nothing to say', { text: '' }, 'no_text'],
    ['blocks that are none', { blocks: 'none' }, 'invalid_blocks_format'],
    ['a block of no kind', { blocks: [{ type: 'dream' }] }, 'invalid_blocks'],
    ['51 blocks', { blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) }, 'invalid_blocks'],
    [
      'a section of 3001 characters',
      { blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } }] },
      'invalid_blocks',
    ],
    [
      'blocks of more than 13,300 bytes together',
      {
        blocks: Array.from({ length: 5 }, () => ({
          type: 'section',
          text: { type: 'mrkdwn', text: 'x'.repeat(2900) },
        })),
      },
      'msg_blocks_too_long',
    ],
    ['two blocks of one id', { blocks: [1, 2].map(() => ({ type: 'divider', block_id: 'same' })) }, 'invalid_blocks'],
    ['101 attachments', { attachments: Array.from({ length: 101 }, () => ({ text: 'x' })) }, 'too_many_attachments'],
    ['metadata without a type', { metadata: { event_payload: {} } }, 'invalid_metadata_format'],
    [
      'too much metadata',
      { metadata: { event_type: 'x', event_payload: { a: 'x'.repeat(17_000) } } },
      'metadata_too_large',
    ],
  ])('%s is refused', async (_, fields, error) => {
    expect(await post(fields)).toMatchObject({ ok: false, error });
    expect(setup.sandbox.ledger.entries(setup.channel).filter(({ kind }) => kind === 'message')).toEqual([]);
  });

  test('a text of more than 40,000 characters is cut', async () => {
    const { message } = await post({ text: 'x'.repeat(40_100) });
    expect((message as { text: string }).text).toHaveLength(40_000);
  });

  test('a bare address becomes a link, an ampersand is written out', async () => {
    const { message } = await post({ text: 'see https://a.test/x?y=1&z=2. & *that*' });
    expect(message).toMatchObject({ text: 'see <https://a.test/x?y=1&amp;z=2>. &amp; *that*' });
  });

  test('an edit is an event with both forms; the message keeps its metadata', async () => {
    const metadata = { event_type: 'delivery', event_payload: { key: 'one' } };
    const { ts } = await post({ metadata });
    const answer = await setup.call('chat.update', { channel: setup.channel, ts, text: 'hello *you*' });
    expect(answer).toMatchObject({ ok: true, channel: setup.channel, ts, text: 'hello *you*' });
    const [, event] = await eventsOf(2);
    expect(event).toMatchObject({
      subtype: 'message_changed',
      hidden: true,
      channel: setup.channel,
      message: { ts, text: 'hello *you*', metadata, edited: { user: setup.app.botId } },
      previous_message: { ts, text: 'hello' },
    });
    expect(event!['previous_message']).not.toHaveProperty('edited');
    expect(event!['ts']).toBe(event!['event_ts']);
    expect(event!['ts']).not.toBe(ts);
  });

  test('an app changes and deletes its own messages alone, and nothing of more than 4,000 characters', async () => {
    const ts = setup.sandbox.post(setup.channel, setup.ann, 'mine');
    const at = { channel: setup.channel, ts };
    expect(await setup.call('chat.update', { ...at, text: 'x' })).toMatchObject({ error: 'cant_update_message' });
    expect(await setup.call('chat.delete', at)).toMatchObject({ error: 'cant_delete_message' });
    const own = { channel: setup.channel, ts: (await post()).ts };
    expect(await setup.call('chat.update', { ...own, text: 'x'.repeat(4001) })).toMatchObject({
      error: 'msg_too_long',
    });
    expect(await setup.call('chat.update', { ...own, ts: '1.1', text: 'x' })).toMatchObject({
      error: 'message_not_found',
    });
  });

  test('a workspace may close the time for edits', async () => {
    const { ts } = await post();
    const ours = setup.sandbox.post(setup.channel, setup.ann, 'mine');
    const update = () => setup.call('chat.update', { channel: setup.channel, ts, text: 'new' });
    setup.sandbox.workspaces.setEditWindow(setup.team, 60_000);
    expect((await update()).ok).toBe(true);
    setup.sandbox.advance(61_000);
    expect(await update()).toMatchObject({ error: 'edit_window_closed' });
    expect(() => setup.sandbox.edit(setup.channel, setup.ann, ours, 'new')).toThrow('edit_window_closed');
  });

  test('a deletion is told with what was deleted; it cannot be done twice', async () => {
    const { ts } = await post();
    expect(await setup.call('chat.delete', { channel: setup.channel, ts })).toEqual({
      ok: true,
      channel: setup.channel,
      ts,
    });
    expect((await eventsOf(2))[1]).toMatchObject({
      subtype: 'message_deleted',
      deleted_ts: ts,
      hidden: true,
      previous_message: { text: 'hello', ts },
    });
    expect(await setup.call('chat.delete', { channel: setup.channel, ts })).toMatchObject({
      error: 'message_not_found',
    });
  });

  test('replies stand in their thread and not in the history; a broadcast stands in both', async () => {
    const root = setup.sandbox.post(setup.channel, setup.ann, 'question');
    const { ts: reply } = await post({ text: 'answer', thread_ts: root });
    const { ts: loud } = await post({ text: 'for all', thread_ts: root, reply_broadcast: true });
    expect((await history()).slice(0, 2).map(({ ts }) => ts)).toEqual([loud, root]);
    expect((await history())[0]).toMatchObject({ subtype: 'thread_broadcast', thread_ts: root, root: { ts: root } });
    expect((await history())[1]).toMatchObject({
      thread_ts: root,
      reply_count: 2,
      reply_users_count: 1,
      reply_users: [setup.app.botUser],
      latest_reply: loud,
    });
    const { messages } = await setup.call('conversations.replies', { channel: setup.channel, ts: root });
    expect(messages).toMatchObject([
      { ts: root },
      { ts: reply, thread_ts: root, parent_user_id: setup.ann },
      { ts: loud },
    ]);
    const events = await eventsOf(3);
    expect(events[1]).toMatchObject({ text: 'answer', thread_ts: root, parent_user_id: setup.ann });
    expect(events[1]).not.toHaveProperty('subtype');
    expect(events[2]).toMatchObject({ subtype: 'thread_broadcast', root: { ts: root, reply_count: 2 } });
  });

  test('a reply to what was deleted is said in the channel, without a word', async () => {
    const root = setup.sandbox.post(setup.channel, setup.ann, 'question');
    setup.sandbox.remove(setup.channel, setup.ann, root);
    const { ok, ts, message } = await post({ text: 'too late', thread_ts: root });
    expect(ok).toBe(true);
    expect(message).not.toHaveProperty('thread_ts');
    expect((await history())[0]!['ts']).toBe(ts);
    expect(await post({ thread_ts: 'then' })).toMatchObject({
      error: 'invalid_thread_ts',
      response_metadata: { messages: ['[ERROR] then is not a valid thread_ts'] },
    });
  });

  test('a reply to a reply stands in the same thread', async () => {
    const root = setup.sandbox.post(setup.channel, setup.ann, 'question');
    const reply = setup.sandbox.post(setup.channel, setup.bert, 'answer', { thread: root });
    const { message } = await post({ thread_ts: reply });
    expect(message).toMatchObject({ thread_ts: root });
  });

  test('a thread’s first message leaves a stone, which goes with the last reply', async () => {
    const root = setup.sandbox.post(setup.channel, setup.ann, 'question');
    const reply = setup.sandbox.post(setup.channel, setup.bert, 'answer', { thread: root });
    setup.sandbox.remove(setup.channel, setup.ann, root);
    const events = await eventsOf(3);
    expect(events[2]).toMatchObject({
      subtype: 'message_changed',
      message: {
        subtype: 'tombstone',
        user: 'USLACKBOT',
        text: 'This message was deleted.',
        hidden: true,
        ts: root,
        thread_ts: root,
        reply_count: 1,
      },
      previous_message: { text: 'question', user: setup.ann },
    });
    setup.sandbox.remove(setup.channel, setup.bert, reply);
    expect((await eventsOf(4))[3]).toMatchObject({ subtype: 'message_deleted', deleted_ts: reply });
    expect((await history()).map(({ ts }) => ts)).not.toContain(root);
  });

  test('previews of links change a message without editing it', async () => {
    const ts = setup.sandbox.post(setup.channel, setup.ann, 'see https://a.test');
    setup.sandbox.unfurl(setup.channel, ts, [{ title: 'A', from_url: 'https://a.test' }]);
    const [, event] = await eventsOf(2);
    expect(event).toMatchObject({
      subtype: 'message_changed',
      message: { text: 'see <https://a.test>', attachments: [{ id: 1, title: 'A' }] },
    });
    expect(event!['message']).not.toHaveProperty('edited');
  });

  test('a person’s edit, reaction and its removal are told', async () => {
    const { ann, bert, channel, sandbox } = setup;
    const ts = sandbox.post(channel, ann, 'one');
    sandbox.edit(channel, ann, ts, 'two');
    sandbox.react(channel, bert, ts, 'tada');
    sandbox.unreact(channel, bert, ts, 'tada');
    const events = await eventsOf(4);
    expect(events[1]).toMatchObject({ subtype: 'message_changed', message: { text: 'two', edited: { user: ann } } });
    const item = { type: 'message', channel, ts };
    expect(events[2]).toMatchObject({ type: 'reaction_added', user: bert, reaction: 'tada', item, item_user: ann });
    expect(events[3]).toMatchObject({ type: 'reaction_removed', user: bert, reaction: 'tada', item, item_user: ann });
  });

  test('reactions are had once each, custom ones where the workspace has them', async () => {
    const timestamp = setup.sandbox.post(setup.channel, setup.ann, 'one');
    const react = (method: string, name: string) =>
      setup.call(`reactions.${method}`, { channel: setup.channel, timestamp, name });
    expect(await react('add', 'thumbsup::skin-tone-3')).toEqual({ ok: true });
    expect(await react('add', 'thumbsup::skin-tone-3')).toMatchObject({ error: 'already_reacted' });
    expect(await react('remove', 'tada')).toMatchObject({ error: 'no_reaction' });
    expect(await react('add', 'our_own')).toMatchObject({ error: 'invalid_name' });
    setup.sandbox.workspaces.addEmoji(setup.team, 'our_own', 'https://emoji.test/own.png');
    expect(await react('add', 'our_own')).toEqual({ ok: true });
    const { message } = await setup.call('reactions.get', { channel: setup.channel, timestamp });
    expect(message).toMatchObject({
      reactions: [
        { name: 'thumbsup::skin-tone-3', count: 1, users: [setup.app.botUser] },
        { name: 'our_own', count: 1, users: [setup.app.botUser] },
      ],
    });
    expect(await setup.call('reactions.add', { name: 'tada' })).toMatchObject({ error: 'no_item_specified' });
    expect(await setup.call('reactions.add', { channel: setup.channel, timestamp: 'now', name: 'tada' })).toMatchObject(
      { error: 'bad_timestamp' },
    );
  });

  test('what somebody does has a subtype of its own', async () => {
    setup.sandbox.postMe(setup.channel, setup.ann, 'waves');
    expect((await eventsOf(1))[0]).toMatchObject({ subtype: 'me_message', text: 'waves', user: setup.ann });
    const { ok } = await setup.call('chat.meMessage', { channel: setup.channel, text: 'waves back' });
    expect(ok).toBe(true);
    expect((await eventsOf(2))[1]).toMatchObject({
      subtype: 'me_message',
      user: setup.app.botUser,
      bot_id: setup.app.botId,
    });
  });

  test('who mentions the app tells it twice: as a message and as a mention', async () => {
    setup.sandbox.post(setup.channel, setup.ann, `<@${setup.app.botUser}> help`);
    const events = await eventsOf(2);
    expect(events.map(({ type }) => type)).toEqual(['message', 'app_mention']);
    expect(events[1]).toMatchObject({ user: setup.ann, channel: setup.channel, ts: events[0]!['ts'] });
  });

  test('what is for one person alone is in no history', async () => {
    const { message_ts: ts } = await setup.call('chat.postEphemeral', {
      channel: setup.channel,
      user: setup.ann,
      text: 'psst',
    });
    expect(setup.sandbox.ephemerals()).toMatchObject([{ ts, user: setup.ann, text: 'psst' }]);
    expect((await history()).map((message) => message.ts)).not.toContain(ts);
    expect(
      await setup.call('chat.postEphemeral', { channel: setup.channel, user: 'U0NOBODY000', text: 'psst' }),
    ).toMatchObject({ error: 'user_not_in_channel' });
  });

  test('a message has an address', async () => {
    const ts = setup.sandbox.post(setup.channel, setup.ann, 'one');
    expect(await setup.call('chat.getPermalink', { channel: setup.channel, message_ts: ts })).toMatchObject({
      permalink: `https://acme.slack.com/archives/${setup.channel}/p${ts.replace('.', '')}`,
    });
  });
});
