import { imageSize } from 'image-size';
import type { PixelSize } from '../model/ids.js';

/** So much of a file tells what kind of picture it is, and how large. */
export const headerBytes = 64 * 1024;

const pictureTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
  tiff: 'image/tiff',
  svg: 'image/svg+xml',
  heif: 'image/heif',
  avif: 'image/avif',
};
/** From here on a picture taken upright lies on its side. */
const firstTurned = 5;

/** Pure: what kind of picture a file begins as, and its size as people see it; undefined where it is none. */
export function pictureIn(beginning: Uint8Array): { readonly mime: string; readonly size: PixelSize } | undefined {
  const measured = measure(beginning);
  const mime = pictureTypes[measured?.type ?? ''];
  if (measured === undefined || mime === undefined) return undefined;
  const { width, height, orientation = 1 } = measured;
  if (!(width >= 1 && height >= 1)) return undefined;
  const size = orientation < firstTurned ? { width, height } : { width: height, height: width };
  return { mime, size: { width: Math.round(size.width), height: Math.round(size.height) } };
}

function measure(beginning: Uint8Array): ReturnType<typeof imageSize> | undefined {
  try {
    return imageSize(beginning);
  } catch {
    // It throws for whatever is no picture, or one whose size stands further behind.
    return undefined;
  }
}
