import { toPlain } from '../../formatting/plain.js';
import { splitText } from '../../formatting/split.js';
import { accountId, type RoomId } from '../../model/ids.js';
import type { RichText } from '../../model/rich-text.js';
import { bodyOf } from './from-talk-text.js';
import type { RichParameter } from './talk.payloads.js';

const quotedChars = 120;
/** The server cuts what is longer than 200 characters; people read the beginning. */
const titleChars = 80;

interface Words {
  readonly message: string;
  readonly messageParameters: Readonly<Record<string, RichParameter>>;
}

/** Pure: the beginning of a row, as it stands in the text of what answers it. */
export function shortQuoteOf(row: Words & { readonly actorDisplayName: string }, room: RoomId): RichText {
  const short = beginningOf(row, room, quotedChars);
  const text = row.actorDisplayName === '' ? short : `${row.actorDisplayName}: ${short}`;
  return [{ type: 'quote', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] }];
}

/** Pure: what a thread is called that goes on from a message that was said already. */
export function threadTitleOf(row: Words, room: RoomId): string {
  return beginningOf(row, room, titleChars) || '…';
}

/** In one line. */
function beginningOf(row: Words, room: RoomId, chars: number): string {
  // Nobody is mentioned by it: on which account they would be makes no difference.
  const line = toPlain(bodyOf(row, accountId(''), room))
    .replaceAll(/\s+/g, ' ')
    .trim();
  const [beginning = ''] = splitText(line, { chars });
  return line.length > chars ? `${beginning.trimEnd()}…` : line;
}
