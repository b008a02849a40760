import { Refusal } from '../refusal.js';
import { emojiPicture } from './emoji-picture.js';
import { isOneEmoji } from './emoji.js';
import { pictureSize } from './picture-size.js';
import { randomText } from './random-text.js';
import type { RoomPicture } from './room.js';

const usualBackground = 'dbdbdb';
const jpegBeginning = Buffer.from([0xff, 0xd8, 0xff]);

/** Throws a Refusal 400 with a sentence for anything but a square PNG or JPEG. */
export function uploadedPicture(bytes: Buffer): RoomPicture {
  const isJpeg = bytes.subarray(0, 3).equals(jpegBeginning);
  const size = pictureSize(bytes);
  if (!isJpeg && size === undefined) throw new Refusal(400, { message: 'Invalid image' });
  if (size?.width !== size?.height) throw new Refusal(400, { message: 'Avatar image is not square' });
  const isPng = bytes.subarray(1, 4).toString('latin1') === 'PNG';
  if (!isJpeg && !isPng) throw new Refusal(400, { message: 'Unknown filetype' });
  return { mime: isPng ? 'image/png' : 'image/jpeg', bytes, version: newVersion() };
}

/** @param background six hexadecimal digits, empty for the usual colour. Throws a Refusal 400 with a sentence. */
export function drawnPicture(emoji: string, background: string): RoomPicture {
  if (!isOneEmoji(emoji)) throw new Refusal(400, { message: 'Invalid emoji character' });
  if (background !== '' && !/^[0-9a-f]{6}$/i.test(background)) {
    throw new Refusal(400, { message: 'Invalid background color' });
  }
  const bytes = emojiPicture(emoji, background === '' ? usualBackground : background);
  return { mime: 'image/svg+xml', bytes, version: newVersion() };
}

function newVersion(): string {
  return randomText(16, 'secret');
}
