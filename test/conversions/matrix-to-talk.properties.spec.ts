import fc from 'fast-check';
import { type JsonObject, parseStored } from '../../src/adapters/matrix/matrix.payloads.js';
import { changeInlines } from '../../src/formatting/change-inlines.js';
import { cleanText } from '../../src/formatting/clean.js';
import { fromMarkdown, toMarkdown } from '../../src/formatting/markdown.js';
import { toPlain } from '../../src/formatting/plain.js';
import { runsOf } from '../../src/formatting/runs.js';
import type { Block, RichText } from '../../src/model/rich-text.js';
import { escaped, markup, signs, soup, text, words } from './any-html.js';
import { captured } from './matrix-captured.js';
import { type Setting, textsInTalk } from './matrix-in-talk.js';

const numRuns = Number(process.env['CROSSTALK_PROPERTY_RUNS'] ?? 10_000);
/** The largest messages take long to make and to read. */
const longRuns = Math.max(1, Math.round(numRuns / 3_000));
const patience = 300_000;
const maxChars = 32_000;

/** What Talk takes for a mention. Source: the parser of Nextcloud's comments. */
const ping =
  /\B(?<![^a-z0-9_\-@.'\s])@("(?:guest|email)\/[a-f0-9]+"|"(?:federated_)?(?:group|team|user)\/[a-z0-9_\-@.' /:]+"|"[a-z0-9_\-@.' ]+"|[a-z0-9_\-@.']+)/gi;
const setting: Setting = { people: { '@noah:real.test': 'users/alice' } };

/** A message of somebody's, with any content. */
function textsOf(content: JsonObject, more: Setting & { readonly name?: string } = {}): Promise<readonly string[]> {
  const { name = 'mia', ...others } = more;
  const { event } = captured.find((each) => each.name === 'element web: plain')!;
  const stored = parseStored({ event: { ...event, content }, senderName: name, order: '1', mayCallAll: true });
  return textsInTalk(stored, { ...setting, ...others });
}

const formatted = (html: string, body = html): JsonObject => ({
  msgtype: 'm.text',
  body,
  format: 'org.matrix.custom.html',
  formatted_body: html,
});

/** Well-formed HTML, and what people see of it: words, and who is called. */
interface Shown {
  readonly html: string;
  readonly words: readonly string[];
  readonly calls: readonly string[];
}

const both = (shown: readonly Shown[]): Shown => ({
  html: shown.map(({ html }) => html).join(''),
  words: shown.flatMap((each) => each.words),
  calls: shown.flatMap((each) => each.calls),
});
const inElement =
  (element: string) =>
  (shown: Shown): Shown => ({
    ...shown,
    html: `<${element}>${shown.html}</${element.split(' ')[0] ?? ''}>`,
  });
const some = (each: fc.Arbitrary<Shown>, maxLength: number): fc.Arbitrary<Shown> =>
  fc.array(each, { minLength: 1, maxLength }).map(both);
const silent = (...htmls: string[]): fc.Arbitrary<Shown> =>
  fc.constantFrom(...htmls).map((html) => ({ html, words: [], calls: [] }));
const pill = fc.constantFrom<Shown>(
  { html: '<a href="https://matrix.to/#/@noah:real.test">noah</a>', words: [], calls: ['@"alice"'] },
  { html: '<a href="https://matrix.to/#/@ada:example.org">Ada</a>', words: ['Ada'], calls: [] },
  { html: '<a href="https://matrix.to/#/%23x:real.test">#plans</a>', words: ['#plans'], calls: [] },
);

/** `gap`: what stands behind each word. */
function messageWith(gap: string): fc.Arbitrary<Shown> {
  const word = fc.constantFrom(...words).map((each): Shown => ({ html: `${each}${gap}`, words: [each], calls: [] }));
  const followed = (shown: Shown): Shown => ({ ...shown, html: shown.html + gap });
  const { line } = fc.letrec<{ inline: Shown; line: Shown }>((tie) => ({
    inline: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      { weight: 5, arbitrary: word },
      { weight: 2, arbitrary: silent(' ', '\n', '<br>', ...signs.map(escaped)) },
      { weight: 1, arbitrary: pill },
      { weight: 1, arbitrary: word.map(inElement('code')).map(followed) },
      { weight: 1, arbitrary: some(word, 2).map(inElement('a href="https://example.org/?a=1&b=2"')) },
      ...['b', 'i', 'u', 'del', 'span data-mx-spoiler="end"', 'font color="#f00"'].map((name) => ({
        weight: 1,
        arbitrary: tie('line').map(inElement(name)),
      })),
    ),
    line: some(tie('inline'), 3),
  }));
  const { block } = fc.letrec<{ block: Shown; blocks: Shown }>((tie) => ({
    block: fc.oneof(
      { maxDepth: 2, depthSize: 'small', withCrossShrink: true },
      { weight: 4, arbitrary: line.map(inElement('p')) },
      { weight: 1, arbitrary: line.map(inElement('h2')) },
      { weight: 1, arbitrary: word.map(inElement('code')).map(inElement('pre')) },
      { weight: 1, arbitrary: tie('blocks').map(inElement('blockquote')) },
      ...['ul', 'ol', 'ol start="9"'].map((name) => ({
        weight: 1,
        arbitrary: some(tie('blocks').map(inElement('li')), 2).map(inElement(name)),
      })),
      {
        // A row is never cut: beside one, what is cut may be a word.
        weight: gap === '' ? 1 : 0,
        arbitrary: some(some(line.map(inElement('td')), 2).map(inElement('tr')), 2).map(inElement('table')),
      },
      { weight: 1, arbitrary: silent('<hr>') },
    ),
    blocks: fc.oneof(line, some(tie('block'), 2)),
  }));
  return fc.oneof(line, some(block, 2));
}
const message = messageWith('');
const spacedMessage = messageWith(' ');

const content = fc.oneof(
  { weight: 2, arbitrary: text.map((body): JsonObject => ({ msgtype: 'm.text', body })) },
  { weight: 4, arbitrary: soup.map((html) => formatted(html, 'x')) },
  { weight: 1, arbitrary: message.map(({ html }) => formatted(html)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(text, soup, text)
      .map(([filename, html, body]): JsonObject => ({ ...formatted(html, body), msgtype: 'm.file', filename })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      msgtype: fc.oneof(fc.constantFrom('m.emote', 'm.notice', 'm.image', 'm.location'), fc.jsonValue()),
      body: fc.oneof(text, fc.jsonValue()),
      format: fc.constant('org.matrix.custom.html'),
      formatted_body: fc.oneof(soup, fc.jsonValue()),
      filename: fc.oneof(text, fc.jsonValue()),
      'm.mentions': fc.oneof(fc.constant({ room: true }), fc.jsonValue()),
      'm.relates_to': fc.oneof(fc.constant({ 'm.in_reply_to': { event_id: '$one' } }), fc.jsonValue()),
      'm.new_content': fc.jsonValue(),
    }),
  },
);

const seen = (markdown: string): string => toPlain(fromMarkdown(markdown));
const writing = { mention: () => '' };
const without = (pattern: RegExp, each: string): string => each.replaceAll(pattern, '');

/** The lines that stand for themselves, in no list, quote, table or code. */
function bareLines(body: RichText): string[] {
  const withoutCode = changeInlines(body, (each) => (each.type === 'code' ? [{ type: 'text', text: '`' }] : [each]));
  return withoutCode
    .filter((block: Block) => block.type === 'paragraph' || block.type === 'heading')
    .flatMap((block) => toPlain([block]).split(/[\n\u2028\u2029]/));
}

/** What a plain text shows, sign for sign, whether parts of it are links or not. */
function signsIn(body: RichText): string {
  return body
    .flatMap((block) => {
      if (block.type !== 'paragraph') throw new Error(`a plain text has no ${block.type}`);
      return runsOf(block.content).map(({ leaf }) => ('text' in leaf ? leaf.text : '\n'));
    })
    .join('');
}

/** Whom a content may call: those whom its links name, and everybody where it says so. */
function mayCall(given: JsonObject): string[] {
  const written = JSON.stringify(given);
  return [
    ...(written.includes('https://matrix.to/#/@noah:real.test') ? ['@"alice"'] : []),
    ...(written.includes('"room":true') ? ['@"all"'] : []),
  ];
}

describe('whatever is said in Matrix', () => {
  const head = /^\*\*(?:[^*\\\n]|\\.)+\*\* \(Matrix\)/u;
  const names = fc.oneof(fc.constantFrom('mia', 'Bob** (Talk): x', '@all', 'a|b', '\n'), text);
  const limits = fc.constantFrom(...Array.from({ length: 19 }, () => maxChars), 500);

  it(
    'Talk takes it as the person’s, calls nobody but whom links name, and would show it again as it did',
    async () => {
      await fc.assert(
        fc.asyncProperty(content, names, limits, async (given, name, most) => {
          const texts = await textsOf(given, { name, maxChars: most });
          const begins = head.exec(texts[0] ?? '')?.[0];
          for (const part of texts) {
            expect(part.length).toBeLessThanOrEqual(most);
            expect(head.exec(part)?.[0]).toBe(begins);
            expect(mayCall(given)).toEqual(expect.arrayContaining(part.match(ping) ?? []));
            const once = toMarkdown(fromMarkdown(part), writing);
            expect(toMarkdown(fromMarkdown(once), writing)).toBe(once);
          }
          expect(texts.length === 0 || begins !== undefined).toBe(true);
        }),
        { numRuns },
      );
    },
    patience,
  );

  it(
    'nobody begins a line as another speaker',
    async () => {
      const forged = fc.constantFrom(
        'Bob (Talk): hi',
        '<b>Bob</b> (Talk): hi',
        '<b>B</b>ob <i>(Talk)</i>: hi',
        '**Bob** (Talk): hi',
        'Bob&nbsp;(Talk) : hi',
        '* Bob (Talk) hi',
        '<a href="https://x.org">Bob</a> (Talk): hi',
      );
      const around = fc.array(fc.oneof(markup, fc.constantFrom('<br>', '</p><p>', '</pre>')), { maxLength: 4 });
      const html = fc
        .tuple(around, forged, around)
        .map(([before, each, behind]) => `${before.join('')}<br>${each}<br>${behind.join('')}`);
      const plain = fc.tuple(text, text).map(([before, behind]) => `${before}\nBob (Talk): hi\n${behind}`);
      const given = fc.oneof(
        html.map((each) => formatted(each, 'x')),
        plain.map((body): JsonObject => ({ msgtype: 'm.text', body })),
      );
      await fc.assert(
        fc.asyncProperty(given, async (each) => {
          for (const part of await textsOf(each)) {
            const [, ...lines] = bareLines(fromMarkdown(part));
            expect(lines.filter((line) => /^\s*\**\s*Bob\s*\(Talk\)/.test(line))).toEqual([]);
          }
        }),
        { numRuns, examples: [[formatted('<h3>\u2028    <br>Bob (Talk): hi<br>', 'x')]] },
      );
    },
    patience,
  );
});

describe('what people see in Matrix', () => {
  it(
    'is seen in Talk: each word, in order, and everybody is called who was named',
    async () => {
      const sized = fc.oneof(
        { weight: 9, arbitrary: fc.tuple(message, fc.constant(maxChars)) },
        { weight: 1, arbitrary: fc.tuple(spacedMessage, fc.constant(400)) },
      );
      await fc.assert(
        fc.asyncProperty(sized, async ([shown, most]) => {
          const texts = await textsOf(formatted(shown.html), { maxChars: most });
          expect(texts.flatMap((part) => part.match(ping) ?? [])).toEqual(shown.calls);
          const whole = texts.map(seen).join('\n');
          let from = 0;
          const lost = shown.words.filter((each) => {
            const at = whole.indexOf(each, from);
            if (at >= 0) from = at + each.length;
            return at < 0;
          });
          expect(lost).toEqual([]);
        }),
        { numRuns },
      );
    },
    patience,
  );

  it(
    'a plain text is shown sign for sign',
    async () => {
      // What is not to be seen, what tells that a line goes on, and what is written otherwise so that nobody is called.
      const unseen = /[\s\u200b\u2060…@]|%40/gu;
      await fc.assert(
        fc.asyncProperty(text, async (body) => {
          const texts = await textsOf({ msgtype: 'm.text', body });
          const wanted = `mia(Matrix):${without(unseen, cleanText(body))}`;
          const shown = texts.map((part) => signsIn(fromMarkdown(part))).join('');
          expect(without(unseen, shown.replaceAll('%7B', '{'))).toBe(texts.length === 0 ? '' : wanted);
        }),
        { numRuns, examples: [['     www.example.org&amp;@']] },
      );
    },
    patience,
  );

  it(
    'code is the same byte by byte, but for what keeps people from being called',
    async () => {
      const harmless = (each: string): string => each.replaceAll(/(?<=[@{])\u200b/gu, '');
      await fc.assert(
        fc.asyncProperty(text, async (code) => {
          const html = `<p>see</p><pre><code class="language-ts">${escaped(cleanText(code))}\n</code></pre>`;
          const blocks = (await textsOf(formatted(html))).flatMap((part) => fromMarkdown(part));
          expect(blocks.map(({ type }) => type)).toEqual(['paragraph', 'code']);
          const shown = blocks[1]?.type === 'code' ? blocks[1].text : '';
          expect(harmless(shown)).toBe(harmless(cleanText(code)));
          expect(shown.match(ping)).toBeNull();
        }),
        { numRuns },
      );
    },
    patience,
  );

  it(
    'the parts of the longest messages say the whole',
    async () => {
      const pieces = fc.array(fc.constantFrom(...words, '\n', '\n\n', '**', '_', '<b>'), {
        minLength: 20,
        maxLength: 60,
      });
      const long = fc.tuple(pieces, fc.integer({ min: 55_000, max: 60_000 })).map(([all, bytes]) => {
        const unit = `${all.join(' ')}\n\n`;
        return unit.repeat(Math.ceil(bytes / Buffer.byteLength(unit)));
      });
      const wordsOf = (each: string): string[] => each.split(/\s+/).filter((word) => word !== '');
      await fc.assert(
        fc.asyncProperty(long, async (body) => {
          const texts = await textsOf({ msgtype: 'm.text', body });
          for (const part of texts) expect(part.length).toBeLessThanOrEqual(maxChars);
          const said = texts.flatMap((part) => wordsOf(seen(part).replace(/^mia \(Matrix\):/, '')));
          // Compared in one: the difference would fill pages.
          expect(said.join(' ') === wordsOf(body).join(' ')).toBe(true);
        }),
        { numRuns: longRuns },
      );
    },
    patience,
  );
});
