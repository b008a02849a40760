import { shownHtml } from './shown-html.js';
import { shownMarkdown } from './shown-markdown.js';
import { plainText, shownPlain } from './shown-text.js';
import type { ShownText } from './shown-text.types.js';
import { typedHtml } from './typed-html.js';

const paragraph = (...of: ShownText): ShownText => [{ is: 'paragraph', of }];

describe('what Talk’s clients show of Markdown', () => {
  it.each<[string, ShownText]>([
    ['plain\ntext', paragraph('plain', { is: 'break', of: [] }, 'text')],
    ['**Mia** ~~no~~', paragraph({ is: 'bold', of: ['Mia'] }, ' ', { is: 'strike', of: ['no'] })],
    ['`a*b*` snake_case', paragraph({ is: 'code', of: ['a*b*'] }, ' snake_case')],
    [String.raw`2 \* 3`, paragraph('2 * 3')],
    ['> said', [{ is: 'quote', of: paragraph('said') }]],
    ['- [x] done', [{ is: 'list', of: [{ is: 'item', of: ['done'], checked: true }] }]],
    ['2. two', [{ is: 'orderedList', of: [{ is: 'item', of: ['two'] }], start: 2 }]],
    ['```js\nlet a;\n```', [{ is: 'codeBlock', of: ['let a;'] }]],
    ['[it](https://example.org)', paragraph({ is: 'link', href: 'https://example.org', of: ['it'] })],
    ['[it](javascript:alert(1))', paragraph('it')],
    ['<b onclick="x()">bold</b>', paragraph('<b onclick="x()">bold</b>')],
  ])('%j', (markdown, text) => {
    expect(shownMarkdown(markdown)).toEqual(text);
  });

  it('what stands for a placeholder stands in its place, and the unknown one stays', () => {
    const fill = (name: string) => (name === 'mention-user1' ? ({ is: 'mention', of: ['Ben'] } as const) : undefined);
    expect(shownMarkdown('hi {mention-user1} {other}', fill)).toEqual(
      paragraph('hi ', { is: 'mention', of: ['Ben'] }, ' {other}'),
    );
  });
});

describe('what Matrix’s clients show of HTML', () => {
  it.each<[string, ShownText]>([
    ['<b>so</b> <em>so</em>', [{ is: 'bold', of: ['so'] }, ' ', { is: 'italic', of: ['so'] }]],
    ['<p>a</p>\n<p>b<br>c</p>', [...paragraph('a'), ...paragraph('b', { is: 'break', of: [] }, 'c')]],
    ['<pre><code class="language-js">let  a;\n</code></pre>', [{ is: 'codeBlock', of: ['let  a;\n'] }]],
    ['<ul>\n<li>one</li>\n</ul>', [{ is: 'list', of: [{ is: 'item', of: ['one'] }] }]],
    ['<mx-reply>old</mx-reply>new', ['new']],
    ['<script>alert(1)</script><b onclick="x()">a</b>', [{ is: 'bold', of: ['a'] }]],
    ['<a href="javascript:alert(1)">a</a>', ['a']],
    ['<a href="https://matrix.to/#/@mia:x">Mia</a>', [{ is: 'mention', of: ['Mia'] }]],
    ['<span data-mx-spoiler="why">hidden</span>', [{ is: 'spoiler', of: ['hidden'] }]],
    ['<img src="https://evil.example/x.png" alt=":cat:">', [':cat:']],
    ['<img data-mx-emoticon src="https://evil.example/x.png" alt=":cat:">', [':cat:']],
    ['<img data-mx-emoticon src="mxc://a/b" alt=":cat:">', [{ is: 'emoji', file: 'mxc://a/b', of: [':cat:'] }]],
    ['<b>open', [{ is: 'bold', of: ['open'] }]],
  ])('%j', (html, text) => {
    expect(shownHtml(html)).toEqual(text);
  });

  it('no nesting is too deep', () => {
    expect(plainText(shownHtml(`${'<blockquote>'.repeat(10_000)}deep`))).toBe('deep');
  });
});

describe('a text without formatting', () => {
  it('has addresses to follow, without the sentence’s end', () => {
    expect(shownPlain('see https://example.org/a.\nyes')).toEqual(
      paragraph(
        'see ',
        { is: 'link', href: 'https://example.org/a', of: ['https://example.org/a'] },
        '.',
        { is: 'break', of: [] },
        'yes',
      ),
    );
  });

  it('a line for each block', () => {
    expect(plainText(shownMarkdown('# A\n\nb **c**\n\n- d\n- e'))).toBe('A\nb c\nd\ne');
  });
});

describe('what a Matrix client sends of a typed text', () => {
  it.each([
    ['plain *', undefined],
    ['see https://example.org', undefined],
    ['a **b** <c>', 'a <strong>b</strong> &lt;c&gt;'],
    ['- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
    ['[x](https://example.org/?a="b")', '<a href="https://example.org/?a=&quot;b&quot;">x</a>'],
    ['```\na < b\n```', '<pre><code>a &lt; b\n</code></pre>'],
  ])('%j', (typed, html) => {
    expect(typedHtml(typed)).toBe(html);
  });
});
