import type { Inline, RichText } from '../model/rich-text.js';
import { toMarkdown } from './markdown.js';

const text = (value: string): Inline => ({ type: 'text', text: value });
const code = (value: string): Inline => ({ type: 'code', text: value });
const bold = (...content: Inline[]): Inline => ({ type: 'bold', content });
const italic = (...content: Inline[]): Inline => ({ type: 'italic', content });
const strike = (...content: Inline[]): Inline => ({ type: 'strike', content });
const link = (...content: Inline[]): Inline => ({ type: 'link', url: 'https://example.com/', content });
const everybody: Inline = { type: 'mention', of: { kind: 'everyone' }, label: 'all' };
const written = (...content: Inline[]): string => {
  const body: RichText = [{ type: 'paragraph', content }];
  return toMarkdown(body, { mention: () => '@all' });
};

it.each<[string, Inline[], string]>([
  ['punctuation at the end', [bold(text('Note:')), text('text')], '**Note**:text'],
  ['punctuation at both ends', [text('これは'), bold(text('「重要」')), text('です')], 'これは「**重要**」です'],
  ['at the beginning alone', [text('a'), bold(text('(b)'))], 'a(**b)**'],
  ['before an emoji', [bold(text('See '), italic(text('it!'))), text('😄')], '**See _it_**!😄'],
  ['the other marks too', [strike(text('a.')), text('b '), italic(text('c!')), text('d')], '~~a~~.b *c*!d'],
  ['before a blank it stays', [bold(text('Note:')), text(' text')], '**Note:** text'],
  ['before punctuation it stays', [bold(text('Note:')), text('- text')], '**Note:**- text'],
  ['at the end of the line it stays', [bold(text('Note:'))], '**Note:**'],
  ['nothing is left to be marked', [bold(text('!?')), text('text')], '!?text'],
  ['with the blank beside it', [text('x'), bold(text('- a'))], 'x- **a**'],
  ['code', [bold(text('run '), code('a')), text('b')], '**run** `a`b'],
  ['punctuation and code', [text('x'), bold(code('a'), text('! b'))], 'x`a`**! b**'],
  ['blanks that stand beside code', [text('x'), bold(code('a'), text(' b'))], 'x`a` **b**'],
  ['behind a mention', [everybody, bold(text('!! Now'))], '@all!! **Now**'],
  ['around a link the mark stands in it', [bold(link(text('a'))), text('b')], '[**a**](https://example.com/)b'],
  ['in a link', [link(text('a'), bold(text('!b')))], '[a!**b**](https://example.com/)'],
  ['two marks of one word are the outer one', [text('x'), bold(italic(text('a'))), text('y')], 'x**a**y'],
  ['of marks that touch within a word one stays', [bold(text('a')), italic(text('b')), text('c')], '**a**bc'],
  [
    'beside a link as well',
    [link(text('x')), bold(text('a')), italic(text('b')), text('c')],
    '[x](https://example.com/)**a**bc',
  ],
  ['a mark behind another', [italic(text('a')), bold(text('(b')), text('c')], '*a*(bc'],
  [
    'words around them keep theirs',
    [bold(text('a')), italic(text('b')), text('c '), bold(italic(text('d')))],
    '**a**bc **_d_**',
  ],
  ['what somebody typed stays', [bold(code('&#x74;')), text(' &#x74;')], '**`&#x74;`** \\&#x74;'],
])('no letter is written as a number: %s', (_, content, expected) => {
  expect(written(...content)).toBe(expected);
});
