import { accountId, type FileRef } from '../model/ids.js';
import { Files } from './files.js';

const { signal } = new AbortController();

it('a file that was made of words is had from those, and not from an account', async () => {
  const text = 'größer 🎈\n';
  const file: FileRef = { account: accountId('none'), id: 'm', name: 'm.md', mime: 'text/markdown', text };
  const files = new Files(new Map());
  for (const times of [1, 2]) {
    const { body, bytes, mime } = await files.open(file, signal);
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    expect({ times, read: Buffer.concat(chunks).toString(), bytes, mime }).toEqual({
      times,
      read: text,
      bytes: Buffer.byteLength(text),
      mime: 'text/markdown',
    });
  }
});

it('an empty one too', async () => {
  const file: FileRef = { account: accountId('none'), id: 'm', name: 'm.md', mime: 'text/markdown', text: '' };
  const { body, bytes } = await new Files(new Map()).open(file, signal);
  for await (const chunk of body) expect(chunk).toHaveLength(0);
  expect(bytes).toBe(0);
});
