import { FileGone, LoginRefused, NetworkUnavailable, TargetGone } from '../model/errors.js';
import { accountId, type FileRef } from '../model/ids.js';
import type { FileStream, OpenedFile } from '../model/network-adapter.js';
import { openForDelivery } from './opened-files.js';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const file: FileRef = { account: accountId('cloud'), id: '1', name: 'a/b', mime: 'application/octet-stream' };
const signal = new AbortController().signal;

async function* chunksOf(...chunks: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

function opened(chunks: readonly Buffer[], told: Partial<FileRef> = {}, answered: Partial<FileStream> = {}) {
  const open = (): Promise<FileStream> =>
    Promise.resolve({ mime: 'application/octet-stream', ...answered, body: chunksOf(...chunks) });
  return openForDelivery(open, { ...file, ...told }, signal, 1_000_000);
}

async function bytesOf({ body }: OpenedFile): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

it('what nobody told of a picture stands in its first bytes, and nothing of it is lost', async () => {
  const found = await opened([png.subarray(0, 10), png.subarray(10)]);
  expect(found).toMatchObject({ name: 'a_b.png', mime: 'image/png', bytes: png.length, size: { width: 3, height: 2 } });
  expect(await bytesOf(found)).toEqual(png);
});

it('a picture that is none is a file; a wrong type is mended by what it is, a missing one by the name', async () => {
  expect(await opened([Buffer.from('no')], { mime: 'image/png' })).toMatchObject({ mime: 'application/octet-stream' });
  expect(await opened([png], { mime: 'image/jpeg' })).toMatchObject({ mime: 'image/png' });
  expect(await opened([Buffer.from('a')], { name: 'a.txt' })).toMatchObject({ mime: 'text/plain', name: 'a.txt' });
  expect(await opened([Buffer.from('a')], { mime: '' }, { mime: 'audio/ogg' })).toMatchObject({ mime: 'audio/ogg' });
});

it('an empty file has no bytes', async () => {
  const found = await opened([]);
  expect(found).toMatchObject({ bytes: 0, name: 'a_b' });
  expect(await bytesOf(found)).toHaveLength(0);
});

it('a large file is as large as it is said to be; where nobody says it, it is counted', async () => {
  const large = [Buffer.alloc(70_000), Buffer.alloc(70_000)];
  expect(await opened(large, {}, { bytes: 140_000 })).toMatchObject({ bytes: 140_000 });
  expect(await opened(large, { bytes: 140_000 })).toMatchObject({ bytes: 140_000 });
  const counted = await opened(large);
  expect(counted.bytes).toBe(140_000);
  expect(await bytesOf(counted)).toHaveLength(140_000);
});

it('what nobody told the size of is counted no further than anybody takes, and its connection is let go', async () => {
  let closed = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield await Promise.resolve(Buffer.alloc(10_000));
    } finally {
      closed += 1;
    }
  }
  const open = (): Promise<FileStream> => Promise.resolve({ mime: 'image/png', body: endless() });
  expect((await openForDelivery(open, file, signal, 200_000)).bytes).toBeGreaterThan(200_000);
  expect(closed).toBe(1);
});

it('the trouble of another account is none of the room that it goes to', async () => {
  const failing = (error: Error) => openForDelivery(() => Promise.reject(error), file, signal, 1_000_000);
  await expect(failing(new TargetGone('gone'))).rejects.toBeInstanceOf(FileGone);
  await expect(failing(new LoginRefused('no'))).rejects.toBeInstanceOf(NetworkUnavailable);
  await expect(failing(new LoginRefused('no'))).rejects.toMatchObject({ failure: { certainty: 'notSent' } });
});
