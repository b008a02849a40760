import { NetworkUnavailable, ShardLost } from '../../model/errors.js';
import { accountId, type FileRef } from '../../model/ids.js';
import type { OpenedFile } from '../../model/network-adapter.js';
import { silentLog } from '../../observability/log.js';
import { FilePreviews } from './matrix.previews.js';

const film: FileRef = {
  account: accountId('elsewhere'),
  id: 'film',
  name: 'film.mp4',
  mime: 'video/mp4',
  bytes: 9_000_000,
  preview: 'preview/film',
};
const small: OpenedFile = { ...opened(300), size: { width: 400, height: 300 } };
const uploads: unknown[][] = [];
const media = {
  upload: (...given: unknown[]): Promise<string> => {
    uploads.push(given.slice(0, 3));
    return Promise.resolve('mxc://town.example/1');
  },
};
const writing = { signal: new AbortController().signal, beforeSend: () => undefined };

function opened(bytes: number): OpenedFile {
  return { name: 'film.png', mime: 'image/png', bytes, body: chunks(bytes) };
}

async function* chunks(bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes; at += 100) yield await Promise.resolve(Buffer.alloc(Math.min(100, bytes - at)));
}

function bring(
  file: FileRef,
  open: (file: FileRef, signal: AbortSignal, mostBytes?: number) => Promise<OpenedFile>,
  timeoutMs = 5_000,
) {
  return new FilePreviews(media, silentLog, timeoutMs).bring(file, open, '@ghost:town.example', writing);
}

beforeEach(() => {
  uploads.length = 0;
});

describe('FilePreviews', () => {
  it('a preview is uploaded by who shows the file, and measured', async () => {
    const asked: unknown[] = [];
    const brought = await bring(film, ({ id }, _signal, mostBytes) => {
      asked.push([id, mostBytes]);
      return Promise.resolve({ ...small, body: chunks(300) });
    });
    expect(asked).toEqual([['preview/film', 1_048_576]]);
    expect(brought).toEqual({
      address: 'mxc://town.example/1',
      mime: 'image/png',
      bytes: 300,
      size: { width: 400, height: 300 },
    });
    expect(uploads).toEqual([[Buffer.alloc(300), 'image/png', '@ghost:town.example']]);
  });

  it('a file without one opens nothing', async () => {
    const { preview: _preview, ...without } = film;
    expect(await bring(without, () => Promise.reject(new Error('opened')))).toBeUndefined();
  });

  it.each([
    ['is no picture', film, opened(300)],
    ['is as large as what it stands for', { ...film, bytes: 300 }, small],
    ['is larger than previews are', film, { ...small, bytes: 1_048_576 }],
  ])('what %s is not uploaded', async (_what, file, given) => {
    expect(await bring(file, () => Promise.resolve(given))).toBeUndefined();
    expect(uploads).toEqual([]);
  });

  it('one that cannot be had, or does not come in time, is left out', async () => {
    const unavailable = new NetworkUnavailable('not now', { certainty: 'notSent' });
    expect(await bring(film, () => Promise.reject(unavailable))).toBeUndefined();
    const never = (_file: FileRef, signal: AbortSignal): Promise<OpenedFile> =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    expect(await bring(film, never, 20)).toBeUndefined();
  });

  it('a replica that lost the room sends nothing more', async () => {
    const lost = new ShardLost('another replica has it');
    await expect(bring(film, () => Promise.reject(lost))).rejects.toBe(lost);
  });
});
