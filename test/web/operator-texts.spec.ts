import { textsIn } from '../../web/operator/texts.js';

/** Every text by its path, texts that take something by what they make of it. */
function all(texts: object, path = ''): [string, string][] {
  return Object.entries(texts).flatMap(([name, value]: [string, unknown]): [string, string][] => {
    const at = `${path}${name}`;
    if (typeof value === 'object' && value !== null) return all(value, `${at}.`);
    if (typeof value !== 'function') return [[at, String(value)]];
    const made = (value as (...given: unknown[]) => string)(name === 'waitsFor' ? ['A', 'B'] : 2, 3);
    return [[at, made]];
  });
}

describe('the operator’s page', () => {
  it('speaks both languages whole, with nothing left in the other one', () => {
    const [english, german] = [all(textsIn.en), all(textsIn.de)];
    expect(german.map(([name]) => name)).toEqual(english.map(([name]) => name));
    const same = german.filter(([name, text]) => text === new Map(english).get(name)).map(([name]) => name);
    // Words that are the same in both.
    expect(same).toEqual(['locked.title', 'locked.field', 'feed.title', 'links.doing', 'way.later']);
    for (const [, text] of [...english, ...german]) expect(text).toMatch(/\S/);
  });
});
