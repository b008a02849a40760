import type { BridgeEvent } from '../../model/bridge-event.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { happened, one, personRef, refTo, said } from './from-slack-happenings.js';
import type { Reading } from './from-slack-inlines.js';
import { isOurs, slackMessageRef } from './slack.ids.js';
import { type MessageEvent, readMemberEvent, readPinEvent, type StoredEvent } from './slack.payloads.js';

export function roomChanged(
  event: MessageEvent,
  change: Extract<BridgeEvent, { kind: 'roomChanged' }>['change'],
  reading: Reading,
): ReadResult {
  const at = event.ts ?? event.event_ts;
  if (at === undefined) return { ignored: 'a change of the room without its ts' };
  return one({ ...said(event, event, at, reading), kind: 'roomChanged', change });
}

/** What the model has no word for is told as what it is: something that its author did. */
export function toldInWords(event: MessageEvent, what: string, reading: Reading): ReadResult {
  if (event.ts === undefined) return { ignored: 'a message without its ts' };
  return one({
    ...said(event, event, event.ts, reading),
    kind: 'messageSent',
    message: refTo(event, event.ts, reading),
    body: [{ type: 'paragraph', content: [{ type: 'text', text: what }] }],
    files: [],
    style: 'emote',
    attention: 'silent',
  });
}

export function fromMember(
  event: StoredEvent['event'],
  type: 'member_joined_channel' | 'member_left_channel',
  reading: Reading,
): ReadResult {
  const { user, inviter, channel, event_ts: at } = readMemberEvent(event);
  if (isOurs({ user }, reading.self)) return { ignored: `${type} of our own` };
  const member = personRef({ user }, reading);
  if (type === 'member_joined_channel') {
    return one({ ...happened(channel, { user: inviter ?? user }, at, reading), kind: 'memberJoined', member });
  }
  // Slack does not say whether somebody saw them out.
  return one({ ...happened(channel, { user }, at, reading), kind: 'memberLeft', member, how: 'left' });
}

export function fromPin(event: StoredEvent['event'], type: 'pin_added' | 'pin_removed', reading: Reading): ReadResult {
  const { user, channel_id: channel, item, event_ts: at } = readPinEvent(event);
  const ts = item.message?.ts;
  if (ts === undefined) return { ignored: `${type} of no message` };
  return one({
    ...happened(channel, { user }, at, reading),
    kind: 'pinChanged',
    message: slackMessageRef(reading.self.account, channel, ts),
    state: type === 'pin_added' ? 'pinned' : 'unpinned',
  });
}
