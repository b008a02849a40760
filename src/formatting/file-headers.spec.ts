import { pictureIn } from './file-headers.js';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const gif = Buffer.from('R0lGODlhBAAHAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

it('pictureIn: type and size stand in the first bytes, whatever the file is called', () => {
  expect(pictureIn(png)).toEqual({ mime: 'image/png', size: { width: 3, height: 2 } });
  expect(pictureIn(gif)).toEqual({ mime: 'image/gif', size: { width: 4, height: 7 } });
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['a text', Buffer.from('hello')],
  ['half a header', png.subarray(0, 12)],
  ['zeros', Buffer.alloc(64)],
  ['a page', Buffer.from('<!doctype html><svg width="3"')],
])('pictureIn: %s is no picture', (_, bytes) => {
  expect(pictureIn(bytes)).toBeUndefined();
});
