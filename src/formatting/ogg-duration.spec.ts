import { oggDurationMs } from './ogg-duration.js';

/** A page of Ogg whose end stands at that sample. Source: RFC 3533. */
function page(endsAt: number, content: Buffer): Buffer {
  const header = Buffer.alloc(27);
  header.write('OggS');
  header.writeBigInt64LE(BigInt(endsAt), 6);
  return Buffer.concat([header, content]);
}
const opusHead = Buffer.concat([Buffer.from('OpusHead'), Buffer.from([1, 1, 0x38, 0x01, 0x80, 0xbb, 0, 0, 0, 0, 0])]);

describe('the length of Opus in Ogg', () => {
  it('is where its last page ends, less what is skipped at its beginning', () => {
    const file = Buffer.concat([page(0, opusHead), page(20_000, randomly(80)), page(48_312, randomly(40))]);
    expect(oggDurationMs(file)).toBe(1_000);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['another sound', Buffer.from('ID3 and the rest of it')],
    ['Ogg that is not Opus', page(100, Buffer.from('vorbis'))],
    ['one that breaks off in its last page', Buffer.concat([page(0, opusHead), Buffer.from('OggS')])],
    ['one that ends before it begins', page(0, opusHead)],
  ])('of %s is not known', (_, file) => {
    expect(oggDurationMs(file)).toBeUndefined();
  });
});

const randomly = (length: number): Buffer => Buffer.alloc(length, 7);
