import type { TextSpan } from './page.types.js';

type Look = NonNullable<TextSpan['look']>;

/** Opening and closing mark of each look, the longer ones first. */
const marks: readonly (readonly [string, Look])[] = [
  ['**', 'bold'],
  ['__', 'bold'],
  ['~~', 'strike'],
  ['*', 'italic'],
  ['_', 'italic'],
  ['`', 'code'],
];
const escaped = /^\\[!-/:-@[-`{-~]/;
const letter = /[\p{L}\p{N}]/u;

/** Pure: the looks within lines that Talk's clients show of a message's Markdown; one look at a time. */
export function spansOf(markdown: string): readonly TextSpan[] {
  const spans: TextSpan[] = [];
  let plain = '';
  let at = 0;
  const flush = (): void => {
    if (plain !== '') spans.push({ text: plain });
    plain = '';
  };
  while (at < markdown.length) {
    const rest = markdown.slice(at, at + 2);
    const marked = escaped.test(rest) ? undefined : readMarked(markdown, at);
    if (marked !== undefined) {
      flush();
      spans.push({ text: marked.text, look: marked.look });
      at = marked.next;
    } else if (escaped.test(rest)) {
      plain += rest.charAt(1);
      at += 2;
    } else {
      plain += markdown.charAt(at);
      at += 1;
    }
  }
  flush();
  return spans;
}

function readMarked(
  text: string,
  at: number,
): { readonly text: string; readonly look: Look; readonly next: number } | undefined {
  for (const [mark, look] of marks) {
    if (!text.startsWith(mark, at)) continue;
    // An underscore within a word is a letter of it.
    if (mark.startsWith('_') && letter.test(text.charAt(at - 1))) return undefined;
    const from = at + mark.length;
    const to = closing(text, mark, from);
    if (to === undefined) continue;
    const inner = text.slice(from, to);
    return { text: look === 'code' ? inner : unescape(inner), look, next: to + mark.length };
  }
  return undefined;
}

/** Where the mark closes, on the same line, right behind something that is no blank. */
function closing(text: string, mark: string, from: number): number | undefined {
  if (/^\s/.test(text.charAt(from))) return undefined;
  for (let to = from; to < text.length && text.charAt(to) !== '\n'; to += 1) {
    if (text.charAt(to) === '\\' && mark !== '`') to += 1;
    else if (to > from && text.startsWith(mark, to) && !/\s/.test(text.charAt(to - 1))) return to;
  }
  return undefined;
}

const unescape = (text: string): string => text.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1');
