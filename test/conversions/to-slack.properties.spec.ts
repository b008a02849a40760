import fc from 'fast-check';
import { fromBlocks } from '../../src/adapters/slack/from-slack-blocks.js';
import type { Reading } from '../../src/adapters/slack/from-slack-inlines.js';
import { readNodes } from '../../src/adapters/slack/slack.payloads.js';
import { type SlackPlace, type SlackText, toSlack } from '../../src/adapters/slack/to-slack.js';
import { cleanText } from '../../src/formatting/clean.js';
import { fromPlain, toPlain } from '../../src/formatting/plain.js';
import { accountId, roomId, userId } from '../../src/model/ids.js';
import type { Block, Inline, RichText } from '../../src/model/rich-text.js';
import { anyRichText, text, words } from './any-rich-text.js';
import { self } from './slack-captured.js';
import { calls, faults } from './slack-faults.js';

const numRuns = Number(process.env['CROSSTALK_PROPERTY_RUNS'] ?? 10_000);
/** The largest messages take long to make and to read. */
const longRuns = Math.max(1, Math.round(numRuns / 500));
const patience = 300_000;

const town = self.account;
const cloud = accountId('cloud');

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

const body = anyRichText(mention);

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
      // Nobody sees a letter of it.
      const isUnseen = (each: string): boolean => !/[^\s\p{Default_Ignorable_Code_Point}]/u.test(each);
      fc.assert(
        fc.property(text, (each) => {
          const wanted = bare(cleanText(each));
          const shown = bare(
            said(fromPlain(each))
              .map((part) => toPlain(readBack(part)))
              .join('\n'),
          );
          expect(shown).toBe(isUnseen(wanted) ? '…' : wanted);
        }),
        { numRuns, examples: [[''], ['\u{e0000}'], ['\u200b']] },
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
