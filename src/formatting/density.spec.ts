import { withoutExcess } from './density.js';
import { fromPlain } from './plain.js';

describe('withoutExcess', () => {
  it('what people write stays as it is', () => {
    const body = fromPlain('a * b - c\n'.repeat(800));
    expect(withoutExcess(body)).toBe(body);
  });

  it.each([
    ['signs', '`'.repeat(3_001)],
    ['lines', 'a\n'.repeat(3_001)],
    ['paragraphs', 'a\n\n'.repeat(3_001)],
  ])('too many %s are shown as they are, as code', (_, text) => {
    expect(withoutExcess(fromPlain(text))).toEqual([{ type: 'code', text }]);
  });

  it('signs in code are none', () => {
    const code = [{ type: 'code' as const, text: '*'.repeat(10_000) }];
    expect(withoutExcess(code)).toBe(code);
  });
});
