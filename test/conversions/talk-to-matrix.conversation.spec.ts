import { namesOf, shownOf } from './talk-rows.js';

/** What Matrix is shown of each row; the third, where there is one, is what the source finds out beside the row. */
/** The first message of a thread with a name. */
const parking = {
  body: '🧵 Bicycle parking\n\nWhere do the bikes go?',
  formatted_body: '<p>🧵 <strong>Bicycle parking</strong></p><p>Where do the bikes go?</p>',
};
const scooters = {
  body: '🧵 Bicycles & scooters\n\nWhere do the bikes go?',
  formatted_body: '<p>🧵 <strong>Bicycles &amp; scooters</strong></p><p>Where do the bikes go?</p>',
};

const rows: readonly (readonly [name: string, shown: object, found?: object])[] = [
  [
    'mention: at the start',
    {
      body: '@bob have you seen the van?',
      formatted_body:
        '<a href="https://matrix.to/#/@crosstalk_talk_users=2fbob:town.example">bob</a> have you seen the van?',
    },
  ],
  ['mention: at the end and with punctuation', { body: 'Not yet, @alice. (@carol?)' }],
  [
    'mention: quoted',
    {
      body: '@alice I have it',
      formatted_body: '<a href="https://matrix.to/#/@crosstalk_talk_users=2falice:town.example">alice</a> I have it',
    },
  ],
  [
    'mention: an id with a space',
    {
      body: '@space user can you bring the cups?',
      formatted_body:
        '<a href="https://matrix.to/#/@crosstalk_talk_users=2fspace=20user:town.example">space user</a> can you bring the cups?',
    },
  ],
  [
    'mention: the same person twice',
    {
      body: '@carol @carol wake up',
      formatted_body:
        '<a href="https://matrix.to/#/@carol:town.example">carol</a> <a href="https://matrix.to/#/@carol:town.example">carol</a> wake up',
      'm.mentions': { user_ids: ['@carol:town.example'] },
    },
  ],
  [
    'mention: two people',
    {
      body: '@alice and @bob: done',
      formatted_body:
        '<a href="https://matrix.to/#/@crosstalk_talk_users=2falice:town.example">alice</a> and <a href="https://matrix.to/#/@crosstalk_talk_users=2fbob:town.example">bob</a>: done',
    },
  ],
  ['mention: within bold', { body: '@bob decides', formatted_body: '<strong>@bob decides</strong>' }],
  [
    'mention: within inline code',
    { body: 'the test user is @alice', formatted_body: 'the test user is <code>@alice</code>' },
  ],
  ['mention: within a fence', { body: 'owner: @bob', formatted_body: '<pre><code>owner: @bob\n</code></pre>' }],
  [
    'mention: within a list and a quote',
    {
      body: '- @bob: stage\n- @carol: sound\n\n> said @bob',
      formatted_body:
        '<ul><li><a href="https://matrix.to/#/@crosstalk_talk_users=2fbob:town.example">bob</a>: stage</li><li><a href="https://matrix.to/#/@carol:town.example">carol</a>: sound</li></ul><blockquote><p>said <a href="https://matrix.to/#/@crosstalk_talk_users=2fbob:town.example">bob</a></p></blockquote>',
      'm.mentions': { user_ids: ['@carol:town.example'] },
    },
  ],
  [
    'mention: within a link text',
    {
      body: 'ask @alice (https://fair.example.org/contact)',
      formatted_body: '<a href="https://fair.example.org/contact">ask alice</a>',
    },
  ],
  ['mention: somebody who does not exist', { body: '@nobody and @ space and @' }],
  [
    'mention: a mail address is none',
    {
      body: 'mail a@b.org, alice@example.org, @bob@example.org',
      formatted_body:
        'mail <a href="mailto:a@b.org">a@b.org</a>, <a href="mailto:alice@example.org">alice@example.org</a>, @<a href="mailto:bob@example.org">bob@example.org</a>',
    },
  ],
  ['mention: glued to a word', { body: "foo@alice and @alicebob and @alice's plan" }],
  [
    'mention: oneself',
    {
      body: '@carol (note to myself) buy string',
      formatted_body: '<a href="https://matrix.to/#/@carol:town.example">carol</a> (note to myself) buy string',
      'm.mentions': { user_ids: ['@carol:town.example'] },
    },
  ],
  [
    'mention: everybody, by a moderator',
    { body: '@room the gate closes in ten minutes', 'm.mentions': { room: true } },
  ],
  ['mention: everybody, by a participant', { body: '@room has somebody seen my scarf?', 'm.mentions': { room: true } }],
  ['mention: everybody in other words', { body: '@here @channel @everyone @room' }],
  ['mention: a group', { body: '@choir rehearsal moves to six', formatted_body: '@choir rehearsal moves to six' }],
  [
    'mention: an administrator who is not a member',
    {
      body: '@admin please restart',
      formatted_body:
        '<a href="https://matrix.to/#/@crosstalk_talk_users=2fadmin:town.example">admin</a> please restart',
    },
  ],
  ['mention: everybody, by a participant who may not', { body: '@all only moderators may do this now' }],
  [
    'mention: a team',
    { body: '@Stage crew boots and gloves, please', formatted_body: '@Stage crew boots and gloves, please' },
  ],
  [
    'reply: the question',
    { body: 'Who locks the gate on Sunday?', formatted_body: 'Who locks the <strong>gate</strong> on Sunday?' },
  ],
  [
    'reply: to a message',
    {
      body: 'I do, if @carol helps',
      formatted_body: 'I do, if <a href="https://matrix.to/#/@carol:town.example">carol</a> helps',
      'm.relates_to': { 'm.in_reply_to': { event_id: '$3635' } },
      'm.mentions': { user_ids: ['@carol:town.example'] },
    },
  ],
  ['reply: to a reply', { body: 'fine with me 👍', 'm.relates_to': { 'm.in_reply_to': { event_id: '$3636' } } }],
  [
    'reply: that itself has a quote in its text',
    {
      body: '> thanks\n\nboth of you',
      formatted_body: '<blockquote><p>thanks</p></blockquote><p>both of you</p>',
      'm.relates_to': { 'm.in_reply_to': { event_id: '$3637' } },
    },
  ],
  [
    'reply: with a fence',
    {
      body: 'key 7\n\nlook',
      formatted_body: '<pre><code>key 7\n</code></pre><p>look</p>',
      'm.relates_to': { 'm.in_reply_to': { event_id: '$3635' } },
    },
  ],
  ['deletion: the row that tells of it, by the author', { kind: 'messageDeleted', of: '$3639', by: 'users/bob' }],
  ['deletion: the message itself afterwards', { ignored: 'comment_deleted' }],
  ['reply: to a message deleted later', { body: 'and I the south' }],
  ['deletion: the row that tells of it, by a moderator', { kind: 'messageDeleted', of: '$3645', by: 'users/alice' }],
  ['deletion: by a moderator, the message itself afterwards', { ignored: 'comment_deleted' }],
  ['edit: a message before it is edited', { body: 'The bus leaves at nien' }],
  [
    'edit: the row that tells of it',
    {
      kind: 'messageEdited',
      of: '$3647',
      by: 'users/carol',
      says: [{ body: 'The bus leaves at nine', formatted_body: 'The bus leaves at <strong>nine</strong>' }],
    },
  ],
  [
    'edit: the message itself afterwards',
    { body: 'The bus leaves at nine', formatted_body: 'The bus leaves at <strong>nine</strong>' },
  ],
  [
    'edit: a second one, adding a mention',
    {
      kind: 'messageEdited',
      of: '$3647',
      by: 'users/carol',
      says: [
        {
          body: 'The bus leaves at nine, @bob',
          formatted_body:
            'The bus leaves at <strong>nine</strong>, <a href="https://matrix.to/#/@crosstalk_talk_users=2fbob:town.example">bob</a>',
        },
      ],
    },
  ],
  [
    'edit: by a moderator, of another person',
    {
      kind: 'messageEdited',
      of: '$3647',
      by: 'users/alice',
      says: [
        {
          body: 'The bus leaves at ten, @bob',
          formatted_body:
            'The bus leaves at <strong>ten</strong>, <a href="https://matrix.to/#/@crosstalk_talk_users=2fbob:town.example">bob</a>',
        },
      ],
    },
  ],
  [
    'edit: by a moderator, the message itself afterwards',
    {
      body: 'The bus leaves at ten, @bob',
      formatted_body:
        'The bus leaves at <strong>ten</strong>, <a href="https://matrix.to/#/@crosstalk_talk_users=2fbob:town.example">bob</a>',
    },
  ],
  [
    'reply: to an edited message',
    { body: 'see you at ten then', 'm.relates_to': { 'm.in_reply_to': { event_id: '$3647' } } },
  ],
  [
    'edit: of a reply, to several lines',
    {
      kind: 'messageEdited',
      of: '$3651',
      by: 'users/bob',
      says: [
        {
          body: 'see you at ten then\n\n- me\n- the dog',
          formatted_body: '<p>see you at <em>ten</em> then</p><ul><li>me</li><li>the dog</li></ul>',
        },
      ],
    },
  ],
  ['reaction: added', { kind: 'reactionAdded', of: '$3653', by: 'users/bob', key: '🎉', row: '3654' }],
  [
    'reaction: with a variation selector',
    { kind: 'reactionAdded', of: '$3653', by: 'users/carol', key: '❤️', row: '3655' },
  ],
  [
    'reaction: a joined emoji with a skin tone',
    { kind: 'reactionAdded', of: '$3653', by: 'users/carol', key: '👩🏾‍🚀', row: '3656' },
  ],
  ['reaction: by the reader', { kind: 'reactionAdded', of: '$3653', ours: 'users/crosstalk' }],
  ['reaction: the message itself, with its reactions', { body: 'Tickets are sold out!' }],
  [
    'reaction: taken back, the row that tells of it',
    { kind: 'reactionRemoved', of: '$3653', by: 'users/bob', row: '3654' },
    { revoked: [3654] },
  ],
  ['reaction: taken back, its own row afterwards', { ignored: 'reaction_deleted: the row reaction_revoked tells it' }],
  ['reaction: the message itself, after one was taken back', { body: 'Tickets are sold out!' }],
  ['silent message', { msgtype: 'm.notice', body: 'no need to wake anybody: keys are at the bar' }],
  ['thread: its first message', parking],
  ['thread: created', { kind: 'threadChanged', of: '$3660', by: 'users/carol', says: [parking] }],
  [
    'thread: a message in it',
    {
      body: 'behind the hall',
      'm.relates_to': {
        rel_type: 'm.thread',
        event_id: '$3660',
        is_falling_back: true,
        'm.in_reply_to': { event_id: '$3660' },
      },
    },
  ],
  [
    'thread: a reply in it',
    {
      body: 'there is a rack',
      formatted_body: 'there is a <strong>rack</strong>',
      'm.relates_to': {
        rel_type: 'm.thread',
        event_id: '$3660',
        is_falling_back: false,
        'm.in_reply_to': { event_id: '$3662' },
      },
    },
  ],
  ['thread: renamed', { kind: 'threadChanged', of: '$3660', by: 'users/carol', says: [scooters] }],
  ['thread: its first message afterwards', scooters],
  ['file: a picture without a caption', { body: '📎 meadow.png' }],
  [
    'file: a picture with a caption, formatted, with a mention',
    {
      body: 'The poster, second draft. @alice ok?\n📎 poster.jpg',
      formatted_body:
        'The <strong>poster</strong>, second draft. <a href="https://matrix.to/#/@crosstalk_talk_users=2falice:town.example">alice</a> ok?<br>📎 poster.jpg',
    },
  ],
  ['file: a document whose name has spaces, umlauts and a hash', { body: '📎 Sitzplan größer (final) #2.pdf' }],
  [
    'file: a document with a caption of several lines',
    {
      body: 'Rota:\n\n- Mira 8\n- Jonas 7\n\n📎 rota.csv',
      formatted_body: '<p>Rota:</p><ul><li>Mira 8</li><li>Jonas 7</li></ul><p>📎 rota.csv</p>',
    },
  ],
  ['file: a voice message', { body: '📎 Recording from bob.mp3' }],
  ['file: music', { body: '📎 kyrie.mp3' }],
  ['file: a film, silent, with a caption', { msgtype: 'm.notice', body: 'the way to the meadow\n📎 walk.mp4' }],
  [
    'file: in reply to a message',
    { body: '📎 waffle.gif', 'm.relates_to': { 'm.in_reply_to': { event_id: '$3635' } } },
  ],
  [
    'file: its caption edited, the row that tells of it',
    {
      kind: 'messageEdited',
      of: '$3666',
      by: 'users/bob',
      says: [
        {
          body: 'The poster, third draft\n📎 poster.jpg',
          formatted_body: 'The <strong>poster</strong>, third draft<br>📎 poster.jpg',
        },
      ],
    },
  ],
  [
    'file: its caption edited, the message itself afterwards',
    {
      body: 'The poster, third draft\n📎 poster.jpg',
      formatted_body: 'The <strong>poster</strong>, third draft<br>📎 poster.jpg',
    },
  ],
  ['reply: to a file', { body: 'lovely green', 'm.relates_to': { 'm.in_reply_to': { event_id: '$3665' } } }],
  ['file: deleted, the row that tells of it', { kind: 'messageDeleted', of: '$3665', by: 'users/alice' }],
  ['file: deleted, the message itself afterwards', { ignored: 'comment_deleted' }],
  [
    'object: a location',
    {
      body: '📍 Meadow, gate B (https://www.openstreetmap.org/?mlat=52.5163&mlon=13.3777)',
      formatted_body: '<a href="https://www.openstreetmap.org/?mlat=52.5163&amp;mlon=13.3777">📍 Meadow, gate B</a>',
    },
  ],
  [
    'object: a location without a name',
    {
      body: '📍 -33.8568, 151.2153 (https://www.openstreetmap.org/?mlat=-33.8568&mlon=151.2153)',
      formatted_body:
        '<a href="https://www.openstreetmap.org/?mlat=-33.8568&amp;mlon=151.2153">📍 -33.8568, 151.2153</a>',
    },
  ],
  [
    'object: a card of a board',
    {
      body: 'Order <waffle> irons & sugar (Fair, Doing) (http://127.0.0.1:8090/apps/deck/#/board/1/card/12)',
      formatted_body:
        '<a href="http://127.0.0.1:8090/apps/deck/#/board/1/card/12">Order &lt;waffle&gt; irons &amp; sugar (Fair, Doing)</a>',
    },
  ],
  ['poll: started, results public', { body: '📊 Which day for the **dress rehearsal**?' }],
  ['poll: somebody voted', { ignored: 'poll_voted of a poll that is not known' }],
  ['poll: closed', { ignored: 'poll_closed of a poll that is not known' }],
  ['poll: started, results hidden, several votes', { body: '📊 Cake?' }],
  [
    'guest: a message, with a name',
    {
      body: 'Hello, I would like to help with the waffles',
      formatted_body: 'Hello, I would like to help with the <em>waffles</em>',
    },
  ],
  ['guest: a message, without a name', { body: 'me too' }],
  [
    'guest: mentioned and replied to',
    {
      body: 'welcome @Erin O’Neill <guest>!',
      formatted_body:
        'welcome <a href="https://matrix.to/#/@crosstalk_talk_guests=2fc99269fb3ce6911cbc6dc5427c98a92630b93428:town.example">Erin O’Neill &lt;guest&gt;</a>!',
      'm.relates_to': { 'm.in_reply_to': { event_id: '$3683' } },
    },
  ],
  [
    'guest: mentions members',
    {
      body: 'thanks @bob and @carol',
      formatted_body:
        'thanks <a href="https://matrix.to/#/@crosstalk_talk_users=2fbob:town.example">bob</a> and <a href="https://matrix.to/#/@carol:town.example">carol</a>',
      'm.mentions': { user_ids: ['@carol:town.example'] },
    },
  ],
  [
    'guest: reacts',
    {
      kind: 'reactionAdded',
      of: '$3635',
      by: 'guests/c99269fb3ce6911cbc6dc5427c98a92630b93428',
      key: '🧇',
      row: '3687',
    },
  ],
  [
    'guest: promoted to moderator',
    {
      kind: 'roleChanged',
      by: 'the bridge',
      member: 'guests/c99269fb3ce6911cbc6dc5427c98a92630b93428',
      role: 'moderator',
    },
  ],
  [
    'guest: demoted',
    {
      kind: 'roleChanged',
      by: 'the bridge',
      member: 'guests/c99269fb3ce6911cbc6dc5427c98a92630b93428',
      role: 'member',
    },
  ],
  ['guest: a message deleted by a moderator', { kind: 'messageDeleted', of: '$3683', by: 'users/alice' }],
  ['bridge-bot: a message in the name of another', { kind: 'messageSent', ours: 'bridged/bridge-bot' }],
  ['bridge-bot: its edit, the row that tells of it', { kind: 'messageEdited', of: '$3691', ours: 'users/bridge-bot' }],
  ['bridge-bot: the edited message itself', { kind: 'messageSent', ours: 'bridged/bridge-bot' }],
  ['reaction: on a bridged message', { kind: 'reactionAdded', of: '$3691', by: 'users/bob', key: '👋', row: '3693' }],
  ['bridge-bot: a message without a name', { kind: 'messageSent', ours: 'users/bridge-bot' }],
  [
    'bot: a message',
    {
      body: 'Build #214 passed in 3 min, @alice\n\n- tests: 812\n- log (https://ci.example.org/214)',
      formatted_body:
        '<p>Build <strong>#214</strong> passed in 3 min, <a href="https://matrix.to/#/@crosstalk_talk_users=2falice:town.example">alice</a></p><ul><li>tests: <code>812</code></li><li><a href="https://ci.example.org/214">log</a></li></ul>',
    },
  ],
  ['bot: a reply', { body: '42 tickets left', 'm.relates_to': { 'm.in_reply_to': { event_id: '$3635' } } }],
  [
    'bot: reacts',
    {
      kind: 'reactionAdded',
      of: '$3635',
      by: 'bots/bot-88607cff93bcb8b381f42e4b00598bb6fb0671cb',
      key: '🤖',
      row: '3697',
    },
  ],
  ['expiring message', { body: 'gone tomorrow' }],
];

describe('Talk to Matrix: who is named, what is answered, changed, taken back and shared', () => {
  it('no captured row is forgotten, and none is unknown', () => {
    expect(rows.map(([name]) => name)).toEqual(namesOf('conversation'));
  });

  it.each(rows.map(([name, shown, found = {}]) => [name, shown, found] as const))('%s', async (name, shown, found) => {
    expect(await shownOf(name, found)).toEqual(shown);
  });
});
