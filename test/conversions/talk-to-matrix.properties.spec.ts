import fc from 'fast-check';
import { replacing } from '../../src/adapters/matrix/to-matrix.js';
import type { JsonObject } from '../../src/adapters/matrix/matrix.payloads.js';
import { cleanText } from '../../src/formatting/clean.js';
import { fences, layout, marks, markup, odd, words } from './any-markdown.js';
import { bytesOf, faultsOfHtml, largestEvent, treeOf } from './matrix-faults.js';
import { contentsOf, onlyEvent, read, rowNamed } from './talk-rows.js';

const numRuns = Number(process.env['CROSSTALK_PROPERTY_RUNS'] ?? 10_000);
/** Talk's longest texts take long to make and to read. */
const longRuns = Math.max(1, Math.round(numRuns / 200));
const patience = 300_000;

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

const bodyOf = (contents: readonly JsonObject[]): string => contents.map(({ body }) => String(body)).join('\n');

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
          expect(faultsOfHtml(html)).toEqual([]);
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
