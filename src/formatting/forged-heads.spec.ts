import { withoutForgedHeads } from './forged-heads.js';

describe('withoutForgedHeads, in a heading', () => {
  it.each([
    ['Bob', '(Talk): hi', '… Bob (Talk): hi'],
    ['\u2028Bob', '(Talk):\u2029hi', '…  Bob (Talk): hi'],
  ])('a head is known though line ends stand in it: it is shown on one line, %j', (one, other, shown) => {
    const content = [
      { type: 'text' as const, text: one },
      { type: 'break' as const },
      { type: 'text' as const, text: other },
    ];
    const [marked] = withoutForgedHeads([{ type: 'heading', level: 1, content }], { first: 'goesOn', label: 'Matrix' });
    expect(marked).toEqual({ type: 'heading', level: 1, content: [{ type: 'text', text: shown }] });
  });
});
