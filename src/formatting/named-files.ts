import type { FileRef } from '../model/ids.js';
import type { Inline, RichText } from '../model/rich-text.js';
import { cleanName } from './names.js';

/** Pure: a text with a line for each file that goes with it. */
export function withFileNames(body: RichText, files: readonly Pick<FileRef, 'name'>[]): RichText {
  return files.reduce((text, { name }) => withLine(text, `📎 ${cleanName(name)}`), body);
}

/** Pure: a text with one line more; in its last paragraph, where it ends in one. */
export function withLine(body: RichText, line: string): RichText {
  const last = body.at(-1);
  const text: Inline = { type: 'text', text: line };
  if (last?.type !== 'paragraph') return [...body, { type: 'paragraph', content: [text] }];
  return [...body.slice(0, -1), { type: 'paragraph', content: [...last.content, { type: 'break' }, text] }];
}
