import { languageOf } from '../../web/shared/language.js';
import { textsIn } from '../../web/src/texts.js';

const paths = (value: unknown, path = ''): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => paths(inner, `${path}.${key}`))
    : [`${path}:${typeof value}`];

describe('the words of the page', () => {
  it('are there in both languages, and none is empty', () => {
    expect(paths(textsIn.de)).toEqual(paths(textsIn.en));
    for (const texts of [textsIn.en, textsIn.de]) expect(JSON.stringify(texts)).not.toContain('""');
  });

  it.each([
    ['de', 'de'],
    ['de-AT', 'de'],
    ['DE', 'de'],
    ['en-GB', 'en'],
    ['den', 'en'],
    ['fr', 'en'],
    ['', 'en'],
  ])('a browser that asks for %j is answered in %s', (wanted, language) => {
    expect(languageOf(wanted)).toBe(language);
  });
});
