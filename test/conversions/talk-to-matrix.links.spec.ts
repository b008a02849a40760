import { namesOf, shownOf } from './talk-rows.js';

/** What people type, as its ghost says it in Matrix. */
const rows: readonly (readonly [string, object])[] = [
  [
    'list: minus',
    {
      body: '- sopranos: Mira, Ada\n- altos: Carol\n- basses: nobody, as always',
      formatted_body: '<ul><li>sopranos: Mira, Ada</li><li>altos: Carol</li><li>basses: nobody, as always</li></ul>',
    },
  ],
  [
    'list: asterisks',
    {
      body: '- waffles\n- falafel\n- lemonade',
      formatted_body: '<ul><li>waffles</li><li>falafel</li><li>lemonade</li></ul>',
    },
  ],
  ['list: plus', { body: '- pro: cheap\n- pro: dry', formatted_body: '<ul><li>pro: cheap</li><li>pro: dry</li></ul>' }],
  [
    'list: text directly before it',
    {
      body: 'We still need:\n\n- tape\n- string\n- patience',
      formatted_body: '<p>We still need:</p><ul><li>tape</li><li>string</li><li>patience</li></ul>',
    },
  ],
  [
    'list: ordered',
    {
      body: '1. unload the van\n2. build the stage\n3. coffee',
      formatted_body: '<ol><li>unload the van</li><li>build the stage</li><li>coffee</li></ol>',
    },
  ],
  [
    'list: ordered, starts at three',
    {
      body: '3. sound check\n4. warm-up\n5. doors',
      formatted_body: '<ol start="3"><li>sound check</li><li>warm-up</li><li>doors</li></ol>',
    },
  ],
  [
    'list: ordered with brackets',
    {
      body: '1. Kyrie\n2. Gloria\n3. Sanctus',
      formatted_body: '<ol><li>Kyrie</li><li>Gloria</li><li>Sanctus</li></ol>',
    },
  ],
  [
    'list: ordered, all ones',
    { body: '1. pull\n2. build\n3. deploy', formatted_body: '<ol><li>pull</li><li>build</li><li>deploy</li></ol>' },
  ],
  [
    'list: nested three deep',
    {
      body: '- Friday\n  - van\n    - fuel\n    - papers\n  - keys\n- Saturday\n  1. stage\n  2. sound',
      formatted_body:
        '<ul><li>Friday<ul><li>van<ul><li>fuel</li><li>papers</li></ul></li><li>keys</li></ul></li><li>Saturday<ol><li>stage</li><li>sound</li></ol></li></ul>',
    },
  ],
  [
    'list: bullets within an ordered list',
    {
      body: '1. Kitchen\n   - ovens\n   - plates\n2. Meadow\n   - benches',
      formatted_body:
        '<ol><li>Kitchen<ul><li>ovens</li><li>plates</li></ul></li><li>Meadow<ul><li>benches</li></ul></li></ol>',
    },
  ],
  [
    'list: loose, with paragraphs',
    {
      body: '- The tent\n  It is wet and must be aired.\n- The benches\n  Two are broken.',
      formatted_body:
        '<ul><li><p>The tent</p><p>It is wet and must be aired.</p></li><li><p>The benches</p><p>Two are broken.</p></li></ul>',
    },
  ],
  [
    'list: tasks',
    {
      body: '- [x] book the tent\n- [ ] order ice cream\n- [x] insurance\n  - [ ] send the receipt',
      formatted_body:
        '<ul><li>☑ book the tent</li><li>☐ order ice cream</li><li>☑ insurance<ul><li>☐ send the receipt</li></ul></li></ul>',
    },
  ],
  [
    'list: tasks, ordered',
    {
      body: '1. [ ] tag the release\n2. [x] write the notes',
      formatted_body: '<ol><li>☐ tag the release</li><li>☑ write the notes</li></ol>',
    },
  ],
  [
    'list: bold and links in the items',
    {
      body: '- Mira: rota (https://fair.example.org/rota)\n- Jonas: van.gpx',
      formatted_body:
        '<ul><li><strong>Mira</strong>: <a href="https://fair.example.org/rota">rota</a></li><li><strong>Jonas</strong>: <code>van.gpx</code></li></ul>',
    },
  ],
  ['list: bullets typed as a character', { body: '• cables\n• tape\n– string' }],
  [
    'quote: one line and an answer',
    {
      body: '> who has the van keys?\n\nI do',
      formatted_body: '<blockquote><p>who has the van keys?</p></blockquote><p>I do</p>',
    },
  ],
  [
    'quote: several lines',
    {
      body: '> we open at ten\n> we close at six\n> no dogs on the stage',
      formatted_body: '<blockquote><p>we open at ten<br>we close at six<br>no dogs on the stage</p></blockquote>',
    },
  ],
  [
    'quote: lazy continuation',
    {
      body: '> the printer wrote:\n> posters are ready on Monday',
      formatted_body: '<blockquote><p>the printer wrote:<br>posters are ready on Monday</p></blockquote>',
    },
  ],
  [
    'quote: nested',
    {
      body: '> > Can we have two stages?\n> \n> No.\n\nPity.',
      formatted_body:
        '<blockquote><blockquote><p>Can we have two stages?</p></blockquote><p>No.</p></blockquote><p>Pity.</p>',
    },
  ],
  [
    'quote: with a list and code',
    {
      body: '> To do:\n> \n> - call +44 1632 960123\n> - pay\n> \n> IBAN later',
      formatted_body:
        '<blockquote><p>To do:</p><ul><li>call <code>+44 1632 960123</code></li><li>pay</li></ul><pre><code>IBAN later\n</code></pre></blockquote>',
    },
  ],
  [
    'quote: a mark without a space',
    {
      body: '> implying we ever start on time',
      formatted_body: '<blockquote><p>implying we ever start on time</p></blockquote>',
    },
  ],
  ['quote: an arrow at the start of a line', { body: '-> gate B, please\n=> not gate A' }],
  [
    'table: alignment',
    {
      body: 'Stall | Metres | Fee\nWaffles | 3 | 30.00\nBooks | 4 | 40.50',
      formatted_body:
        '<table><thead><tr><th>Stall</th><th>Metres</th><th>Fee</th></tr></thead><tbody><tr><td>Waffles</td><td>3</td><td>30.00</td></tr><tr><td>Books</td><td>4</td><td>40.50</td></tr></tbody></table>',
    },
  ],
  [
    'table: code and escaped pipes in cells',
    {
      body: 'Command | Meaning\na | b | pipe\nx | y | z',
      formatted_body:
        '<table><thead><tr><th>Command</th><th>Meaning</th></tr></thead><tbody><tr><td><code>a | b</code></td><td>pipe</td></tr><tr><td><strong>x</strong></td><td><em>y</em> | z</td></tr></tbody></table>',
    },
  ],
  [
    'table: without outer pipes',
    {
      body: 'Voice | Count\nSoprano | 12\nBass | 2',
      formatted_body:
        '<table><thead><tr><th>Voice</th><th>Count</th></tr></thead><tbody><tr><td>Soprano</td><td>12</td></tr><tr><td>Bass</td><td>2</td></tr></tbody></table>',
    },
  ],
  ['table: a line with pipes that is none', { body: 'yes | no | maybe' }],
  [
    'link: with text',
    {
      body: 'Here is the site plan (https://fair.example.org/plan)',
      formatted_body: 'Here is the <a href="https://fair.example.org/plan">site plan</a>',
    },
  ],
  [
    'link: with a title',
    {
      body: 'rota (https://fair.example.org/rota)',
      formatted_body: '<a href="https://fair.example.org/rota">rota</a>',
    },
  ],
  [
    'link: in angle brackets',
    {
      body: 'https://fair.example.org/map?x=1&y=2',
      formatted_body: '<a href="https://fair.example.org/map?x=1&amp;y=2">https://fair.example.org/map?x=1&amp;y=2</a>',
    },
  ],
  [
    'link: bare',
    {
      body: 'https://fair.example.org',
      formatted_body: '<a href="https://fair.example.org">https://fair.example.org</a>',
    },
  ],
  [
    'link: bare, in a sentence with punctuation',
    {
      body: 'See https://fair.example.org/plan, then https://fair.example.org/rota. Is https://fair.example.org/faq?q=dogs&lang=en#top also right?',
      formatted_body:
        'See <a href="https://fair.example.org/plan">https://fair.example.org/plan</a>, then <a href="https://fair.example.org/rota">https://fair.example.org/rota</a>. Is <a href="https://fair.example.org/faq?q=dogs&amp;lang=en#top">https://fair.example.org/faq?q=dogs&amp;lang=en#top</a> also right?',
    },
  ],
  [
    'link: bare, with parentheses',
    {
      body: '(https://en.wikipedia.org/wiki/Fair_(disambiguation)) and https://en.wikipedia.org/wiki/Fair_(disambiguation)',
      formatted_body:
        '(<a href="https://en.wikipedia.org/wiki/Fair_(disambiguation)">https://en.wikipedia.org/wiki/Fair_(disambiguation)</a>) and <a href="https://en.wikipedia.org/wiki/Fair_(disambiguation)">https://en.wikipedia.org/wiki/Fair_(disambiguation)</a>',
    },
  ],
  [
    'link: bare, with underscores and asterisks',
    {
      body: 'https://files.example.org/__stage__/plan_final_v2_*new*.pdf',
      formatted_body:
        '<a href="https://files.example.org/__stage__/plan_final_v2_*new*.pdf">https://files.example.org/__stage__/plan_final_v2_*new*.pdf</a>',
    },
  ],
  [
    'link: bare, without a scheme',
    {
      body: 'www.example.org/tickets or just example.org',
      formatted_body: '<a href="http://www.example.org/tickets">www.example.org/tickets</a> or just example.org',
    },
  ],
  [
    'link: mail address, bare and in angle brackets',
    {
      body: 'Write to fair@example.org or choir@example.org or mailto:office@example.org',
      formatted_body:
        'Write to <a href="mailto:fair@example.org">fair@example.org</a> or <a href="mailto:choir@example.org">choir@example.org</a> or mailto:<a href="mailto:office@example.org">office@example.org</a>',
    },
  ],
  [
    'link: by reference',
    {
      body: 'The plan (https://fair.example.org/plan) is final.',
      formatted_body: 'The <a href="https://fair.example.org/plan">plan</a> is final.',
    },
  ],
  [
    'link: an image',
    {
      body: 'the stage (https://fair.example.org/stage.png)',
      formatted_body: '<a href="https://fair.example.org/stage.png">the stage</a>',
    },
  ],
  [
    'link: an image within a link',
    {
      body: 'stage (https://fair.example.org/stage.png) (https://fair.example.org/stage)',
      formatted_body: '<a href="https://fair.example.org/stage">stage</a>',
    },
  ],
  [
    'link: empty text, empty address, javascript',
    {
      body: 'https://fair.example.org nothing click (javascript:alert(1))',
      formatted_body:
        '<a href="https://fair.example.org">https://fair.example.org</a> nothing click (javascript:alert(1))',
    },
  ],
  ['link: other schemes', { body: 'tel:+441632960123 geo:52.52,13.40 matrix:r/fair:example.org nc://open' }],
  [
    'link: a text that is another address',
    {
      body: 'https://bank.example.com (https://evil.example.net/login)',
      formatted_body: '<a href="https://evil.example.net/login">https://bank.example.com</a>',
    },
  ],
  [
    'link: international domain and path',
    {
      body: 'https://münchen.example.org/straße/Größe?ü=ß',
      formatted_body:
        '<a href="https://münchen.example.org/straße/Größe?ü=ß">https://münchen.example.org/straße/Größe?ü=ß</a>',
    },
  ],
  [
    'link: file on this server',
    {
      body: 'http://127.0.0.1:8090/index.php/f/1234',
      formatted_body: '<a href="http://127.0.0.1:8090/index.php/f/1234">http://127.0.0.1:8090/index.php/f/1234</a>',
    },
  ],
  ['link: brackets that are none', { body: '[x] done, array[0], [sic] and (see above)' }],
  ['link: a footnote', { body: 'The tent is waterproof[^1].\n\n[^1]: said the seller' }],
  ['html: a tag typed as text', { body: 'Is it <b>bold</b> or <strong>strong</strong> in your template?' }],
  ['html: script and event handler', { body: '<script>alert("fair")</script> <img src=x onerror=alert(1)>' }],
  ['html: entities typed', { body: '<stage> & \u00a0 © 😀 &unknown;' }],
  ['html: ampersand and less-than in a sentence', { body: 'Tom & Ada: 3 < 5 > 2 && a<b' }],
  ['html: comment and break', { body: 'one<br>two<br/>three <!-- hidden? -->' }],
  ['html: text that looks like a Matrix reply', { body: '<mx-reply><blockquote>no</blockquote></mx-reply>yes' }],
  [
    'html: a block',
    {
      body: '<details>\n<summary>Rota</summary>\n\n- Mira\n- Jonas\n\n</details>',
      formatted_body:
        '<p>&lt;details&gt;<br>&lt;summary&gt;Rota&lt;/summary&gt;</p><ul><li>Mira</li><li>Jonas</li></ul><p>&lt;/details&gt;</p>',
    },
  ],
  [
    'html: a matrix.to link and a Matrix id',
    {
      body: 'ask @mia:real.test or https://matrix.to/#/@mia:real.test',
      formatted_body:
        'ask @mia:real.test or <a href="https://matrix.to/#/@mia:real.test">https://matrix.to/#/@mia:real.test</a>',
    },
  ],
  ['escape: backslashes before marks', { body: '*not italic* _nor this_ `nor code` # nor heading [x](y)' }],
  ['escape: a Windows path', { body: 'C:\\Users\\carol\\fair_old*.txt and \\server\\share' }],
  ['lookalike: a formula with dollars', { body: 'It costs $5 or $x^2 + y_1$ dollars, $$\\sum_{i=1}^n i$$' }],
  ['lookalike: a spoiler', { body: 'the winner of the raffle is ||number 42||' }],
  [
    'lookalike: a Slack mention and link',
    {
      body: '<@U012AB3CD> look at <https://fair.example.org|the plan> :tada:',
      formatted_body:
        '&lt;@U012AB3CD&gt; look at &lt;<a href="https://fair.example.org|the">https://fair.example.org|the</a> plan&gt; :tada:',
    },
  ],
  ['lookalike: a shortcode', { body: 'great :thumbsup: :+1: :tent:' }],
  ['lookalike: braces like a placeholder', { body: 'use {mention-user1} and {file} in the template, also {actor}' }],
  ['lookalike: a slash command', { body: '/me waves' }],
  ['lookalike: smileys', { body: ':-) ;) <3 :D >:( ^_^ o_O' }],
  ['emoji: one', { body: '🎪' }],
  ['emoji: three', { body: '👍👍🏽👍🏿' }],
  ['emoji: joined and with skin tones', { body: 'family 👨‍👩‍👧‍👦 vet 👩🏾‍⚕️ rainbow 🏳️‍🌈 heart ❤️ old heart ❤ hug 🫂' }],
  ['emoji: flags and keycaps', { body: '🇳🇱🇺🇦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 1️⃣ #️⃣ *️⃣' }],
  [
    'script: Arabic',
    {
      body: 'مرحبا بالجميع، الحفل في الساعة السادسة مساءً',
      formatted_body: 'مرحبا بالجميع، الحفل في <strong>الساعة السادسة</strong> مساءً',
    },
  ],
  ['script: Hebrew with a Latin word', { body: 'נפגשים ליד ה-stage בשעה 18:00' }],
  ['script: Chinese, Japanese, Korean', { body: '明天六点排练。リハーサルは六時です。리허설은 여섯 시입니다.' }],
  ['script: Devanagari, Thai, Greek, Cyrillic', { body: 'नमस्ते · สวัสดี · Καλημέρα · Добрый день' }],
  ['script: combining marks', { body: 'café and Z͑ͫA̡͋L̴G̷O̸, ño' }],
  ['script: zero-width characters', { body: 'stage\u200bleft, no\u200cjoiner, soft\u00adhyphen, \u2060word joiner' }],
  ['script: direction marks', { body: 'right to left override and \u200fmark' }],
  ['script: non-breaking spaces', { body: '10\u00a0km and 20 %' }],
  ['script: outside the basic plane', { body: '𝒇𝒂𝒊𝒓 𝔉𝔞𝔦𝔯 𠮷野家 𓀀' }],
];

describe('Talk to Matrix: lists, quotes, tables, links, and what only looks like markup', () => {
  it('no captured row is forgotten, and none is unknown', () => {
    expect(rows.map(([name]) => name)).toEqual(namesOf('links'));
  });

  it.each(rows)('%s', async (name, expected) => {
    expect(await shownOf(name)).toEqual(expected);
  });
});
