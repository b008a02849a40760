/** What Opus counts its samples by, whatever it was recorded with. Source: RFC 7845, section 4. */
const samplesPerMs = 48;
const granuleAt = 6;
const headerBytes = 27;
const preSkipAt = 10;

/** Pure: how long a whole file of Opus in Ogg plays; undefined for anything else. */
export function oggDurationMs(file: Uint8Array): number | undefined {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const head = bytes.indexOf('OpusHead');
  const lastPage = bytes.lastIndexOf('OggS');
  if (bytes.indexOf('OggS') !== 0 || head < 0 || lastPage + headerBytes > bytes.length) return undefined;
  const samples = Number(bytes.readBigInt64LE(lastPage + granuleAt)) - bytes.readUInt16LE(head + preSkipAt);
  return samples >= 0 ? Math.round(samples / samplesPerMs) : undefined;
}
