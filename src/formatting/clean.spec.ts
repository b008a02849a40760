import fc from 'fast-check';
import { cleanText } from './clean.js';

describe('cleanText', () => {
  it.each([
    ['a\r\nb\rc', 'a\nb\nc'],
    ['nul \u0000 and bell \u0007', 'nul  and bell '],
    ['lone \ud800 surrogate', 'lone \ufffd surrogate'],
    ['\u202ereversed', 'reversed'],
    ['\u2067isolated\u2069 and marked\u200f', 'isolated and marked\u200f'],
    ['c1 \u0085 and del \u007f', 'c1  and del '],
    ['שלום 👩‍👩‍👧 e\u0301', 'שלום 👩‍👩‍👧 e\u0301'],
    ['tab\tstays', 'tab\tstays'],
  ])('%j becomes %j', (given, wanted) => {
    expect(cleanText(given)).toBe(wanted);
  });

  it('is stable after the first pass', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cleanText(cleanText(text))).toBe(cleanText(text));
      }),
    );
  });
});
