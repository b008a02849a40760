import { avatarPicture } from '../../talk/view/avatar-picture.js';

const largestPixels = 512;

/** The picture that Slack makes up for whoever has none; `name` ends with its size: `U0123_72.png`. */
export function pictureOf(name: string): Buffer {
  const [, id = name, size = '72'] = /^(.*)_(\d+)(?:\.png)?$/.exec(name) ?? [];
  return avatarPicture(id, Math.max(1, Math.min(largestPixels, Number(size))));
}

const emojiPixels = 64;

/** The picture of a workspace's own emoji. */
export function emojiPicture(name: string): Buffer {
  return avatarPicture(name, emojiPixels);
}
