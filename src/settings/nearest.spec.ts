import { editDistance, nearest } from './nearest.js';

describe('nearest', () => {
  test('a letter left out, put in, changed or swapped counts one', () => {
    expect(editDistance('password', 'pasword')).toBe(1);
    expect(editDistance('url', 'urll')).toBe(1);
    expect(editDistance('inof', 'info')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('talk', 'talk')).toBe(0);
  });

  test('finds what was meant, upper and lower case aside', () => {
    expect(nearest('POOLsize', ['url', 'poolSize'])).toBe('poolSize');
    expect(nearest('passwordfile', ['password', 'passwordFile'])).toBe('passwordFile');
    expect(nearest('pool', ['port', 'poolSize'])).toBe('poolSize');
  });

  test('finds nothing where nothing is near', () => {
    expect(nearest('xyz', ['url', 'user'])).toBeUndefined();
    expect(nearest('a', [])).toBeUndefined();
  });
});
