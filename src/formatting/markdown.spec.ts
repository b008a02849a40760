import fc from 'fast-check';
import type { Block, Inline, RichText } from '../model/rich-text.js';
import { accountId, userId } from '../model/ids.js';
import { fromMarkdown, toMarkdown } from './markdown.js';
import { fromPlain, toPlain } from './plain.js';
import { inlinesOf, runsOf } from './runs.js';

const text = (value: string): Inline => ({ type: 'text', text: value });
const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });
const lineBreak: Inline = { type: 'break' };
const alice = {
  type: 'mention' as const,
  of: { kind: 'person' as const, user: { account: accountId('cloud'), id: userId('users/alice') } },
  label: 'Alice Arnold',
};
const writing = { mention: () => '@"alice"' };

describe('fromMarkdown: what people type', () => {
  it.each<[string, RichText]>([
    ['hello', [paragraph(text('hello'))]],
    ['', []],
    ['one\ntwo\n\nthree', [paragraph(text('one'), lineBreak, text('two')), paragraph(text('three'))]],
    [
      '**a** *b* _c_ ~~d~~ `e`',
      [
        paragraph(
          { type: 'bold', content: [text('a')] },
          text(' '),
          { type: 'italic', content: [text('b')] },
          text(' '),
          { type: 'italic', content: [text('c')] },
          text(' '),
          { type: 'strike', content: [text('d')] },
          text(' '),
          { type: 'code', text: 'e' },
        ),
      ],
    ],
    ['**a *b***', [paragraph({ type: 'bold', content: [text('a '), { type: 'italic', content: [text('b')] }] })]],
    ['2 * 3 * 4 and snake_case_name', [paragraph(text('2 * 3 * 4 and snake_case_name'))]],
    ['## Plan', [{ type: 'heading', level: 2, content: [text('Plan')] }]],
    ['#plan', [paragraph(text('#plan'))]],
    ['---', [{ type: 'rule' }]],
    ['```ts\nif (a < b) {\n\t"&lt;"\n}\n```', [{ type: 'code', language: 'ts', text: 'if (a < b) {\n\t"&lt;"\n}' }]],
    ['```\nnever closed', [{ type: 'code', text: 'never closed' }]],
    [
      '> a\n> > b',
      [{ type: 'quote', content: [paragraph(text('a')), { type: 'quote', content: [paragraph(text('b'))] }] }],
    ],
    [
      '3. a\n4. b\n   - [x] c',
      [
        {
          type: 'list',
          ordered: true,
          start: 3,
          items: [
            { content: [paragraph(text('a'))] },
            {
              content: [
                paragraph(text('b')),
                {
                  type: 'list',
                  ordered: false,
                  start: 1,
                  items: [{ checked: true, content: [paragraph(text('c'))] }],
                },
              ],
            },
          ],
        },
      ],
    ],
    [
      '| a | b |\n|---|---|\n| `1` | 2 |',
      [
        {
          type: 'table',
          head: [[text('a')], [text('b')]],
          rows: [[[{ type: 'code', text: '1' }], [text('2')]]],
        },
      ],
    ],
    [
      'see [the plan](https://example.org/plan "title")',
      [paragraph(text('see '), { type: 'link', url: 'https://example.org/plan', content: [text('the plan')] })],
    ],
    [
      'see https://example.org/a_b?c=d&e=f.',
      [
        paragraph(
          text('see '),
          {
            type: 'link',
            url: 'https://example.org/a_b?c=d&e=f',
            content: [text('https://example.org/a_b?c=d&e=f')],
          },
          text('.'),
        ),
      ],
    ],
    [
      'at www.example.org<b>',
      [
        paragraph(
          text('at '),
          { type: 'link', url: 'http://www.example.org', content: [text('www.example.org')] },
          text('<b>'),
        ),
      ],
    ],
    [
      '<https://example.org/x>',
      [paragraph({ type: 'link', url: 'https://example.org/x', content: [text('https://example.org/x')] })],
    ],
    [
      '![a cat](https://example.org/cat.png)',
      [paragraph({ type: 'link', url: 'https://example.org/cat.png', content: [text('a cat')] })],
    ],
    ['[x]: https://example.org', [paragraph(text('[x]: https://example.org'))]],
    [
      'the [plan][1]\n\n[1]: https://example.org/plan "title"\n[1]: https://example.org/other',
      [
        paragraph(text('the '), { type: 'link', url: 'https://example.org/plan', content: [text('plan')] }),
        paragraph(text('[1]: https://example.org/other')),
      ],
    ],
    ['[nothing]() and ![no picture]() and ![]()', [paragraph(text('nothing and no picture and ![]()'))]],
  ])('%j', (typed, expected) => {
    expect(fromMarkdown(typed)).toEqual(expected);
  });

  it.each([
    ['<b>bold</b>', '<b>bold</b>'],
    ['a < b and c > d', 'a < b and c > d'],
    ['<div', '<div'],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['<!-- note -->', '<!-- note -->'],
    [String.raw`\<b> \*a\* \\`, String.raw`<b> *a* \\`.replace('\\\\', '\\')],
    ['AT&T &amp; &copy; &lt;b&gt;', 'AT&T & © <b>'],
    ['foo[^1]\n\n[^1]: bar', 'foo[^1]\n\n[^1]: bar'],
  ])('HTML, entities and notes: %j says %j', (typed, said) => {
    expect(toPlain(fromMarkdown(typed))).toBe(said);
  });

  it('placeholders stand for what they name; within code for what was typed', () => {
    const fill = (name: string) => (name === 'mention-user1' ? { inline: alice, typed: '@alice' } : undefined);
    expect(fromMarkdown('{mention-user1}, **{mention-user1}** `{mention-user1}` {other}', fill)).toEqual([
      paragraph(
        alice,
        text(', '),
        { type: 'bold', content: [alice] },
        text(' '),
        { type: 'code', text: '@alice' },
        text(' {other}'),
      ),
    ]);
  });

  it.each([
    ['> '.repeat(16_000)],
    ['>'.repeat(32_000)],
    ['1. '.repeat(10_000)],
    ['a]'.repeat(16_000)],
    ['*a'.repeat(16_000)],
    ['[a]('.repeat(8_000)],
  ])('more marks than anybody writes are text: %.20s…', (typed) => {
    expect(fromMarkdown(typed)).toEqual(fromPlain(typed));
  });
});

describe('toMarkdown: what was meant', () => {
  it.each<[string, RichText, string]>([
    ['plain text', fromPlain('one\ntwo\n\nthree'), 'one\ntwo\n\nthree'],
    [
      'marks',
      [paragraph({ type: 'bold', content: [text('a '), { type: 'italic', content: [text('b')] }] })],
      '**a _b_**',
    ],
    ['blanks at the edge of a mark', [paragraph({ type: 'bold', content: [text(' a ')] }, text('b'))], '\u00a0**a** b'],
    ['underline', [paragraph({ type: 'underline', content: [text('a')] })], '*a*'],
    [
      'a spoiler',
      [paragraph({ type: 'spoiler', reason: 'end', content: [text('all survive')] })],
      String.raw`[spoiler: end] all survive [/spoiler]`,
    ],
    ['a formula', [paragraph({ type: 'math', latex: 'x_1^2' })], '`x_1^2`'],
    ['a custom emoji', [paragraph({ type: 'customEmoji', shortcode: 'party_parrot' })], ':party_parrot:'],
    ['a mention behind a bracket', [paragraph(text('('), alice, text(')'))], '( @"alice")'],
    [
      'a mention in bold',
      [paragraph({ type: 'bold', content: [text('hi '), alice, text('!')] })],
      '**hi** @"alice"**!**',
    ],
    [
      'a link',
      [paragraph({ type: 'link', url: 'https://example.org/(a b)', content: [text('the [plan]')] })],
      String.raw`[the \[plan\]](https://example.org/\(a%20b\))`,
    ],
    [
      'a link to itself',
      [
        paragraph(
          text('at '),
          { type: 'link', url: 'https://example.org/a_b', content: [text('https://example.org/a_b')] },
          text('.'),
        ),
      ],
      'at https://example.org/a_b.',
    ],
    [
      'a link that Talk does not follow',
      [paragraph({ type: 'link', url: 'matrix:r/room:example.org', content: [text('the room')] })],
      'the room (matrix:r/room:example.org)',
    ],
    ['code', [{ type: 'code', language: 'sh', text: 'echo "```"\n' }], '````sh\necho "```"\n\n````'],
    [
      'empty lines within bold',
      [paragraph({ type: 'bold', content: [text('a'), lineBreak, lineBreak, text('b')] })],
      '**a**\n\n**b**',
    ],
    [
      'an address behind blanks that do not break',
      fromPlain('     www.example.org&amp;@'),
      '\u00a0\u00a0\u00a0\u00a0\u00a0[www.example.org\\&amp;@](http://www.example.org\\&amp;@)',
    ],
    [
      'an address whose end is a sign with what is behind it',
      [paragraph({ type: 'link', url: 'https://tent&amp', content: [text('https://tent&amp')] }, text(';'))],
      '[https://tent&amp](https://tent&amp);',
    ],
    ['an indented line', fromPlain('if:\n    then'), 'if:\n\u00a0\u00a0\u00a0\u00a0then'],
    [
      'a table',
      [{ type: 'table', head: [[text('a|b')]], rows: [[[text('c'), lineBreak, text('d')]]] }],
      '| a\\|b |\n| ---- |\n| c d  |',
    ],
    [
      'a task',
      [{ type: 'list', ordered: false, start: 1, items: [{ checked: true, content: [paragraph(text('done'))] }] }],
      '- [x] done',
    ],
  ])('%s', (_, body, expected) => {
    expect(toMarkdown(body, writing)).toBe(expected);
  });

  it.each([
    'snake_case and 5 * 3',
    'see https://example.org/a_b_c?d=*e* now',
    '<b>bold</b> & more',
    'a (b) [c] d',
    'x = y - z + 1; #tag',
    'C:\\Users\\anna',
    '1.5 apples',
  ])('no backslash where none is needed: %j', (value) => {
    expect(toMarkdown(fromPlain(value), writing)).toBe(value);
  });

  it.each([
    ['**a**', String.raw`\*\*a\*\*`],
    ['# a', String.raw`\# a`],
    ['1. a', String.raw`1\. a`],
    ['a\n---', 'a\n\\---'],
    ['`a`', String.raw`\`a\``],
    ['&amp;', String.raw`\&amp;`],
    ['&lt;', '&\u2060lt;'],
  ])('what looks like Markdown stays text: %j', (value, expected) => {
    expect(toMarkdown(fromPlain(value), writing)).toBe(expected);
  });
});

describe('Markdown: always', () => {
  const numRuns = Number(process.env['CROSSTALK_PROPERTY_RUNS'] ?? 1_000);
  const word = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom(
      '*',
      '**',
      '_',
      '~~',
      '`',
      '```',
      '[',
      '](',
      ')',
      '<b>',
      '&lt;',
      '&',
      '#',
      '- ',
      '1. ',
      '>',
      '|',
      '\\',
      '\n',
      '\n\n',
      '    ',
      '\t',
      'https://example.org/a_b',
      '@alice',
      '---',
      ':',
      '!',
      '{x}',
      'é漢👍🏽',
    ),
  );
  const words = fc.array(word, { maxLength: 12 }).map((all) => all.join(''));
  const inline = fc.letrec<{ inline: Inline }>((tie) => ({
    inline: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      words.map(text),
      fc.constant(lineBreak),
      words.map((value): Inline => ({ type: 'code', text: value.replaceAll('\n', ' ') })),
      fc.constant<Inline>(alice),
      ...(['bold', 'italic', 'strike'] as const).map((type) =>
        fc.array(tie('inline'), { maxLength: 3 }).map((content): Inline => ({ type, content })),
      ),
      fc
        .array(tie('inline'), { maxLength: 2 })
        .map((content): Inline => ({ type: 'link', url: 'https://example.org/x', content })),
    ),
  })).inline;
  const line = fc.array(inline, { maxLength: 4 });
  const body = fc.letrec<{ block: Block }>((tie) => ({
    block: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      line.map((content): Block => ({ type: 'paragraph', content })),
      line.map((content): Block => ({ type: 'heading', level: 3, content })),
      words.map((value): Block => ({ type: 'code', text: value })),
      fc.array(tie('block'), { maxLength: 3 }).map((content): Block => ({ type: 'quote', content })),
      fc
        .array(tie('block'), { minLength: 1, maxLength: 3 })
        .map((content): Block => ({ type: 'list', ordered: false, start: 1, items: [{ content }] })),
      fc.constant<Block>({ type: 'rule' }),
    ),
  })).block;
  const bodies = fc.array(body, { maxLength: 3 });
  const withoutBlanks = (value: string): string => value.replaceAll(/[\s\u2060]/gu, '');

  /** Where one address begins behind another, readers make one link of them or two, however they are escaped. */
  const unlinked = (body: RichText): RichText => {
    const without = (inlines: readonly Inline[]): Inline[] =>
      inlines.flatMap((each) => {
        if (!('content' in each)) return [each];
        const content = without(each.content);
        return each.type === 'link' && toPlain([paragraph(...content)]) === each.url ? content : [{ ...each, content }];
      });
    const joined = (inlines: readonly Inline[]): Inline[] => inlinesOf(runsOf(without(inlines)));
    return body.map((block): Block => {
      switch (block.type) {
        case 'paragraph':
        case 'heading':
          return { ...block, content: joined(block.content) };
        case 'quote':
          return { ...block, content: unlinked(block.content) };
        case 'list':
          return { ...block, items: block.items.map((item) => ({ ...item, content: unlinked(item.content) })) };
        default:
          return block;
      }
    });
  };

  it('any text is read, and says what it said but for its marks', () => {
    fc.assert(
      fc.property(words, (typed) => {
        expect(() => fromMarkdown(typed)).not.toThrow();
      }),
      { numRuns },
    );
  });

  it('a text comes back as it was', () => {
    fc.assert(
      fc.property(words, (value) => {
        const back = toPlain(fromMarkdown(toMarkdown(fromPlain(value), writing)));
        expect(withoutBlanks(back)).toBe(withoutBlanks(toPlain(fromPlain(value))));
      }),
      { numRuns },
    );
  });

  it('writes no character as its number: nobody typed such a thing here', () => {
    fc.assert(
      fc.property(bodies, (blocks) => {
        expect(toMarkdown(blocks, writing)).not.toMatch(/&#x[0-9a-f]+;/i);
      }),
      { numRuns },
    );
  });

  it('what was read once is written and read again the same', () => {
    fc.assert(
      fc.property(bodies, (blocks) => {
        const once = fromMarkdown(toMarkdown(blocks, writing));
        expect(unlinked(fromMarkdown(toMarkdown(once, writing)))).toEqual(unlinked(once));
      }),
      { numRuns },
    );
  });

  it('code blocks come back byte by byte', () => {
    fc.assert(
      fc.property(words, (value) => {
        const [block] = fromMarkdown(toMarkdown([{ type: 'code', text: value }], writing));
        expect(block).toEqual({ type: 'code', text: toPlain([{ type: 'code', text: value }]) });
      }),
      { numRuns },
    );
  });
});
