import fc from 'fast-check';
import type { Block, Inline, RichText } from '../../src/model/rich-text.js';

/** Words of many scripts. */
export const words = 'tent Größe stage_left 舞台 Καλημέρα waffles42 مرحبا k 👩🏾‍🚀 a-b 3.14'.split(' ');
/** What means something to some network. */
export const hostile = [
  '<!channel>',
  '<!here|here>',
  '<@U0BEN00002>',
  '<@U0BEN00002|ben>',
  '<!subteam^S0CH01R001>',
  '<https://x.example|y>',
  '&lt;!channel&gt;',
  '@channel',
  '@here',
  '@everyone',
  ':tada:',
  ':kazoo:',
  '*b*',
  '_i_',
  '~s~',
  '`c`',
  '```',
  '> q',
  '&amp;',
  '<',
  '>',
  '&',
  'https://example.org/a_b?c=d&e=f.',
  '(https://example.org/(x))',
  'https://',
  '\n',
  '\n\n',
  ' ',
  '\t',
  '\u0000',
  '\ud800',
  '\u202e',
  '\u2028',
  '☑ x',
];
/** What people type, and what nobody would. */
export const text = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...words) },
      { weight: 3, arbitrary: fc.constantFrom(...hostile) },
      { weight: 1, arbitrary: fc.constant(' ') },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
    ),
    { maxLength: 5 },
  )
  .map((pieces) => pieces.join(''));

const url = fc.constantFrom(
  'https://example.org/?a=1&b=(2)',
  'mailto:a@example.org',
  'javascript:alert(1)',
  'matrix:r/a:b',
  'https://',
  'https://exa mple.org',
  `https://example.org/${'x'.repeat(4000)}`,
  '',
);

/** Any rich text that a network could tell, with such mentions. */
export function anyRichText(mention: fc.Arbitrary<Inline>): fc.Arbitrary<RichText> {
  const { inline } = fc.letrec<{ inline: Inline; inlines: readonly Inline[] }>((tie) => ({
    inline: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      { weight: 6, arbitrary: text.map((each): Inline => ({ type: 'text', text: each })) },
      { weight: 1, arbitrary: text.map((each): Inline => ({ type: 'code', text: each })) },
      { weight: 1, arbitrary: fc.constant<Inline>({ type: 'break' }) },
      { weight: 2, arbitrary: mention },
      {
        weight: 1,
        arbitrary: fc.constantFrom('kazoo', 'other', ':x:', '').map((each): Inline => ({
          type: 'customEmoji',
          shortcode: each,
        })),
      },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom('2026-08-12T12:00:00.000Z', 'never', '-000001-01-01T00:00:00Z')
          .map((at): Inline => ({
            type: 'date',
            at,
            label: 'noon',
          })),
      },
      { weight: 1, arbitrary: text.map((each): Inline => ({ type: 'math', latex: each })) },
      ...(['bold', 'italic', 'strike', 'underline', 'spoiler'] as const).map((type) => ({
        weight: 1,
        arbitrary: tie('inlines').map((content): Inline => ({ type, content })),
      })),
      {
        weight: 1,
        arbitrary: fc.tuple(url, tie('inlines')).map(([to, content]): Inline => ({ type: 'link', url: to, content })),
      },
    ),
    inlines: fc.array(tie('inline'), { maxLength: 3 }),
  }));
  const inlines = fc.array(inline, { maxLength: 4 });

  const { body } = fc.letrec<{ block: Block; body: RichText }>((tie) => ({
    block: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      { weight: 5, arbitrary: inlines.map((content): Block => ({ type: 'paragraph', content })) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.constantFrom(1, 3, 6), inlines)
          .map(([level, content]): Block => ({ type: 'heading', level: level, content })),
      },
      {
        weight: 1,
        arbitrary: fc.tuple(fc.constantFrom('ts', '', 'a b\n', undefined), text).map(([language, code]): Block => ({
          type: 'code',
          ...(language === undefined ? {} : { language }),
          text: code,
        })),
      },
      { weight: 1, arbitrary: fc.constant<Block>({ type: 'rule' }) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(
            fc.array(inlines, { minLength: 1, maxLength: 3 }),
            fc.array(fc.array(inlines, { maxLength: 3 }), { maxLength: 3 }),
          )
          .map(([head, rows]): Block => ({ type: 'table', head, rows })),
      },
      { weight: 2, arbitrary: tie('body').map((content): Block => ({ type: 'quote', content })) },
      {
        weight: 3,
        arbitrary: fc
          .tuple(
            fc.boolean(),
            fc.constantFrom(0, 1, 7),
            fc.array(fc.tuple(fc.constantFrom(true, false, undefined), tie('body')), { maxLength: 3 }),
          )
          .map(([ordered, start, items]): Block => ({
            type: 'list',
            ordered,
            start,
            items: items.map(([checked, content]) => ({ ...(checked === undefined ? {} : { checked }), content })),
          })),
      },
    ),
    body: fc.array(tie('block'), { maxLength: 3 }),
  }));
  return body;
}
