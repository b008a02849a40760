import type { RichText } from '../model/rich-text.js';
import { cleanText } from './clean.js';
import { type Fill, MarkdownReader } from './markdown-reader.js';
import { markdownTree } from './markdown-tree.js';
import { MarkdownWriter, type MarkdownWriting } from './markdown-writer.js';
import { fromPlain } from './plain.js';

/**
 * Pure: a message's Markdown, in GitHub's dialect as Talk's web client reads it, as a rich text: line ends count, HTML and
 * the definitions of links are text. Never throws; linear time.
 */
export function fromMarkdown(text: string, fill: Fill = () => undefined): RichText {
  const clean = cleanText(text);
  const tree = markdownTree(clean);
  return tree === undefined ? fromPlain(clean) : new MarkdownReader(tree, fill).body();
}

/**
 * Pure: a rich text as Markdown that Talk's clients show as it was meant. What needs no backslash gets none. Underlined
 * text is italic, a spoiler is named as such, formulas are code.
 */
export function toMarkdown(body: RichText, writing: MarkdownWriting): string {
  return new MarkdownWriter(writing).write(body);
}
