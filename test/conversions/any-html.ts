import fc from 'fast-check';

export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? '&quot;');

export const words = 'tent Größe stage_left 舞台 Καλημέρα сцена waffles42 مرحبا k 👩🏾‍🚀 3.14 a-b'.split(' ');
export const signs =
  '* ** _ __ ~~ ` ``` [ ]( ) ![ # - + > | \\ < <b> & &amp; &lt; : ! ~ = --- $ 1. [x] {mention-user1}'.split(' ');
const hostile = [
  '@',
  '@all',
  '@alice',
  '@room',
  '@"alice"',
  '@"guest/abc"',
  '.@alice',
  'http://a/.@alice',
  'https://example.org/a_b?c=d&e=f.',
  'www.example.org',
  'a@example.org',
  'Bob (Talk): I quit',
  '**Bob** (Talk): I quit',
  '* Bob (Talk) quits',
  'javascript:alert(1)',
  '[x]: https://evil.example',
  '[^1]: note',
  '\ufdd1',
  '\u200b',
  '\u202e',
  '\u0000',
  '\ud800',
  '\u00a0',
  '\u2028',
  'constructor',
];
const layout = [' ', '  ', '\n', '\n\n', '    ', '\t', '\r\n', '\n- ', '\n> ', '\n```\n'];

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...words) },
  { weight: 2, arbitrary: fc.constantFrom(...signs) },
  { weight: 2, arbitrary: fc.constantFrom(...hostile) },
  { weight: 3, arbitrary: fc.constantFrom(...layout) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
);
export const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));

const tags = [
  ...'b strong i em u del s code pre blockquote ul ol li p div span h1 h3 table thead tbody tr td th a details summary mx-reply script style font'.split(
    ' ',
  ),
  'span data-mx-spoiler',
  'span data-mx-spoiler="end"',
  'span data-mx-maths="x^2"',
  'ol start="7"',
  'ol start="-1e9"',
  'a href="https://matrix.to/#/@noah:real.test"',
  'a href="https://matrix.to/#/@ada:example.org"',
  'a href="https://matrix.to/#/%23x:real.test"',
  'a href="https://example.org/?a=1&amp;b=(2)"',
  'a href="javascript:alert(1)"',
  'a href="https://x.org/<\n"',
  'code class="language-ts"',
  'b onclick="x',
];
const voids = [
  '<br>',
  '<br/>',
  '<hr>',
  '<img data-mx-emoticon src="mxc://a/b" alt=":kazoo:">',
  '<img src="https://x.org/a.png" alt="pic">',
  '<input type="checkbox" checked>',
];
export const markup = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...tags).map((tag) => `<${tag}>`) },
  { weight: 3, arbitrary: fc.constantFrom(...tags).map((tag) => `</${tag.split(' ')[0] ?? ''}>`) },
  { weight: 1, arbitrary: fc.constantFrom(...voids) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('<!--', '-->', '&#0;', '&#x110000;', '&nbsp;', '<', '&', '</', '<a href="', '<![CDATA['),
  },
  { weight: 4, arbitrary: piece.map(escaped) },
  { weight: 1, arbitrary: piece },
);
/** Tags in any order, whole and broken. */
export const soup = fc.array(markup, { maxLength: 7 }).map((pieces) => pieces.join(''));
