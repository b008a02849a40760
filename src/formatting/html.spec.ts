import fc from 'fast-check';
import { accountId } from '../model/ids.js';
import type { Block, Inline, ListItem, RichText } from '../model/rich-text.js';
import { fromHtml, toHtml } from './html.js';
import { toPlain } from './plain.js';

const text = (words: string): Inline => ({ type: 'text', text: words });
const br: Inline = { type: 'break' };
const inCode = (words: string): Inline => ({ type: 'code', text: words });
type Marked = 'bold' | 'italic' | 'strike' | 'underline';
const inlines = (content: readonly (Inline | string)[]): Inline[] =>
  content.map((each) => (typeof each === 'string' ? text(each) : each));
const as = (type: Marked, ...content: (Inline | string)[]): Inline => ({ type, content: inlines(content) });
const bold = (...content: (Inline | string)[]): Inline => as('bold', ...content);
const italic = (...content: (Inline | string)[]): Inline => as('italic', ...content);
const strike = (...content: (Inline | string)[]): Inline => as('strike', ...content);
const underline = (...content: (Inline | string)[]): Inline => as('underline', ...content);
const link = (url: string, ...content: (Inline | string)[]): Inline => ({
  type: 'link',
  url,
  content: inlines(content),
});
const spoiler = (reason: string | undefined, ...content: (Inline | string)[]): Inline => ({
  type: 'spoiler',
  ...(reason === undefined ? {} : { reason }),
  content: inlines(content),
});
const p = (...content: (Inline | string)[]): Block => ({ type: 'paragraph', content: inlines(content) });
const heading = (level: 1 | 2 | 3 | 4 | 5 | 6, ...content: (Inline | string)[]): Block => ({
  type: 'heading',
  level,
  content: inlines(content),
});
const quote = (...content: Block[]): Block => ({ type: 'quote', content });
const code = (words: string, language?: string): Block => ({
  type: 'code',
  ...(language === undefined ? {} : { language }),
  text: words,
});
const item = (...content: Block[]): ListItem => ({ content });
const task = (checked: boolean, ...content: Block[]): ListItem => ({ checked, content });
const ul = (...items: ListItem[]): Block => ({ type: 'list', ordered: false, start: 1, items });
const ol = (start: number, ...items: ListItem[]): Block => ({ type: 'list', ordered: true, start, items });
const table = (head: readonly Inline[][], ...rows: Inline[][][]): Block => ({ type: 'table', head, rows });
const rule: Block = { type: 'rule' };
const imageOf = (id: string) => ({ account: accountId('home'), id, name: 'party', mime: 'image/png' });

const write = { mention: () => undefined };
const html = (body: RichText): string => toHtml(body, write);

type Row = readonly [string, RichText];

describe('fromHtml: text', () => {
  it.each<Row>([
    ['hello', [p('hello')]],
    ['a\n  b\t c', [p('a b c')]],
    [' a <b> b </b> c ', [p('a ', bold('b '), 'c')]],
    ['<b>a</b> <i>b</i>', [p(bold('a'), ' ', italic('b'))]],
    ['a&nbsp;b&nbsp; c', [p('a\u00a0b\u00a0 c')]],
    ['a<br>b', [p('a', br, 'b')]],
    ['a <br/>\n b', [p('a', br, 'b')]],
    ['a<br>\n<br />b', [p('a'), p('b')]],
    ['a<br><br><br>b', [p('a'), p('b')]],
    ['<br>a<br>', [p('a')]],
    ['a</br>b', [p('a', br, 'b')]],
    ['<b>a<br>b</b>', [p(bold('a', br, 'b'))]],
    ['<p>a</p>\n\n<p>b</p>\n', [p('a'), p('b')]],
    ['<p>a<p>b', [p('a'), p('b')]],
    ['<div><div>a</div>b</div>c', [p('a'), p('b'), p('c')]],
    ['<dl><dt>a<dd>b</dl>', [p('a'), p('b')]],
    ['<p></p><p> </p><b> </b><div></div>', []],
    ['', []],
    [' \n ', []],
    ['&lt;b&gt; &amp;amp; &quot;&#39;&copy;&#128512;&#x1F600;', [p('<b> &amp; "\'©😀😀')]],
    ['&unknown; & &;', [p('&unknown; & &;')]],
    ['a && <b>b</b> &', [p('a && ', bold('b'), ' &')]],
    ['1 < 2, 3 > 2, a <3 b, <- x', [p('1 < 2, 3 > 2, a <3 b, <- x')]],
    ['**a** _b_ [c](d) # e', [p('**a** _b_ [c](d) # e')]],
    ['e\u202egnp.exe\u0007 &#x202e;&#0;&#xD800;', [p('egnp.exe \ufffd\ufffd')]],
    ['👩‍👩‍👧‍👦 שלום عالم 日本', [p('👩‍👩‍👧‍👦 שלום عالم 日本')]],
  ])('%j', (given, wanted) => {
    expect(fromHtml(given)).toEqual(wanted);
  });
});

describe('fromHtml: formatting', () => {
  it.each<Row>([
    ['<strong>a</strong><b>b</b><B>c</B>', [p(bold('abc'))]],
    ['<em>a</em><i>b</i>', [p(italic('ab'))]],
    ['<del>a</del><s>b</s><strike>c</strike>', [p(strike('abc'))]],
    ['<u>a</u><ins>b</ins>', [p(underline('ab'))]],
    ['<b>a <i>b</i></b>', [p(bold('a ', italic('b')))]],
    ['<em><i>a</i></em>', [p(italic('a'))]],
    ['<b>a<i>b</b>c</i>d', [p(bold('a', italic('b')), 'cd')]],
    ['<b>never ends', [p(bold('never ends'))]],
    ['</b>a</p></x>', [p('a')]],
    ['<b><p>a</p><p>b</p></b>', [p(bold('a')), p(bold('b'))]],
    ['<b><ul><li>a</li></ul></b>', [ul(item(p(bold('a'))))]],
    ['<font color="#f00" data-mx-bg-color="#000">a</font> <span data-mx-color="#f00">b</span>', [p('a b')]],
    ['x<sub>1</sub><sup>2</sup> <big>a</big> <custom-tag>b</custom-tag>', [p('x₁² a b')]],
    ['<code>a</code>b<b><code>c</code></b>', [p(inCode('a'), 'b', bold(inCode('c')))]],
    ['<code> a  *b* &lt;i&gt; ` </code>', [p(inCode(' a  *b* <i> ` '))]],
    ['<code>a<b>b</b></code><code></code>', [p(inCode('ab'))]],
    ['<h1>a</h1><h6><i>b</i></h6>c<h7>d</h7><h2> </h2>', [heading(1, 'a'), heading(6, italic('b')), p('cd')]],
    ['<h3>a<br>b<p>c</p></h3>', [heading(3, 'a', br, 'b', br, 'c')]],
    ['a<hr>b<hr/>', [p('a'), rule, p('b'), rule]],
    ['<details><summary>More <i>x</i></summary><p>hidden</p></details>', [p(bold('More ', italic('x'))), p('hidden')]],
    ['<details><summary></summary>a</details><details>b</details>', [p('a'), p('b')]],
  ])('%j', (given, wanted) => {
    expect(fromHtml(given)).toEqual(wanted);
  });
});

describe('fromHtml: code', () => {
  it.each<Row>([
    ['<pre><code class="language-js">let a = "&lt;b&gt;";\n</code></pre>', [code('let a = "<b>";', 'js')]],
    ['<pre><code>a\n\n  b\t c  \n\n</code></pre>', [code('a\n\n  b\t c  \n')]],
    ['<pre><code>\n\na</code></pre>', [code('\n\na')]],
    ['<pre>\na</pre>', [code('a')]],
    ['<pre>a<br>b<b>c</b></pre>', [code('a\nbc')]],
    ['<pre><code class="hljs language-c++ x">a</code></pre>', [code('a', 'c++')]],
    ['<pre class="language-js"><code class="js">a</code></pre>', [code('a')]],
    ['<pre><code></code></pre>', [code('')]],
    ['a<pre>b</pre>c', [p('a'), code('b'), p('c')]],
    ['<pre>a\r\nb</pre>', [code('a\nb')]],
    ['<pre>never ends <b>x', [code('never ends x')]],
  ])('%j', (given, wanted) => {
    expect(fromHtml(given)).toEqual(wanted);
  });

  it('is the same byte by byte after a way there and back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom(undefined, 'js', 'c++'), (words, language) => {
        // What no network takes is cleaned on the way.
        const clean = words.replaceAll(/[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu, '');
        const block = code(clean, language);
        expect(fromHtml(html([block]))).toEqual([block]);
        if (clean !== '') expect(fromHtml(html([p('a', inCode(clean))]))).toEqual([p('a', inCode(clean))]);
      }),
    );
  });
});

describe('fromHtml: quotes, lists and tables', () => {
  it.each<Row>([
    ['<blockquote>a<br>b<p>c</p></blockquote>d', [quote(p('a', br, 'b'), p('c')), p('d')]],
    ['<blockquote>a<blockquote>b</blockquote><pre>c</pre></blockquote>', [quote(p('a'), quote(p('b')), code('c'))]],
    ['<blockquote> </blockquote>', []],
    ['<ul><li>a</li><li>b</li></ul>', [ul(item(p('a')), item(p('b')))]],
    ['<ul><li>a<li>b</ul>c', [ul(item(p('a')), item(p('b'))), p('c')]],
    ['<ul>\n<li>\n<p>a</p>\n<p>b</p>\n</li>\n</ul>', [ul(item(p('a'), p('b')))]],
    ['<ul><li>a<ol><li>b</li></ol>c</li></ul>', [ul(item(p('a'), ol(1, item(p('b'))), p('c')))]],
    ['<ul><li>a</li><ul><li>b</li></ul></ul>', [ul(item(p('a'), ul(item(p('b')))))]],
    ['<ul>a<li>b</li></ul>', [ul(item(p('a')), item(p('b')))]],
    ['<ul><li></li></ul><ul></ul>', [ul(item())]],
    ['<li>a</li><li>b</li>', [p('a'), p('b')]],
    ['<ol><li>a</li></ol>', [ol(1, item(p('a')))]],
    ['<ol start="5"><li>a</li></ol>', [ol(5, item(p('a')))]],
    ['<ol start=0><li>a</li></ol>', [ol(0, item(p('a')))]],
    ['<ol start="1e3"><li>a</li></ol>', [ol(1, item(p('a')))]],
    ['<ol start="-3"><li>a</li></ol>', [ol(1, item(p('a')))]],
    ['<ol start="99999999999999999999"><li>a</li></ol>', [ol(1, item(p('a')))]],
    ['<ul start="5"><li>a</li></ul>', [ul(item(p('a')))]],
    [
      '<ul><li>[ ] a</li><li>[x] b</li><li>☐ c</li><li>☑ d</li><li>[X]</li></ul>',
      [ul(task(false, p('a')), task(true, p('b')), task(false, p('c')), task(true, p('d')), task(true, p()))],
    ],
    [
      '<ul><li><input type="checkbox" disabled> a</li><li><p><input type=checkbox checked>b</p></li></ul>',
      [ul(task(false, p('a')), task(true, p('b')))],
    ],
    ['<ul><li>[y] a</li><li>[x]b</li><li>✅ c</li></ul>', [ul(item(p('[y] a')), item(p('[x]b')), item(p('✅ c')))]],
    ['[x] a <input type=checkbox checked> b <input type=text value=c>', [p('[x] a ☑ b')]],
    [
      '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><b>2</b></td></tr></tbody></table>',
      [table([[text('a')], [text('b')]], [[text('1')], [bold('2')]])],
    ],
    ['<table><tr><th>a<th>b<tr><td>1<td>2</table>', [table([[text('a')], [text('b')]], [[text('1')], [text('2')]])]],
    ['<table><tr><th></th><th> </th></tr></table>', []],
    ['<table><tr><td>a</td><td>b</td></tr></table>', [table([[], []], [[text('a')], [text('b')]])]],
    [
      '<table><tr><th>a</th></tr><tr><td>1</td><td>2</td></tr></table>',
      [table([[text('a')], []], [[text('1')], [text('2')]])],
    ],
    ['<table><tr><th>a</th><td>b</td></tr></table>', [table([[], []], [[text('a')], [text('b')]])]],
    [
      '<table><tfoot><tr><td>z</td></tr></tfoot><caption>C</caption>x<tr>y<td>1<br>2<p>3</p></td></tr></table>',
      [p('C'), p('xy'), table([[]], [[text('1'), br, text('2'), br, text('3')]], [[text('z')]])],
    ],
    [
      '<table><tr><td>a<table><tr><td>b<td>c<tr><td>d</table><ul><li>e<li>f</ul></td></tr></table>',
      [table([[]], [[text('a'), br, text('b'), text(' | '), text('c'), br, text('d'), br, text('e'), br, text('f')]])],
    ],
    ['<table></table><table><tr></tr></table><table>a</table>', [p('a')]],
    ['<td>a</td><td>b</td>', [p('a'), p('b')]],
  ])('%j', (given, wanted) => {
    expect(fromHtml(given)).toEqual(wanted);
  });
});

describe('fromHtml: what is Matrix’s own', () => {
  const spoilered = (...content: (Inline | string)[]): Inline => spoiler(undefined, ...content);

  it.each<Row>([
    ['<mx-reply><blockquote>q</blockquote></mx-reply>a', [p('a')]],
    ['<MX-REPLY>q</MX-REPLY><p>a</p>', [p('a')]],
    ['<span data-mx-spoiler>a</span>', [p(spoilered('a'))]],
    ['<span data-mx-spoiler="the &quot;end&quot;">a <b>b</b></span>', [p(spoiler('the "end"', 'a ', bold('b')))]],
    ['<span data-mx-spoiler=" ">a</span>', [p(spoilered('a'))]],
    ['<div data-mx-spoiler="r"><p>a</p><p>b</p></div>', [p(spoiler('r', 'a')), p(spoiler('r', 'b'))]],
    ['<span data-mx-spoiler><ul><li>a</li></ul></span>', [ul(item(p(spoilered('a'))))]],
    [
      '<span data-mx-spoiler><h2>a</h2><blockquote>b</blockquote></span>',
      [heading(2, spoilered('a')), quote(p(spoilered('b')))],
    ],
    ['<span data-mx-spoiler><pre>a\nb</pre></span>', [p(spoilered(inCode('a\nb')))]],
    ['<span data-mx-spoiler><table><tr><td>a</table></span>', [table([[]], [[spoilered('a')]])]],
    [
      '<span data-mx-spoiler>a</span> b<br><span data-mx-spoiler="r">c</span>',
      [p(spoilered('a'), ' b', br, spoiler('r', 'c'))],
    ],
    ['a<span data-mx-spoiler><br>b<br>c</span>d', [p('a', br, spoilered('b', br, 'c'), 'd')]],
    ['<span data-mx-maths="a &lt; b"><code>x</code></span>', [p({ type: 'math', latex: 'a < b' })]],
    ['<div data-mx-maths="\\int"><pre>x</pre></div>b', [p({ type: 'math', latex: '\\int' }), p('b')]],
    ['<span data-mx-maths="">a</span>', [p('a')]],
    [
      '<img data-mx-emoticon src="mxc://a/b" alt=":party:" title="x" height="32">',
      [p({ type: 'customEmoji', shortcode: 'party' })],
    ],
    ['<img data-mx-emoticon src="mxc://a/b" title=":party:">', [p({ type: 'customEmoji', shortcode: 'party' })]],
    ['<img data-mx-emoticon src="https://evil.example/x" alt="p">', [p({ type: 'customEmoji', shortcode: 'p' })]],
    ['a <img src="mxc://a/b" alt="a cat"> b<img src="x">', [p('a a cat b')]],
    ['<img src="https://x.org/a b.png" alt="a cat">', [p(link('https://x.org/a%20b.png', 'a cat'))]],
    ['<img src="https://x.org/dot.gif">a<img src="data:image/gif,x" alt="b">', [p('ab')]],
  ])('%j', (given, wanted) => {
    expect(fromHtml(given)).toEqual(wanted);
  });

  it('links that stand for something else are that', () => {
    const everyone: Inline = { type: 'mention', of: { kind: 'everyone' }, label: 'all' };
    const read = {
      link: (href: string, label: string) => (href === 'https://x.org/all' && label === 'A B' ? everyone : undefined),
    };
    const given = '<b><a href="https://x.org/all">A<br>B</a></b><a href="https://x.org/all">A <i>B</i></a>';
    expect(fromHtml(given, read)).toEqual([p(bold(link('https://x.org/all', 'A', br, 'B')), everyone)]);
  });

  it('a custom emoji looks as its reader finds it by its address', () => {
    const image = imageOf('mxc://a/b');
    const read = { emoji: (address: string) => (address === image.id ? image : undefined) };
    const named = { type: 'customEmoji', shortcode: 'x' } as const;
    expect(fromHtml('<img data-mx-emoticon src="mxc://a/b" alt=":x:">', read)).toEqual([p({ ...named, image })]);
    expect(fromHtml('<img data-mx-emoticon src="https://evil.example/x" alt="x">', read)).toEqual([p(named)]);
    expect(fromHtml('<img src="mxc://a/b" alt="x">', read)).toEqual([p('x')]);
  });
});

describe('fromHtml: links', () => {
  it.each<Row>([
    ['<a href="https://x.org/?a=1&amp;b=2#c">l</a>', [p(link('https://x.org/?a=1&b=2#c', 'l'))]],
    ["<a href=' https://x.org '>a <b>b</b></a>", [p(link('https://x.org', 'a ', bold('b')))]],
    ['<a href="https://x.org"></a>', [p(link('https://x.org', 'https://x.org'))]],
    ['<a href="https://x.org"><img src="mxc://a/b" alt="pic"></a>', [p(link('https://x.org', 'pic'))]],
    ['<a href="https://a.b">a<a href="https://c.d">b</a></a>', [p(link('https://a.b', 'ab'))]],
    [
      '<a href="https://x.org"><p>a</p><ul><li>b</li></ul></a>',
      [p(link('https://x.org', 'a')), ul(item(p(link('https://x.org', 'b'))))],
    ],
    ['<a href="ht\ntps://x.org/a b">l</a>', [p(link('https://x.org/a%20b', 'l'))]],
    ['<a href="https://x.org/&quot; onclick=&quot;a()">l</a>', [p(link('https://x.org/"%20onclick="a()', 'l'))]],
    ['<a href="mailto:a@b.c">m</a><a href="magnet:?x">n</a>', [p(link('mailto:a@b.c', 'm'), link('magnet:?x', 'n'))]],
    ['<a>l</a><a href="">m</a><a name="x">n</a>', [p('lmn')]],
    ...[
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'java\nscript:alert(1)',
      ' \u0001javascript:alert(1)',
      '&#106;avascript&colon;alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc/passwd',
      'blob:https://x.org/1',
      '//x.org',
      '/x',
      '#x',
      'x.org',
    ].map((href): Row => [`<a href="${href}">l</a>`, [p('l')]]),
  ])('%j', (given, wanted) => {
    expect(fromHtml(given)).toEqual(wanted);
  });
});

describe('fromHtml: what is hostile or broken', () => {
  it.each<Row>([
    ['<script>alert("</b>")</script>a', [p('a')]],
    ['<script>never ends <b>x</b>', []],
    ['<style>b{}</style><noscript>x</noscript><template>y</template><head><title>t</title></head>a', [p('a')]],
    ['<iframe src="https://evil.example">x</iframe><object data=x>y</object>a', [p('a')]],
    ['<svg onload=alert(1)><script>x</script>a</svg>', [p('a')]],
    ['<textarea><b>a</b></textarea>', [p('<b>a</b>')]],
    ['<form action="x"><button onclick=x>a</button></form>', [p('a')]],
    ['<b onmouseover="alert(1)" style="position:fixed" class=x id=y>a</b>', [p(bold('a'))]],
    ['<!-- c -->a<!doctype html><?php x ?>b<!-->c-->', [p('abc-->')]],
    ['a<b', [p('a')]],
    ['a<b x="', [p('a')]],
    ['<b x="1" x="2" =y "z">a</b >', [p(bold('a'))]],
    ['<<b>a</b>>', [p('<', bold('a'), '>')]],
    ['<constructor>a</constructor><toString>b</toString><__proto__>', [p('ab<__proto__>')]],
  ])('%j', (given, wanted) => {
    expect(fromHtml(given)).toEqual(wanted);
  });

  it('what is nested too deeply keeps its text', () => {
    for (const tag of [
      'b',
      'blockquote',
      'ul><li',
      'table><tr><td',
      'div',
      'details',
      'span data-mx-spoiler',
      'h1',
      'a href=https://x.org',
    ]) {
      const close = `</${tag.split(' ')[0]?.replaceAll('><', '></')}>`;
      for (const given of [`<${tag}>`.repeat(1000) + 'a', `<${tag}>`.repeat(1000) + 'a' + close.repeat(1000)]) {
        const read = fromHtml(given);
        expect(JSON.stringify(read).match(/"text":"a"/g)).toHaveLength(1);
        expect(html(read)).toContain('a');
      }
    }
  });

  it('a long text costs no more than its length, whatever it is made of', () => {
    const pieces = [
      '<b>',
      '</b>',
      '<p>',
      '<ul><li>',
      '<li>',
      '<td>',
      '<table>',
      '<table><caption>',
      '<details><summary>',
    ];
    const others = [
      '<h1>',
      '<a href=https://x.org>',
      '<a href="',
      '&amp;',
      '&',
      '<',
      '<b a=',
      '<br>',
      '<!--',
      ' ',
      '\u00a0',
      '[x] ',
      '<code>',
    ];
    const own = [
      '<span data-mx-spoiler>',
      '<img data-mx-emoticon alt=x>',
      '<input type=checkbox>',
      '<mx-reply>',
      '<pre>',
      '<ol start=9>',
    ];
    // Were it to grow with the square of the length, each would take minutes.
    for (const piece of [...pieces, ...others, ...own]) {
      expect(html(fromHtml(piece.repeat(Math.ceil(300_000 / piece.length)) + 'a'))).toEqual(expect.any(String));
    }
  });

  it('any text is read, says nothing unclean, and leads nowhere that it may not', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constantFrom(
        '<b>',
        '</b>',
        '<p>',
        '</p>',
        '<ul>',
        '<li>',
        '<table>',
        '<tr>',
        '<td>',
        '<th>',
        '</table>',
        '<br>',
        '&lt;',
        '&#x',
        '<!--',
        '-->',
      ),
      fc.constantFrom(
        '<a href="',
        '">',
        "'>",
        '<a href=javascript:x>',
        '<pre>',
        '<code>',
        '</code>',
        '<span data-mx-spoiler="',
        '<script>',
        '</script>',
        '\u0000',
      ),
    );
    const allowed =
      /<\/?(?:p|b|strong|ul|li|table|thead|tbody|tr|th|td|pre|code|span|a)>|<br>|<(?:a href="(?:https?|ftp|mailto|magnet|matrix):[^"<>]*"|span data-mx-spoiler(?:="[^"<>]*")?)>/g;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const written = html(fromHtml(pieces.join('')));
        expect(written.isWellFormed()).toBe(true);
        expect(written).not.toMatch(/[^\P{Cc}\t\n]/u);
        expect(written.replaceAll(allowed, '')).not.toMatch(/[<>]/);
        expect(html(fromHtml(written))).toBe(written);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('toHtml', () => {
  it.each<readonly [RichText, string]>([
    [[], ''],
    [[p('a')], 'a'],
    [[p('a'), p('b', br, 'c')], '<p>a</p><p>b<br>c</p>'],
    [[p('a\nb')], 'a<br>b'],
    [[p(), p('a'), p()], '<p>a</p>'],
    [[p('<b>&"\'')], '&lt;b&gt;&amp;&quot;&#39;'],
    [[p(bold('a', italic('b'), strike('c'), underline('d')))], '<strong>a<em>b</em><del>c</del><u>d</u></strong>'],
    [[p(bold('a'), bold('b', bold('c')))], '<strong>abc</strong>'],
    [[p(inCode('<i> `'))], '<code>&lt;i&gt; `</code>'],
    [[heading(2, 'a')], '<h2>a</h2>'],
    [[quote(p('a'), quote(p('b')))], '<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>'],
    [[ul(item(p('a'), ul(item(p('b')))))], '<ul><li>a<ul><li>b</li></ul></li></ul>'],
    [
      [ul(item(p('a'), p('b')), item(code('c')))],
      '<ul><li><p>a</p><p>b</p></li><li><pre><code>c\n</code></pre></li></ul>',
    ],
    [[ol(1, item(p('a')))], '<ol><li>a</li></ol>'],
    [[ol(7, item(p('a')))], '<ol start="7"><li>a</li></ol>'],
    [[ul(task(true, p('a')), task(false, p('b')))], '<ul><li>☑ a</li><li>☐ b</li></ul>'],
    [[code('a\n<b>\n', 'js')], '<pre><code class="language-js">a\n&lt;b&gt;\n\n</code></pre>'],
    [[code('a', 'js" onclick="x')], '<pre><code>a\n</code></pre>'],
    [
      [table([[text('a')], []], [[bold('1')], [text('2')]])],
      '<table><thead><tr><th>a</th><th></th></tr></thead><tbody><tr><td><strong>1</strong></td><td>2</td></tr></tbody></table>',
    ],
    [[table([[], []], [[text('1')], []])], '<table><tbody><tr><td>1</td><td></td></tr></tbody></table>'],
    [[rule], '<hr>'],
    [[p(spoiler('a"b', 'c'))], '<span data-mx-spoiler="a&quot;b">c</span>'],
    [[p(spoiler(undefined, 'c'))], '<span data-mx-spoiler>c</span>'],
    [[p(link('https://x.org/"><script>', 'a'))], '<a href="https://x.org/&quot;&gt;&lt;script&gt;">a</a>'],
    [[p(link('https://x.org'))], '<a href="https://x.org">https://x.org</a>'],
    [[p(link('javascript:alert(1)', 'a'))], 'a (javascript:alert(1))'],
    [[p(link('/call/x'), link('/call/y', ''))], '/call/x/call/y'],
    [[p({ type: 'mention', of: { kind: 'group', id: 'g' }, label: '<Board>' })], '@&lt;Board&gt;'],
    [[p({ type: 'customEmoji', shortcode: 'a"b', image: imageOf('mxc://a/b') })], ':a&quot;b:'],
    [[p({ type: 'date', at: '2026-11-21T00:00:00.000Z', label: 'today & now' })], 'today &amp; now'],
    [
      [p({ type: 'math', latex: 'a<"b"' })],
      '<span data-mx-maths="a&lt;&quot;b&quot;"><code>a&lt;&quot;b&quot;</code></span>',
    ],
    [[p('a\u0000\u202eb\ud800')], 'ab\ufffd'],
  ])('%j', (given, wanted) => {
    expect(html(given)).toBe(wanted);
  });

  it('mentions lead where they may, and no link stands in another', () => {
    const anna: Inline = { type: 'mention', of: { kind: 'everyone' }, label: 'Anna' };
    const leading = (href: string) => ({ mention: () => ({ href, label: 'A & B' }) });
    expect(toHtml([p(anna)], leading('https://x.org'))).toBe('<a href="https://x.org">A &amp; B</a>');
    expect(toHtml([p(anna)], leading('javascript:x'))).toBe('A &amp; B');
    expect(toHtml([p(link('https://y.org', anna))], leading('https://x.org'))).toBe(
      '<a href="https://y.org">A &amp; B</a>',
    );
  });

  it('pictures of custom emoji are Matrix’s own or none', () => {
    const emoji = (address: string) => ({ ...write, emoji: () => address });
    const party: Inline = { type: 'customEmoji', shortcode: 'party', image: imageOf('x') };
    expect(toHtml([p(party)], emoji('mxc://a/b'))).toBe(
      '<img data-mx-emoticon src="mxc://a/b" alt=":party:" title=":party:" height="32">',
    );
    expect(toHtml([p(party)], emoji('https://evil.example/x'))).toBe(':party:');
    expect(toHtml([p({ type: 'customEmoji', shortcode: 'party' })], emoji('mxc://a/b'))).toBe(':party:');
  });

  it('what is nested deeper than clients show is text', () => {
    let body: RichText = [p('a')];
    for (let depth = 0; depth < 200; depth += 1) body = depth % 2 === 0 ? [quote(...body)] : [ul(item(...body))];
    const written = html(body);
    expect(written).toContain('a');
    expect((written.match(/<(?!\/|br)/g) ?? []).length).toBeLessThan(100);
  });

  it('words of attributes stand within a line', () => {
    expect(fromHtml('<span data-mx-spoiler="x]\nBen (Matrix): pay me">y</span>')).toEqual([
      {
        type: 'paragraph',
        content: [{ type: 'spoiler', reason: 'x] Ben (Matrix): pay me', content: [{ type: 'text', text: 'y' }] }],
      },
    ]);
    expect(toPlain(fromHtml('<img data-mx-emoticon src="mxc://a/b" alt=":x\u2028Ben (Matrix):">'))).not.toMatch(
      /[\n\u2028]/,
    );
  });
});
