// Each conversion between the networks' texts, by the clock.
import { performance } from 'node:perf_hooks';
import { fromMatrix } from '../../dist/adapters/matrix/from-matrix.js';
import { OurUsers } from '../../dist/adapters/matrix/matrix.ids.js';
import { toMatrix } from '../../dist/adapters/matrix/to-matrix.js';
import { fromSlack } from '../../dist/adapters/slack/from-slack.js';
import { toSlack } from '../../dist/adapters/slack/to-slack.js';
import { fromTalk } from '../../dist/adapters/talk/from-talk.js';
import { relayedTexts } from '../../dist/adapters/talk/to-talk.js';
import { cleanText } from '../../dist/formatting/clean.js';
import { fromHtml, toHtml } from '../../dist/formatting/html.js';
import { fromMarkdown, toMarkdown } from '../../dist/formatting/markdown.js';
import { fromPlain, toPlain } from '../../dist/formatting/plain.js';
import { splitText } from '../../dist/formatting/split.js';
import { serve } from '../support/child.mjs';

const markdown = `## What happened

Hello **everybody**, _here_ is what ~~we~~ I found: \`a < b && c\` and [a page](https://example.org/a?b=c&d=e), 🎉 and *more* of it.

1. first
2. second, with **bold and _both_**
   - inside

> somebody said this, and @anna too

\`\`\`js
const it = [1, 2, 3].map((n) => n * 2);
\`\`\`

`;
const html = `<h2>What happened</h2><p>Hello <strong>everybody</strong>, <em>here</em> is what <del>we</del> I found:
<code>a &lt; b</code> and <a href="https://example.org/a?b=c&amp;d=e">a page</a>, 🎉</p><ol><li>first</li><li>second<ul><li>inside</li></ul></li></ol>
<blockquote><p>somebody said this, and <a href="https://matrix.to/#/@anna:example.org">Anna</a> too</p></blockquote>
<pre><code class="language-js">const it = [1, 2, 3];</code></pre>`;
const plain =
  'Hello everybody, here is what I found: https://example.org and @anna, 🎉 and more.\nA second line of it.\n\n';

const long = (sample, characters) => sample.repeat(Math.ceil(characters / sample.length));
const self = {
  account: 'hs',
  users: new OurUsers({ serverName: 'example.org', bot: 'crosstalk', ghostPrefix: 'crosstalk_' }),
};
const event = (content) => ({
  event: {
    type: 'm.room.message',
    event_id: '$a',
    room_id: '!r:example.org',
    sender: '@mia:example.org',
    origin_server_ts: 1_700_000_000_000,
    content: { msgtype: 'm.text', ...content },
  },
  senderName: 'Mia',
  order: '1',
});
const row = (message, isMarkdown) => ({
  token: 'abcdefgh',
  self: 'bridge',
  row: {
    id: 7,
    token: 'abcdefgh',
    actorType: 'users',
    actorId: 'anna',
    actorDisplayName: 'Anna',
    timestamp: 1_700_000_000,
    message,
    messageParameters: {},
    systemMessage: '',
    messageType: 'comment',
    referenceId: '',
    markdown: isMarkdown,
  },
});
const reader = { account: 'cloud', baseUrl: 'https://cloud.example.org' };
const relay = {
  as: 'relay',
  networkLabel: 'Matrix',
  profile: { name: 'Mia' },
  person: { account: 'hs', id: '@mia:example.org', name: 'Mia', standing: 'person' },
};
const place = { account: 'cloud', baseUrl: reader.baseUrl, maxChars: 32_000 };
const mrkdwn =
  '*Hello* everybody, _here_ is what ~we~ I found: `a &lt; b` and <https://example.org/a?b=c|a page>, :tada:\n&gt; said <@U0ANNA0001>\n';
const slackSelf = {
  account: 'town',
  team: 'T0TOWN0001',
  user: 'U0CRSSTALK',
  bot: 'B0CRSSTALK',
  app: 'A0CRSSTALK',
  url: 'https://town.slack.com/',
};
const channel = { self: slackSelf, customEmoji: new Set(), everyone: 'channel', name: 'beside' };
const posted = (message) => ({
  event: { type: 'message', channel: 'C0FA1R0001', user: 'U0ANNA0001', ts: '1700000000.000100', ...message },
});
/** As Slack's own clients write a text with a look, a link, an emoji and a list in it. */
const blocksOf = (characters) => {
  const section = [
    { type: 'text', text: 'Hello everybody, here is what I found: ' },
    { type: 'text', text: 'a < b', style: { code: true } },
    { type: 'text', text: ' and ' },
    { type: 'link', url: 'https://example.org/a?b=c', text: 'a page', style: { bold: true } },
    { type: 'emoji', name: 'tada' },
  ];
  const one = [
    { type: 'rich_text_section', elements: section },
    {
      type: 'rich_text_list',
      style: 'bullet',
      indent: 0,
      elements: [{ type: 'rich_text_section', elements: section }],
    },
  ];
  const elements = Array.from({ length: Math.ceil(characters / 130) }, () => one).flat();
  return [{ type: 'rich_text', elements }];
};
const said = (body) => ({ body, style: 'text', files: [] });

/** Of each one: what it is given, made before the clock runs, what it does, and what share of the characters that is. */
const conversions = {
  'formatting: HTML to rich text': [(n) => long(html, n), (text) => fromHtml(text)],
  'formatting: rich text to HTML': [
    (n) => fromHtml(long(html, n)),
    (body) => toHtml(body, { mention: ({ label }) => label }),
  ],
  'formatting: Markdown to rich text': [(n) => long(markdown, n), (text) => fromMarkdown(text)],
  'formatting: rich text to Markdown': [
    (n) => fromMarkdown(long(markdown, n)),
    (body) => toMarkdown(body, { mention: ({ label }) => label }),
  ],
  'formatting: plain text to rich text': [(n) => long(plain, n), (text) => fromPlain(text)],
  'formatting: rich text to plain text': [(n) => fromMarkdown(long(markdown, n)), (body) => toPlain(body)],
  'formatting: clean': [(n) => long(plain, n), (text) => cleanText(text)],
  'formatting: split': [(n) => long(plain, n), (text) => splitText(text, { chars: 4000 })],
  'from Matrix, formatted': [
    (n) => event({ body: long(plain, n), format: 'org.matrix.custom.html', formatted_body: long(html, n) }),
    (stored) => fromMatrix(stored, self),
  ],
  'from Matrix, plain': [(n) => event({ body: long(plain, n) }), (stored) => fromMatrix(stored, self)],
  'to Matrix, one event': [
    (n) => said(fromHtml(long(html, n / 10))),
    (it) => toMatrix(it, self, { voice: { as: 'ghost' } }),
    0.1,
  ],
  // Both texts are cut: the shorter one is several events already.
  'to Matrix, several events': [
    (n) => said(fromHtml(long(html, 8 * n))),
    (it) => toMatrix(it, self, { voice: { as: 'ghost' } }),
    8,
  ],
  'from Talk, Markdown': [(n) => row(long(markdown, n), true), (stored) => fromTalk(stored, reader)],
  'from Talk, plain': [(n) => row(long(plain, n), false), (stored) => fromTalk(stored, reader)],
  'from Slack, blocks': [(n) => posted({ text: '…', blocks: blocksOf(n) }), (stored) => fromSlack(stored, slackSelf)],
  'from Slack, its own markup': [(n) => posted({ text: long(mrkdwn, n) }), (stored) => fromSlack(stored, slackSelf)],
  'to Slack, one message': [(n) => said(fromHtml(long(html, n / 10))), (it) => toSlack(it, relay, channel), 0.1],
  // Both texts are cut, as Matrix's are.
  'to Slack, several messages': [(n) => said(fromPlain(long(plain, 2 * n))), (it) => toSlack(it, relay, channel), 2],
  // A tenth of it: a longer text has so many pieces that it is shown as code, which is another way and a shorter one.
  'to Talk': [(n) => said(fromHtml(long(html, n / 10))), (it) => relayedTexts(it, relay, place), 0.1],
};

/** The shortest of several: what the machine did besides only ever adds. */
function fastestMs(work, input, repeats) {
  let best = Infinity;
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const beganMs = performance.now();
    work(input);
    best = Math.min(best, performance.now() - beganMs);
  }
  return best;
}

serve({
  names: () => Object.keys(conversions),
  measure(name, characters, repeats) {
    const [make, work, share = 1] = conversions[name];
    const [short, tenfold] = [make(characters), make(10 * characters)];
    // Compiled as far as it will be.
    fastestMs(work, short, 3 * repeats);
    const ms = fastestMs(work, short, 2 * repeats);
    const tenfoldMs = fastestMs(work, tenfold, repeats);
    return { perSecond: (10 * share * characters * 1000) / tenfoldMs, ratio: tenfoldMs / ms };
  },
});
