import { assertNever } from '../model/bridge-event.js';
import type { Inline } from '../model/rich-text.js';
import { cleanText } from './clean.js';
import { toPlain } from './plain.js';
import { commonMarks, type Mark, type Run, runsOf } from './runs.js';
import { spoilerMarks } from './spoiler-marks.js';

/** Where Talk's clients lead people; other addresses are shown. */
const showable = /^(?:https?:\/\/|mailto:|tel:)[^\s<>]/i;
const blank: Run = { leaf: { type: 'text', text: ' ' }, marks: [] };
const edges = /^(\s*)(.*?)(\s*)$/su;

/**
 * Pure: a text as the lines that Markdown can write: what it has no mark for is said in words; marks begin and end at
 * words, never hold a mention, and end with their line; a mention stands behind a blank; blanks at a line's start do not
 * break, those at its end are gone. A line may be empty.
 */
export function markdownLines(inlines: readonly Inline[]): Run[][] {
  const lines: Run[][] = [[]];
  for (const run of runsOf(inlines.flatMap(sayable))) {
    const [first = [], ...others] = piecesOf(run);
    lines.at(-1)?.push(...first);
    lines.push(...others);
  }
  return lines.map(written);
}

/** Pure: the same on a single line, for where there is room for one alone. */
export function markdownLine(inlines: readonly Inline[]): Run[] {
  return written(
    runsOf(inlines.flatMap(sayable)).flatMap((run) =>
      piecesOf(run).flatMap((line, at) => (at === 0 ? line : [blank, ...line])),
    ),
  );
}

function written(line: readonly Run[]): Run[] {
  return spaced(withJoinedCode(marked(trimmed(line))));
}

/** Code beside code that is marked the same way is one piece: their marks would run into each other. */
function withJoinedCode(line: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of line) {
    const before = joined.at(-1);
    if (run.leaf.type === 'code' && before?.leaf.type === 'code' && isMarkedAlike(before, run)) {
      joined[joined.length - 1] = { ...run, leaf: { type: 'code', text: before.leaf.text + run.leaf.text } };
    } else {
      joined.push(run);
    }
  }
  return joined;
}

function isMarkedAlike(a: Run, b: Run): boolean {
  return a.marks.length === b.marks.length && commonMarks(a.marks, b.marks).length === a.marks.length;
}

/** What Markdown can say of an inline. */
function sayable(inline: Inline): Inline[] {
  switch (inline.type) {
    case 'bold':
    case 'italic':
    case 'strike':
      return [{ ...inline, content: inline.content.flatMap(sayable) }];
    case 'underline':
      return [{ type: 'italic', content: inline.content.flatMap(sayable) }];
    case 'spoiler': {
      const [before, behind] = spoilerMarks(inline);
      return [{ type: 'text', text: before }, ...inline.content.flatMap(sayable), { type: 'text', text: behind }];
    }
    case 'link':
      if (!showable.test(inline.url))
        return [{ type: 'text', text: toPlain([{ type: 'paragraph', content: [inline] }]) }];
      return [
        {
          ...inline,
          content: inline.content.length === 0 ? [{ type: 'text', text: inline.url }] : inline.content.flatMap(sayable),
        },
      ];
    case 'customEmoji':
      return [{ type: 'text', text: `:${inline.shortcode}:` }];
    case 'date':
      return [{ type: 'text', text: inline.label }];
    case 'math':
      return [{ type: 'code', text: inline.latex }];
    case 'text':
    case 'code':
    case 'break':
    case 'mention':
      return [inline];
    default:
      return assertNever(inline);
  }
}

/** A run's lines, each as a text between blanks of which nothing is said but whether they are in a link. */
function piecesOf(run: Run): Run[][] {
  const { leaf, marks } = run;
  switch (leaf.type) {
    case 'break':
      return [[], []];
    case 'mention':
      return [[{ leaf, marks: [] }]];
    case 'code':
      return [leaf.text === '' ? [] : [{ leaf: { ...leaf, text: cleanText(leaf.text) }, marks }]];
    case 'text':
      return cleanText(leaf.text)
        .split('\n')
        .map((line) => {
          const [, before = '', word = '', behind = ''] = edges.exec(line) ?? [];
          const blanks = marks.filter(({ type }) => type === 'link');
          return [textRun(before, blanks), textRun(word, marks), textRun(behind, blanks)].filter(
            ({ leaf: { text } }) => text !== '',
          );
        });
    default:
      return [[run]];
  }
}

const textRun = (text: string, marks: readonly Mark[]) => ({ leaf: { type: 'text', text } as const, marks });

const isBlank = ({ leaf }: Run): boolean => leaf.type === 'text' && leaf.text.trim() === '';

function trimmed(line: readonly Run[]): Run[] {
  const from = line.findIndex((run) => !isBlank(run));
  if (from < 0) return [];
  const indent = line
    .slice(0, from)
    .map(({ leaf }) => (leaf.type === 'text' ? leaf.text : ''))
    .join('')
    .replaceAll('\t', '    ')
    .replaceAll(/\s/gu, '\u00a0');
  const words = line.slice(from, line.findLastIndex((run) => !isBlank(run)) + 1);
  return indent === '' ? words : [textRun(indent, []), ...words];
}

/** Blanks are marked as what stands on both sides of them. */
function marked(line: readonly Run[]): Run[] {
  const behind: (readonly Mark[])[] = [];
  let next: readonly Mark[] = [];
  for (let at = line.length - 1; at >= 0; at -= 1) {
    const run = line[at];
    if (run !== undefined && !isBlank(run)) next = run.marks;
    behind[at] = next;
  }
  let before: readonly Mark[] = [];
  return line.map((run, at) => {
    if (isBlank(run)) return withMarks(run, commonMarks(before, behind[at] ?? []));
    before = run.marks;
    return run;
  });
}

/** Between two links to the same address a blank is in neither. */
function withMarks(run: Run, marks: readonly Mark[]): Run {
  const link = run.marks.length > 0 ? -1 : marks.findIndex(({ type }) => type === 'link');
  return { ...run, marks: link < 0 ? marks : marks.slice(0, link) };
}

/** Talk takes for a mention what stands behind a blank. */
function spaced(line: readonly Run[]): Run[] {
  return line.flatMap((run, at) => {
    const before = line[at - 1]?.leaf;
    const isBehindBlank = before === undefined || (before.type === 'text' && /\s$/u.test(before.text));
    return run.leaf.type === 'mention' && !isBehindBlank ? [blank, run] : [run];
  });
}
