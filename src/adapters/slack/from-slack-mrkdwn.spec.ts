import { accountId } from '../../model/ids.js';
import { toHtml } from '../../formatting/html.js';
import type { Reading } from './from-slack-inlines.js';
import { fromMrkdwn } from './from-slack-mrkdwn.js';

const reading: Reading = {
  self: {
    account: accountId('town'),
    team: 'T0TOWN0001',
    user: 'U0CRSSTALK',
    bot: 'B0CRSSTALK',
    url: 'https://town.slack.com/',
  },
  names: { user: () => undefined, channel: () => undefined, group: () => undefined, emoji: () => undefined },
};
const shown = (text: string): string =>
  toHtml(fromMrkdwn(text, reading), { mention: ({ label }) => ({ href: 'x:', label }), emoji: () => undefined });

it.each([
  ['bold', '*six* o’clock', '<strong>six</strong> o’clock'],
  ['italic', '_not_ seven', '<em>not</em> seven'],
  ['strike', '~old~ new', '<del>old</del> new'],
  ['marks within marks', '*six _sharp_*', '<strong>six <em>sharp</em></strong>'],
  ['two stars, as in Markdown', '**six**', '<strong>six</strong>'],
  ['a product', '2*3*4 and 2 * 3 * 4', '2*3*4 and 2 * 3 * 4'],
  ['a name with underscores', 'max_stall_width', 'max_stall_width'],
  ['marks next to punctuation', '(*six*), "_not_"!', '(<strong>six</strong>), &quot;<em>not</em>&quot;!'],
  ['a mark that never ends', '*six', '*six'],
  ['a mark that begins within another and never ends', '*six _sharp*', '<strong>six _sharp</strong>'],
  ['marks that cross', '*a _b* c_', '<strong>a _b</strong> c_'],
  ['over a line end', '*a\nb*', '*a<br>b*'],
  ['nothing between', '** __ ~~', '** __ ~~'],
  ['code', '`*a* &lt;b&gt; &amp;`', '<code>*a* &lt;b&gt; &amp;</code>'],
  ['code with an address', '`<https://a.example|a>`', '<code>a</code>'],
  ['marks around code', '*`a`*', '<strong><code>a</code></strong>'],
  ['a block of code', 'see ```a\n  b``` end', '<p>see</p><pre><code>a\n  b\n</code></pre><p>end</p>'],
  ['a block of code that never ends', 'see ```a', 'see ```a'],
  ['a quote', '&gt; one\n&gt; two\nthree', '<blockquote><p>one<br>two</p></blockquote><p>three</p>'],
  ['a quote of all the rest', '&gt;&gt;&gt; one\n\ntwo', '<blockquote><p>one</p><p>two</p></blockquote>'],
  ['paragraphs', 'one\ntwo\n\n\nthree', '<p>one<br>two</p><p>three</p>'],
  [
    'a link',
    '<https://a.example/x_y?a=1&amp;b=2|the *plan*>',
    '<a href="https://a.example/x_y?a=1&amp;b=2">the *plan*</a>',
  ],
  ['a bold link', '*<https://a.example|a>*', '<strong><a href="https://a.example">a</a></strong>'],
  ['a link that leads nowhere', '<javascript:alert(1)|a>', 'a'],
  ['a person', '<@U0BEN00002|ben>, <@U0BEN00002>', 'ben, U0BEN00002'],
  ['a channel', '<#C0STAGE001|stage>', 'stage'],
  ['a group', '<!subteam^S0CH01R001|@choir>', 'choir'],
  ['everybody', '<!channel> <!here|here>', 'channel here'],
  ['a moment', '<!date^1755000000^{date}|noon> <!date^1755000000^{date}>', 'noon 2025-08-12 12:00 UTC'],
  ['a command that nobody knows', '<!foo|words> <!foo>', 'words &lt;!foo&gt;'],
  [
    'what looks like a mention and was typed',
    '&lt;@U0BEN00002&gt; &lt;!channel&gt;',
    '&lt;@U0BEN00002&gt; &lt;!channel&gt;',
  ],
  ['emoji', ':tada: :wave::skin-tone-4: :kazoo: 10:30:45', '🎉 👋🏽 :kazoo: 10:30:45'],
  ['an emoji with underscores', '_:white_check_mark: done_', '<em>✅ done</em>'],
  ['entities', '&amp;lt; &lt; &gt; &quot;', '&amp;lt; &lt; &gt; &amp;quot;'],
])('%s', (_, mrkdwn, html) => {
  expect(shown(mrkdwn)).toBe(html);
});
