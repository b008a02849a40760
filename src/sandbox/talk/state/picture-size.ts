export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

const pngWidthAt = 16;
const gifWidthAt = 6;

/** Width and height in pixels of a PNG or GIF; undefined for anything else. */
export function pictureSize(data: Buffer): PictureSize | undefined {
  if (data.length >= pngWidthAt + 8 && data.subarray(1, 4).toString('latin1') === 'PNG') {
    return { width: data.readUInt32BE(pngWidthAt), height: data.readUInt32BE(pngWidthAt + 4) };
  }
  if (data.length >= gifWidthAt + 4 && data.subarray(0, 3).toString('latin1') === 'GIF') {
    return { width: data.readUInt16LE(gifWidthAt), height: data.readUInt16LE(gifWidthAt + 2) };
  }
  return undefined;
}
