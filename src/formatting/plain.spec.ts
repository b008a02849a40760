import fc from 'fast-check';
import { cleanText } from './clean.js';
import { fromPlain, saysNothing, toPlain } from './plain.js';

describe('plain text', () => {
  it('a blank line parts paragraphs, a line end is a break', () => {
    expect(fromPlain('a\nb\n\nc')).toEqual([
      { type: 'paragraph', content: [{ type: 'text', text: 'a' }, { type: 'break' }, { type: 'text', text: 'b' }] },
      { type: 'paragraph', content: [{ type: 'text', text: 'c' }] },
    ]);
  });

  it('nothing is an empty body', () => {
    expect(fromPlain('')).toEqual([]);
  });

  it('comes back letter for letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\t', '*', '👍', '\u0000', '\ud800') }), (text) => {
        expect(toPlain(fromPlain(text))).toBe(cleanText(text));
      }),
    );
  });

  it('shows lists, quotes, code, links and tables readably', () => {
    expect(
      toPlain([
        { type: 'heading', level: 2, content: [{ type: 'text', text: 'Plan' }] },
        {
          type: 'list',
          ordered: true,
          start: 3,
          items: [
            {
              content: [{ type: 'paragraph', content: [{ type: 'bold', content: [{ type: 'text', text: 'first' }] }] }],
            },
            { checked: true, content: [{ type: 'paragraph', content: [{ type: 'text', text: 'done' }] }] },
          ],
        },
        { type: 'quote', content: [{ type: 'paragraph', content: [{ type: 'text', text: 'said' }] }] },
        { type: 'code', language: 'ts', text: 'let a;\n' },
        {
          type: 'paragraph',
          content: [
            { type: 'link', url: 'https://example.org', content: [{ type: 'text', text: 'here' }] },
            { type: 'mention', of: { kind: 'everyone' }, label: 'all' },
          ],
        },
        { type: 'table', head: [[{ type: 'text', text: 'a' }], [{ type: 'text', text: 'b' }]], rows: [] },
        { type: 'rule' },
      ]),
    ).toBe('Plan\n\n3. first\n4. [x] done\n\n> said\n\nlet a;\n\n\nhere (https://example.org)@all\n\na | b\n\n———');
  });
});

describe('saysNothing', () => {
  const blank = fromPlain(' \u00a0');
  const item = { content: blank };

  it('of blanks, whatever they stand in', () => {
    expect(saysNothing([])).toBe(true);
    expect(saysNothing([{ type: 'quote', content: [{ type: 'quote', content: blank }] }])).toBe(true);
    expect(saysNothing([{ type: 'list', ordered: true, start: 1, items: [item, item] }])).toBe(true);
    expect(saysNothing([{ type: 'table', head: [[]], rows: [[[{ type: 'break' }]]] }])).toBe(true);
    expect(saysNothing([{ type: 'code', text: '\n' }])).toBe(true);
  });

  it('not of words, of a box, of a line', () => {
    expect(saysNothing([{ type: 'quote', content: fromPlain('a') }])).toBe(false);
    expect(saysNothing([{ type: 'list', ordered: false, start: 1, items: [{ checked: false, content: [] }] }])).toBe(
      false,
    );
    expect(saysNothing([{ type: 'rule' }])).toBe(false);
  });
});
