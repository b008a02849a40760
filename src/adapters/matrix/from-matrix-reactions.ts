import { cleanText } from '../../formatting/clean.js';
import { oneEmoji } from '../../formatting/emoji.js';
import { remoteId } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { happened, one, refTo } from './from-matrix-happenings.js';
import type { MatrixSelf } from './matrix.ids.js';
import { type JsonObject, readRelation, type StoredEvent } from './matrix.payloads.js';

/** Some clients react with a few words. No one means a page. */
const longestEmoji = 200;

export function fromReaction(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { content, event_id: row } = stored.event;
  const { rel_type: type, event_id: target, key = '' } = readRelation(content);
  if (type !== 'm.annotation' || target === undefined) return { ignored: 'm.reaction to nothing' };
  const emoji = emojiOf(key, content);
  if (emoji === '') return { ignored: 'm.reaction without an emoji' };
  if (emoji.length > longestEmoji) return { ignored: 'm.reaction with more than an emoji' };
  return one({
    ...happened(stored, self),
    kind: 'reactionAdded',
    message: refTo(stored, self, target),
    emoji,
    version: stored.order,
    row: remoteId(row),
  });
}

/** Custom emoji are keyed by their picture and name themselves beside it. */
function emojiOf(key: string, content: JsonObject): string {
  if (!key.startsWith('mxc://')) return oneEmoji(key.trim()) ?? cleanText(key).trim();
  const shortcode = content['shortcode'] ?? content['com.beeper.reaction.shortcode'];
  const name = typeof shortcode === 'string' ? cleanText(shortcode).replaceAll(/[:\s]/g, '') : '';
  return name === '' ? '' : `:${name}:`;
}
