import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const bitDepth = 8;
const colourByIndex = 3;

/** A square PNG in the one colour that belongs to the id. */
export function avatarPicture(id: string, sizePixels: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(sizePixels, 0);
  header.writeUInt32BE(sizePixels, 4);
  header.set([bitDepth, colourByIndex], 8);
  const colour = createHash('sha256').update(id).digest().subarray(0, 3);
  // Each row is a filter byte and one index a pixel: all zero is all the first colour.
  const pixels = deflateSync(Buffer.alloc(sizePixels * (sizePixels + 1)));
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', colour),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
