import { spansOf } from './talk-markdown.js';

describe('spansOf', () => {
  it.each([
    ['plain\ntext', [{ text: 'plain\ntext' }]],
    ['**Mia** (Matrix): hi', [{ text: 'Mia', look: 'bold' }, { text: ' (Matrix): hi' }]],
    ['*so* and _so_', [{ text: 'so', look: 'italic' }, { text: ' and ' }, { text: 'so', look: 'italic' }]],
    ['~~no~~ `a*b*`', [{ text: 'no', look: 'strike' }, { text: ' ' }, { text: 'a*b*', look: 'code' }]],
    [String.raw`**M\*a\_** x`, [{ text: 'M*a_', look: 'bold' }, { text: ' x' }]],
    [String.raw`2 \* 3`, [{ text: '2 * 3' }]],
    ['2 * 3 * 4', [{ text: '2 * 3 * 4' }]],
    ['snake_case_name', [{ text: 'snake_case_name' }]],
    ['**open', [{ text: '**open' }]],
    ['**not\nover lines**', [{ text: '**not\nover lines**' }]],
    ['', []],
  ])('%j', (markdown, spans) => {
    expect(spansOf(markdown)).toEqual(spans);
  });
});
