import { accountId } from '../../model/ids.js';
import { fromSlack, wantedBy } from './from-slack.js';
import type { SlackSelf } from './slack.ids.js';
import { parseStored } from './slack.payloads.js';

const self: SlackSelf = {
  account: accountId('town'),
  team: 'T0TOWN0001',
  user: 'U0CRSSTALK',
  bot: 'B0CRSSTALK',
  app: 'A0CRSSTALK',
  url: 'https://town.slack.com/',
};
const names = { users: { U0ANNA0001: { name: 'Anna' } } };
const room = { account: 'town', id: 'C0FA1R0001' };
const anna = { account: 'town', id: 'U0ANNA0001', name: 'Anna', standing: 'person' };

const typed = {
  type: 'message',
  channel: 'C0FA1R0001',
  user: 'U0ANNA0001',
  text: 'hi',
  ts: '1755000060.010019',
  event_ts: '1755000060.010019',
};
const read = (event: object): unknown => fromSlack(parseStored({ event, names }), self);
const one = (event: object): unknown => {
  const result = fromSlack(parseStored({ event, names }), self);
  return 'events' in result ? result.events[0] : result;
};
const hi = [{ type: 'paragraph', content: [{ type: 'text', text: 'hi' }] }];

describe('fromSlack', () => {
  it('a message has its channel, author, time and ts', () => {
    expect(read(typed)).toEqual({
      events: [
        {
          kind: 'messageSent',
          room,
          actor: anna,
          at: '2025-08-12T12:01:00.010Z',
          message: { room, id: '1755000060.010019' },
          body: hi,
          files: [],
          style: 'text',
        },
      ],
    });
  });

  it('a table’s cell keeps what stands in it in lists, quotes and code', () => {
    const section = (text: string) => ({ type: 'rich_text_section', elements: [{ type: 'text', text }] });
    const elements = [
      section('bring'),
      { type: 'rich_text_list', style: 'bullet', elements: [section('cables'), section('tape')] },
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'make' }] },
    ];
    const blocks = [{ type: 'table', rows: [[{ type: 'raw_text', text: 'Who' }], [{ type: 'rich_text', elements }]] }];
    const line = { type: 'break' };
    const text = (words: string) => ({ type: 'text', text: words });
    const cell = [text('bring'), line, text('cables'), line, text('tape'), line, { type: 'code', text: 'make' }];
    expect(one({ ...typed, text: '', blocks })).toMatchObject({
      body: [{ type: 'table', head: [[text('Who')]], rows: [[cell]] }],
    });
  });

  it('a reply belongs to its thread; the first message of a thread to none', () => {
    expect(one({ ...typed, thread_ts: '1755000000.000100' })).toMatchObject({ thread: { id: '1755000000.000100' } });
    expect(one({ ...typed, thread_ts: typed.ts })).not.toHaveProperty('thread');
  });

  it('a reply that is sent to the channel too answers the thread’s first message there', () => {
    const root = { user: 'U0ANNA0001', text: '*cake*?', ts: '1755000000.000100' };
    const event = one({ ...typed, subtype: 'thread_broadcast', thread_ts: root.ts, root });
    expect(event).toMatchObject({ replyTo: { id: root.ts }, quoted: { name: 'Anna', text: 'cake?' } });
    expect(event).not.toHaveProperty('thread');
  });

  it('files are handles, named and typed', () => {
    const file = { id: 'F0P0STER01', name: 'a &amp; b.jpg', mimetype: 'image/jpeg', size: 7, url_private: 'https://x' };
    expect(one({ ...typed, subtype: 'file_share', text: '', files: [file, { id: 'F0N0NAME01' }] })).toMatchObject({
      body: [],
      files: [
        { account: 'town', id: 'file/F0P0STER01', name: 'a & b.jpg', mime: 'image/jpeg', bytes: 7 },
        { account: 'town', id: 'file/F0N0NAME01', name: 'file', mime: 'application/octet-stream' },
      ],
    });
  });

  it.each([
    ['a person', {}, { id: 'U0ANNA0001', name: 'Anna', standing: 'person' }],
    ['a person who is not known', { user: 'U0N0B0DY01' }, { name: 'somebody', standing: 'person' }],
    [
      'an app under a name of its own',
      { bot_id: 'B0C1BOT001', username: ' Deploy\nrobot ' },
      { id: 'U0ANNA0001', name: 'Deploy robot', standing: 'bot' },
    ],
    [
      'a bot without a user',
      { user: undefined, bot_id: 'B0C1BOT001', bot_profile: { name: 'Build' } },
      { id: 'B0C1BOT001', name: 'Build', standing: 'bot' },
    ],
    ['Slackbot', { user: 'USLACKBOT' }, { id: 'USLACKBOT', standing: 'bot' }],
    [
      'our app under a person’s name',
      { user: undefined, bot_id: 'B0CRSSTALK', username: 'mia (Matrix)' },
      { standing: 'ours' },
    ],
  ])('%s', (_, more, actor) => {
    expect(one({ ...typed, ...more })).toMatchObject({ actor });
  });

  it('an edit is newer than the one before it', () => {
    const event = {
      ...typed,
      subtype: 'message_changed',
      event_ts: '1755000120.000200',
      message: { ...typed, text: 'hi!', edited: { user: 'U0ANNA0001', ts: '1755000120.000000' } },
      previous_message: typed,
    };
    expect(one(event)).toMatchObject({
      kind: 'messageEdited',
      message: { id: '1755000060.010019' },
      version: '1755000120000200',
      at: '2025-08-12T12:02:00.000Z',
    });
  });

  it('an edit of which nobody knows what was before counts where Slack says that somebody made it', () => {
    const changed = { ...typed, subtype: 'message_changed', message: typed };
    expect(one(changed)).toEqual({ ignored: 'message_changed that shows the same' });
    expect(one({ ...changed, message: { ...typed, edited: { user: 'U0ANNA0001' } } })).toMatchObject({
      kind: 'messageEdited',
    });
  });

  it('a deletion is its author’s; without a trace of it, Slack’s own', () => {
    const deleted = { ...typed, user: undefined, subtype: 'message_deleted', deleted_ts: typed.ts };
    expect(one({ ...deleted, previous_message: typed })).toMatchObject({ kind: 'messageDeleted', actor: anna });
    expect(one(deleted)).toMatchObject({ actor: { id: 'USLACKBOT', standing: 'system' } });
  });

  it('the delivery key of a message is told with it, and not with its deletion', () => {
    const key = 'AZx0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1';
    const blocks = [{ type: 'rich_text', block_id: key, elements: [] }];
    expect(one({ ...typed, blocks })).toMatchObject({ key });
    const deleted = {
      ...typed,
      subtype: 'message_deleted',
      deleted_ts: typed.ts,
      previous_message: { ...typed, blocks },
    };
    expect(one(deleted)).not.toHaveProperty('key');
  });

  it('a reaction is of its message, with the emoji itself', () => {
    const event = {
      type: 'reaction_removed',
      user: 'U0ANNA0001',
      reaction: 'wave::skin-tone-4',
      item: { type: 'message', channel: 'C0FA1R0001', ts: typed.ts },
      event_ts: '1755000120.000200',
    };
    expect(one(event)).toEqual({
      kind: 'reactionRemoved',
      room,
      actor: anna,
      at: '2025-08-12T12:02:00.000Z',
      message: { room, id: typed.ts },
      emoji: '👋🏽',
      version: '1755000120000200',
    });
  });

  describe('a huddle', () => {
    const ts = '1759867369.537409';
    const started = {
      type: 'message',
      subtype: 'huddle_thread',
      channel: 'C0FA1R0001',
      user: 'USLACKBOT',
      text: '',
      ts,
      event_ts: ts,
      room: {
        id: 'R0HUDDLE01',
        call_family: 'huddle',
        created_by: 'U0ANNA0001',
        date_start: 1_759_867_369,
        date_end: 0,
        has_ended: false,
        huddle_link: 'https://app.slack.com/huddle/T0TOWN0001/C0FA1R0001',
        participants: ['U0ANNA0001'],
        participant_history: ['U0ANNA0001'],
      },
    };
    const over = {
      ...started.room,
      date_end: 1_759_867_394,
      has_ended: true,
      participants: [],
      participant_history: ['U0ANNA0001', 'U0BERT0001'],
    };
    const changed = (now: object): object => ({
      type: 'message',
      subtype: 'message_changed',
      hidden: true,
      channel: 'C0FA1R0001',
      ts: '1759867394.232700',
      event_ts: '1759867394.232700',
      message: { ...started, room: now, edited: { user: 'USLACKBOT', ts: '1759867394.000000' } },
      previous_message: { ...started, room: now },
    });
    const about = { kind: 'callChanged', room, actor: anna };
    const joinUrl = 'https://app.slack.com/huddle/T0TOWN0001/C0FA1R0001';

    const begun = {
      ...about,
      at: '2025-10-07T20:02:49.537Z',
      change: { of: 'start', call: { room, id: ts }, joinUrl },
      version: '1759867369537409',
    };

    it('is a call of whoever began it, which its message stands for', () => {
      expect(read(started)).toEqual({ events: [begun] });
    });

    it('tells who comes', () => {
      expect(read(changed({ ...started.room, participants: ['U0ANNA0001', 'U0BERT0001'] }))).toMatchObject({
        events: [
          begun,
          { ...about, change: { of: 'arrival' } },
          { kind: 'callChanged', actor: { id: 'U0BERT0001' }, change: { of: 'arrival' } },
        ],
      });
      expect(read(changed({ ...started.room, participants: [] }))).toEqual({ ignored: 'a huddle in which nobody is' });
    });

    it('ends, with those who were in it: that may come before its beginning', () => {
      expect(read(changed(over))).toMatchObject({
        events: [
          begun,
          {
            ...about,
            at: '2025-10-07T20:03:14.232Z',
            change: { of: 'end', how: 'over', people: [{ id: 'U0ANNA0001' }, { id: 'U0BERT0001' }] },
            version: '1759867394232700',
          },
        ],
      });
    });

    it('that is read when it is over began and ended', () => {
      expect(read({ ...started, room: over })).toMatchObject({
        events: [
          { ...about, at: '2025-10-07T20:02:49.537Z', change: { of: 'start' } },
          { ...about, at: '2025-10-07T20:03:14.000Z', change: { of: 'end' } },
        ],
      });
    });

    it('of which nothing is told is no call', () => {
      const { room: _none, ...bare } = started;
      expect(read(bare)).toEqual({ ignored: 'a huddle of which nothing is told' });
    });
  });

  it('what is of no channel cannot be read', () => {
    expect(() => read({ ...typed, channel: 'x' })).toThrow();
  });

  it('what nobody knows is named', () => {
    expect(read({ type: 'tokens_revoked', tokens: {} })).toEqual({ ignored: 'tokens_revoked' });
  });
});

describe('wantedBy', () => {
  it('names people, channels and groups that the event mentions', () => {
    const text = '<@U0BEN00002> <#C0STAGE001> <!subteam^S0CH01R001> :kazoo: :tada:';
    expect(wantedBy({ ...typed, text }, self)).toEqual({
      users: new Set(['U0ANNA0001', 'U0BEN00002']),
      channels: new Set(['C0STAGE001']),
      groups: new Set(['S0CH01R001']),
      emoji: new Set(['kazoo']),
    });
  });

  it('of what is ignored nothing is wanted', () => {
    expect(wantedBy({ type: 'file_public' }, self)).toEqual({
      users: new Set(),
      channels: new Set(),
      groups: new Set(),
      emoji: new Set(),
    });
  });
});
