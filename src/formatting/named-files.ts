import type { FileLine, FileRef } from '../model/ids.js';
import type { Inline, RichText } from '../model/rich-text.js';
import { bytesInWords } from './bytes-in-words.js';
import { cleanFileName } from './names.js';

/** Pure: a text with a line for each file that goes with it. */
export function withFileNames(body: RichText, files: readonly Pick<FileRef, 'name'>[]): RichText {
  return files.reduce((text, { name }) => withLine(text, `📎 ${cleanFileName(name)}`), body);
}

/** Pure: what is said in the place of a file that cannot be shown: what it was, why, and where it is to be had. */
export function fileLine({ name, bytes }: Pick<FileRef, 'name' | 'bytes'>, { why, url }: FileLine): RichText {
  const shown: Inline = { type: 'text', text: cleanFileName(name) };
  const named: Inline = url === undefined ? shown : { type: 'link', url, content: [shown] };
  const size = bytes === undefined ? '' : `${bytesInWords(bytes)}: `;
  return [
    { type: 'paragraph', content: [{ type: 'text', text: '📎 ' }, named, { type: 'text', text: ` (${size}${why})` }] },
  ];
}

/** Pure: a text with one line more; in its last paragraph, where it ends in one. */
export function withLine(body: RichText, line: string): RichText {
  const last = body.at(-1);
  const text: Inline = { type: 'text', text: line };
  if (last?.type !== 'paragraph') return [...body, { type: 'paragraph', content: [text] }];
  return [...body.slice(0, -1), { type: 'paragraph', content: [...last.content, { type: 'break' }, text] }];
}
