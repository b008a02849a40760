import { createHash } from 'node:crypto';
import type { StoredBytes } from './stored-bytes.js';

const blockBytes = 64 * 1024;

/** Bytes that are made when they are read, so that nobody has to keep them: other ones for each `seed`, and in each block. */
export function madeBytes(seed: number, length: number): StoredBytes {
  const pattern = createHash('shake256', { outputLength: blockBytes }).update(String(seed)).digest();
  const block = (at: number): Buffer => {
    const made = Buffer.from(pattern.subarray(0, Math.min(blockBytes, length - at)));
    if (made.length >= 8) made.writeDoubleBE(at);
    return made;
  };
  const starts = function* (): Generator<number> {
    for (let at = 0; at < length; at += blockBytes) yield at;
  };
  let digest: string | undefined;
  const digested = (): string => {
    const hash = createHash('sha256');
    for (const at of starts()) hash.update(block(at));
    return hash.digest('hex');
  };
  return {
    length,
    get digest() {
      return (digest ??= digested());
    },
    head: block(0),
    whole: () => Buffer.concat([...starts()].map(block)),
    chunks: async function* () {
      for (const at of starts()) yield await Promise.resolve(block(at));
    },
  };
}
