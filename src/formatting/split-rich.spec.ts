import fc from 'fast-check';
import type { Block, RichText } from '../model/rich-text.js';
import { fromPlain, toPlain } from './plain.js';
import { splitRich } from './split-rich.js';

const within = (chars: number) => (part: RichText) => toPlain(part).length / chars;
const texts = (parts: readonly RichText[]) => parts.map(toPlain);
const paragraph = (text: string): Block => ({ type: 'paragraph', content: [{ type: 'text', text }] });

describe('splitRich: where it cuts', () => {
  it('what fits stays whole', () => {
    expect(splitRich(fromPlain('one two'), within(7))).toEqual([fromPlain('one two')]);
    expect(splitRich([], within(7))).toEqual([[]]);
  });

  it('between blocks, before within one', () => {
    expect(texts(splitRich(fromPlain('aaaa\nbbbb\n\ncccc\n\ndddd'), within(10)))).toEqual([
      'aaaa\nbbbb',
      'cccc\n\ndddd',
    ]);
  });

  it('at a line end, before at a space', () => {
    expect(texts(splitRich(fromPlain('aa aa aa\nbb bb'), within(12)))).toEqual(['aa aa aa', 'bb bb']);
  });

  it('between words, without the space', () => {
    expect(texts(splitRich(fromPlain('one two three'), within(9)))).toEqual(['one two', 'three']);
  });

  it('never within a grapheme that fits', () => {
    expect(texts(splitRich(fromPlain('👩‍👩‍👧👩‍👩‍👧abcdefghijklm'), within(10)))).toEqual(['👩‍👩‍👧', '👩‍👩‍👧ab', 'cdefghijkl', 'm']);
  });

  it('within one that does not fit, between two of its characters', () => {
    const parts = texts(splitRich(fromPlain(`e${'\u0301'.repeat(9)}`), within(4)));
    expect(parts.join('')).toBe(`e${'\u0301'.repeat(9)}`);
  });
});

describe('splitRich: what is cut goes on as what it was', () => {
  it('bold text', () => {
    const body: RichText = [
      { type: 'paragraph', content: [{ type: 'bold', content: [{ type: 'text', text: 'one two three' }] }] },
    ];
    expect(splitRich(body, within(9))).toEqual([
      [{ type: 'paragraph', content: [{ type: 'bold', content: [{ type: 'text', text: 'one two' }] }] }],
      [{ type: 'paragraph', content: [{ type: 'bold', content: [{ type: 'text', text: 'three' }] }] }],
    ]);
  });

  it('a list, from the right number; an item that is cut keeps its own, and its box in the first half alone', () => {
    const items = ['item 1', 'item 2', 'item 3'].map((text) => ({ checked: true, content: [paragraph(text)] }));
    const list = { type: 'list' as const, ordered: true, start: 7 };
    expect(splitRich([{ ...list, items }], within(28))).toEqual([
      [{ ...list, items: items.slice(0, 2) }],
      [{ ...list, start: 9, items: items.slice(2) }],
    ]);
    expect(splitRich([{ ...list, items: [{ checked: true, content: [paragraph('one two')] }] }], within(10))).toEqual([
      [{ ...list, items: [{ checked: true, content: [paragraph('one')] }] }],
      [{ ...list, items: [{ content: [paragraph('two')] }] }],
    ]);
  });

  it('code, in the same language and cut at line ends', () => {
    const code = (text: string): RichText => [{ type: 'code', language: 'ts', text }];
    expect(splitRich(code('aaaa\n  bb\ncccc'), within(10))).toEqual([code('aaaa\n  bb'), code('cccc')]);
  });

  it('a table, with its head', () => {
    const cells = (...texts: string[]) => texts.map((text) => [{ type: 'text' as const, text }]);
    const head = cells('who', 'when');
    const rows = [cells('Anna', 'Monday'), cells('Bela', 'Friday')];
    expect(splitRich([{ type: 'table', head, rows }], within(30))).toEqual([
      [{ type: 'table', head, rows: rows.slice(0, 1) }],
      [{ type: 'table', head, rows: rows.slice(1) }],
    ]);
  });

  it('a quote', () => {
    const quote = (...blocks: Block[]): RichText => [{ type: 'quote', content: blocks }];
    expect(splitRich(quote(paragraph('one'), paragraph('two')), within(6))).toEqual([
      quote(paragraph('one')),
      quote(paragraph('two')),
    ]);
  });
});

describe('splitRich: what cannot be cut and does not fit', () => {
  it('a row of a table becomes paragraphs', () => {
    const long = 'word '.repeat(20).trim();
    const table: RichText = [{ type: 'table', head: [], rows: [[[{ type: 'text', text: long }]]] }];
    const parts = splitRich(table, within(40));
    expect(texts(parts).every((text) => text.length <= 40)).toBe(true);
    expect(texts(parts).join(' ').trim()).toBe(long);
  });

  it('a link becomes the text that it says', () => {
    const url = `https://example.org/${'a'.repeat(300)}`;
    const link: RichText = [
      { type: 'paragraph', content: [{ type: 'link', url, content: [{ type: 'text', text: 'here' }] }] },
    ];
    expect(texts(splitRich(link, within(100))).join('')).toBe(`here (${url})`);
  });
});

describe('splitRich: always', () => {
  const words = fc.array(fc.constantFrom('one', 'two ', '\n', '\n\n', '漢字', '👍🏽', 'e\u0301', ' ', 'a'.repeat(30)), {
    maxLength: 60,
  });
  const plain = words.map((pieces) => fromPlain(pieces.join('')));
  const body = fc.array(
    fc.oneof(
      plain,
      words.map((pieces): RichText => [{ type: 'code', text: pieces.join('') }]),
      plain.map((content): RichText => [{ type: 'quote', content }]),
      fc
        .array(plain, { minLength: 1, maxLength: 5 })
        .map((all): RichText => [
          { type: 'list', ordered: false, start: 1, items: all.map((content) => ({ content })) },
        ]),
    ),
    { maxLength: 5 },
  );
  const letters = (parts: readonly RichText[]): string =>
    texts(parts)
      .join('')
      .replaceAll(/[\s>-]/g, '');

  it('every part fits, and together they say everything in order', () => {
    fc.assert(
      fc.property(body, fc.integer({ min: 40, max: 200 }), (blocks, chars) => {
        const whole = blocks.flat();
        const parts = splitRich(whole, within(chars));
        expect(texts(parts).filter((text) => text.length > chars)).toEqual([]);
        expect(letters(parts)).toBe(letters([whole]));
      }),
      { numRuns: 500 },
    );
  });

  it('the same of what is long, and not of the same density everywhere', () => {
    fc.assert(
      fc.property(
        fc.array(body, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 300, max: 3000 }),
        (bodies, chars) => {
          const whole = bodies.flatMap((blocks) => Array.from({ length: 25 }, () => blocks.flat()).flat());
          const parts = splitRich(whole, within(chars));
          expect(texts(parts).filter((text) => text.length > chars)).toEqual([]);
          expect(letters(parts)).toBe(letters([whole]));
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('splitRich: how often it asks', () => {
  /** How many characters it asks about, by how many there are. */
  const asked = (body: RichText, fullness: (part: RichText) => number): number => {
    let chars = 0;
    splitRich(body, (part) => {
      chars += toPlain(part).length;
      return fullness(part);
    });
    return chars / toPlain(body).length;
  };
  const words = (count: number): Block[] =>
    Array.from({ length: count }, (_, at) =>
      paragraph(`${String(at)} and then some words more, of which each is short`),
    );

  it('where a text is about as dense everywhere, about the whole of it and about each part once', () => {
    expect(asked(words(4000), within(30_000))).toBeLessThan(2.5);
    expect(asked([paragraph('and again '.repeat(20_000))], within(30_000))).toBeLessThan(2.5);
    expect(asked([{ type: 'code', text: 'line of code\n'.repeat(20_000) }], within(30_000))).toBeLessThan(2.5);
  });

  it('where how full a part is can only be told of what fits, no more often', () => {
    expect(asked(words(4000), (part) => Math.min(toPlain(part).length / 30_000, 1.01))).toBeLessThan(8);
  });

  it('where it is denser in one place than in another, a few times', () => {
    const body = words(4000).map((block, at): Block =>
      at % 500 < 20 ? { type: 'code', text: 'x'.repeat(2000) } : block,
    );
    expect(asked(body, within(30_000))).toBeLessThan(6);
  });

  it('its parts are nearly full, but where a better place to cut stands in their second half', () => {
    const parts = splitRich([paragraph('and again '.repeat(20_000))], within(30_000));
    expect(parts).toHaveLength(7);
    expect(texts(parts.slice(0, -1)).every((text) => text.length > 27_000)).toBe(true);
  });

  it('what is hardly more than two parts is not three', () => {
    expect(splitRich([paragraph('and again '.repeat(5_900))], within(30_000))).toHaveLength(2);
  });

  it('where what is left is hardly more than fits, that is seen once', () => {
    expect(asked([paragraph('and again '.repeat(3_100))], within(30_000))).toBeLessThan(3.5);
  });
});
