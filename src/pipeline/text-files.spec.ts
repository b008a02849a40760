import { fromPlain, toPlain } from '../formatting/plain.js';
import type { MessageSent } from '../model/bridge-event.js';
import { accountId, type FileRef, remoteId, roomId, userId } from '../model/ids.js';
import type { RichText } from '../model/rich-text.js';
import { asBegun, isForFile, withTextFile } from './text-files.js';

const room = { account: accountId('left'), id: roomId('a') };
const limits = { maxTextChars: 1_000, maxTextMessages: 2, maxFileBytes: 1_000_000 };
const words = (chars: number): string => 'word '.repeat(chars / 5);
const said = (body: RichText, files: readonly FileRef[] = []): MessageSent => ({
  kind: 'messageSent',
  room,
  actor: { account: room.account, id: userId('anna'), name: 'Anna', standing: 'person' },
  at: '2026-01-02T03:04:05.000Z',
  message: { room, id: remoteId('2') },
  body,
  files,
  style: 'text',
});

describe('a text is for a file', () => {
  it.each<[string, string, object, boolean]>([
    ['where it would take more messages than it may', words(2_005), {}, true],
    ['not where it takes as many', words(1_995), {}, false],
    ['not where it may take any number', words(100_000), { maxTextMessages: undefined }, false],
    ['where it is the bytes that would take more', 'ä'.repeat(1_100), { maxTextBytes: 1_000 }, true],
    ['not where the room takes no files', words(10_000), { maxFileBytes: 0 }, false],
    ['not where the room takes none of that size', words(10_000), { maxFileBytes: 9_000 }, false],
  ])('%s', (_, text, more, is) => {
    expect(isForFile(fromPlain(text), { ...limits, ...more })).toBe(is);
  });
});

describe('a text of which something was said before the settings changed', () => {
  const parts = (...made: number[]) => made.map((part) => ({ part }));
  const long = fromPlain(words(5_000));

  it.each<[string, readonly number[], object, boolean]>([
    ['ends as messages', [0, 1], {}, false],
    ['ends as messages, of a correction too', [1000, 1001], {}, false],
    ['ends as a file', [0, 990], { maxTextMessages: undefined }, true],
    ['ends as a file, whatever its size', [0, 990], { maxFileBytes: 10 }, true],
    ['ends as a file, of a correction too', [1000, 1990], { maxTextMessages: undefined }, true],
    ['goes as the settings say where its first part says nothing', [0], {}, true],
    ['goes as the settings say where only its files say something', [0, 500, 501], {}, true],
    ['goes as the settings say where a reaction was told', [2001], {}, true],
  ])('%s', (_, made, more, is) => {
    expect(isForFile(long, asBegun({ ...limits, ...more }, parts(...made)))).toBe(is);
  });
});

describe('a message whose text is for a file', () => {
  it('has its beginning as its words, whole words of it, and says where the rest is', () => {
    const { body } = withTextFile(said(fromPlain(words(5_000))), limits, 'Talk');
    expect(toPlain(body)).toMatch(/^(?:word ?){15,20}\n… \(message\.md\)$/);
  });

  it('has all of it in the file, with its marks, behind what was sent with it', () => {
    const picture: FileRef = { account: room.account, id: 'p', name: 'p.png', mime: 'image/png' };
    const user = { account: room.account, id: userId('ben') };
    const body: RichText = [
      { type: 'heading', level: 2, content: [{ type: 'text', text: 'Minutes' }] },
      { type: 'paragraph', content: [{ type: 'bold', content: [{ type: 'text', text: 'all' }] }] },
      { type: 'paragraph', content: [{ type: 'mention', of: { kind: 'person', user }, label: 'Ben' }] },
      { type: 'code', language: 'js', text: 'stage();' },
      ...fromPlain(words(5_000).trim()),
    ];
    const { files } = withTextFile(said(body, [picture]), limits, 'Talk');
    expect(files[0]).toBe(picture);
    const [, file] = files;
    expect(file).toMatchObject({ name: 'message.md', mime: 'text/markdown', elsewhere: { network: 'Talk' } });
    expect(file?.text?.split('\n').filter((line) => line !== '')).toEqual([
      '## Minutes',
      '**all**',
      '@Ben',
      '```js',
      'stage();',
      '```',
      words(5_000).trim(),
    ]);
    expect(file?.bytes).toBe(Buffer.byteLength(file?.text ?? ''));
  });

  it('shows no more than a room with short messages takes', () => {
    const { body } = withTextFile(
      said([{ type: 'code', text: 'x\n'.repeat(300) }]),
      { ...limits, maxTextChars: 100 },
      '',
    );
    expect(toPlain(body).length).toBeLessThan(40);
  });
});

it('any other message is as it is', () => {
  const short = said(fromPlain('yes'));
  expect(withTextFile(short, limits, 'Talk')).toBe(short);
});
