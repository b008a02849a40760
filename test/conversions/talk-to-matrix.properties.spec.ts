import fc from 'fast-check';
import { fromHtml } from 'hast-util-from-html';
import { sanitize, type Schema } from 'hast-util-sanitize';
import { replacing } from '../../src/adapters/matrix/to-matrix.js';
import type { JsonObject } from '../../src/adapters/matrix/matrix.payloads.js';
import { cleanText } from '../../src/formatting/clean.js';
import { contentsOf, onlyEvent, read, rowNamed } from './talk-rows.js';

const numRuns = Number(process.env['CROSSTALK_PROPERTY_RUNS'] ?? 10_000);
/** Talk's longest texts take long to make and to read. */
const longRuns = Math.max(1, Math.round(numRuns / 200));
const patience = 300_000;

/** In bytes of canonical JSON. Source: client-server API, "Size limits". */
const largestEvent = 65_536;

/** Source: client-server API, "m.room.message msgtypes" and, for `matrix:`, "URIs". */
const matrixHtml: Schema = {
  tagNames:
    'del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th td caption pre span img details summary'.split(
      ' ',
    ),
  attributes: {
    a: ['target', 'href'],
    ol: ['start'],
    code: [['className', /^language-/]],
    span: ['dataMxBgColor', 'dataMxColor', 'dataMxSpoiler', 'dataMxMaths'],
    img: ['width', 'height', 'alt', 'title', 'src'],
  },
  protocols: { href: ['https', 'http', 'ftp', 'mailto', 'magnet', 'matrix'], src: ['mxc'] },
  ancestors: { li: ['ul', 'ol'] },
  strip: ['script', 'style'],
};

const parameters = {
  'mention-user1': { type: 'user', id: 'bob', name: 'bob', 'mention-id': 'bob' },
  'mention-user2': { type: 'user', id: 'carol', name: 'carol', 'mention-id': 'carol' },
  'mention-call1': { type: 'call', id: 'xnxf6a5d', name: 'Summer fair', 'call-type': 'public', 'mention-id': 'all' },
  'mention-group1': { type: 'user-group', id: 'choir', name: 'choir <i>', 'mention-id': 'group/choir' },
  'mention-federated1': { type: 'user', id: '"><b>', name: '@room', server: 'https://far.example' },
  file: { type: 'file', id: '1', name: 'a & b.png' },
};
type Parameter = keyof typeof parameters;

/** What a ghost says of a text that somebody typed. */
function said(message: string, messageParameters: object = []): Promise<JsonObject[]> {
  return contentsOf(onlyEvent(read({ ...rowNamed('plain: one line'), ...{ message, messageParameters } })));
}

const words = 'tent Größe stage_left 舞台 Καλημέρα сцена waffles42 مرحبا k'.split(' ');
const marks = '* ** _ ~~ ` ``` [ ]( ) ![ # - + > | \\ < & : ! ~ = $ ||'.split(' ');
const layout = [
  ' ',
  '  ',
  '\n',
  '\n\n',
  '    ',
  '\t',
  '\n- ',
  '\n1. ',
  '\n7) ',
  '\n> ',
  '\n## ',
  '\n---\n',
  '\n| - | - |\n',
];
const fences = ['\n```\n', '\n```ts\n', '\n~~~\n', '\n````\n'];
const markup = [
  '<b>',
  '</b>',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<mx-reply>',
  '<a href="javascript:alert(1)">',
  '<!--',
  '-->',
  '<![CDATA[',
  '&lt;',
  '&#0;',
  '&quot;',
  '"',
  "'",
  '[x](javascript:alert(1))',
  '[x](data:text/html,<b>)',
  '[x](/etc/passwd)',
  '[x](matrix:r/a:b)',
  '[x](<https://a.example/"onclick="x>)',
  '[x]: https://a.example "title"',
  '[^1]: note',
  '[^1]',
  '[x]',
  '![x](mxc://a/b)',
  '<https://a.example/?b=c&d=e>',
  'https://a.example/<b>"\'',
  'https://matrix.to/#/@mia:town.example',
  'www.a.example',
  'mail@a.example',
  '@room',
  '@carol:town.example',
  '@all',
  '{mention-user9}',
  '{__proto__}',
  '{constructor}',
];
const odd = [
  '\0',
  '\u0007',
  '\r',
  '\r\n',
  '\u2028',
  '\u202e',
  '\u200b',
  '\ud800',
  '\udc00',
  '\ufffe',
  '👨‍👩‍👧',
  '🇳🇱',
  'e\u0301',
  '\u00a0',
];
const oneOf = (pieces: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...pieces);
const placeholder = fc.constantFrom(...(Object.keys(parameters) as Parameter[])).map((name) => `{${name}}`);
const text = (...pieces: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.array(fc.oneof(...pieces), { minLength: 1, maxLength: 10 }).map((all) => all.join(''));

const hostile = text(
  oneOf(words),
  oneOf(marks),
  oneOf(layout),
  oneOf(fences),
  oneOf(markup),
  oneOf(odd),
  placeholder,
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const onlyMentioned = fc.subarray(Object.keys(parameters) as Parameter[]).map((names) => {
  return Object.fromEntries(names.map((name) => [name, parameters[name]]));
});

/** Runs a property over what people may type. */
function always<Ts extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof Ts]: fc.Arbitrary<Ts[K]> },
  check: (...args: Ts) => Promise<void>,
  runs = numRuns,
): Promise<void> {
  return fc.assert(fc.asyncProperty<Ts>(...arbitraries, check), { numRuns: runs });
}

/** An event as the homeserver measures it, short of hashes and signatures. */
function bytesOf(content: JsonObject): number {
  const event = {
    type: 'm.room.message',
    room_id: `!${'r'.repeat(254)}`,
    sender: `@${'s'.repeat(254)}`,
    origin_server_ts: 1_795_246_880_000,
    content: { ...content, 'org.crosstalk.delivery': 'K'.repeat(46) },
  };
  return Buffer.byteLength(JSON.stringify(event));
}

const bodyOf = (contents: readonly JsonObject[]): string => contents.map(({ body }) => String(body)).join('\n');

function treeOf(html: string): object {
  const faults: string[] = [];
  const tree = fromHtml(html, { fragment: true, onerror: ({ message }) => void faults.push(message) });
  expect(faults).toEqual([]);
  return plainTree(tree);
}

/** A tree without where its nodes stood. */
function plainTree(tree: object): object {
  return JSON.parse(
    JSON.stringify(tree, (name, value: unknown) => (name === 'position' || name === 'data' ? undefined : value)),
  ) as object;
}

describe('Talk to Matrix: always', () => {
  it(
    'whatever is typed is said, in events that are no larger than they may be, and so are their edits',
    () =>
      always([hostile, onlyMentioned], async (message, mentioned) => {
        const contents = await said(message, mentioned);
        for (const content of contents) {
          const edit = replacing(content, `$${'e'.repeat(254)}`, { users: [], everyone: false });
          const isSaid = /\S/u.test(String(content['body'])) && JSON.stringify(content).isWellFormed();
          expect(isSaid && bytesOf(content) <= largestEvent && bytesOf(edit) <= largestEvent).toBe(true);
        }
      }),
    patience,
  );

  it(
    'formatted bodies are whole HTML, and a sanitizer finds nothing in them that Matrix does not allow',
    () =>
      always([hostile, onlyMentioned], async (message, mentioned) => {
        for (const { formatted_body: html } of await said(message, mentioned)) {
          if (typeof html !== 'string') continue;
          const tree = treeOf(html);
          expect(plainTree(sanitize(tree as Parameters<typeof sanitize>[0], matrixHtml))).toEqual(tree);
        }
      }),
    patience,
  );

  it(
    'nobody is mentioned but by a placeholder that stands in the text, and no room but by that of everybody',
    () =>
      always([hostile, onlyMentioned], async (message, mentioned) => {
        const named = (name: Parameter): boolean => name in mentioned && message.includes(`{${name}}`);
        for (const { 'm.mentions': mentions } of await said(message, mentioned)) {
          const { user_ids: users = [], room = false, ...others } = mentions as { user_ids?: string[]; room?: boolean };
          expect(others).toEqual({});
          expect(users.every((user) => user === '@carol:town.example' && named('mention-user2'))).toBe(true);
          expect(!room || named('mention-call1')).toBe(true);
        }
      }),
    patience,
  );

  it(
    'no word is lost, whatever marks stand around it',
    () =>
      always(
        [text(oneOf(words), oneOf(words), oneOf(marks), oneOf(layout), oneOf(markup.slice(0, 2)))],
        async (message) => {
          const body = bodyOf(await said(message));
          // Behind a fence stands the name of a language.
          const shown = message.replaceAll(/(?:`{3,}|~{3,}).*/g, '');
          expect(words.filter((word) => shown.includes(word) && !body.includes(word))).toEqual([]);
        },
      ),
    patience,
  );

  it(
    'code blocks are what was typed, byte by byte',
    () =>
      always(
        [text(oneOf(words), oneOf(marks), oneOf(layout), oneOf(markup), oneOf(odd)), oneOf(['', 'ts'])],
        async (typed, language) => {
          const fence = '`'.repeat(40);
          const code = cleanText(`${typed}\n`).slice(0, -1);
          const [content] = await said(`look\n${fence}${language}\n${typed}\n${fence}\nso`);
          expect(content?.['body']).toBe(`look\n\n${code}\n\nso`);
          const [, html] = /<pre><code[^>]*>(.*)<\/code><\/pre>/su.exec(String(content?.['formatted_body'])) ?? [];
          expect(treeOf(`<code>${html ?? ''}</code>`)).toMatchObject({
            children: [{ children: [{ type: 'text', value: `${code}\n` }] }],
          });
        },
      ),
    patience,
  );

  it(
    'the parts of a long text are the whole, in order',
    () =>
      always(
        [
          // Behind a fence stands the name of a language.
          fc.array(
            text(oneOf(marks.slice(0, 5)), oneOf(layout), oneOf(markup), oneOf(odd)).filter(
              (typed) => !/`{3,}|~{3,}/.test(typed),
            ),
            { minLength: 1, maxLength: 3 },
          ),
          fc.integer({ min: 1, max: 40 }),
        ],
        async (between, length) => {
          let message = '';
          for (let word = 0; message.length < 30_900; word += 1) {
            message += `w${word}${'舞'.repeat(length)} ${between[word % between.length] ?? ''} `;
          }
          const numbered = (shown: string): string[] => shown.match(/w\d+舞+/gu) ?? [];
          const contents = await said(message);
          expect(numbered(bodyOf(contents))).toEqual(numbered(message));
          for (const content of contents) expect(bytesOf(content)).toBeLessThanOrEqual(largestEvent);
        },
        longRuns,
      ),
    patience,
  );
});
