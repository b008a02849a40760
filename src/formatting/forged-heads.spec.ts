import { withoutForgedHeads } from './forged-heads.js';

describe('withoutForgedHeads, in a heading', () => {
  it('a head is known though a line end stands in it: it is shown on one line', () => {
    const content = [
      { type: 'text' as const, text: 'Bob' },
      { type: 'break' as const },
      { type: 'text' as const, text: '(Talk): hi' },
    ];
    const [marked] = withoutForgedHeads([{ type: 'heading', level: 1, content }], { first: 'goesOn', label: 'Matrix' });
    expect(marked).toEqual({ type: 'heading', level: 1, content: [{ type: 'text', text: '… Bob (Talk): hi' }] });
  });
});
