import { toPlain } from '../../formatting/plain.js';
import { splitText } from '../../formatting/split.js';
import { accountId, type RoomId } from '../../model/ids.js';
import type { Block, Inline, RichText } from '../../model/rich-text.js';
import { bodyOf, captionOfGone } from './from-talk-text.js';
import { isDeletedRow, type RichParameter, showsGoneFile } from './talk.payloads.js';

const quotedChars = 120;
/** The server cuts what is longer than 200 characters; people read the beginning. */
const titleChars = 80;

interface Words {
  readonly message: string;
  readonly messageParameters: Readonly<Record<string, RichParameter>>;
  readonly messageType?: string;
}

/** Pure: the beginning of a row, as it stands in the text of what answers it. */
export function shortQuoteOf(row: Words & { readonly actorDisplayName: string }, room: RoomId): RichText {
  const short = beginningOf(row, room, quotedChars) || '…';
  const text = row.actorDisplayName === '' ? short : `${row.actorDisplayName}: ${short}`;
  return [{ type: 'quote', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] }];
}

/** Pure: what a thread is called that goes on from a message that was said already. */
export function threadTitleOf(row: Words, room: RoomId): string {
  return beginningOf(row, room, titleChars) || '…';
}

/** In one line. */
function beginningOf(row: Words, room: RoomId, chars: number): string {
  const line = toPlain(wordsOf(row, room).map(withoutAddresses)).replaceAll(/\s+/g, ' ').trim();
  const [beginning = ''] = splitText(line, { chars });
  return line.length > chars ? `${beginning.trimEnd()}…` : line;
}

/** None of what was deleted: Talk's own sentence stands there. A file that has words is told by these. */
function wordsOf(row: Words, room: RoomId): RichText {
  if (isDeletedRow(row)) return [];
  const { message, messageParameters } = row;
  const isGone = showsGoneFile(message, messageParameters);
  const words = isGone ? { ...row, message: captionOfGone(message) } : row;
  const isFileAlone = /^\{file\d*\}$/.test(message);
  // Nobody is mentioned by it: on which account they would be makes no difference.
  return bodyOf(words, accountId(''), room, isFileAlone ? 'named' : 'apart');
}

function withoutAddresses(block: Block): Block {
  if (block.type !== 'paragraph') return block;
  const shown = (inline: Inline): readonly Inline[] =>
    inline.type === 'link' && inline.content.length > 0 ? inline.content : [inline];
  return { ...block, content: block.content.flatMap(shown) };
}
