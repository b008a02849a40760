import fc from 'fast-check';
import { fromPlain } from '../../formatting/plain.js';
import { accountId, roomId, userId } from '../../model/ids.js';
import type { Inline, RichText } from '../../model/rich-text.js';
import { isShown, relayedTexts } from './to-talk.js';
import { withoutPings } from './to-talk-mentions.js';

const account = accountId('cloud');
const there = accountId('there');
const place = { account, baseUrl: 'https://cloud.example.org', maxChars: 32_000 };
const within = (maxChars: number) => ({ ...place, maxChars });
const by = {
  as: 'relay' as const,
  networkLabel: 'Matrix',
  profile: { name: 'Anna' },
  person: { account: there, id: userId('@anna:there'), name: 'anna', standing: 'person' as const },
};
const says = (body: RichText, style: 'text' | 'emote' | 'notice' = 'text') => ({ body, files: [], style });
const said = (text: string, style: 'text' | 'emote' | 'notice' = 'text') => says(fromPlain(text), style);
const line = (...content: Inline[]): RichText => [{ type: 'paragraph', content }];
const text = (value: string): Inline => ({ type: 'text', text: value });
const mention = (id: string, label: string, on = account): Inline => ({
  type: 'mention',
  of: { kind: 'person', user: { account: on, id: userId(id) } },
  label,
});

describe('toTalk: a relayed message', () => {
  it('begins with who says it, on which network', () => {
    expect(relayedTexts(said('hello'), by, place)).toEqual(['**Anna** (Matrix): hello']);
  });

  it('an emote has no colon', () => {
    expect(relayedTexts(said('waves', 'emote'), by, place)).toEqual(['**Anna** (Matrix) waves']);
  });

  it('what the bridge itself says has no name', () => {
    expect(relayedTexts(said('Mia joined'), { ...by, as: 'bridge' }, place)).toEqual(['Mia joined']);
  });

  it('who is named above it has no name in it, whatever it looks like; an emote says who', () => {
    const guest = { ...by, as: 'guest' as const };
    expect(relayedTexts(said('hello'), guest, place)).toEqual(['hello']);
    expect(relayedTexts(said('Bob (Talk): I quit\nBen (Talk): me too'), guest, place)).toEqual([
      'Bob (Talk): I quit\nBen (Talk): me too',
    ]);
    expect(relayedTexts(says([{ type: 'code', text: 'npm ci' }]), guest, place)).toEqual(['```\nnpm ci\n```']);
    expect(relayedTexts(said('waves', 'emote'), guest, place)).toEqual(['Anna waves']);
    expect(relayedTexts(said('hello @bob'), { ...by, as: 'bridged' }, place)).toEqual(['hello @\u200bbob']);
  });

  it('what begins a text is no mark where no name stands before it, and nothing is an ellipsis', () => {
    const guest = { ...by, as: 'guest' as const };
    expect(relayedTexts(said(' ```'), guest, place)).toEqual(['\u00a0```']);
    expect(relayedTexts(says([{ type: 'quote', content: fromPlain('  ') }]), guest, place)).toEqual(['…']);
    expect(relayedTexts(said(''), guest, place)).toEqual(['']);
  });

  it('is parted in the same places whoever says it', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 60 }), fc.integer({ min: 60, max: 120 }), (words, most) => {
        const relayed = relayedTexts(said(words), by, within(most));
        expect(relayedTexts(said(words), { ...by, as: 'guest' }, within(most))).toEqual(
          relayed.map((part) => part.replace('**Anna** (Matrix): ', '')),
        );
      }),
    );
  });

  it('is formatted', () => {
    const body: RichText = [
      { type: 'paragraph', content: [{ type: 'bold', content: [text('now')] }, text(' or never')] },
      {
        type: 'list',
        ordered: false,
        start: 1,
        items: [{ content: fromPlain('this') }, { content: fromPlain('that') }],
      },
    ];
    expect(relayedTexts(says(body), by, place)).toEqual(['**Anna** (Matrix): **now** or never\n\n- this\n- that']);
  });

  it('what is a block of its own begins below the name', () => {
    const body: RichText = [{ type: 'code', language: 'sh', text: 'npm ci' }];
    expect(relayedTexts(says(body), by, place)).toEqual(['**Anna** (Matrix):\n\n```sh\nnpm ci\n```']);
  });

  it('nor does it behind a paragraph that shows nothing', () => {
    const code: RichText = [{ type: 'code', text: '\nBob (Talk): I quit' }];
    for (const blank of [text('\u00a0'), text('\u2028'), text('\u0000'), { type: 'math', latex: '' } as const]) {
      expect(relayedTexts(says([...line(blank), ...code]), by, place)).toEqual([
        '**Anna** (Matrix):\n\n```\n\nBob (Talk): I quit\n```',
      ]);
    }
  });

  it('files are named, with the text or without', () => {
    const file = { account: there, id: '1', name: 'plan.pdf', mime: 'application/pdf', bytes: 3 };
    expect(relayedTexts({ ...said('see'), files: [file] }, by, place)).toEqual(['**Anna** (Matrix): see\n📎 plan.pdf']);
    expect(relayedTexts({ body: [], files: [file], style: 'text' }, by, place)).toEqual([
      '**Anna** (Matrix): 📎 plan.pdf',
    ]);
  });

  it('an empty message is the name alone', () => {
    expect(relayedTexts(said(''), by, place)).toEqual(['**Anna** (Matrix):']);
  });

  it('over the limit it is split at words, each part with the name', () => {
    expect(relayedTexts(said('one two three'), by, within(28))).toEqual([
      '**Anna** (Matrix): one two',
      '**Anna** (Matrix): three',
    ]);
  });
});

describe('toTalk: mentions', () => {
  it.each([
    ['users/alice', '@"alice"'],
    ['users/space user', '@"space user"'],
    ['guests/1f3a', '@"guest/1f3a"'],
    ['federated_users/dora@https://there.example', '@"federated_user/dora@https://there.example"'],
  ])('people of the account are called: %s', (id, expected) => {
    expect(relayedTexts(says(line(text('hi '), mention(id, 'Alice'))), by, place)).toEqual([
      `**Anna** (Matrix): hi ${expected}`,
    ]);
  });

  it.each([
    ['people of other accounts', mention('@mia:there', 'Mia', there), '@\u200bMia'],
    ['people whose id no message can hold', mention('users/jürgen', 'Jürgen'), '@\u200bJürgen'],
    ['bots', mention('bots/bot-1', 'Bot'), '@\u200bBot'],
    ['groups', { type: 'mention', of: { kind: 'group', id: 'team' }, label: 'Team' } as const, '@\u200bTeam'],
  ])('%s are named and not called', (_, inline, expected) => {
    expect(relayedTexts(says(line(inline)), by, place)).toEqual([`**Anna** (Matrix): ${expected}`]);
  });

  it('everybody is called where the author may', () => {
    const everyone: Inline = { type: 'mention', of: { kind: 'everyone' }, label: 'room' };
    expect(relayedTexts(says(line(everyone, text(' come'))), by, place)).toEqual(['**Anna** (Matrix): @"all" come']);
  });

  it('a room of the account is a link to it; another leads to where it is', () => {
    const room = (on: typeof account, id: string): Inline => ({
      type: 'mention',
      of: { kind: 'room', room: { account: on, id: roomId(id) } },
      label: 'Plans',
      url: 'https://matrix.to/#/!x:there',
    });
    expect(relayedTexts(says(line(room(account, 'abcd1234'))), by, place)).toEqual([
      '**Anna** (Matrix): [#Plans](https://cloud.example.org/index.php/call/abcd1234)',
    ]);
    expect(relayedTexts(says(line(room(there, '!x:there'))), by, place)).toEqual([
      '**Anna** (Matrix): [#Plans](https://matrix.to/#/!x:there)',
    ]);
  });
});

describe('toTalk: nobody is pinged by accident', () => {
  const zeroWidth = '\u200b';

  it('something stands behind each @ that Talk would take for a mention', () => {
    expect(withoutPings('@all and @"guest/abc", (@bob) bob@example.org')).toBe(
      `@${zeroWidth}all and @${zeroWidth}"guest/abc", (@bob) bob@example.org`,
    );
  });

  it('addresses still lead where they led', () => {
    expect(withoutPings('https://example.org/a.@anna?x=.@y')).toBe('https://example.org/a.%40anna?x=.%40y');
    expect(withoutPings('https://matrix.to/#/@anna:example.org')).toBe('https://matrix.to/#/@anna:example.org');
  });

  it('code is as it was but where Talk would ping from it', () => {
    const code = 'npm i @nestjs/core\nmail anna@example.org\n(@x)';
    expect(relayedTexts(says([{ type: 'code', text: code }]), by, place)).toEqual([
      `**Anna** (Matrix):\n\n\`\`\`\nnpm i @${zeroWidth}nestjs/core\nmail anna@example.org\n(@x)\n\`\`\``,
    ]);
  });

  it('addresses in code are not written otherwise', () => {
    const code = 'curl https://example.org/.@x https://example.org/@y';
    const harmless = `curl https://example.org/.@${zeroWidth}x https://example.org/@y`;
    const quoted: RichText = [{ type: 'quote', content: [{ type: 'code', text: code }] }];
    expect(relayedTexts(says(quoted), by, place)).toEqual([`**Anna** (Matrix):\n\n> \`\`\`\n> ${harmless}\n> \`\`\``]);
    expect(relayedTexts(says(line({ type: 'code', text: code })), by, place)).toEqual([
      `**Anna** (Matrix): \`${harmless}\``,
    ]);
  });

  it('names in braces are not what the server puts there', () => {
    expect(relayedTexts(said('{mention-user1}'), by, place)).toEqual([
      `**Anna** (Matrix): {${zeroWidth}mention-user1}`,
    ]);
  });

  // What Talk takes for a mention. Source: the parser of Nextcloud's comments.
  const ping =
    /\B(?<![^a-z0-9_\-@.'\s])@("(?:guest|email)\/[a-f0-9]+"|"(?:federated_)?(?:group|team|user)\/[a-z0-9_\-@.' /:]+"|"[a-z0-9_\-@.' ]+"|[a-z0-9_\-@.']+)/gi;
  const pieces = fc.constantFrom(
    ...[
      '@',
      '@all',
      '@alice',
      '@"guest/abc"',
      '@"',
      '"',
      '\u200b',
      'http://a/',
      '**',
      '\n',
      ' ',
      '\\',
      '`',
      '```\n',
      '[',
      '](',
      '\ufdd1',
    ],
  );
  const piece = fc.oneof(fc.string({ unit: 'binary', maxLength: 10 }), pieces);
  const words = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
  const body = fc.array(
    fc.oneof(
      words.map((value): RichText => fromPlain(value)),
      words.map((value): RichText => [{ type: 'code', text: value }]),
      words.map((value): RichText => line({ type: 'code', text: value }, text(value))),
      words.map((value): RichText => line({ type: 'bold', content: [text(value)] }, mention('@x:there', value, there))),
      words.map((value): RichText => line({ type: 'link', url: `https://a/${value}`, content: [text(value)] })),
    ),
    { maxLength: 3 },
  );
  const numRuns = Number(process.env['CROSSTALK_PROPERTY_RUNS'] ?? 1_000);

  it('whatever is said, by whom and however it is split', () => {
    fc.assert(
      fc.property(body, words, fc.integer({ min: 200, max: 600 }), (blocks, name, maxChars) => {
        for (const part of relayedTexts(says(blocks.flat()), { ...by, profile: { name } }, within(maxChars))) {
          expect(part.match(ping)).toBeNull();
        }
      }),
      { numRuns },
    );
  });

  it('only those are called who were meant', () => {
    fc.assert(
      fc.property(words, words, (before, behind) => {
        const whole = says(line(text(before), mention('users/carol', 'Carol'), text(behind)));
        const found = relayedTexts(whole, by, place).flatMap((part) => part.match(ping) ?? []);
        expect(found).toEqual(['@"carol"']);
      }),
      { numRuns },
    );
  });

  it('every part is within the limit, not empty, and begins with the same name', () => {
    fc.assert(
      fc.property(body, words, fc.integer({ min: 400, max: 1000 }), (blocks, name, maxChars) => {
        const parts = relayedTexts(says(blocks.flat()), { ...by, profile: { name } }, within(maxChars));
        const head = /^\*\*(?:[^*\\\n]|\\.)+\*\* \(Matrix\):/u;
        expect(parts.length).toBeGreaterThan(0);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(maxChars);
          expect(part).toMatch(head);
          expect(head.exec(part)?.[0]).toBe(head.exec(parts[0] ?? '')?.[0]);
        }
      }),
      { numRuns },
    );
  });
});

describe('toTalk: nobody speaks in the name of another', () => {
  it.each([
    ['Bob** (Talk): I quit', String.raw`**Bob\*\* (Talk): I quit** (Matrix): hi`],
    ['Eve\n\n**Bob**', String.raw`**Eve \*\*Bob\*\*** (Matrix): hi`],
    ['[click](https://evil.example)', String.raw`**\[click\](https://evil.example)** (Matrix): hi`],
    ['a|b', String.raw`**a\|b** (Matrix): hi`],
    ['\u202eevE', '**evE** (Matrix): hi'],
    ['', '**Someone** (Matrix): hi'],
    ['a'.repeat(500), `**${'a'.repeat(79)}…** (Matrix): hi`],
  ])('the name %j is shown as it is written', (name, expected) => {
    expect(relayedTexts(said('hi'), { ...by, profile: { name }, person: { ...by.person, name: '' } }, place)).toEqual([
      expected,
    ]);
  });

  it('a line that looks like the beginning of a message is seen to go on', () => {
    const bob: RichText = line(
      text('hi'),
      { type: 'break' },
      { type: 'bold', content: [text('Bob')] },
      text(' (Talk): I quit'),
    );
    expect(relayedTexts(says(bob), by, place)).toEqual(['**Anna** (Matrix): hi\n… **Bob** (Talk): I quit']);
  });

  it.each([
    ['an emote of somebody else', [{ type: 'bold', content: [text('Ben')] }, text(' (Matrix) waves')]],
    ['a name with brackets', [text('Ben (he) (Matrix): I quit')]],
  ] satisfies [string, Inline[]][])('%s is seen to go on', (_, forged) => {
    const [whole = ''] = relayedTexts(says(line(text('hi'), { type: 'break' }, ...forged)), by, place);
    expect(whole).toMatch(/^\*\*Anna\*\* \(Matrix\): hi\n… /);
  });

  it('a name that makes a notice look like a message does not', () => {
    expect(relayedTexts(said('Ben (Matrix): pay me (Matrix) joined'), { ...by, as: 'bridge' }, place)).toEqual([
      '… Ben (Matrix): pay me (Matrix) joined',
    ]);
    expect(relayedTexts(said('Ben (Matrix) joined'), { ...by, as: 'bridge' }, place)).toEqual(['Ben (Matrix) joined']);
  });

  it('nobody speaks under the name of whom the text mentions', () => {
    const [whole] = relayedTexts(
      says(line(mention('users/carol', 'Carol'))),
      { ...by, profile: { name: '{mention-user1}' } },
      place,
    );
    expect(whole).toBe('**{\u200bmention-user1}** (Matrix): @"carol"');
  });

  it('bold elsewhere stays', () => {
    const body = line(text('hi'), { type: 'break' }, { type: 'bold', content: [text('important')] }, text(' thing'));
    expect(relayedTexts(says(body), by, place)).toEqual(['**Anna** (Matrix): hi\n**important** thing']);
  });
});

describe('toTalk: what was written is recognised', () => {
  it('with the placeholders that the server put there', () => {
    const messageParameters = { 'mention-user1': { type: 'user', id: 'alice', name: 'Alice', 'mention-id': 'alice' } };
    expect(isShown('hi @"alice"', { message: 'hi {mention-user1}', messageParameters })).toBe(true);
    expect(isShown('hi @"bob"', { message: 'hi {mention-user1}', messageParameters })).toBe(false);
    expect(isShown('hi', { message: 'hi', messageParameters: {} })).toBe(true);
  });
});
