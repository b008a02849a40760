import { namesOf, shownOf } from './talk-rows.js';

/** What people type, as its ghost says it in Matrix. */
const rows: readonly (readonly [string, object])[] = [
  ['plain: one line', { body: 'Morning! The tent for the summer fair is booked.' }],
  ['plain: a question with dashes and quotes', { body: 'Is that the big one – “the circus tent” – or last year’s?' }],
  ['plain: two lines', { body: 'Stalls open at ten.\nSet-up from eight.' }],
  [
    'plain: a blank line between paragraphs',
    { body: 'The council answered.\n\nWe may use the meadow, but no cars on the grass.' },
  ],
  ['plain: three blank lines between paragraphs', { body: 'First thing: power.\n\nSecond thing: water.' }],
  ['plain: spaces at the start and at the end', { body: 'I will be late tomorrow' }],
  ['plain: newlines at the end', { body: 'Will call the electrician' }],
  ['plain: two spaces at the end of a line', { body: 'Jonas 07:00\nMira 08:00' }],
  ['plain: a backslash at the end of a line', { body: 'Jonas brings cables\nMira brings tape' }],
  ['plain: several spaces and a tab inside', { body: 'Name      Shift\nJonas\t07:00' }],
  ['plain: one letter', { body: 'k' }],
  ['plain: only punctuation', { body: '...' }],
  [
    'plain: a date that looks like an ordered list',
    {
      body: '14. July is the day, write it down',
      formatted_body: '<ol start="14"><li>July is the day, write it down</li></ol>',
    },
  ],
  [
    'plain: a number and a full stop in the middle of a sentence',
    { body: 'We need about\n40. tables, I counted twice' },
  ],
  [
    'plain: a line of minus signs under text',
    { body: 'See you\n\nCarol', formatted_body: '<h2>See you</h2><p>Carol</p>' },
  ],
  ['plain: a line of equals signs under text', { body: 'Timetable', formatted_body: '<h1>Timetable</h1>' }],
  [
    'plain: a sum with plus and minus at line starts',
    {
      body: '- 340 tickets\n\n- 120 tent\n  = 220',
      formatted_body: '<ul><li>340 tickets</li></ul><ul><li>120 tent<br>= 220</li></ul>',
    },
  ],
  [
    'plain: several paragraphs, long',
    {
      body: "Minutes of Tuesday, as promised. Everybody was there except Jonas, who had the late shift and sent his notes afterwards.\n\nThe stage goes to the east side, because the sun would blind the choir in the afternoon. Mira measured: we have eleven metres between the lime tree and the path, and the rental stage is nine by six. The generator must not stand behind it, the hum was in every recording last year.\n\nFood: three stalls have confirmed (waffles, falafel, the school's lemonade). The ice cream van has not answered; Bob asks again on Thursday and, if there is no answer by the weekend, we take the second one on the list.\n\nMoney: 1,240.50 left of the grant. The insurance is paid, the printer is not. Please send me your receipts before the 30th, photographed is fine, but with the date readable.\n\nNext time same place, half past seven.",
    },
  ],
  [
    'bold: two asterisks',
    {
      body: 'The rehearsal is at six, not at seven',
      formatted_body: 'The rehearsal is <strong>at six</strong>, not at seven',
    },
  ],
  [
    'bold: two underscores',
    { body: 'The rehearsal is at six, really', formatted_body: 'The rehearsal is <strong>at six</strong>, really' },
  ],
  [
    'italic: one asterisk',
    { body: 'I think the key is under the pot', formatted_body: 'I <em>think</em> the key is under the pot' },
  ],
  ['italic: one underscore', { body: 'I think the pot is gone', formatted_body: 'I <em>think</em> the pot is gone' }],
  [
    'strike: two tildes',
    { body: 'Bring paper cups your own mug', formatted_body: 'Bring <del>paper cups</del> your own mug' },
  ],
  ['strike: one tilde', { body: 'Bring plastic plates', formatted_body: 'Bring <del>plastic</del> plates' }],
  [
    'bold and italic: three asterisks',
    {
      body: 'Please switch the amplifiers off',
      formatted_body: '<em><strong>Please</strong></em> switch the amplifiers off',
    },
  ],
  [
    'bold, italic and strike nested',
    {
      body: 'Everything is ready except the old projector',
      formatted_body: '<strong>Everything is <em>ready</em> except the <del>old</del> projector</strong>',
    },
  ],
  [
    'italic around bold',
    { body: 'the altos and all basses', formatted_body: '<em>the altos and <strong>all</strong> basses</em>' },
  ],
  [
    'bold: inside a word',
    { body: 'Sopranistin or Sopranist?', formatted_body: 'Sopran<strong>istin</strong> or Sopran<em>ist</em>?' },
  ],
  ['underscores: snake_case names', { body: 'set max_stall_width and MAX_STALL_HEIGHT in fair_config.yaml' }],
  [
    'underscores: double in a name',
    {
      body: 'init.py is missing and so is main',
      formatted_body: '<strong>init</strong>.py is missing and so is <strong>main</strong>',
    },
  ],
  [
    'asterisks: a product',
    {
      body: 'Rent is 234 = 24 per metre, or 2 * 3 * 4 with spaces',
      formatted_body: 'Rent is 2<em>3</em>4 = 24 per metre, or 2 * 3 * 4 with spaces',
    },
  ],
  ['bold: never closed', { body: '**Attention the gate closes at nine' }],
  ['italic: never closed', { body: '*footnote: only for members' }],
  ['strike: never closed', { body: '~~never mind' }],
  ['bold: crossing italic', { body: 'one two three', formatted_body: '<em>one two three</em>' }],
  ['bold: spaces inside the marks', { body: '** not bold ** and * not italic *' }],
  ['bold: over a line break', { body: 'Doors\nopen at ten', formatted_body: '<strong>Doors<br>open at ten</strong>' }],
  [
    'bold: next to punctuation',
    {
      body: '(really), “yes”, no!',
      formatted_body: '(<strong>really</strong>), “<strong>yes</strong>”, <strong>no</strong>!',
    },
  ],
  [
    'bold: an emoji and a link inside',
    {
      body: '🎪 programme (https://fair.example.org/programme)',
      formatted_body: '<strong>🎪 <a href="https://fair.example.org/programme">programme</a></strong>',
    },
  ],
  ['emphasis: only asterisks', { body: '———', formatted_body: '<hr>' }],
  ['emphasis: five stars as a rating', { body: '***** best waffles ever' }],
  [
    'emphasis: a masked word',
    {
      body: 'what the f*** happened to the stage lights',
      formatted_body: 'what the f*** happened to the stage <em>lights</em>',
    },
  ],
  ['emphasis: a shrug', { body: '¯_(ツ)_/¯' }],
  [
    'emphasis: between CJK characters without spaces',
    { body: 'これは重要です', formatted_body: 'これは<strong>重要</strong>です' },
  ],
  [
    'code: inline',
    { body: 'Run npm run build before the demo', formatted_body: 'Run <code>npm run build</code> before the demo' },
  ],
  [
    'code: inline, two backticks with one inside',
    { body: 'Type echo `date` in the shell', formatted_body: 'Type <code>echo `date`</code> in the shell' },
  ],
  [
    'code: inline with markup and html inside',
    {
      body: 'It printed **<b>null</b>** & @alice',
      formatted_body: 'It printed <code>**&lt;b&gt;null&lt;/b&gt;** &amp; @alice</code>',
    },
  ],
  ['code: a backtick that never closes', { body: 'the file is called `README' }],
  [
    'code: fence with a language',
    {
      body: 'def price(adults, children):\n    # children pay half\n    return adults * 4 + children * 2',
      formatted_body:
        '<pre><code class="language-python">def price(adults, children):\n    # children pay half\n    return adults * 4 + children * 2\n</code></pre>',
    },
  ],
  [
    'code: fence without a language',
    {
      body: 'ERROR  stall 14 has no power\n\nretrying in 5 s',
      formatted_body: '<pre><code>ERROR  stall 14 has no power\n\nretrying in 5 s\n</code></pre>',
    },
  ],
  [
    'code: fence with text before and after',
    {
      body: 'This is the log:\n\nlistening on :8080\n\nand then nothing',
      formatted_body: '<p>This is the log:</p><pre><code>listening on :8080\n</code></pre><p>and then nothing</p>',
    },
  ],
  [
    'code: fence that never closes',
    {
      body: 'const stalls = [];\nstalls.push("waffles")',
      formatted_body:
        '<pre><code class="language-js">const stalls = [];\nstalls.push(&quot;waffles&quot;)\n</code></pre>',
    },
  ],
  [
    'code: fence with tildes',
    {
      body: 'stage:\n  side: east',
      formatted_body: '<pre><code class="language-yaml">stage:\n  side: east\n</code></pre>',
    },
  ],
  [
    'code: fence with backticks inside',
    {
      body: '```js\nlet a = 1;\n```',
      formatted_body: '<pre><code class="language-md">```js\nlet a = 1;\n```\n</code></pre>',
    },
  ],
  [
    'code: fence with a long info string',
    {
      body: 'export const day: Date = new Date();',
      formatted_body: '<pre><code class="language-ts">export const day: Date = new Date();\n</code></pre>',
    },
  ],
  [
    'code: indented by four spaces',
    {
      body: 'The config:\n\n[stage]\nside = east\ndepth = 6\n\nDone.',
      formatted_body: '<p>The config:</p><pre><code>[stage]\nside = east\ndepth = 6\n</code></pre><p>Done.</p>',
    },
  ],
  ['code: fence on one line', { body: 'all in one line', formatted_body: '<code>all in one line</code>' }],
  [
    'code: fence within a list',
    {
      body: '1. Stop the server:\n   systemctl stop fair\n2. Wait',
      formatted_body:
        '<ol><li><p>Stop the server:</p><pre><code class="language-sh">systemctl stop fair\n</code></pre></li><li>Wait</li></ol>',
    },
  ],
  ['code: empty fence', { body: '…' }],
  [
    'headings: six levels',
    {
      body: 'Summer fair\n\nStage\n\nSound\n\nCables\n\nTape\n\nColour of the tape',
      formatted_body:
        '<h1>Summer fair</h1><h2>Stage</h2><h3>Sound</h3><h4>Cables</h4><h5>Tape</h5><h6>Colour of the tape</h6>',
    },
  ],
  ['headings: seven marks is text', { body: '####### too deep' }],
  ['hashtags at the start', { body: '#choir #summerfair see you all' }],
  [
    'headings: closing marks',
    { body: 'Waffles\n\nbatter, irons, sugar', formatted_body: '<h2>Waffles</h2><p>batter, irons, sugar</p>' },
  ],
  [
    'rule: three asterisks, three underscores',
    {
      body: 'above\n\n———\n\nbetween\n\n———\n\nbelow',
      formatted_body: '<p>above</p><hr><p>between</p><hr><p>below</p>',
    },
  ],
];

describe('Talk to Matrix: words, marks, code and headings', () => {
  it('no captured row is forgotten, and none is unknown', () => {
    expect(rows.map(([name]) => name)).toEqual(namesOf('text'));
  });

  it.each(rows)('%s', async (name, expected) => {
    expect(await shownOf(name)).toEqual(expected);
  });
});
