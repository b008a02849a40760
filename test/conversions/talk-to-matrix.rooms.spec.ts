import { ghostName } from '../../src/adapters/matrix/to-matrix.js';
import { capturedRows, contentsOf, eventOf, matrix, namesOf, shownOf, withoutDefaults } from './talk-rows.js';

/** What Matrix is shown of each row; the third, where there is one, is what the source finds out beside the row. */
const rows: readonly (readonly [name: string, shown: object, found?: object])[] = [
  ['room: created by a member', { ignored: 'conversation_created: the room is in no link yet' }],
  ['member: the reader is added', { ignored: 'user_added of one of our own' }],
  ['member: bob is added', { kind: 'memberJoined', by: 'users/alice', member: 'users/bob' }],
  ['member: carol is added', { kind: 'memberJoined', by: 'users/alice', member: 'users/carol' }],
  [
    'member: somebody whose id has a space is added',
    { kind: 'memberJoined', by: 'users/alice', member: 'users/space user' },
  ],
  [
    'member: a group is added',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'group', state: 'added', type: 'group', name: 'choir' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) added the group “choir”' }],
    },
  ],
  [
    'member: a team is added',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'group', state: 'added', type: 'team', name: 'Stage crew' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) added the team “Stage crew”' }],
    },
  ],
  [
    'room: renamed',
    { kind: 'roomChanged', by: 'the bridge', change: { of: 'name', name: 'Summer fair 2027 🎪' } },
    { room: { name: 'Summer fair 2027 🎪', description: '', avatarVersion: '63e01dc0', isCustomAvatar: false } },
  ],
  [
    'room: description set, several lines',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'topic', topic: 'Everything about the summer fair.\n\nRota: https://fair.example.org/rota' },
    },
    {
      room: {
        name: 'Summer fair 2027 🎪',
        description: 'Everything about the summer fair.\n\nRota: https://fair.example.org/rota',
        avatarVersion: '63e01dc0',
        isCustomAvatar: false,
      },
    },
  ],
  [
    'room: description removed',
    { kind: 'roomChanged', by: 'the bridge', change: { of: 'topic', topic: '' } },
    { room: { name: 'Summer fair 2027 🎪', description: '', avatarVersion: '63e01dc0', isCustomAvatar: false } },
  ],
  [
    'room: picture set',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: {
        of: 'avatar',
        avatar: { account: 'talk', id: 'room-avatar/xnxf6a5d', name: '63e01dc0.png', mime: 'image/png' },
      },
    },
    { room: { name: 'Summer fair 2027 🎪', description: '', avatarVersion: '63e01dc0', isCustomAvatar: true } },
  ],
  [
    'room: picture removed',
    { kind: 'roomChanged', by: 'the bridge', change: { of: 'avatar', avatar: null } },
    { room: { name: 'Summer fair 2027 🎪', description: '', avatarVersion: '63e01dc0', isCustomAvatar: false } },
  ],
  [
    'room: guests allowed',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'access', to: 'guestsAllowed' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) lets guests in' }],
    },
  ],
  [
    'room: password set',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'access', to: 'passwordSet' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) has guests asked for a password' }],
    },
  ],
  [
    'room: password removed',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'access', to: 'passwordRemoved' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) has guests asked for no password any more' }],
    },
  ],
  [
    'room: listed for users',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'access', to: 'listedForUsers' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) lets everybody with an account find and join the room' }],
    },
  ],
  [
    'room: listed for everybody',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'access', to: 'listedForEverybody' },
      says: [
        { msgtype: 'm.notice', body: 'alice (Talk) lets everybody, guests of the server too, find and join the room' },
      ],
    },
  ],
  [
    'room: listed no longer',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'access', to: 'listedForNobody' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) has the room found by nobody who is not in it' }],
    },
  ],
  [
    'room: read-only',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'writing', state: 'stopped', why: 'readOnly' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) made the room read-only: what is said here may have to wait' }],
    },
  ],
  [
    'room: no longer read-only',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'writing', state: 'resumed', why: 'readOnly' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) lets people write again' }],
    },
  ],
  [
    'room: lobby on',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'writing', state: 'stopped', why: 'lobby' },
      says: [
        {
          msgtype: 'm.notice',
          body: 'alice (Talk) lets only moderators in for now: what is said here may have to wait',
        },
      ],
    },
  ],
  [
    'room: lobby off',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'writing', state: 'resumed', why: 'lobby' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) lets everybody in again' }],
    },
  ],
  [
    'member: bob is promoted to moderator',
    { kind: 'roleChanged', by: 'the bridge', member: 'users/bob', role: 'moderator' },
  ],
  ['member: bob is demoted', { kind: 'roleChanged', by: 'the bridge', member: 'users/bob', role: 'member' }],
  ['call: started', { kind: 'callChanged', skip: 'the notice of the call tells it' }],
  ['call: bob joined', { kind: 'callChanged', skip: 'the notice of the call tells it' }],
  ['call: bob left', { ignored: 'call_left: the notice of the call says who came' }],
  ['call: alice left', { ignored: 'call_left: the notice of the call says who came' }],
  ['call: ended, with who was in it', { kind: 'callChanged', skip: 'the notice of the call tells it' }],
  ['call: started silently', { kind: 'callChanged', skip: 'the notice of the call tells it' }],
  ['call: ended for everybody', { kind: 'callChanged', skip: 'the notice of the call tells it' }],
  ['call: nobody came', { kind: 'callChanged', skip: 'the notice of the call tells it' }],
  [
    'room: messages expire after a day',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'expiration', afterMs: 86_400_000 },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) has messages vanish after 1 day from now on' }],
    },
  ],
  [
    'room: messages expire no longer',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'expiration', afterMs: null },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) has messages stay from now on' }],
    },
  ],
  ['member: carol leaves', { kind: 'memberLeft', by: 'users/carol', member: 'users/carol', how: 'left' }],
  [
    'member: somebody is removed',
    { kind: 'memberLeft', by: 'users/alice', member: 'users/space user', how: 'removed' },
  ],
  [
    'member: a group is removed',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'group', state: 'removed', type: 'group', name: 'choir' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) removed the group “choir”' }],
    },
  ],
  [
    'member: a team is removed',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'group', state: 'removed', type: 'team', name: 'Stage crew' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) removed the team “Stage crew”' }],
    },
  ],
  [
    'room: guests no longer allowed',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'access', to: 'guestsDisallowed' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) lets no guests in any more' }],
    },
  ],
  ['member: carol joins an open room herself', { kind: 'memberJoined', by: 'users/carol', member: 'users/carol' }],
  [
    'room: lobby with a timer',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'writing', state: 'stopped', why: 'lobby' },
      says: [
        {
          msgtype: 'm.notice',
          body: 'alice (Talk) lets only moderators in for now: what is said here may have to wait',
        },
      ],
    },
  ],
  [
    'room: lobby opened by its timer',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'writing', state: 'resumed', why: 'lobby' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) lets everybody in again' }],
    },
  ],
  [
    'room: history cleared',
    {
      kind: 'roomChanged',
      by: 'the bridge',
      change: { of: 'history', cleared: 'all' },
      says: [{ msgtype: 'm.notice', body: 'alice (Talk) cleared the history' }],
    },
  ],
];

describe('Talk to Matrix: rooms, their members and calls', () => {
  it('no captured row is forgotten, and none is unknown', () => {
    expect(rows.map(([name]) => name)).toEqual(namesOf('rooms'));
    expect(new Set(capturedRows.map(({ name }) => name)).size).toBe(274);
  });

  it.each(rows.map(([name, shown, found = {}]) => [name, shown, found] as const))('%s', async (name, shown, found) => {
    expect(await shownOf(name, found)).toEqual(shown);
  });
});

describe('Talk to Matrix: who is seen to say it', () => {
  it.each([
    ['plain: one line', '@crosstalk_talk_users=2falice:town.example', 'alice (Talk)'],
    [
      'guest: a message, with a name',
      '@crosstalk_talk_guests=2fc99269fb3ce6911cbc6dc5427c98a92630b93428:town.example',
      'Erin O’Neill <guest> (Talk)',
    ],
    [
      'guest: a message, without a name',
      '@crosstalk_talk_guests=2f4a1092ee15577011732bf5f5d5426a937d5bea32:town.example',
      'Guest (Talk)',
    ],
    [
      'bot: a message',
      '@crosstalk_talk_bots=2fbot-88607cff93bcb8b381f42e4b00598bb6fb0671cb:town.example',
      'Bridge (Bot) (Talk)',
    ],
  ])('%s', (name, ghost, shown) => {
    const { actor } = eventOf(name);
    expect([matrix.users.ghostOf(actor), ghostName('{name} ({network})', actor.name, 'Talk')]).toEqual([ghost, shown]);
  });

  it.each([
    [
      'plain: two lines',
      {
        body: 'carol (Talk): Stalls open at ten.\nSet-up from eight.',
        formatted_body: '<strong>carol (Talk)</strong>: Stalls open at ten.<br>Set-up from eight.',
      },
    ],
    [
      'headings: closing marks',
      {
        body: 'alice (Talk): \n\nWaffles\n\nbatter, irons, sugar',
        formatted_body: '<p><strong>alice (Talk)</strong>: </p><h2>Waffles</h2><p>batter, irons, sugar</p>',
      },
    ],
    [
      'list: text directly before it',
      {
        body: 'carol (Talk): We still need:\n\n- tape\n- string\n- patience',
        formatted_body:
          '<p><strong>carol (Talk)</strong>: We still need:</p><ul><li>tape</li><li>string</li><li>patience</li></ul>',
      },
    ],
    [
      // Where no formatting is shown, a line that looks like another person's name is seen to be none.
      'code: fence with a language',
      {
        body: 'bob (Talk): \n\n… def price(adults, children):\n    # children pay half\n    return adults * 4 + children * 2',
        formatted_body:
          '<p><strong>bob (Talk)</strong>: </p><pre><code class="language-python">def price(adults, children):\n    # children pay half\n    return adults * 4 + children * 2\n</code></pre>',
      },
    ],
    [
      'reply: to a message',
      {
        body: 'bob (Talk): I do, if @carol helps',
        formatted_body:
          '<strong>bob (Talk)</strong>: I do, if <a href="https://matrix.to/#/@carol:town.example">carol</a> helps',
        'm.mentions': { user_ids: ['@carol:town.example'] },
        'm.relates_to': { 'm.in_reply_to': { event_id: '$3635' } },
      },
    ],
    [
      'silent message',
      {
        msgtype: 'm.notice',
        body: 'alice (Talk): no need to wake anybody: keys are at the bar',
        formatted_body: '<strong>alice (Talk)</strong>: no need to wake anybody: keys are at the bar',
      },
    ],
    [
      'guest: a message, with a name',
      {
        body: 'Erin O’Neill <guest> (Talk): Hello, I would like to help with the waffles',
        formatted_body:
          '<strong>Erin O’Neill &lt;guest&gt; (Talk)</strong>: Hello, I would like to help with the <em>waffles</em>',
      },
    ],
  ])('in a room without ghosts the account says it for them: %s', async (name, expected) => {
    const event = eventOf(name);
    const contents = await contentsOf(event, { as: 'relay', name: event.actor.name, networkLabel: 'Talk' });
    expect(contents.map(withoutDefaults)).toEqual([expected]);
  });
});
