import { eventNamed, namesOf } from './slack-captured.js';
import { inTalk } from './slack-in-talk.js';

/** Every expectation was read by a person: it is what people in Talk are to see, in its web client. */
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
      ['text: one line', '**Anna** (Slack): Morning! The tent is booked.'],
      [
        'text: two lines, then a paragraph',
        '**Anna** (Slack): Stalls open at ten.\nSet-up from eight.\n\nBring gloves.',
      ],
      ['text: entities', '**Anna** (Slack): 3 < 5 & 5 > 3, \\&amp; stays'],
      ['text: signs that mean something elsewhere', '**Anna** (Slack): \\*not bold\\* # no heading <b>html</b>'],
      ['look: bold, italic, strike, code', "**Anna** (Slack): **six** o'clock, *not* ~~seven~~, run `npm test`"],
      ['look: several at once', '**Anna** (Slack): **_really_ and** *under*'],
      ['look: within a word', '**Anna** (Slack): un**believ**able'],
      ['link: bare', '**Anna** (Slack): see https://fair.example.org/a_b'],
      ['link: with a text, partly bold', '**Anna** (Slack): [the **plan**](https://fair.example.org/plan?x=1&y=2)'],
      ['link: mail', '**Anna** (Slack): [fair@example.org](mailto:fair@example.org)'],
      ['emoji: standard', '**Anna** (Slack): done 🎉'],
      ['emoji: with a skin tone', '**Anna** (Slack): hi 👋🏽'],
      ['emoji: joined, a flag, a heart', '**Anna** (Slack): 👩‍🚀 🇪🇺 ❤\ufe0f'],
      ['emoji: custom', '**Anna** (Slack): nice :kazoo:'],
      ['mention: a person', '**Anna** (Slack): @"ben" have you seen the van?'],
      ['mention: somebody nobody knows', '**Anna** (Slack): @\u200bU0N0B0DY01?'],
      ['mention: a person of a partner in Slack Connect', '**Anna** (Slack): @\u200bDora welcome'],
      ['mention: a channel', '**Anna** (Slack): plans in [#stage](https://town.slack.com/archives/C0STAGE001)'],
      ['mention: a group', '**Anna** (Slack): @\u200bchoir at six'],
      ['mention: everybody in the channel', '**Anna** (Slack): @"all" the gate closes'],
      ['mention: those who are here', '**Anna** (Slack): @"all" my scarf?'],
      ['mention: typed, not chosen', '**Anna** (Slack): the word @\u200bchannel in a sentence'],
      ["date: of an app's text", '**Anna** (Slack): until 12 August'],
      ['colour', '**Anna** (Slack): the sign is #ff8800'],
      ['list: bullets after a text', '**Anna** (Slack): We need:\n\n- tape\n- string'],
      ['list: numbered, from three', '**Anna** (Slack):\n\n3. sound check\n4. doors'],
      ['list: nested', '**Anna** (Slack):\n\n- Friday\n  - van\n  - keys\n    1. fuel\n    2. oil\n- **Saturday**'],
      ['list: numbered, with bullets within', '**Anna** (Slack):\n\n1. unload\n   - van\n2. build'],
      ['list: boxes that people write', '**Anna** (Slack):\n\n- [x] tent\n- [ ] ice cream'],
      ['quote and answer', '**Anna** (Slack):\n\n> who has the keys?\n\nI do'],
      ['quote: of two paragraphs', '**Anna** (Slack):\n\n> one\n>\n> two'],
      ['quote: with a list in it', '**Anna** (Slack):\n\n> bring\n>\n> - tape\n> - string\n\nok'],
      ['code: a block', '**Anna** (Slack):\n\n```\nlet a = 1;\na < 2 && b\n```'],
      [
        'code: a block with its language',
        '**Anna** (Slack): The log:\n\n```python\nprint(1)\n  # two\n```\n\nand then nothing',
      ],
      ['code: with an address in it', '**Anna** (Slack):\n\n```\ncurl https://fair.example.org\n```'],
      ['newer: an element that nobody knows', '**Anna** (Slack): see Tuesday’s plan!'],
      [
        'text: without blocks, as older clients send it',
        '**Anna** (Slack): **six** or *seven*, @"ben"? 🎉 see [the plan](https://fair.example.org)\n\n> said he\n\nfine',
      ],
      ['text: nothing', { ignored: 'a message without a text' }],
    ],
  ],
  [
    'conversation',
    ['thread', 'emote', 'file', 'edit', 'deletion', 'reaction', 'shared', 'for one person alone'],
    [
      ['thread: its first message', '**Ben** (Slack): Who brings cake?'],
      ['thread: a reply', { inThread: 'thread: its first message', text: '**Anna** (Slack): me' }],
      [
        'thread: a reply that is sent to the channel too',
        { answers: 'thread: its first message', text: '**Anna** (Slack): cake is **settled**' },
      ],
      ['emote: /me', '**Anna** (Slack) waves *slowly*'],
      ['file: with words', '**Anna** (Slack): second **draft**\n📎 poster.jpg'],
      ['file: alone', '**Anna** (Slack): 📎 poster.jpg\n📎 plan.pdf'],
      ['file: deleted since', { ignored: 'a message without a text' }],
      ['edit: what was said', '**Anna** (Slack): Sound check at six'],
      ['edit: other words', { edits: 'edit: what was said', text: '**Anna** (Slack): Sound check at **seven**' }],
      ['edit: with a link', '**Anna** (Slack): see https://fair.example.org'],
      ['edit: Slack shows what the link leads to', { ignored: 'message_changed that shows the same' }],
      ['edit: a reply came', { ignored: 'message_changed that shows the same' }],
      ['edit: a reply is sent to the channel afterwards', { ignored: 'message_changed that shows the same' }],
      ["edit: of a file's words", { edits: 'file: with words', text: '**Anna** (Slack): third draft\n📎 poster.jpg' }],
      ['edit: a file is deleted', { edits: 'file: with words', text: '**Anna** (Slack): second **draft**' }],
      ['deletion: of a message with replies', { deletes: 'thread: its first message' }],
      ['deletion: of a message', { deletes: 'edit: what was said' }],
      ['deletion: of what nobody knows', { deletes: '1754000000.000100' }],
      ['reaction: standard', { reacts: '👍', to: 'text: one line' }],
      ['reaction: with a skin tone', { reacts: '👍🏽', to: 'text: one line' }],
      ['reaction: custom', { skipped: 'the room takes emoji only as reactions' }],
      ['reaction: taken back', { takesBack: '👍', from: 'text: one line' }],
      ['reaction: to a file', { ignored: 'reaction_added of no message' }],
      [
        'shared: a message that was passed on',
        '**Anna** (Slack): look\n\n> **Ben**\n>\n> The **hum** is gone\n>\n> *Posted in #stage*',
      ],
      [
        'shared: a link to a message',
        '**Anna** (Slack): see https://town.slack.com/archives/C0STAGE001/p1755000060010019',
      ],
      ['for one person alone', { ignored: 'a message for one person alone' }],
    ],
  ],
  [
    'people, the room and pins',
    ['member', 'room', 'pin', 'huddle', 'other'],
    [
      ['member: joins', { silent: true, text: 'Cleo (Slack) joined' }],
      ['member: is invited', { silent: true, text: 'Dora (Slack) joined' }],
      ['member: leaves', { silent: true, text: 'Cleo (Slack) left' }],
      ['member: our own app joins', { ignored: 'member_joined_channel of our own' }],
      ['member: joins, as a message', { ignored: 'channel_join: the event of the member tells it' }],
      ['room: name', { changes: { of: 'name', name: 'summer-fair' } }],
      ['room: topic', { changes: { of: 'topic', topic: 'Sat & Sun, see https://fair.example.org' } }],
      ['room: topic removed', { changes: { of: 'topic', topic: '' } }],
      ['room: purpose', { silent: true, text: '**Anna** (Slack) described the channel: All about the fair' }],
      ['room: purpose removed', { silent: true, text: '**Anna** (Slack) removed the channel’s description' }],
      ['room: archived', { silent: true, text: '**Anna** (Slack) archived the channel' }],
      [
        'room: taken out of the archive',
        { silent: true, text: '**Anna** (Slack) took the channel out of the archive' },
      ],
      ['room: who may post', { ignored: 'message of the kind channel_posting_permissions' }],
      ['room: renamed, as an event', { ignored: 'channel_rename' }],
      // As Talk 22 shows it.
      ['pin: added', { answers: 'text: one line', silent: true, text: '📌 Anna (Slack) pinned a message' }],
      ['pin: removed', { answers: 'text: one line', silent: true, text: '📌 Anna (Slack) unpinned a message' }],
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
        '**Build robot** (Slack): **Build 42** failed: [log](https://ci.example.org/42) ❌\n`make all` says:\n\n```\nerror: 1 < 2\nstop\n```\n\n> somebody\n> looks',
      ],
      [
        'bot: an emoji by a name that nobody knows, a time, a path',
        '**Build robot** (Slack): at 10:30:45 in /a_b_c/*.ts :kazoo:',
      ],
      [
        'bot: mentions and dates',
        '**Build robot** (Slack): @"ben" [#stage](https://town.slack.com/archives/C0STAGE001) @\u200bchoir @"all" @"all" [12 August](https://fair.example.org/)',
      ],
      [
        'bot: attachments',
        '**Deploy** (Slack): Deployed\n\nNew release\n\n> **anna**\n> [**fair 1.2**](https://ci.example.org/r/1.2)\n>\n> Two **fixes**\n>\n> **Stage:** east\n>\n> **Tests:** ✅ 42\n>\n> [🖼️ image](https://ci.example.org/r.png)\n>\n> *Deploy robot*',
      ],
      ['bot: an attachment that has its fallback alone', '**somebody** (Slack): Only the fallback'],
      [
        'app: blocks',
        '**Build** (Slack):\n\n## Stall 14 ⚡\n\n**Power** is *out* since noon\n\n**Who**\nAnna\n\nPlain \\*text\\*\n\n[Take it]\n\n---\n\n[🖼️ the stall](https://ci.example.org/stall.png)\n\n[🖼️ logo](https://ci.example.org/i.png) seen by **Ben**\n\n[\\[Open\\]](https://ci.example.org/14) [Ignore]',
      ],
      [
        'app: a table',
        '**Build** (Slack):\n\n| Who     | When |\n| ------- | ---- |\n| **Ben** | 8:00 |\n| Cleo    |      |',
      ],
      ['app: markdown', '**Build** (Slack): **Rota**\n\n- Mira 8\n- Jonas 7'],
      ['app: a kind of block that nobody knows', '**Build** (Slack): fallback words'],
      ['app: without blocks', '**Build** (Slack): plain **bold**'],
      [
        'app: edits its own message, without a word that it did',
        { edits: 'app: without blocks', text: '**Build** (Slack): plain **bolder**' },
      ],
      ['slackbot: answers by a word', '**Slackbot** (Slack): The **rota** is pinned.'],
      ['ours: what our app said', { ours: 'messageSent' }],
      ['ours: deleted', { ours: 'messageDeleted' }],
      ['ours: reacts', { ours: 'reactionAdded' }],
    ],
  ],
];

describe.each(tables)('Slack to Talk: %s', (_, beginnings, rows) => {
  it('no captured event is forgotten, and none is unknown', () => {
    expect(rows.map(([name]) => name)).toEqual(namesOf(...beginnings));
  });

  it.each(rows)('%s', async (name, expected) => {
    expect(await inTalk(eventNamed(name))).toEqual(expected);
  });
});
