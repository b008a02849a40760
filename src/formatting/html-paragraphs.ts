import type { Block, Inline } from '../model/rich-text.js';
import { commonMarks, inlinesOf, type Leaf, type Mark, type Run, withMark } from './runs.js';

/** Blanks that HTML shows as one; the one that does not break is none of them. */
const blanks = /[ \t\n\r\f]+/;

/** Blocks as they come about, with the paragraph that is being read: its blanks and breaks count as soon as something follows them. */
export class HtmlParagraphs {
  readonly blocks: Block[] = [];
  private runs: Run[] = [];
  /** A blank that counts as soon as something follows it on its line. */
  private blank: readonly Mark[] | undefined;
  private breaks = 0;
  /** What is said of the first of the breaks. */
  private breakMarks: readonly Mark[] = [];

  /** `marks`: what is said of all that comes. */
  constructor(private said: readonly Mark[]) {}

  get marks(): readonly Mark[] {
    return this.said;
  }

  /** What `read` adds is said with a mark more. */
  marked(mark: Mark, read: () => void): void {
    const outside = this.said;
    this.said = withMark(outside, mark);
    read();
    this.said = outside;
  }

  /** Blocks that begin and end on lines of their own. */
  own(blocks: readonly Block[]): void {
    this.end();
    this.blocks.push(...blocks);
  }

  inline(inline: Inline): void {
    if (!('content' in inline)) return this.leaf(inline);
    const { content, ...mark } = inline;
    this.marked(mark, () => {
      for (const inner of content) this.inline(inner);
    });
  }

  text(text: string): void {
    const words = text.split(blanks);
    for (const [index, word] of words.entries()) {
      if (index > 0) this.blank ??= this.marks;
      if (word !== '') this.leaf({ type: 'text', text: word });
    }
  }

  leaf(leaf: Leaf): void {
    if (leaf.type === 'break') return this.break();
    if (this.breaks > 1) this.end();
    const isFirst = this.runs.length === 0 || this.breaks > 0;
    const before = this.runs.at(-1);
    if (this.breaks === 1 && before !== undefined) {
      // Nothing begins or ends with a break.
      const marks = commonMarks(this.breakMarks, commonMarks(before.marks, this.marks));
      this.runs.push({ leaf: { type: 'break' }, marks });
    }
    if (this.blank !== undefined && !isFirst) this.runs.push({ leaf: { type: 'text', text: ' ' }, marks: this.blank });
    this.runs.push({ leaf, marks: this.marks });
    this.blank = undefined;
    this.breaks = 0;
  }

  break(): void {
    if (this.breaks === 0) this.breakMarks = this.marks;
    this.breaks += 1;
    this.blank = undefined;
  }

  end(): void {
    if (this.runs.length > 0) this.blocks.push({ type: 'paragraph', content: inlinesOf(this.runs) });
    this.runs = [];
    this.blank = undefined;
    this.breaks = 0;
  }
}
