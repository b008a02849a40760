import fc from 'fast-check';
import { fromBlocks } from '../../src/adapters/slack/from-slack-blocks.js';
import type { Reading } from '../../src/adapters/slack/from-slack-inlines.js';
import { readNodes } from '../../src/adapters/slack/slack.payloads.js';
import { type SlackPlace, type SlackText, toSlack } from '../../src/adapters/slack/to-slack.js';
import type { SlackBlock } from '../../src/adapters/slack/to-slack-blocks.js';
import type { SlackInline } from '../../src/adapters/slack/to-slack-inlines.js';
import { cleanText } from '../../src/formatting/clean.js';
import { fromPlain, toPlain } from '../../src/formatting/plain.js';
import { accountId, roomId, userId } from '../../src/model/ids.js';
import type { Block, Inline, RichText } from '../../src/model/rich-text.js';
import { self } from './slack-captured.js';

const numRuns = Number(process.env['CROSSTALK_PROPERTY_RUNS'] ?? 10_000);
/** The largest messages take long to make and to read. */
const longRuns = Math.max(1, Math.round(numRuns / 500));
const patience = 300_000;

const town = self.account;
const cloud = accountId('cloud');

const words = 'tent Größe stage_left 舞台 Καλημέρα waffles42 مرحبا k 👩🏾‍🚀 a-b 3.14'.split(' ');
const hostile = [
  '<!channel>',
  '<!here|here>',
  '<@U0BEN00002>',
  '<@U0BEN00002|ben>',
  '<!subteam^S0CH01R001>',
  '<https://x.example|y>',
  '&lt;!channel&gt;',
  '@channel',
  '@here',
  '@everyone',
  ':tada:',
  ':kazoo:',
  '*b*',
  '_i_',
  '~s~',
  '`c`',
  '```',
  '> q',
  '&amp;',
  '<',
  '>',
  '&',
  'https://example.org/a_b?c=d&e=f.',
  '(https://example.org/(x))',
  'https://',
  '\n',
  '\n\n',
  ' ',
  '\t',
  '\u0000',
  '\ud800',
  '\u202e',
  '\u2028',
  '☑ x',
];
const text = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...words) },
      { weight: 3, arbitrary: fc.constantFrom(...hostile) },
      { weight: 1, arbitrary: fc.constant(' ') },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
    ),
    { maxLength: 5 },
  )
  .map((pieces) => pieces.join(''));

const url = fc.constantFrom(
  'https://example.org/?a=1&b=(2)',
  'mailto:a@example.org',
  'javascript:alert(1)',
  'matrix:r/a:b',
  'https://',
  'https://exa mple.org',
  `https://example.org/${'x'.repeat(4000)}`,
  '',
);

const mention = fc.constantFrom<Inline>(
  { type: 'mention', of: { kind: 'person', user: { account: town, id: userId('U0BEN00002') } }, label: 'Ben' },
  { type: 'mention', of: { kind: 'person', user: { account: town, id: userId('B0C1BOT001') } }, label: 'Build' },
  { type: 'mention', of: { kind: 'person', user: { account: cloud, id: userId('U0BEN00002') } }, label: 'ben' },
  { type: 'mention', of: { kind: 'person', user: { account: cloud, id: userId('users/ann') } }, label: '!channel' },
  { type: 'mention', of: { kind: 'room', room: { account: town, id: roomId('C0STAGE001') } }, label: 'stage' },
  {
    type: 'mention',
    of: { kind: 'room', room: { account: cloud, id: roomId('xyz') } },
    label: '#x',
    url: 'https://cloud.example.org/call/xyz',
  },
  { type: 'mention', of: { kind: 'group', id: 'S0CH01R001' }, label: 'choir' },
  { type: 'mention', of: { kind: 'everyone' }, label: 'all' },
);

const { inline } = fc.letrec<{ inline: Inline; inlines: readonly Inline[] }>((tie) => ({
  inline: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: text.map((each): Inline => ({ type: 'text', text: each })) },
    { weight: 1, arbitrary: text.map((each): Inline => ({ type: 'code', text: each })) },
    { weight: 1, arbitrary: fc.constant<Inline>({ type: 'break' }) },
    { weight: 2, arbitrary: mention },
    {
      weight: 1,
      arbitrary: fc.constantFrom('kazoo', 'other', ':x:', '').map((each): Inline => ({
        type: 'customEmoji',
        shortcode: each,
      })),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('2026-08-12T12:00:00.000Z', 'never', '-000001-01-01T00:00:00Z').map((at): Inline => ({
        type: 'date',
        at,
        label: 'noon',
      })),
    },
    { weight: 1, arbitrary: text.map((each): Inline => ({ type: 'math', latex: each })) },
    ...(['bold', 'italic', 'strike', 'underline', 'spoiler'] as const).map((type) => ({
      weight: 1,
      arbitrary: tie('inlines').map((content): Inline => ({ type, content })),
    })),
    {
      weight: 1,
      arbitrary: fc.tuple(url, tie('inlines')).map(([to, content]): Inline => ({ type: 'link', url: to, content })),
    },
  ),
  inlines: fc.array(tie('inline'), { maxLength: 3 }),
}));
const inlines = fc.array(inline, { maxLength: 4 });

const { body } = fc.letrec<{ block: Block; body: RichText }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: inlines.map((content): Block => ({ type: 'paragraph', content })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(1, 3, 6), inlines)
        .map(([level, content]): Block => ({ type: 'heading', level: level, content })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('ts', '', 'a b\n', undefined), text).map(([language, code]): Block => ({
        type: 'code',
        ...(language === undefined ? {} : { language }),
        text: code,
      })),
    },
    { weight: 1, arbitrary: fc.constant<Block>({ type: 'rule' }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.array(inlines, { minLength: 1, maxLength: 3 }),
          fc.array(fc.array(inlines, { maxLength: 3 }), { maxLength: 3 }),
        )
        .map(([head, rows]): Block => ({ type: 'table', head, rows })),
    },
    { weight: 2, arbitrary: tie('body').map((content): Block => ({ type: 'quote', content })) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.boolean(),
          fc.constantFrom(0, 1, 7),
          fc.array(fc.tuple(fc.constantFrom(true, false, undefined), tie('body')), { maxLength: 3 }),
        )
        .map(([ordered, start, items]): Block => ({
          type: 'list',
          ordered,
          start,
          items: items.map(([checked, content]) => ({ ...(checked === undefined ? {} : { checked }), content })),
        })),
    },
  ),
  body: fc.array(tie('block'), { maxLength: 3 }),
}));

const place: SlackPlace = { self, customEmoji: new Set(['kazoo']), everyone: 'channel', name: 'beside' };
const by = {
  as: 'relay' as const,
  networkLabel: 'Talk',
  profile: { name: 'Anna' },
  person: { account: cloud, id: userId('users/anna'), name: 'Anna', standing: 'person' as const },
};
const said = (given: RichText, more: Partial<SlackPlace> = {}): readonly SlackText[] =>
  toSlack({ body: given, style: 'text' }, by, { ...place, ...more });

const reading: Reading = {
  self,
  names: { user: () => undefined, channel: () => undefined, group: () => undefined, emoji: () => undefined },
};
const readBack = ({ blocks }: SlackText): Block[] => fromBlocks(readNodes(JSON.parse(JSON.stringify(blocks))), reading);

/** What stands in a message, element by element. */
function inlinesIn(blocks: readonly SlackBlock[]): SlackInline[] {
  return blocks.flatMap((block) => {
    if (block.type !== 'rich_text') return [];
    return block.elements.flatMap((element) =>
      element.type === 'rich_text_list' ? element.elements.flatMap((item) => item.elements) : [...element.elements],
    );
  });
}

/** What of Slack's rules a message breaks; nothing, if all is well. */
function faults({ text: fallback, blocks }: SlackText, mostBytes: number): string[] {
  const found: string[] = [];
  const check = (isFine: boolean, fault: string): void => {
    if (!isFine) found.push(fault);
  };
  check(blocks.length > 0 && blocks.length <= 50, 'number of blocks');
  check(Buffer.byteLength(JSON.stringify(blocks)) <= mostBytes, 'length of blocks');
  check(fallback.length > 0 && fallback.length <= 4_000, 'length of text');
  for (const block of blocks) {
    if (block.type === 'header')
      check(block.text.text.length > 0 && block.text.text.length <= 150, 'length of a header');
    if (block.type !== 'rich_text') continue;
    check(block.elements.length > 0, 'an empty block');
    for (const element of block.elements) {
      check(element.elements.length > 0, `an empty ${element.type}`);
      if (element.type !== 'rich_text_list') continue;
      check(element.indent >= 0 && element.indent <= 8, 'how far in a list stands');
      check(
        element.elements.every((item) => item.elements.length > 0),
        'an empty item',
      );
      check((element.offset ?? 1) > 0, 'an offset that is none');
    }
  }
  for (const element of inlinesIn(blocks)) {
    if (element.type === 'text') check(element.text.length > 0, 'an empty text');
    if (element.type === 'link') {
      check(new URL(element.url).href !== '' && element.url.length <= 3_000 && element.text !== '', 'a link');
    }
    if (element.type === 'date') check(Number.isInteger(element.timestamp) && element.fallback !== '', 'a date');
    if (element.type === 'emoji') check(element.name === 'kazoo', 'an emoji');
  }
  return found;
}

/** Whom a message rings for. */
function calls(blocks: readonly SlackBlock[]): string[] {
  return inlinesIn(blocks).flatMap((element) => {
    if (element.type === 'user') return [element.user_id];
    return element.type === 'broadcast' ? [element.range] : [];
  });
}

/** Whom a text means to call, as far as Slack knows them. */
function meant(given: RichText): string[] {
  const written = JSON.stringify(given);
  return [
    ...(written.includes('"account":"town","id":"U0BEN00002"') ? ['U0BEN00002'] : []),
    ...(written.includes('"kind":"everyone"') ? ['channel'] : []),
  ];
}

describe('whatever is said elsewhere', () => {
  const bytes = fc.constantFrom(12_000, 12_000, 12_000, 1_500);

  it(
    'Slack takes it',
    () => {
      fc.assert(
        fc.property(body, bytes, (given, most) => {
          const parts = said(given, { maxBlockBytes: most });
          expect(parts.flatMap((part) => faults(part, most))).toEqual([]);
        }),
        { numRuns },
      );
    },
    patience,
  );

  it(
    'it rings for nobody but whom its author named, and the fallback for nobody at all',
    () => {
      fc.assert(
        fc.property(body, (given) => {
          for (const { text: fallback, blocks } of said(given)) {
            expect(meant(given)).toEqual(expect.arrayContaining(calls(blocks)));
            expect(fallback).not.toMatch(/<|>|@(?:channel|here|everyone)/i);
          }
          for (const { blocks } of said(given, { everyone: 'text' })) expect(calls(blocks)).not.toContain('channel');
          const silent = toSlack({ body: given, style: 'text', attention: 'silent' }, by, place);
          expect(silent.flatMap(({ blocks }) => calls(blocks))).toEqual([]);
        }),
        { numRuns: Math.ceil(numRuns / 2) },
      );
    },
    patience,
  );

  it(
    'read and written again it is the same, after the first time',
    () => {
      fc.assert(
        fc.property(body, (given) => {
          const once = said(given).map(readBack);
          for (const each of once) {
            const twice = said(each).map(readBack);
            const third = twice.flatMap((again) => said(again).map(readBack));
            expect(third).toEqual(twice);
          }
        }),
        { numRuns: Math.ceil(numRuns / 2) },
      );
    },
    patience,
  );

  it(
    'a plain text is shown letter by letter, but for empty lines',
    () => {
      const bare = (each: string): string => each.replaceAll(/\s+/g, ' ').trim();
      fc.assert(
        fc.property(text, (each) => {
          const wanted = bare(cleanText(each));
          const shown = bare(
            said(fromPlain(each))
              .map((part) => toPlain(readBack(part)))
              .join('\n'),
          );
          expect(shown).toBe(wanted === '' ? '…' : wanted);
        }),
        { numRuns },
      );
    },
    patience,
  );

  it(
    'code is the same byte by byte',
    () => {
      fc.assert(
        fc.property(text, fc.constantFrom('ts', undefined), (code, language) => {
          fc.pre(cleanText(code).trim() !== '');
          const block: Block = { type: 'code', ...(language === undefined ? {} : { language }), text: code };
          const shown = said([{ type: 'paragraph', content: [{ type: 'text', text: 'see' }] }, block]).flatMap(
            readBack,
          );
          expect(shown.slice(1)).toEqual([{ ...block, text: cleanText(code) }]);
        }),
        { numRuns: Math.ceil(numRuns / 2) },
      );
    },
    patience,
  );

  it(
    'the parts of the longest messages say the whole, and formatting never makes a flood of them',
    () => {
      const long = fc
        .tuple(fc.array(fc.constantFrom(...words, '&', '<b>'), { minLength: 5, maxLength: 30 }), fc.boolean())
        .map(([all, isLoud]) => {
          const unit = `${all.join(' ')}\n\n`;
          const whole = unit.repeat(Math.ceil(32_000 / unit.length));
          if (!isLoud) return fromPlain(whole);
          const content = whole
            .split(/(?<=\s)/)
            .map((each, index): Inline =>
              index % 2 === 0
                ? { type: 'text', text: each }
                : { type: 'bold', content: [{ type: 'text', text: each }] },
            );
          return [{ type: 'paragraph', content }] satisfies RichText;
        });
      const wordsOf = (each: string): string[] => each.split(/\s+/).filter((word) => word !== '');
      fc.assert(
        fc.property(long, (given) => {
          const parts = said(given);
          expect(parts.flatMap((part) => faults(part, 12_000))).toEqual([]);
          expect(parts.length).toBeLessThanOrEqual(20);
          const shown = parts.flatMap((part) => wordsOf(toPlain(readBack(part))));
          // Compared in one: the difference would fill pages.
          expect(shown.join(' ') === wordsOf(toPlain(given)).join(' ')).toBe(true);
        }),
        { numRuns: longRuns },
      );
    },
    patience,
  );
});
