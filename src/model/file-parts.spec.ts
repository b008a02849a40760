import { FileGone, MessageRefused } from './errors.js';
import { firstFilePart, lineAfter, piecesOf, sayInPieces, textFilePart } from './file-parts.js';
import { accountId, type FileRef } from './ids.js';

const [a, b] = ['a', 'b'].map((id): FileRef => ({
  account: accountId('cloud'),
  id,
  name: `${id}.png`,
  mime: 'image/png',
})) as [FileRef, FileRef];
const tooLarge = { ...a, instead: { why: 'too large' } };

async function said(texts: readonly string[], files: readonly FileRef[], made: readonly number[] = [], gone = '') {
  const lines: string[] = [];
  await sayInPieces(piecesOf(texts, files), new Set(made), {
    text: (part, text) => Promise.resolve(void lines.push(`${part} ${text}`)),
    file: (part, file, caption = '') => {
      if (file.id === gone) return Promise.reject(new FileGone('gone'));
      lines.push(`${part} [${file.id}] ${caption}`.trim());
      return Promise.resolve();
    },
    instead: (part, file, { why }) => Promise.resolve(void lines.push(`${part} (${file.id}: ${why})`)),
  });
  return lines;
}

it('words of one part ride on the first file; the others follow', async () => {
  expect(await said(['look'], [a, b])).toEqual(['0 [a] look', `${firstFilePart + 1} [b]`]);
  expect(await said(['one', 'two'], [a])).toEqual(['0 one', '1 two', `${firstFilePart} [a]`]);
  expect(await said([], [a, b])).toEqual(['0 [a]', `${firstFilePart + 1} [b]`]);
  expect(await said(['look'], [])).toEqual(['0 look']);
});

it('what a room does not take is told in its place, and the words stand alone', async () => {
  expect(await said(['look'], [tooLarge, b])).toEqual([
    '0 look',
    `${firstFilePart} (a: too large)`,
    `${firstFilePart + 1} [b]`,
  ]);
  expect(await said([], [tooLarge])).toEqual(['0 (a: too large)']);
});

it('a file that vanished is told of, and what was said with it stands alone', async () => {
  expect(await said(['look'], [a, b], [], 'a')).toEqual([
    `${firstFilePart} (a: gone)`,
    '0 look',
    `${firstFilePart + 1} [b]`,
  ]);
  expect(await said([], [a], [], 'a')).toEqual(['0 (a: gone)']);
});

it('the file of a long text stands apart from its beginning, whatever was sent with it', async () => {
  const text: FileRef = { ...a, id: 'text', text: 'all of it' };
  expect(await said(['beginning'], [text])).toEqual(['0 beginning', `${textFilePart} [text]`]);
  expect(await said(['beginning'], [a, b, text])).toEqual([
    '0 [a] beginning',
    `${firstFilePart + 1} [b]`,
    `${textFilePart} [text]`,
  ]);
  expect(await said(['beginning'], [text], [0])).toEqual([`${textFilePart} [text]`]);
});

it('what was made before is not made again', async () => {
  expect(await said(['look'], [a, b], [0])).toEqual([`${firstFilePart + 1} [b]`]);
  expect(await said(['look'], [a], [firstFilePart], 'a')).toEqual(['0 look']);
  expect(await said(['look'], [a], [0])).toEqual([]);
});

it('what a room refuses is to be had elsewhere, and what is gone is not', () => {
  const file: FileRef = {
    ...a,
    elsewhere: { network: 'Slack', link: { url: 'https://here/files/a', until: new Date('2026-03-04T05:06:07Z') } },
  };
  expect(lineAfter(new FileGone('it is no longer there'), file)).toEqual({ why: 'it is no longer there' });
  expect(lineAfter(new MessageRefused('there is no room for it'), file)).toEqual({
    why: 'there is no room for it; the link holds until 2026-03-04',
    url: 'https://here/files/a',
  });
  expect(
    lineAfter(new MessageRefused('there is no room for it'), { ...file, elsewhere: { network: 'Slack' } }),
  ).toEqual({
    why: 'there is no room for it; it is in Slack',
  });
});
