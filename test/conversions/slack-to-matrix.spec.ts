import { eventNamed, namesOf } from './slack-captured.js';
import { inMatrix } from './slack-in-matrix.js';

/** Every expectation was read by a person: it is what people in Matrix are to see. */
const pinLine = (did: string): object => ({
  body: `📌 Anna (Slack) ${did} a message`,
  msgtype: 'm.notice',
  'm.relates_to': { 'm.in_reply_to': { event_id: '$text: one line' } },
});

const tables: readonly (readonly [string, readonly string[], readonly (readonly [string, unknown])[]])[] = [
  [
    'what people type',
    [
      'text',
      'look',
      'link',
      'emoji',
      'mention',
      'date',
      'colour',
      'list',
      'quote and answer',
      'quote',
      'code',
      'newer',
    ],
    [
      ['text: one line', { body: 'Morning! The tent is booked.' }],
      ['text: two lines, then a paragraph', { body: 'Stalls open at ten.\nSet-up from eight.\n\nBring gloves.' }],
      ['text: entities', { body: '3 < 5 & 5 > 3, &amp; stays' }],
      ['text: signs that mean something elsewhere', { body: '*not bold* # no heading <b>html</b>' }],
      [
        'look: bold, italic, strike, code',
        {
          body: "six o'clock, not seven, run npm test",
          formatted_body: '<strong>six</strong> o&#39;clock, <em>not</em> <del>seven</del>, run <code>npm test</code>',
        },
      ],
      [
        'look: several at once',
        { body: 'really and under', formatted_body: '<strong><em>really</em> and </strong><u>under</u>' },
      ],
      ['look: within a word', { body: 'unbelievable', formatted_body: 'un<strong>believ</strong>able' }],
      [
        'link: bare',
        {
          body: 'see https://fair.example.org/a_b',
          formatted_body: 'see <a href="https://fair.example.org/a_b">https://fair.example.org/a_b</a>',
        },
      ],
      [
        'link: with a text, partly bold',
        {
          body: 'the plan (https://fair.example.org/plan?x=1&y=2)',
          formatted_body: '<a href="https://fair.example.org/plan?x=1&amp;y=2">the <strong>plan</strong></a>',
        },
      ],
      [
        'link: mail',
        { body: 'fair@example.org', formatted_body: '<a href="mailto:fair@example.org">fair@example.org</a>' },
      ],
      ['emoji: standard', { body: 'done 🎉' }],
      ['emoji: with a skin tone', { body: 'hi 👋🏽' }],
      ['emoji: joined, a flag, a heart', { body: '👩‍🚀 🇪🇺 ❤\ufe0f' }],
      ['emoji: custom', { body: 'nice :kazoo:', formatted_body: 'nice :kazoo:' }],
      [
        'mention: a person',
        {
          body: '@Ben have you seen the van?',
          formatted_body: '<a href="https://matrix.to/#/@ben:town.example">Ben</a> have you seen the van?',
          'm.mentions': { user_ids: ['@ben:town.example'] },
        },
      ],
      [
        'mention: somebody nobody knows',
        {
          body: '@U0N0B0DY01?',
          formatted_body: '<a href="https://matrix.to/#/@crosstalk_town__u0_n0_b0_d_y01:town.example">U0N0B0DY01</a>?',
        },
      ],
      [
        'mention: a person of a partner in Slack Connect',
        {
          body: '@Dora welcome',
          formatted_body:
            '<a href="https://matrix.to/#/@crosstalk_town__w0_p_a_r_t_n_e_r4:town.example">Dora</a> welcome',
        },
      ],
      [
        'mention: a channel',
        {
          body: 'plans in #stage',
          formatted_body: 'plans in <a href="https://town.slack.com/archives/C0STAGE001">#stage</a>',
        },
      ],
      ['mention: a group', { body: '@choir at six', formatted_body: '@choir at six' }],
      ['mention: everybody in the channel', { body: '@room the gate closes', 'm.mentions': { room: true } }],
      ['mention: those who are here', { body: '@room my scarf?', 'm.mentions': { room: true } }],
      ['mention: typed, not chosen', { body: 'the word @channel in a sentence' }],
      ["date: of an app's text", { body: 'until 12 August', formatted_body: 'until 12 August' }],
      ['colour', { body: 'the sign is #ff8800' }],
      [
        'list: bullets after a text',
        {
          body: 'We need:\n\n- tape\n- string',
          formatted_body: '<p>We need:</p><ul><li>tape</li><li>string</li></ul>',
        },
      ],
      [
        'list: numbered, from three',
        { body: '3. sound check\n4. doors', formatted_body: '<ol start="3"><li>sound check</li><li>doors</li></ol>' },
      ],
      [
        'list: nested',
        {
          body: '- Friday\n  - van\n  - keys\n    1. fuel\n    2. oil\n- Saturday',
          formatted_body:
            '<ul><li>Friday<ul><li>van</li><li>keys<ol><li>fuel</li><li>oil</li></ol></li></ul></li><li><strong>Saturday</strong></li></ul>',
        },
      ],
      [
        'list: numbered, with bullets within',
        {
          body: '1. unload\n   - van\n2. build',
          formatted_body: '<ol><li>unload<ul><li>van</li></ul></li><li>build</li></ol>',
        },
      ],
      [
        'list: boxes that people write',
        { body: '- [x] tent\n- [ ] ice cream', formatted_body: '<ul><li>☑ tent</li><li>☐ ice cream</li></ul>' },
      ],
      [
        'quote and answer',
        {
          body: '> who has the keys?\n\nI do',
          formatted_body: '<blockquote><p>who has the keys?</p></blockquote><p>I do</p>',
        },
      ],
      [
        'quote: of two paragraphs',
        { body: '> one\n> \n> two', formatted_body: '<blockquote><p>one</p><p>two</p></blockquote>' },
      ],
      [
        'quote: with a list in it',
        {
          body: '> bring\n> \n> - tape\n> - string\n\nok',
          formatted_body: '<blockquote><p>bring</p><ul><li>tape</li><li>string</li></ul></blockquote><p>ok</p>',
        },
      ],
      [
        'code: a block',
        {
          body: 'let a = 1;\na < 2 && b',
          formatted_body: '<pre><code>let a = 1;\na &lt; 2 &amp;&amp; b\n</code></pre>',
        },
      ],
      [
        'code: a block with its language',
        {
          body: 'The log:\n\nprint(1)\n  # two\n\nand then nothing',
          formatted_body:
            '<p>The log:</p><pre><code class="language-python">print(1)\n  # two\n</code></pre><p>and then nothing</p>',
        },
      ],
      [
        'code: with an address in it',
        {
          body: 'curl https://fair.example.org',
          formatted_body: '<pre><code>curl https://fair.example.org\n</code></pre>',
        },
      ],
      ['newer: an element that nobody knows', { body: 'see Tuesday’s plan!' }],
      [
        'text: without blocks, as older clients send it',
        {
          body: 'six or seven, @Ben? 🎉 see the plan (https://fair.example.org)\n\n> said he\n\nfine',
          formatted_body:
            '<p><strong>six</strong> or <em>seven</em>, <a href="https://matrix.to/#/@ben:town.example">Ben</a>? 🎉 see <a href="https://fair.example.org">the plan</a></p><blockquote><p>said he</p></blockquote><p>fine</p>',
          'm.mentions': { user_ids: ['@ben:town.example'] },
        },
      ],
      ['text: nothing', { ignored: 'a message without a text' }],
    ],
  ],
  [
    'conversation',
    ['thread', 'emote', 'file', 'edit', 'deletion', 'reaction', 'shared', 'for one person alone'],
    [
      ['thread: its first message', { body: 'Who brings cake?' }],
      [
        'thread: a reply',
        {
          body: 'me',
          'm.relates_to': {
            rel_type: 'm.thread',
            event_id: '$thread: its first message',
            is_falling_back: true,
            'm.in_reply_to': { event_id: '$thread: its first message' },
          },
        },
      ],
      [
        'thread: a reply that is sent to the channel too',
        {
          body: 'cake is settled',
          formatted_body: 'cake is <strong>settled</strong>',
          'm.relates_to': { 'm.in_reply_to': { event_id: '$thread: its first message' } },
        },
      ],
      ['emote: /me', { msgtype: 'm.emote', body: 'waves slowly', formatted_body: 'waves <em>slowly</em>' }],
      [
        'file: with words',
        { body: 'second draft\n📎 poster.jpg', formatted_body: 'second <strong>draft</strong><br>📎 poster.jpg' },
      ],
      ['file: alone', { body: '📎 poster.jpg\n📎 plan.pdf' }],
      ['file: deleted since', { ignored: 'a message without a text' }],
      ['edit: what was said', { body: 'Sound check at six' }],
      [
        'edit: other words',
        {
          edits: '$edit: what was said',
          says: { body: 'Sound check at seven', formatted_body: 'Sound check at <strong>seven</strong>' },
        },
      ],
      [
        'edit: with a link',
        {
          body: 'see https://fair.example.org',
          formatted_body: 'see <a href="https://fair.example.org">https://fair.example.org</a>',
        },
      ],
      ['edit: Slack shows what the link leads to', { ignored: 'message_changed that shows the same' }],
      ['edit: a reply came', { ignored: 'message_changed that shows the same' }],
      ['edit: a reply is sent to the channel afterwards', { ignored: 'message_changed that shows the same' }],
      ["edit: of a file's words", { edits: '$file: with words', says: { body: 'third draft\n📎 poster.jpg' } }],
      [
        'edit: a file is deleted',
        { edits: '$file: with words', says: { body: 'second draft', formatted_body: 'second <strong>draft</strong>' } },
      ],
      ['deletion: of a message with replies', { deletes: '$thread: its first message' }],
      ['deletion: of a message', { deletes: '$edit: what was said' }],
      ['deletion: of what nobody knows', { deletes: '$1754000000.000100' }],
      ['reaction: standard', { reacts: '👍\ufe0f', to: '$text: one line' }],
      ['reaction: with a skin tone', { reacts: '👍🏽', to: '$text: one line' }],
      ['reaction: custom', { reacts: ':kazoo:', to: '$text: one line' }],
      ['reaction: taken back', { takesBack: '👍\ufe0f', from: '$text: one line' }],
      ['reaction: to a file', { ignored: 'reaction_added of no message' }],
      [
        'shared: a message that was passed on',
        {
          body: 'look\n\n> Ben\n> \n> The hum is gone\n> \n> Posted in #stage',
          formatted_body:
            '<p>look</p><blockquote><p><strong>Ben</strong></p><p>The <strong>hum</strong> is gone</p><p><em>Posted in #stage</em></p></blockquote>',
        },
      ],
      [
        'shared: a link to a message',
        {
          body: 'see https://town.slack.com/archives/C0STAGE001/p1755000060010019',
          formatted_body:
            'see <a href="https://town.slack.com/archives/C0STAGE001/p1755000060010019">https://town.slack.com/archives/C0STAGE001/p1755000060010019</a>',
        },
      ],
      ['for one person alone', { ignored: 'a message for one person alone' }],
    ],
  ],
  [
    'people, the room and pins',
    ['member', 'room', 'pin', 'huddle', 'other'],
    [
      ['member: joins', { joins: 'U0CLEO0003', by: 'U0CLEO0003' }],
      ['member: is invited', { joins: 'W0PARTNER4', by: 'U0ANNA0001' }],
      ['member: leaves', { leaves: 'U0CLEO0003', how: 'left' }],
      ['member: our own app joins', { ignored: 'member_joined_channel of our own' }],
      ['member: joins, as a message', { ignored: 'channel_join: the event of the member tells it' }],
      ['room: name', { changes: { of: 'name', name: 'summer-fair' } }],
      ['room: topic', { changes: { of: 'topic', topic: 'Sat & Sun, see https://fair.example.org' } }],
      ['room: topic removed', { changes: { of: 'topic', topic: '' } }],
      ['room: purpose', { msgtype: 'm.notice', body: '* described the channel: All about the fair' }],
      ['room: purpose removed', { msgtype: 'm.notice', body: '* removed the channel’s description' }],
      ['room: archived', { msgtype: 'm.notice', body: '* archived the channel' }],
      ['room: taken out of the archive', { msgtype: 'm.notice', body: '* took the channel out of the archive' }],
      ['room: who may post', { ignored: 'message of the kind channel_posting_permissions' }],
      ['room: renamed, as an event', { ignored: 'channel_rename' }],
      // Where the room does not let us pin.
      ['pin: added', pinLine('pinned')],
      ['pin: removed', pinLine('unpinned')],
      ['huddle', { ignored: 'a huddle of which nothing is told' }],
      ['other: a file is made public', { ignored: 'file_public' }],
    ],
  ],
  [
    'apps, bots, and our own',
    ['bot', 'app', 'slackbot', 'ours'],
    [
      [
        'bot: a text of its own markup',
        {
          body: 'Build 42 failed: log (https://ci.example.org/42) ❌\nmake all says:\n\nerror: 1 < 2\nstop\n\n> somebody\n> looks',
          formatted_body:
            '<p><strong>Build 42</strong> failed: <a href="https://ci.example.org/42">log</a> ❌<br><code>make all</code> says:</p><pre><code>error: 1 &lt; 2\nstop\n</code></pre><blockquote><p>somebody<br>looks</p></blockquote>',
        },
      ],
      ['bot: an emoji by a name that nobody knows, a time, a path', { body: 'at 10:30:45 in /a_b_c/*.ts :kazoo:' }],
      [
        'bot: mentions and dates',
        {
          body: '@Ben #stage @choir @room @room 12 August (https://fair.example.org/)',
          formatted_body:
            '<a href="https://matrix.to/#/@ben:town.example">Ben</a> <a href="https://town.slack.com/archives/C0STAGE001">#stage</a> @choir @room @room <a href="https://fair.example.org/">12 August</a>',
          'm.mentions': { user_ids: ['@ben:town.example'], room: true },
        },
      ],
      [
        'bot: attachments',
        {
          body: 'Deployed\n\nNew release\n\n> anna\n> fair 1.2 (https://ci.example.org/r/1.2)\n> \n> Two fixes\n> \n> Stage: east\n> \n> Tests: ✅ 42\n> \n> 🖼️ image (https://ci.example.org/r.png)\n> \n> Deploy robot',
          formatted_body:
            '<p>Deployed</p><p>New release</p><blockquote><p><strong>anna</strong><br><a href="https://ci.example.org/r/1.2"><strong>fair 1.2</strong></a></p><p>Two <strong>fixes</strong></p><p><strong>Stage:</strong> east</p><p><strong>Tests:</strong> ✅ 42</p><p><a href="https://ci.example.org/r.png">🖼️ image</a></p><p><em>Deploy robot</em></p></blockquote>',
        },
      ],
      ['bot: an attachment that has its fallback alone', { body: 'Only the fallback' }],
      [
        'app: blocks',
        {
          body: 'Stall 14 ⚡\n\nPower is out since noon\n\nWho\nAnna\n\nPlain *text*\n\n[Take it]\n\n———\n\n🖼️ the stall (https://ci.example.org/stall.png)\n\n🖼️ logo (https://ci.example.org/i.png) seen by Ben\n\n[Open] (https://ci.example.org/14) [Ignore]',
          formatted_body:
            '<h2>Stall 14 ⚡</h2><p><strong>Power</strong> is <em>out</em> since noon</p><p><strong>Who</strong><br>Anna</p><p>Plain *text*</p><p>[Take it]</p><hr><p><a href="https://ci.example.org/stall.png">🖼️ the stall</a></p><p><a href="https://ci.example.org/i.png">🖼️ logo</a> seen by <strong>Ben</strong></p><p><a href="https://ci.example.org/14">[Open]</a> [Ignore]</p>',
        },
      ],
      [
        'app: a table',
        {
          body: 'Who | When\nBen | 8:00\nCleo | ',
          formatted_body:
            '<table><thead><tr><th>Who</th><th>When</th></tr></thead><tbody><tr><td><strong>Ben</strong></td><td>8:00</td></tr><tr><td>Cleo</td><td></td></tr></tbody></table>',
        },
      ],
      [
        'app: markdown',
        {
          body: 'Rota\n\n- Mira 8\n- Jonas 7',
          formatted_body: '<p><strong>Rota</strong></p><ul><li>Mira 8</li><li>Jonas 7</li></ul>',
        },
      ],
      ['app: a kind of block that nobody knows', { body: 'fallback words' }],
      ['app: without blocks', { body: 'plain bold', formatted_body: 'plain <strong>bold</strong>' }],
      [
        'app: edits its own message, without a word that it did',
        {
          edits: '$app: without blocks',
          says: { body: 'plain bolder', formatted_body: 'plain <strong>bolder</strong>' },
        },
      ],
      [
        'slackbot: answers by a word',
        { body: 'The rota is pinned.', formatted_body: 'The <strong>rota</strong> is pinned.' },
      ],
      ['ours: what our app said', { ours: 'messageSent' }],
      ['ours: deleted', { ours: 'messageDeleted' }],
      ['ours: reacts', { ours: 'reactionAdded' }],
    ],
  ],
];

describe.each(tables)('Slack to Matrix: %s', (_, beginnings, rows) => {
  it('no captured event is forgotten, and none is unknown', () => {
    expect(rows.map(([name]) => name)).toEqual(namesOf(...beginnings));
  });

  it.each(rows)('%s', async (name, expected) => {
    expect(await inMatrix(eventNamed(name))).toEqual(expected);
  });
});
