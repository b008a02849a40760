import { extension, lookup } from 'mime-types';
import { cleanText } from './clean.js';

/** What every file system takes as one name; Nextcloud has 250, and numbers what was there before. */
const longestBytes = 200;
const nothingKnown = 'application/octet-stream';
/** An emoji's joiners and colours are invisible, and wanted; so is what keeps letters of a word apart, in Persian say. */
const joining: ReadonlySet<string> = new Set(['\u200c', '\u200d', '\ufe0f']);
/** Where what people write is not the first in the list of types. */
const usualEndings: ReadonlyMap<string, string> = new Map([
  ['image/jpeg', 'jpg'],
  ['audio/mpeg', 'mp3'],
  ['audio/ogg', 'ogg'],
  ['audio/wav', 'wav'],
  ['video/quicktime', 'mov'],
]);
/** What separates folders, what shells and Windows read as something else, and what one cannot see. */
const outOfPlace = /[/\\:*?"<>|\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Pure: what a file is called wherever it goes: one line of at most 200 bytes that keeps its ending, and names no folder. Without a name
 * of its own it is called by what it is; without an ending it gets the one of its type.
 */
export function fileName(name: string, mime: string): string {
  const spaced = cleanText(name).replaceAll(/\s+/g, ' ');
  const line = spaced.replaceAll(outOfPlace, (char) => (joining.has(char) ? char : '_')).trim();
  const whole = line.replace(/\.+$/, '');
  const [written = ''] = /(?<=.)\.(?=[\p{N}~+-]*\p{L})[\p{L}\p{N}~+-]{1,15}$/su.exec(whole) ?? [];
  const stem = whole.slice(0, whole.length - written.length);
  const ending = written === '' && !whole.startsWith('.') ? endingOf(mime) : written;
  const bare = saysNothing(stem) ? kindOf(mime) : stem;
  return shortened(bare, longestBytes - Buffer.byteLength(ending)) + ending;
}

function saysNothing(stem: string): boolean {
  return [...stem].every((char) => joining.has(char) || /[\s_.]/.test(char));
}

/** Pure: the type of a file, where what was said of it says nothing: by the ending of its name. */
export function mimeOf(name: string, said: string): string {
  const [type = ''] = said.toLowerCase().split(';');
  const isType = /^[a-z0-9][\w.+-]*\/[a-z0-9][\w.+-]*$/.test(type.trim());
  if (isType && type.trim() !== nothingKnown) return type.trim();
  const byName = lookup(name);
  return byName === false ? nothingKnown : byName;
}

/** `.png`; nothing where the type says nothing. */
function endingOf(mime: string): string {
  if (mime === nothingKnown) return '';
  const ending = usualEndings.get(mime) ?? extension(mime);
  return ending === false ? '' : `.${ending}`;
}

function kindOf(mime: string): string {
  const [kind = ''] = mime.split('/');
  return ['image', 'video', 'audio'].includes(kind) ? kind : 'file';
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Without cutting what is seen as one character. */
function shortened(text: string, mostBytes: number): string {
  if (Buffer.byteLength(text) <= mostBytes) return text;
  let end = 0;
  let bytes = 0;
  // A character has a byte at least: behind so many nothing is kept.
  for (const { index, segment } of graphemes.segment(text.slice(0, mostBytes + 1))) {
    bytes += Buffer.byteLength(segment);
    if (bytes > mostBytes) break;
    end = index + segment.length;
  }
  return text.slice(0, end).trim() || 'file';
}
