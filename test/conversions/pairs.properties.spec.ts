import fc from 'fast-check';
import { changeInlines } from '../../src/formatting/change-inlines.js';
import { cleanText } from '../../src/formatting/clean.js';
import { fromPlain, saysNothing } from '../../src/formatting/plain.js';
import { accountId, roomId, userId } from '../../src/model/ids.js';
import type { Block, Inline, RichText } from '../../src/model/rich-text.js';
import { soup } from './any-html.js';
import { anyMarkdown } from './any-markdown.js';
import { mrkdwn } from './any-mrkdwn.js';
import { anyRichText, hostile, text, words } from './any-rich-text.js';
import { isFull } from './full.js';
import { lettersIn, signsIn } from './signs.js';
import { directions, type Format, formats, type Network } from './formats.js';

/** Of each pair, in both directions and all the properties together. */
const casesPerPair = Number(process.env['CROSSTALK_PROPERTY_RUNS'] ?? 10_000);
const numRuns = Math.ceil(casesPerPair / 8);
/** The largest messages take long to make and to read. */
const longRuns = Math.ceil(numRuns / 200);
const patience = 300_000;

const typedIn: Readonly<Record<Network, fc.Arbitrary<string>>> = { talk: anyMarkdown, matrix: soup, slack: mrkdwn };

/** Whom people of a network mention: Ann, whom all networks know; others; everybody. */
function mentionsIn({ account, ann }: Format): fc.Arbitrary<Inline> {
  const person = (id: string, label: string, of = account): Inline => ({
    type: 'mention',
    of: { kind: 'person', user: { account: of, id: userId(id) } },
    label,
  });
  return fc.constantFrom<Inline>(
    person(ann, 'Ann'),
    person('users/bob', 'all'),
    person('@bob:town.example', '"alice"'),
    person('U0B0B00001', '!channel'),
    person('users/cleo', 'channel', accountId('far')),
    { type: 'mention', of: { kind: 'room', room: { account, id: roomId('xyz') } }, label: 'here' },
    { type: 'mention', of: { kind: 'group', id: 'S0CH01R001' }, label: 'everyone' },
    { type: 'mention', of: { kind: 'everyone' }, label: 'all' },
  );
}

/** What is said on a network, as it is read there: what somebody typed, or whatever it can show at all. */
function saidOn(network: Network): fc.Arbitrary<RichText> {
  const format = formats[network];
  return fc.oneof(
    typedIn[network].map((each) => format.typed(each)),
    anyRichText(mentionsIn(format)).map((body) => readBack(format, body)),
  );
}

const readBack = (format: Format, body: RichText): RichText => format.write(body).flatMap((part) => format.read(part));

/** The text with Ann as she is known on the other network. */
function translated(body: RichText, from: Format, to: Format): RichText {
  return changeInlines(body, (inline) => {
    const isAnn = inline.type === 'mention' && inline.of.kind === 'person' && inline.of.user.id === from.ann;
    if (!isAnn) return [inline];
    return [{ ...inline, of: { kind: 'person', user: { account: to.account, id: userId(to.ann) } } }];
  });
}

/** Whom a text names that the other network knows. */
function named(body: RichText, from: Format, to: Format): string[] {
  const calls = new Set<string>();
  changeInlines(body, (inline) => {
    if (inline.type !== 'mention') return [inline];
    if (inline.of.kind === 'everyone') calls.add('all');
    if (inline.of.kind === 'person' && inline.of.user.id === from.ann) calls.add(to.ann);
    return [inline];
  });
  return [...calls];
}

/** What surely rings: in Slack tables, and what stands deep in lists and quotes, are text. */
function ringing(body: RichText, to: Format): RichText {
  return to === formats.slack ? body.filter(({ type }) => type === 'paragraph') : body;
}

/** Joiners and fillers are kept among letters, and alone say nothing. */
const seen = /[^\u2800\p{Default_Ignorable_Code_Point}]/u;

/** Without blanks, and as it was before it was written so that it calls nobody. */
const bare = (each: string): string =>
  each
    .replaceAll(/[\s\u200b\u2060]/gu, '')
    .replaceAll('%40', '@')
    .replaceAll('%7B', '{');

describe.each(directions)('from %s to %s', (source, target) => {
  const [from, to] = [formats[source], formats[target]];
  const shown = (body: RichText): readonly unknown[] => to.write(translated(body, from, to));

  it(
    'whatever is said is taken, and rings for those whom it names, and for nobody else',
    () => {
      fc.assert(
        fc.property(saidOn(source), (body) => {
          // Who says nothing is not bridged.
          fc.pre(!saysNothing(body));
          const parts = shown(body);
          expect(parts.flatMap((part) => to.faults(part))).toEqual([]);
          const called = parts.flatMap((part) => to.calls(part));
          expect(named(body, from, to)).toEqual(expect.arrayContaining(called));
          expect(called).toEqual(expect.arrayContaining(named(ringing(body, to), from, to)));
        }),
        { numRuns },
      );
    },
    patience,
  );

  it(
    'there and back again each letter stays, in what it stands in, after the first time',
    () => {
      const around = (body: RichText): RichText => readBack(from, translated(readBack(to, body), to, from));
      fc.assert(
        fc.property(saidOn(source), (body) => {
          // Of thousands of marks at once no network makes more than text.
          fc.pre(JSON.stringify(body).length < 3_000 && isFull(body));
          const once = around(body);
          expect(signsIn(around(once))).toEqual(signsIn(once));
        }),
        { numRuns },
      );
    },
    patience,
  );

  it(
    'a plain text is shown letter by letter, but for blanks',
    () => {
      fc.assert(
        fc.property(text, (typed) => {
          const body = readBack(from, fromPlain(typed));
          const wanted = bare(cleanText(typed));
          expect(bare(lettersIn(readBack(to, body)))).toBe(seen.test(wanted) ? wanted : '…');
        }),
        { numRuns, examples: [['\u{E0000}']] },
      );
    },
    patience,
  );

  it(
    'code is the same byte by byte, but for what keeps people from being called',
    () => {
      const harmless = (each: string): string => each.replaceAll(/(?<=[@{])\u200b/gu, '');
      const codeIn = (body: RichText): string =>
        body.map((block: Block) => (block.type === 'code' ? harmless(block.text) : '')).join('');
      fc.assert(
        fc.property(text, fc.constantFrom('ts', undefined), (typed, language) => {
          const code = cleanText(typed);
          fc.pre(code.trim() !== '');
          const block: Block = { type: 'code', ...(language === undefined ? {} : { language }), text: code };
          const body = readBack(from, [{ type: 'paragraph', content: [{ type: 'text', text: 'see' }] }, block]);
          expect(codeIn(readBack(to, body))).toBe(harmless(code));
        }),
        { numRuns },
      );
    },
    patience,
  );

  it(
    'the parts of the longest messages are taken, and say the whole',
    () => {
      const long = fc
        .array(fc.constantFrom(...words, ...hostile.filter((each) => /\S/.test(cleanText(each)))), {
          minLength: 5,
          maxLength: 30,
        })
        .map((all) => {
          const unit = `${all.join(' ')}\n\n`;
          return unit.repeat(Math.ceil(30_000 / unit.length));
        });
      fc.assert(
        fc.property(long, (typed) => {
          const parts = shown(readBack(from, fromPlain(typed)));
          expect(parts.flatMap((part) => to.faults(part))).toEqual([]);
          // Compared in one: the difference would fill pages.
          const whole = parts.map((part) => lettersIn(to.read(part))).join('');
          expect(bare(whole) === bare(cleanText(typed))).toBe(true);
        }),
        { numRuns: longRuns },
      );
    },
    patience,
  );
});

describe.each(directions.filter(([, target]) => target === 'talk'))('from %s to %s', (source, target) => {
  it(
    'no character is written as its number, unless somebody typed that',
    () => {
      fc.assert(
        fc.property(saidOn(source), (body) => {
          const reference = /&#x[0-9a-f]+;/i;
          fc.pre(!reference.test(JSON.stringify(body)));
          for (const part of formats[target].write(body)) expect(part).not.toMatch(reference);
        }),
        { numRuns },
      );
    },
    patience,
  );
});
