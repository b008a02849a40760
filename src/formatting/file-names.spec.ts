import { fileName, mimeOf } from './file-names.js';

it.each([
  ['photo.png', 'image/png', 'photo.png'],
  ['../../etc/passwd', 'text/plain', '.._.._etc_passwd'],
  ['a/b\\c.txt', 'text/plain', 'a_b_c.txt'],
  ['Sitzplan größer (final) #2.pdf', 'application/pdf', 'Sitzplan größer (final) #2.pdf'],
  ['👩‍👩‍👧‍👦 ❤️.jpg', 'image/jpeg', '👩‍👩‍👧‍👦 ❤️.jpg'],
  ['نامه\u200cها.txt', 'text/plain', 'نامه\u200cها.txt'],
  ['', 'image/jpeg', 'image.jpg'],
  ['', 'application/octet-stream', 'file'],
  ['  ', 'audio/ogg', 'audio.ogg'],
  ['..', 'image/png', 'image.png'],
  ['.png', 'image/png', '.png'],
  ['Voice message', 'audio/mpeg', 'Voice message.mp3'],
  ['a\nb\u0000\u202e.txt', 'text/plain', 'a b.txt'],
  ['release 1.2', 'application/zip', 'release 1.2.zip'],
  ['\ud800.txt', 'text/plain', '\ufffd.txt'],
])('fileName: %j of %s is %j', (name, mime, expected) => {
  expect(fileName(name, mime)).toBe(expected);
});

it('fileName: a long name is cut between characters, and keeps its ending', () => {
  const name = fileName(`${'ä'.repeat(300)}.docx`, 'application/octet-stream');
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
  expect(name).toBe(`${'ä'.repeat(97)}.docx`);
  const family = fileName(`${'👩‍👩‍👧‍👦'.repeat(30)}.png`, 'image/png');
  expect(family).toMatch(/^(👩‍👩‍👧‍👦)+\.png$/u);
});

it.each([
  ['a.png', 'image/jpeg', 'image/jpeg'],
  ['a.png', '', 'image/png'],
  ['a.png', 'application/octet-stream', 'image/png'],
  ['a.png', 'nonsense', 'image/png'],
  ['notes', 'text/plain;charset=UTF-8', 'text/plain'],
  ['notes', '', 'application/octet-stream'],
])('mimeOf: %j, said to be %j, is %s', (name, said, expected) => {
  expect(mimeOf(name, said)).toBe(expected);
});
