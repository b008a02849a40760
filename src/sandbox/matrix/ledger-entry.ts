import type { LedgerEntry } from '../ledger.js';
import { isObject, relationOf, type JsonObject, type StoredEvent } from './events.js';

/** The content field by which the bridge marks what it sends. */
export const deliveryField = 'org.crosstalk.delivery';

/**
 * What the ledger says of an event: `text` is the body (of an edit, the new one; of a reaction, its key; of state, its type).
 * `target` is the related or redacted event, of state the state key. Ask before the event is applied: a redaction strips its target.
 */
export function ledgerEntryOf(
  event: StoredEvent,
  redacted: StoredEvent | undefined,
): Omit<LedgerEntry, 'order' | 'atMs'> {
  const delivery = event.content[deliveryField];
  const base = {
    room: event.roomId,
    id: event.eventId,
    actor: event.sender,
    ...(typeof delivery === 'string' ? { key: delivery } : {}),
  };
  if (event.stateKey !== undefined) return { ...base, kind: 'state', text: event.type, target: event.stateKey };
  if (event.type === 'm.room.redaction') {
    const isReaction = redacted !== undefined && relationOf(redacted.content)?.kind === 'm.annotation';
    const target = event.redacts === undefined ? {} : { target: event.redacts };
    return { ...base, kind: isReaction ? 'reactionRemoval' : 'deletion', ...target };
  }
  const relation = relationOf(event.content);
  switch (relation?.kind) {
    case 'm.annotation':
      return {
        ...base,
        kind: 'reaction',
        target: relation.target,
        ...(relation.key === undefined ? {} : { text: relation.key }),
      };
    case 'm.replace': {
      const replacement = event.content['m.new_content'];
      return {
        ...base,
        kind: 'edit',
        target: relation.target,
        ...textOf(isObject(replacement) ? replacement : event.content),
      };
    }
    default:
      return { ...base, kind: 'message', ...textOf(event.content) };
  }
}

function textOf(content: JsonObject): { text?: string } {
  return typeof content.body === 'string' ? { text: content.body } : {};
}
