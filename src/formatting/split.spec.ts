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
  ])('%j at %i characters', (text, chars, parts) => {
    expect(splitText(text, { chars })).toEqual(parts);
  });

  it('counts bytes where these are bounded', () => {
    expect(splitText('äöüäöü', { chars: 100, bytes: 6 })).toEqual(['äöü', 'äöü']);
  });

  it('every part is within the limit, and nothing but a space or line end at a cut is lost', () => {
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
            if (!rest.startsWith(part)) rest = rest.slice(1);
            expect(rest.startsWith(part)).toBe(true);
            rest = rest.slice(part.length);
          }
          expect(rest).toBe('');
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
