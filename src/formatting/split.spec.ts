import fc from 'fast-check';
import { splitText } from './split.js';

describe('splitText', () => {
  it.each([
    ['short', 10, ['short']],
    ['', 10, ['']],
    ['one two three', 9, ['one two', 'three']],
    ['line one\nline two', 12, ['line one', 'line two']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['👍👍👍', 4, ['👍👍', '👍']],
    ['👩‍👩‍👧👩‍👩‍👧', 10, ['👩‍👩‍👧', '👩‍👩‍👧']],
    ['aaaa👋🏽b', 6, ['aaaa', '👋🏽b']],
    ['abcdef \u0301xyz', 8, ['abcdef \u0301', 'xyz']],
    ['abcd ', 4, ['abcd']],
    ['abcd\n\n\n\n\n\nefgh', 4, ['abcd', 'efgh']],
    ['   ', 2, ['  ']],
    [`e${'\u0301'.repeat(5)}`, 4, [`e${'\u0301'.repeat(3)}`, '\u0301\u0301']],
  ])('%j at %i characters', (text, chars, parts) => {
    expect(splitText(text, { chars })).toEqual(parts);
  });

  it('counts bytes where these are bounded', () => {
    expect(splitText('äöüäöü', { chars: 100, bytes: 6 })).toEqual(['äöü', 'äöü']);
  });

  it('a limit smaller than one character is overstepped by that character', () => {
    expect(splitText('👍👍', { chars: 10, bytes: 3 })).toEqual(['👍', '👍']);
  });

  it('no grapheme is cut', () => {
    const graphemes = ['a', ' ', '\n', '👋🏽', '🇩🇪', '👩‍👩‍👧', 'e\u0301', ' \u0301', 'ä'];
    const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...graphemes), { maxLength: 60 }),
        fc.integer({ min: 8, max: 24 }),
        (units, chars) => {
          const text = units.join('');
          const whole = new Set([...segmenter.segment(text)].map(({ segment }) => segment));
          for (const part of splitText(text, { chars })) {
            for (const { segment } of segmenter.segment(part)) expect(whole).toContain(segment);
          }
        },
      ),
    );
  });

  it('every part is within the limit, and nothing but white space at a cut is lost', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        fc.integer({ min: 8, max: 40 }),
        fc.integer({ min: 24, max: 80 }),
        (text, chars, bytes) => {
          const parts = splitText(text, { chars, bytes });
          for (const part of parts) {
            expect(part.length).toBeLessThanOrEqual(chars);
            expect(Buffer.byteLength(part)).toBeLessThanOrEqual(bytes);
          }
          let rest = text;
          for (const part of parts) {
            const at = rest.indexOf(part);
            expect(rest.slice(0, at).trim()).toBe('');
            rest = rest.slice(at + part.length);
          }
          expect(rest.trim()).toBe('');
        },
      ),
    );
  });

  it('a surrogate pair is never cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite', maxLength: 200 }), (text) => {
        for (const part of splitText(text, { chars: 8 })) expect(part.isWellFormed()).toBe(text.isWellFormed());
      }),
    );
  });
});
