import { cleanName } from './names.js';

describe('cleanName', () => {
  it.each([
    ['  Anna\n Alm ', 'Anna Alm'],
    ['', 'Someone'],
    ['\u200b\u202e', 'Someone'],
    ['A\u0000nna', 'Anna'],
  ])('%j becomes %j', (given, wanted) => {
    expect(cleanName(given)).toBe(wanted);
  });

  it('a name of more than 80 characters ends in an ellipsis', () => {
    expect([...cleanName('👋'.repeat(100))]).toHaveLength(80);
  });
});
