import type { PhrasingContent, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

/** More marks within a paragraph, more lines of quotes, lists and underlines, or deeper nesting, no person writes; to parse them takes more than linear time. */
const mostMarks = 1_000;
const mostBlockMarks = 1_000;
const tooDeep = /^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))){30}/m;
const marks = /[*_~`[\]!&<\\]/g;
const blockMark = /^[ \t]*(?:[>=*+-]|\d{1,9}[.)])/;
const fence = /^ {0,3}(`{3,}|~{3,})/;

/** Words and their punctuation in one line, as most messages are: nothing in it can mean anything else. Parsing takes 50 times as long. */
const ordinary = /^(?!.*www)\p{L}(?:[\p{L}\p{M}\p{N},;?'"()-]|[.!:](?= |$)| (?=[^ ]))*$/iu;

const parsing = {
  extensions: [gfm(), { disable: { null: ['htmlFlow', 'htmlText'] } }],
  mdastExtensions: [gfmFromMarkdown()],
};

export interface MarkdownTree {
  readonly children: readonly RootContent[];
  /** What the positions of its nodes count in. */
  readonly source: string;
}

/**
 * Pure: a message's Markdown as Talk's web client reads it: GitHub's, but tags are text. Undefined where a message is
 * little but marks: it is text then.
 */
export function markdownTree(source: string): MarkdownTree | undefined {
  if (ordinary.test(source)) return { children: [oneParagraph(source)], source };
  if (tooDeep.test(source) || hasTooManyMarks(source)) return undefined;
  return { children: fromMarkdown(source, parsing).children, source };
}

/** Those in lines, and lines, are counted paragraph by paragraph, those that begin lines in the whole message; code has none. */
function hasTooManyMarks(source: string): boolean {
  let [counted, blocks, opened] = [0, 0, ''];
  for (const line of source.split('\n')) {
    const found = fence.exec(line)?.[1] ?? '';
    if (opened !== '') {
      if (found.startsWith(opened)) opened = '';
    } else if (found !== '') opened = found;
    else if (line.trim() === '') counted = 0;
    else {
      counted += 1 + (line.match(marks)?.length ?? 0);
      if (blockMark.test(line)) blocks += 1;
    }
    if (counted > mostMarks || blocks > mostBlockMarks) return true;
  }
  return false;
}

function oneParagraph(value: string): RootContent {
  const end = { line: 1, column: value.length + 1, offset: value.length };
  const position = { start: { line: 1, column: 1, offset: 0 }, end };
  return { type: 'paragraph', children: [{ type: 'text', value, position }], position };
}

/** Pure: whether a text means nothing but itself, in one paragraph; addresses in it may become links. */
export function isReadAsTyped(text: string): boolean {
  const [paragraph, ...others] = markdownTree(text)?.children ?? [];
  if (paragraph?.type !== 'paragraph' || others.length > 0) return false;
  return paragraph.children.map((node) => (node.type === 'text' ? node.value : literalLink(node))).join('') === text;
}

/** Pure: whether a text is an address that becomes a link to itself. */
export function isReadAsLink(text: string): boolean {
  const [paragraph] = markdownTree(text)?.children ?? [];
  const [link, ...others] = paragraph?.type === 'paragraph' ? paragraph.children : [];
  return link?.type === 'link' && literalLink(link) === text && others.length === 0;
}

function literalLink(node: PhrasingContent): string | undefined {
  const [label, ...others] = node.type === 'link' ? node.children : [];
  return label?.type === 'text' && others.length === 0 ? label.value : undefined;
}
