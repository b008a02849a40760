import { cleanText } from '../../formatting/clean.js';
import { type Mark, type Run } from '../../formatting/runs.js';
import type { Block } from '../../model/rich-text.js';
import {
  channelMention,
  codeRuns,
  dateLeaf,
  emojiLeaf,
  everyoneMention,
  groupMention,
  linkMark,
  type Reading,
  textRuns,
  unescaped,
  userMention,
  withEmoji,
} from './from-slack-inlines.js';
import { paragraphs } from './from-slack-rich-text.js';
import { isGroupId, isPersonId } from './slack.ids.js';

const fence = '```';
const lineEnd: Run = { leaf: { type: 'break' }, marks: [] };
const marked: Readonly<Record<string, Mark>> = {
  '*': { type: 'bold' },
  _: { type: 'italic' },
  '~': { type: 'strike' },
};

/**
 * Slack's own markup, as apps write it and `text` has it: entities, `<…>`, emoji by name, `*bold*` within a line, code,
 * quotes by line. Never throws; linear time. Source: docs.slack.dev, "Formatting message text".
 */
export function fromMrkdwn(text: string, reading: Reading): Block[] {
  const pieces = cleanText(text).split(fence);
  const blocks: Block[] = [];
  for (let at = 0; at < pieces.length; at += 2) {
    const [before = '', code] = pieces.slice(at, at + 2);
    const isClosed = at + 2 < pieces.length;
    // A fence that nobody closes is text.
    const said = isClosed || code === undefined ? before : before + fence + code;
    blocks.push(...quotesAndParagraphs(withoutMargins(said, at > 0, isClosed), reading));
    if (code === undefined || !isClosed) continue;
    const shown = codeText(code).replace(/^\n/, '').replace(/\n$/, '');
    if (shown !== '') blocks.push({ type: 'code', text: shown });
  }
  return blocks;
}

/** Without the spaces that set a text off from a block of code beside it. */
function withoutMargins(text: string, isBehind: boolean, isBefore: boolean): string {
  const begun = isBehind ? text.replace(/^[ \t]+/, '') : text;
  return isBefore ? begun.trimEnd() : begun;
}

/** Code shows addresses and mentions as they are named. */
function codeText(code: string): string {
  return unescaped(
    code.replaceAll(/<([^<>\n|]*)(?:\|([^<>\n]*))?>/g, (_, target: string, label: string | undefined) =>
      label !== undefined && label !== '' ? label : target,
    ),
  );
}

function quotesAndParagraphs(text: string, reading: Reading): Block[] {
  const blocks: Block[] = [];
  let plain: Run[][] = [];
  let quoted: Run[][] | undefined;
  const endPlain = (): void => {
    blocks.push(...paragraphs(plain.flat()));
    plain = [];
  };
  const endQuote = (): void => {
    const content = paragraphs((quoted ?? []).flat());
    if (content.length > 0) blocks.push({ type: 'quote', content });
    quoted = undefined;
  };
  let isRest = false;
  for (const line of text.split('\n')) {
    const rest: string | undefined = isRest ? line : /^(?:>>>|&gt;&gt;&gt;) ?(.*)$/su.exec(line)?.[1];
    isRest = rest !== undefined;
    const said = rest ?? /^(?:>|&gt;) ?(.*)$/su.exec(line)?.[1];
    if (said === undefined) {
      endQuote();
      plain.push([...lineRuns(line, reading), lineEnd]);
      continue;
    }
    endPlain();
    quoted ??= [];
    quoted.push([...lineRuns(said, reading), lineEnd]);
  }
  endQuote();
  endPlain();
  return blocks;
}

/** A piece of a line: runs, or a sign that may begin or end a mark. */
type Piece =
  { readonly runs: readonly Run[] } | { readonly sign: string; readonly opens: boolean; readonly closes: boolean };

function lineRuns(line: string, reading: Reading): Run[] {
  const pieces = piecesOf(line, reading);
  const marks = marksAt(pieces);
  return pieces.flatMap((piece, index): Run[] => {
    const around = marks.over[index] ?? [];
    if (!('sign' in piece)) return piece.runs.map((run) => ({ ...run, marks: [...around, ...run.marks] }));
    return marks.used.has(index) ? [] : textRuns(piece.sign, around);
  });
}

/** Which signs mark something, and what stands over each piece, the outermost first. */
function marksAt(pieces: readonly Piece[]): {
  readonly used: ReadonlySet<number>;
  readonly over: readonly (readonly Mark[])[];
} {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  const waiting: Record<string, number> = { '*': 0, _: 0, '~': 0 };
  for (const [index, piece] of pieces.entries()) {
    if (!('sign' in piece)) continue;
    const { sign } = piece;
    if (piece.closes && (waiting[sign] ?? 0) > 0 && open.at(-1) !== index - 1) {
      // What was begun within and did not end is text.
      for (let last = open.pop(); last !== undefined; last = open.pop()) {
        const begun = pieces[last];
        if (begun === undefined || !('sign' in begun)) break;
        waiting[begun.sign] = (waiting[begun.sign] ?? 0) - 1;
        if (begun.sign !== sign) continue;
        pairs.set(last, index);
        break;
      }
    } else if (piece.opens) {
      open.push(index);
      waiting[sign] = (waiting[sign] ?? 0) + 1;
    }
  }
  const ends = new Set(pairs.values());
  const active: Mark[] = [];
  const over = pieces.map((piece, index): readonly Mark[] => {
    if (ends.has(index)) active.pop();
    const around = [...active];
    if (pairs.has(index) && 'sign' in piece) active.push(marked[piece.sign] ?? { type: 'bold' });
    return around;
  });
  return { used: new Set([...pairs.keys(), ...ends]), over };
}

/** Everything that is not plain text, by its first sign. */
const special = /<([^<>]*)>|`([^`]+)`|:[a-z0-9_+-]{1,100}(?:::skin-tone-[2-6]){0,2}:|[*_~]/gi;

function piecesOf(line: string, reading: Reading): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of line.matchAll(special)) {
    const [whole, bracketed, code] = match;
    if (match.index > from) pieces.push({ runs: plainRuns(line.slice(from, match.index)) });
    from = match.index + whole.length;
    if (bracketed !== undefined) pieces.push({ runs: bracketRuns(bracketed, reading) });
    else if (code !== undefined) pieces.push({ runs: codeRuns(codeText(code)) });
    else if (whole.length > 1) pieces.push({ runs: emojiRuns(whole, reading) });
    else pieces.push(signAt(line, match.index));
  }
  if (from < line.length) pieces.push({ runs: plainRuns(line.slice(from)) });
  return pieces;
}

/** A sign begins a mark at the beginning of a word, and ends it at the end of one. */
function signAt(line: string, at: number): Piece {
  const [before = '', behind = ''] = [line[at - 1], line[at + 1]];
  const isWord = (char: string): boolean => /[\p{L}\p{N}]/u.test(char);
  const isBlank = (char: string): boolean => char === '' || /\s/u.test(char);
  return {
    sign: line[at] ?? '',
    opens: !isWord(before) && !isBlank(behind),
    closes: !isBlank(before) && !isWord(behind),
  };
}

function plainRuns(text: string): Run[] {
  return textRuns(withEmoji(unescaped(text)));
}

/** An emoji by its name; what only looks like one is text. */
function emojiRuns(written: string, reading: Reading): Run[] {
  const leaf = emojiLeaf(written.slice(1, -1), reading);
  return leaf.type === 'customEmoji' && leaf.image === undefined ? textRuns(written) : [{ leaf, marks: [] }];
}

/** What stands in `<…>`: a mention, a moment or an address, with words for it behind a `|`. */
function bracketRuns(bracketed: string, reading: Reading): Run[] {
  const bar = bracketed.indexOf('|');
  const target = bar < 0 ? bracketed : bracketed.slice(0, bar);
  const label = bar < 0 ? '' : unescaped(bracketed.slice(bar + 1));
  const leaf = (found: Run['leaf']): Run[] => [{ leaf: found, marks: [] }];
  const id = target.slice(1);
  if (target.startsWith('@') && isPersonId(id)) return leaf(userMention(id, reading, label));
  if (target.startsWith('#') && /^[A-Z0-9]{3,32}$/.test(id)) return leaf(channelMention(id, reading, label));
  if (target.startsWith('!')) return commandRuns(id, label, reading);
  const mark = linkMark(unescaped(target));
  const shown = label === '' ? unescaped(target) : withEmoji(label);
  // Not a thing of Slack's: a person or an app wrote it so.
  if (mark === undefined) return label === '' ? textRuns(`<${shown}>`) : textRuns(shown);
  return textRuns(shown, [mark]);
}

function commandRuns(command: string, label: string, reading: Reading): Run[] {
  const [kind = '', first = '', , link = ''] = command.split('^');
  const leaf = (found: Run['leaf'], marks: readonly Mark[] = []): Run[] => [{ leaf: found, marks }];
  switch (kind) {
    case 'here':
    case 'channel':
    case 'everyone':
      return leaf(everyoneMention(kind));
    case 'group':
      return leaf(everyoneMention('channel'));
    case 'subteam':
      return isGroupId(first) ? leaf(groupMention(first, reading, label)) : textRuns(label);
    case 'date': {
      const seconds = /^-?\d{1,12}$/.test(first) ? Number(first) : undefined;
      if (seconds === undefined) return textRuns(label);
      const mark = linkMark(unescaped(link));
      return leaf(dateLeaf(seconds, label), mark === undefined ? [] : [mark]);
    }
    default:
      return textRuns(label === '' ? `<!${unescaped(command)}>` : label);
  }
}
