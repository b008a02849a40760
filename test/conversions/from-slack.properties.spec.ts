import fc from 'fast-check';
import { fromMrkdwn } from '../../src/adapters/slack/from-slack-mrkdwn.js';
import { wantedBy } from '../../src/adapters/slack/from-slack.js';
import { cleanText } from '../../src/formatting/clean.js';
import { fromMarkdown } from '../../src/formatting/markdown.js';
import { toPlain } from '../../src/formatting/plain.js';
import type { StoredEvent } from '../../src/adapters/slack/slack.payloads.js';
import { mrkdwn, words } from './any-mrkdwn.js';
import { eventNamed, read, self } from './slack-captured.js';
import { contentsInMatrix } from './slack-in-matrix.js';
import { textsInTalk } from './slack-in-talk.js';

const numRuns = Number(process.env['CROSSTALK_PROPERTY_RUNS'] ?? 10_000);
const patience = 300_000;

/** What Talk takes for a mention. Source: the parser of Nextcloud's comments. */
const ping =
  /\B(?<![^a-z0-9_\-@.'\s])@("(?:guest|email)\/[a-f0-9]+"|"(?:federated_)?(?:group|team|user)\/[a-z0-9_\-@.' /:]+"|"[a-z0-9_\-@.' ]+"|[a-z0-9_\-@.']+)/gi;
/** In bytes of canonical JSON. Source: client-server API, "Size limits". */
const largestEvent = 65_536;

const odd = fc.oneof({ weight: 5, arbitrary: mrkdwn }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });

const style = fc.oneof(
  fc.record(
    { bold: fc.boolean(), italic: fc.boolean(), strike: fc.boolean(), code: fc.boolean() },
    { requiredKeys: [] },
  ),
  fc.jsonValue({ maxDepth: 1 }),
);
const element = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('text'), text: odd, style }, { requiredKeys: ['type', 'text'] }),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        type: fc.constant('link'),
        url: fc.oneof(fc.constantFrom('https://fair.example.org/', 'javascript:alert(1)'), odd),
        text: odd,
        style,
      },
      { requiredKeys: ['type', 'url'] },
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      { type: 'user', user_id: 'U0BEN00002' },
      { type: 'user', user_id: 'U0N0B0DY01' },
      { type: 'user' },
      { type: 'channel', channel_id: 'C0STAGE001' },
      { type: 'usergroup', usergroup_id: 'S0CH01R001' },
      { type: 'broadcast', range: 'channel' },
      { type: 'emoji', name: 'tada', unicode: '1f389' },
      { type: 'emoji', name: 'new', unicode: 'ffffff-1' },
      { type: 'emoji', name: 'a b:c' },
      { type: 'date', timestamp: 8.64e13, fallback: '' },
      { type: 'date', timestamp: 1755000000, format: '{date}' },
      { type: 'color', value: '#ff0000' },
      { type: 'canvas', url: 'https://x.example' },
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);
const elements = fc.array(element, { maxLength: 4 });
const richElement = fc.oneof(
  ...['rich_text_section', 'rich_text_quote', 'rich_text_preformatted'].map((type) =>
    fc.record(
      { type: fc.constant(type), elements, border: fc.constantFrom(0, 1), language: odd },
      { requiredKeys: ['type', 'elements'] },
    ),
  ),
  fc.record(
    {
      type: fc.constant('rich_text_list'),
      style: fc.constantFrom('bullet', 'ordered', 'other'),
      indent: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.jsonValue({ maxDepth: 1 })),
      offset: fc.integer({ min: -1, max: 5 }),
      border: fc.constantFrom(0, 1),
      elements: fc.array(fc.record({ type: fc.constant('rich_text_section'), elements }), { maxLength: 3 }),
    },
    { requiredKeys: ['type', 'style', 'elements'] },
  ),
);
const textObject = fc.oneof(
  fc.record({ type: fc.constantFrom('mrkdwn', 'plain_text'), text: mrkdwn, emoji: fc.boolean() }),
  fc.jsonValue({ maxDepth: 1 }),
);
const block = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('rich_text'), elements: fc.array(richElement, { maxLength: 4 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record(
      {
        type: fc.constantFrom(
          'section',
          'header',
          'context',
          'actions',
          'image',
          'video',
          'markdown',
          'table',
          'card',
          'plan',
          'x',
        ),
        text: fc.oneof(textObject, mrkdwn),
        title: textObject,
        fields: fc.array(textObject, { maxLength: 2 }),
        accessory: fc.record({
          type: fc.constantFrom('button', 'image'),
          text: textObject,
          alt_text: odd,
          image_url: odd,
        }),
        elements: fc.array(
          fc.record({ type: fc.constantFrom('button', 'image', 'mrkdwn', 'plain_text'), text: textObject, url: odd }),
          { maxLength: 3 },
        ),
        rows: fc.array(fc.array(fc.record({ type: fc.constant('raw_text'), text: odd }), { maxLength: 3 }), {
          maxLength: 3,
        }),
      },
      { requiredKeys: ['type'] },
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);
const attachment = fc.record(
  {
    pretext: odd,
    title: odd,
    title_link: odd,
    text: odd,
    fallback: odd,
    author_name: odd,
    footer: odd,
    fields: fc.array(fc.record({ title: odd, value: odd }), { maxLength: 2 }),
    blocks: fc.array(block, { maxLength: 2 }),
    from_url: fc.constant('https://x.example'),
    is_share: fc.boolean(),
  },
  { requiredKeys: [] },
);
const message = fc.record(
  {
    text: odd,
    blocks: fc.oneof(fc.array(block, { maxLength: 4 }), fc.jsonValue({ maxDepth: 1 })),
    attachments: fc.oneof(fc.array(attachment, { maxLength: 2 }), fc.jsonValue({ maxDepth: 1 })),
    files: fc.array(fc.record({ id: fc.constant('F0P0STER01'), name: odd, title: odd, size: fc.nat() }), {
      maxLength: 2,
    }),
    username: odd,
    subtype: fc.constantFrom('bot_message', 'me_message', 'file_share', 'channel_topic', 'channel_purpose'),
    topic: odd,
    purpose: odd,
  },
  { requiredKeys: [] },
);

/** A message of Anna's, with any content; told as new or as an edit. */
function told(content: object, how: 'said' | 'edited'): StoredEvent['event'] {
  const plain = eventNamed('text: one line');
  const { text: _text, blocks: _blocks, ...rest } = plain;
  const said = { ...rest, ...content };
  if (how === 'said') return said;
  return { ...eventNamed('edit: other words'), message: said, previous_message: plain };
}

/** Whom a content may call in Talk: those whom it names, and everybody where it says so. */
function mayCall(content: object): string[] {
  const written = JSON.stringify(content);
  return [
    ...(written.includes('U0BEN00002') ? ['@"ben"'] : []),
    ...(/"broadcast"|<!(?:here|channel)/.test(written) ? ['@"all"'] : []),
  ];
}

describe('whatever is said in Slack', () => {
  const how = fc.constantFrom('said' as const, 'edited' as const);

  it(
    'is read without a fault, in Talk and in Matrix too, and calls nobody but whom it names',
    async () => {
      await fc.assert(
        fc.asyncProperty(message, how, async (content, as) => {
          const event = told(content, as);
          for (const text of await textsInTalk(event)) {
            expect(text.length).toBeLessThanOrEqual(32_000);
            expect(mayCall(content)).toEqual(expect.arrayContaining(text.match(ping) ?? []));
          }
          for (const shown of await contentsInMatrix(event)) {
            expect(Buffer.byteLength(JSON.stringify(shown))).toBeLessThan(largestEvent);
            const mentions = JSON.stringify(shown['m.mentions']);
            expect(mayCall(content).includes('@"ben"') || !mentions.includes('@ben:')).toBe(true);
            expect(mayCall(content).includes('@"all"') || !mentions.includes('"room":true')).toBe(true);
          }
        }),
        { numRuns: Math.ceil(numRuns / 2) },
      );
    },
    patience,
  );

  it(
    'whom and what it names can be asked for beforehand',
    () => {
      fc.assert(
        fc.property(message, how, (content, as) => {
          const event = told(content, as);
          const wanted = wantedBy(event, self);
          const shown = JSON.stringify(read(event));
          for (const id of ['U0BEN00002', 'U0N0B0DY01', 'W0PARTNER4']) {
            if (shown.includes(`"kind":"person","user":{"account":"town","id":"${id}"}`))
              expect(wanted.users).toContain(id);
          }
          if (shown.includes('"id":"C0STAGE001"}')) expect(wanted.channels).toContain('C0STAGE001');
        }),
        { numRuns: Math.ceil(numRuns / 4) },
      );
    },
    patience,
  );

  it(
    'what has no markup is shown letter by letter, but for empty lines',
    () => {
      const reading = {
        self,
        names: { user: () => undefined, channel: () => undefined, group: () => undefined, emoji: () => undefined },
      };
      const plain = fc
        .array(
          fc.oneof(
            fc.constantFrom(...words, ' ', '\n', '(', '"', '@all', '#'),
            fc.string({ unit: 'binary', maxLength: 6 }),
          ),
          {
            maxLength: 8,
          },
        )
        .map((pieces) =>
          pieces
            .join('')
            .replaceAll(/[*_~`>]/g, '')
            .replaceAll(/:[a-z0-9_+-]+:/gi, ''),
        );
      const bare = (each: string): string => each.replaceAll(/\s+/g, ' ').trim();
      fc.assert(
        fc.property(plain, (each) => {
          const escaped = each.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
          expect(bare(toPlain(fromMrkdwn(escaped, reading)))).toBe(bare(cleanText(each)));
        }),
        { numRuns },
      );
    },
    patience,
  );

  it(
    'code is the same in Talk, but for what keeps people from being called',
    async () => {
      const harmless = (each: string): string => each.replaceAll(/(?<=[@{])\u200b/gu, '');
      await fc.assert(
        fc.asyncProperty(mrkdwn, async (code) => {
          fc.pre(cleanText(code).trim() !== '');
          const section = { type: 'rich_text_section', elements: [{ type: 'text', text: 'see' }] };
          const pre = { type: 'rich_text_preformatted', elements: [{ type: 'text', text: code }], language: 'ts' };
          const texts = await textsInTalk(told({ blocks: [{ type: 'rich_text', elements: [section, pre] }] }, 'said'));
          const shown = fromMarkdown(texts[0] ?? '').at(1);
          expect(shown?.type === 'code' ? harmless(shown.text) : shown).toBe(harmless(cleanText(code)));
        }),
        { numRuns: Math.ceil(numRuns / 4) },
      );
    },
    patience,
  );
});
