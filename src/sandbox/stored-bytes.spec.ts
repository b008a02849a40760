import { createHash, randomBytes } from 'node:crypto';
import { madeBytes } from './made-bytes.js';
import { received, type StoredBytes, storedBytes } from './stored-bytes.js';

const mostBytes = 10_000_000;
const large = randomBytes(3_000_000);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function* inChunks(bytes: Buffer, chunkBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    yield await Promise.resolve(bytes.subarray(at, at + chunkBytes));
  }
}

async function read({ chunks }: StoredBytes): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks()) all.push(chunk);
  return Buffer.concat(all);
}

describe('bytes that the sandbox stores', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['little, in memory', large.subarray(0, 70_000)],
    ['much, on the disk', large],
  ])('%s: is read as it came, by two at once, and known by its beginning and digest', async (_, bytes) => {
    const stored = await received(inChunks(bytes, 65_537), 'kept', mostBytes);
    expect(stored).toMatchObject({ length: bytes.length, digest: sha256(bytes) });
    expect(stored.head.equals(bytes.subarray(0, 65_536))).toBe(true);
    expect(stored.whole().equals(bytes)).toBe(true);
    const part: Uint8Array[] = [];
    for await (const chunk of stored.chunks(10, 99)) part.push(chunk);
    expect(Buffer.concat(part).equals(bytes.subarray(10, 100))).toBe(true);
    const both = await Promise.all([read(stored), read(stored)]);
    expect(both.map(sha256)).toEqual([sha256(bytes), sha256(bytes)]);
  });

  it('of what is large and only counted, length, digest and beginning are known, and nothing else', async () => {
    const stored = await received(inChunks(large, 65_536), 'counted', mostBytes);
    expect(stored).toMatchObject({ length: large.length, digest: sha256(large) });
    expect(stored.head.equals(large.subarray(0, 65_536))).toBe(true);
    expect(() => stored.whole()).toThrow('only the length is kept');
  });

  it('more than may come is refused', async () => {
    await expect(received(inChunks(large, 65_536), 'kept', 1_000_000)).rejects.toThrow('too large');
  });

  it.each([0, 5, 65_536, 200_000])(
    'made bytes are the same whenever they are read, and others for each seed: %d',
    async (length) => {
      const made = madeBytes(7, length);
      expect(made.whole()).toHaveLength(length);
      expect(sha256(await read(made))).toBe(made.digest);
      expect(storedBytes(made.whole()).digest).toBe(made.digest);
      if (length > 0) expect(madeBytes(8, length).digest).not.toBe(made.digest);
    },
  );
});
