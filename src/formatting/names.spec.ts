import fc from 'fast-check';
import { cleanFileName, cleanName, nameWithHandle } from './names.js';

describe('cleanName', () => {
  it.each([
    ['  Anna\n Alm ', 'Anna Alm'],
    ['Anna\u2028Alm', 'Anna Alm'],
    ['Anna\tAlm', 'Anna Alm'],
    ['', 'Someone'],
    ['\u200b\u202e', 'Someone'],
    ['\ufe0f', 'Someone'],
    ['\u2800\u3164', 'Someone'],
    ['A\u0000nna', 'Anna'],
    ['Anna\u{e0041}\u{e0042}', 'Anna'],
    ['Anna ❤\ufe0f', 'Anna ❤\ufe0f'],
    ['شادی', 'شادی'],
  ])('%j becomes %j', (given, wanted) => {
    expect(cleanName(given)).toBe(wanted);
  });

  it('a name of more than 80 characters ends in an ellipsis, after a whole word where possible', () => {
    expect(cleanName('👋'.repeat(100))).toBe(`${'👋'.repeat(39)}…`);
    expect(cleanName('Anna '.repeat(20))).toBe(`${'Anna '.repeat(15)}Anna…`);
  });

  it('is one line of 1 to 80 characters, and stable after the first pass', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        const cleaned = cleanName(name);
        expect(cleaned.length).toBeGreaterThan(0);
        expect(cleaned.length).toBeLessThanOrEqual(80);
        expect(cleaned).not.toMatch(/[\n\r\u200b-\u200f\u202a-\u202e]/u);
        expect(cleanName(cleaned)).toBe(cleaned);
      }),
    );
  });
});

describe('nameWithHandle', () => {
  it.each([
    ['Anna', '@anna:there', 'Anna [@anna:there]'],
    [' Anna\u200b\n', '\u202e@anna', 'Anna [@anna]'],
    ['\u2800', '@anna', 'Someone [@anna]'],
    ['Anna '.repeat(16), '@anna:there', `${'Anna '.repeat(12)}Anna… [@anna:there]`],
    ['Anna '.repeat(16), `@${'a'.repeat(55)}`, `Anna Anna Anna Anna… [@${'a'.repeat(55)}]`],
    ['Anna', `@${'a'.repeat(60)}:there`, `Anna [@${'a'.repeat(27)}…${'a'.repeat(21)}:there]`],
  ])('%j with %j is %j', (name, handle, wanted) => {
    expect(nameWithHandle(name, handle)).toBe(wanted);
  });

  it('people of one name are told apart, however long it is, on one line of at most 80 characters', () => {
    const handle = fc.string({ unit: fc.constantFrom(...'@ab:.9'), minLength: 1, maxLength: 56 });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), handle, handle, (name, one, other) => {
        const shown = nameWithHandle(name, one);
        expect(shown.length).toBeLessThanOrEqual(80);
        expect(cleanName(shown)).toBe(shown);
        expect(shown === nameWithHandle(name, other)).toBe(one === other);
      }),
    );
  });
});

it.each([
  ['👩\u200d👩\u200d👧 family 🏳\ufe0f\u200d🌈.txt', '👩\u200d👩\u200d👧 family 🏳\ufe0f\u200d🌈.txt'],
  ['نامه\u200cها.txt', 'نامه\u200cها.txt'],
  ['\u200da\u200b\u202e\u200d .txt', 'a .txt'],
  [' \n ', 'file'],
  ['\u200d', 'file'],
  ['a\nb.txt', 'a b.txt'],
  ['.htaccess', '.htaccess'],
  [`${'word '.repeat(40)}end.pdf`, `${'word '.repeat(15).trimEnd()}….pdf`],
])('cleanFileName: %j is %j', (name, expected) => {
  expect(cleanFileName(name)).toBe(expected);
});
