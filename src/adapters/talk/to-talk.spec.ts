import fc from 'fast-check';
import { fromPlain } from '../../formatting/plain.js';
import { accountId, userId } from '../../model/ids.js';
import { relayedTexts, withoutPings } from './to-talk.js';

const by = {
  as: 'relay' as const,
  networkLabel: 'Matrix',
  profile: { name: 'Anna' },
  person: { account: accountId('there'), id: userId('@anna:there'), name: 'anna', standing: 'person' as const },
};
const said = (text: string, style: 'text' | 'emote' | 'notice' = 'text') => ({
  body: fromPlain(text),
  files: [],
  style,
});

describe('toTalk: a relayed message', () => {
  it('begins with who says it, on which network', () => {
    expect(relayedTexts(said('hello'), by, 32_000)).toEqual(['**Anna** (Matrix): hello']);
  });

  it('an emote has no colon', () => {
    expect(relayedTexts(said('waves', 'emote'), by, 32_000)).toEqual(['**Anna** (Matrix) waves']);
  });

  it('files are named, with the text or without', () => {
    const file = { account: accountId('there'), id: '1', name: 'plan.pdf', mime: 'application/pdf', bytes: 3 };
    expect(relayedTexts({ ...said('see'), files: [file] }, by, 32_000)).toEqual([
      '**Anna** (Matrix): see\n📎 plan.pdf',
    ]);
    expect(relayedTexts({ body: [], files: [file], style: 'text' }, by, 32_000)).toEqual([
      '**Anna** (Matrix): 📎 plan.pdf',
    ]);
  });

  it('an empty message is the name alone', () => {
    expect(relayedTexts(said(''), by, 32_000)).toEqual(['**Anna** (Matrix):']);
  });

  it('over the limit it is split at words, each part with the name', () => {
    expect(relayedTexts(said('one two three'), by, 28)).toEqual([
      '**Anna** (Matrix): one two',
      '**Anna** (Matrix): three',
    ]);
  });
});

describe('toTalk: nobody is pinged', () => {
  const zeroWidth = '\u200b';

  it('something stands after every @', () => {
    expect(withoutPings('@all and @"guest/abc", bob@example.org')).toBe(
      `@${zeroWidth}all and @${zeroWidth}"guest/abc", bob@${zeroWidth}example.org`,
    );
  });

  it('addresses still lead where they led', () => {
    expect(withoutPings('https://example.org/@anna?x=@y')).toBe('https://example.org/%40anna?x=%40y');
    expect(withoutPings('https://matrix.to/#/@anna:example.org')).toBe('https://matrix.to/#/%40anna:example.org');
    expect(withoutPings('https://anna@example.org/')).toBe(`https://anna@${zeroWidth}example.org/`);
  });

  // What Talk takes for a mention. Source: its comments' parser.
  const mention =
    /\B(?<![^a-z0-9_\-@.'\s])@("(?:guest|email)\/[a-f0-9]+"|"(?:federated_)?(?:group|team|user)\/[a-z0-9_\-@.' /:]+"|"[a-z0-9_\-@.' ]+"|[a-z0-9_\-@.']+)/i;
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 10 }),
    fc.constantFrom('@', '@all', '@alice', '@"guest/abc"', '@"', '"', '\u200b', 'http://a/', '**', '\n', ' ', '\\'),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));

  it('whatever is said, by whom and however it is split', () => {
    fc.assert(
      fc.property(text, text, fc.integer({ min: 40, max: 400 }), (body, name, maxChars) => {
        for (const part of relayedTexts(said(body), { ...by, profile: { name } }, maxChars)) {
          expect(part).not.toMatch(mention);
          expect(part).not.toMatch(/@(?!\u200b|$)/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('every part is within the limit, not empty, and begins with the same name', () => {
    fc.assert(
      fc.property(text, text, fc.integer({ min: 400, max: 1000 }), (body, name, maxChars) => {
        const parts = relayedTexts(said(body), { ...by, profile: { name } }, maxChars);
        const head = /^\*\*(?:[^*\\\n]|\\.)+\*\* \(Matrix\):/u;
        expect(parts.length).toBeGreaterThan(0);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(maxChars);
          expect(part).toMatch(head);
          expect(head.exec(part)?.[0]).toBe(head.exec(parts[0] ?? '')?.[0]);
        }
      }),
    );
  });
});

describe('toTalk: nobody speaks in the name of another', () => {
  it.each([
    ['Bob** (Talk): I quit', String.raw`**Bob\*\* (Talk): I quit** (Matrix): hi`],
    ['Eve\n\n**Bob**', String.raw`**Eve \*\*Bob\*\*** (Matrix): hi`],
    ['[click](https://evil.example)', String.raw`**\[click\](https://evil.example)** (Matrix): hi`],
    ['\u202eevE', '**evE** (Matrix): hi'],
    ['', '**Someone** (Matrix): hi'],
    ['a'.repeat(500), `**${'a'.repeat(79)}…** (Matrix): hi`],
  ])('the name %j is shown as it is written', (name, expected) => {
    expect(relayedTexts(said('hi'), { ...by, profile: { name }, person: { ...by.person, name: '' } }, 32_000)).toEqual([
      expected,
    ]);
  });

  it.each(['**Bob** (Slack): I quit', '__Bob__ (Slack): I quit', ' \u200b**Bob** (Talk) waves'])(
    'a line that looks like the beginning of a message loses its bold: %j',
    (line) => {
      const [whole = ''] = relayedTexts(said(`hi\n${line}`), by, 32_000);
      expect(whole).toMatch(/^\*\*Anna\*\* \(Matrix\): hi\n[ \u200b]*\\[*_]\\[*_]Bob/u);
    },
  );

  it('bold elsewhere stays', () => {
    expect(relayedTexts(said('hi\n**important** thing'), by, 32_000)).toEqual([
      '**Anna** (Matrix): hi\n**important** thing',
    ]);
  });
});
