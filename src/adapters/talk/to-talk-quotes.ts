import { toPlain } from '../../formatting/plain.js';
import { splitText } from '../../formatting/split.js';
import { accountId, type RoomId } from '../../model/ids.js';
import type { RichText } from '../../model/rich-text.js';
import { bodyOf } from './from-talk-text.js';
import type { RichParameter } from './talk.payloads.js';

const quotedChars = 120;

/** Pure: the beginning of a row, as it stands in the text of what answers it. */
export function shortQuoteOf(
  row: {
    readonly actorDisplayName: string;
    readonly message: string;
    readonly messageParameters: Readonly<Record<string, RichParameter>>;
  },
  room: RoomId,
): RichText {
  // Nobody is mentioned by a quote: on which account they would be makes no difference.
  const line = toPlain(bodyOf(row, accountId(''), room))
    .replaceAll(/\s+/g, ' ')
    .trim();
  const [beginning = ''] = splitText(line, { chars: quotedChars });
  const short = line.length > quotedChars ? `${beginning.trimEnd()}…` : line;
  const text = row.actorDisplayName === '' ? short : `${row.actorDisplayName}: ${short}`;
  return [{ type: 'quote', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] }];
}
