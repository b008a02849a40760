import { assertNever, type BridgeEvent } from '../model/bridge-event.js';
import type { RichText } from '../model/rich-text.js';

type Noticed = Extract<BridgeEvent, { kind: 'memberJoined' | 'memberLeft' | 'roomChanged' }>;

/** Pure: one line that tells what happened, for a room that cannot show it otherwise. */
export function noticeOf(event: Noticed, networkLabel: string): RichText {
  return [{ type: 'paragraph', content: [{ type: 'text', text: lineOf(event, networkLabel) }] }];
}

function lineOf(event: Noticed, networkLabel: string): string {
  switch (event.kind) {
    case 'memberJoined':
      return `${event.member.name} (${networkLabel}) joined`;
    case 'memberLeft':
      return `${event.member.name} (${networkLabel}) ${wayOut[event.how]}`;
    case 'roomChanged':
      return `${event.actor.name} (${networkLabel}) ${changed(event.change)}`;
    default:
      return assertNever(event);
  }
}

const wayOut = { left: 'left', removed: 'was removed', banned: 'was banned' } as const;

function changed(change: Extract<Noticed, { kind: 'roomChanged' }>['change']): string {
  switch (change.of) {
    case 'name':
      return `named the room “${change.name}”`;
    case 'topic':
      return change.topic === '' ? 'removed the description' : `set the description: ${change.topic}`;
    case 'avatar':
      return change.avatar === null ? 'removed the picture of the room' : 'changed the picture of the room';
    case 'history':
      return 'cleared the history';
    default:
      return assertNever(change);
  }
}
