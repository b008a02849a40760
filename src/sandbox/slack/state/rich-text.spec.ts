import { keptText, richTextOf } from './rich-text.js';
import { textOfBlocks } from './text-of-blocks.js';

function elementsOf(text: string): unknown {
  const [block] = richTextOf(text);
  return block?.['elements'];
}

const section = (...elements: unknown[]) => ({ type: 'rich_text_section', elements });

describe('the block that Slack makes of a text', () => {
  it('has no block for no text', () => {
    expect(richTextOf('')).toEqual([]);
  });

  it('styles what stands between marks at the edges of words, one within another', () => {
    expect(elementsOf('a *b _c_* d ~e~ `f_g_` 2*3*4')).toEqual([
      section(
        { type: 'text', text: 'a ' },
        { type: 'text', text: 'b ', style: { bold: true } },
        { type: 'text', text: 'c', style: { bold: true, italic: true } },
        { type: 'text', text: ' d ' },
        { type: 'text', text: 'e', style: { strike: true } },
        { type: 'text', text: ' ' },
        { type: 'text', text: 'f_g_', style: { code: true } },
        { type: 'text', text: ' 2*3*4' },
      ),
    ]);
  });

  it('knows mentions, channels, groups, broadcasts, dates, links and emoji', () => {
    expect(
      elementsOf(
        '<@U0A><#C0B|b><!here><!subteam^S0C><!date^1700000000^{date}|then><https://a.test/?x&amp;y|A &lt;B&gt;>:wave::skin-tone-3::own:',
      ),
    ).toEqual([
      section(
        { type: 'user', user_id: 'U0A' },
        { type: 'channel', channel_id: 'C0B' },
        { type: 'broadcast', range: 'here' },
        { type: 'usergroup', usergroup_id: 'S0C' },
        { type: 'date', timestamp: 1_700_000_000, format: '{date}', fallback: 'then' },
        { type: 'link', url: 'https://a.test/?x&y', text: 'A <B>' },
        { type: 'emoji', name: 'wave', unicode: '1f44b', skin_tone: 3 },
        { type: 'emoji', name: 'own' },
      ),
    ]);
  });

  it('parts text, quotes, lists and code', () => {
    expect(elementsOf('text\n&gt; said\n• one\n• two\n1. first\n```if (a &lt; b)\n  c```\nend')).toEqual([
      section({ type: 'text', text: 'text' }),
      { type: 'rich_text_quote', elements: [{ type: 'text', text: 'said' }] },
      {
        type: 'rich_text_list',
        style: 'bullet',
        indent: 0,
        border: 0,
        elements: [section({ type: 'text', text: 'one' }), section({ type: 'text', text: 'two' })],
      },
      {
        type: 'rich_text_list',
        style: 'ordered',
        indent: 0,
        border: 0,
        elements: [section({ type: 'text', text: 'first' })],
      },
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'if (a < b)\n  c' }], border: 0 },
      section({ type: 'text', text: 'end' }),
    ]);
  });

  it.each([
    'a *b* _c_ ~d~ `e`',
    '<@U0A> <#C0B> <!here> <!subteam^S0C> :tada: :wave::skin-tone-3:',
    '<https://a.test|A> <https://b.test>',
    '&lt;b&gt; &amp; c',
    'text\n&gt; said\n• one\n• two\n1. first\n2. second',
    '```if (a &lt; b)\n  c```',
  ])('is written back as it was: %s', (text) => {
    expect(textOfBlocks(richTextOf(text))).toBe(text);
  });
});

describe('a text as Slack keeps it', () => {
  it.each([
    ['a & b &amp; c &lt;', 'a &amp; b &amp; c &lt;'],
    ['see https://a.test/x, or <https://b.test>', 'see <https://a.test/x>, or <https://b.test>'],
    ['`https://a.test`', '`https://a.test`'],
  ])('%s', (text, kept) => {
    expect(keptText(text)).toBe(kept);
  });
});
