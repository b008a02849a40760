import { createHash, type Hash } from 'node:crypto';
import { createReadStream, closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a file holds, or a request: never much of it in memory, however large it is. */
export interface StoredBytes {
  readonly length: number;
  /** SHA-256, in hexadecimal digits. */
  readonly digest: string;
  /** The first of them, 64 KiB at most. */
  readonly head: Buffer;
  /** All of them at once. */
  whole(): Buffer;
  /** All of them, or those from `first` to `last`, both included. */
  chunks(first?: number, last?: number): AsyncIterable<Uint8Array>;
}

/** `counted`: of what is large only length, digest and beginning are known afterwards, as those need who judge without reading. */
export type LargeBytes = 'kept' | 'counted';

/** So much is kept in memory. */
const mostInMemoryBytes = 1024 * 1024;
const headBytes = 64 * 1024;

/** Pure: bytes that are in memory anyway. */
export function storedBytes(bytes: Buffer): StoredBytes {
  let digest: string | undefined;
  return {
    length: bytes.length,
    get digest() {
      return (digest ??= createHash('sha256').update(bytes).digest('hex'));
    },
    head: bytes.subarray(0, headBytes),
    whole: () => bytes,
    chunks: async function* (first = 0, last = bytes.length - 1) {
      yield await Promise.resolve(bytes.subarray(first, last + 1));
    },
  };
}

/** Takes bytes as they come. Throws where they are more than `mostBytes`. */
export async function received(
  source: AsyncIterable<Uint8Array>,
  large: LargeBytes,
  mostBytes: number,
): Promise<StoredBytes> {
  const chunks: Uint8Array[] = [];
  let disk: Disk | undefined;
  let hash: Hash | undefined;
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > mostBytes) throw new Error('the body is too large');
    if (hash === undefined) chunks.push(chunk);
    if (hash === undefined && length <= mostInMemoryBytes) continue;
    if (large === 'kept') disk ??= new Disk();
    const next = hash === undefined ? Buffer.concat(chunks) : chunk;
    hash ??= createHash('sha256');
    hash.update(next);
    disk?.add(next);
  }
  if (hash === undefined) return storedBytes(Buffer.concat(chunks));
  const head = Buffer.from(Buffer.concat(chunks).subarray(0, headBytes));
  const known = { length, digest: hash.digest('hex'), head };
  if (disk !== undefined)
    return { ...known, whole: () => disk.whole(), chunks: (first, last) => disk.chunks(first, last) };
  const nothing = (): never => {
    throw new Error('of what is large only the length is kept here');
  };
  return { ...known, whole: nothing, chunks: nothing };
}

/** A file without a name, which is gone from the disk when nobody here has it any more, however the process ends. */
class Disk {
  readonly #descriptor: number;
  #length = 0;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'crosstalk-sandbox-'));
    this.#descriptor = openSync(join(folder, 'bytes'), 'wx+');
    rmSync(folder, { recursive: true });
    abandoned.register(this, this.#descriptor);
  }

  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      at += writeSync(this.#descriptor, bytes, at, bytes.length - at, this.#length + at);
    }
    this.#length += bytes.length;
  }

  whole(): Buffer {
    const bytes = Buffer.alloc(this.#length);
    for (let at = 0; at < bytes.length;) at += readSync(this.#descriptor, bytes, at, bytes.length - at, at);
    return bytes;
  }

  async *chunks(first = 0, last = Infinity): AsyncGenerator<Uint8Array> {
    // `this` is held while somebody reads.
    const how = { fd: this.#descriptor, autoClose: false, start: first, end: last };
    yield* createReadStream('', how) as AsyncIterable<Buffer>;
  }
}

const abandoned = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));
