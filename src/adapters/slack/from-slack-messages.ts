import { withFileNames } from '../../formatting/named-files.js';
import { toPlain } from '../../formatting/plain.js';
import type { MessageSent } from '../../model/bridge-event.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { authorOf, one, refTo, said } from './from-slack-happenings.js';
import { huddleChanged } from './from-slack-huddles.js';
import type { Reading } from './from-slack-inlines.js';
import { bodyOf, filesAdded, filesGone, filesOf, filesSent } from './from-slack-text.js';
import { versionOf } from './slack.ids.js';
import type { MessageEvent, SlackMessage } from './slack.payloads.js';

export function messageSent(event: MessageEvent, reading: Reading): ReadResult {
  const { ts, thread_ts: thread } = event;
  if (ts === undefined) return { ignored: 'a message without its ts' };
  const body = bodyOf(event, reading);
  const files = filesSent(event, reading.self);
  if (body.length === 0 && filesOf(event, reading.self).length === 0) return { ignored: 'a message without a text' };
  const isReply = thread !== undefined && thread !== ts;
  return one({
    ...said(event, event, ts, reading),
    kind: 'messageSent',
    message: refTo(event, ts, reading),
    body,
    files,
    style: styleOf(event),
    ...(isReply && !isBroadcast(event) ? { thread: refTo(event, thread, reading) } : {}),
    ...broadcastOf(event, event, reading),
  });
}

/** A reply that its author sent to the channel too is to be seen there: it answers the thread's first message. */
function broadcastOf(
  event: MessageEvent,
  message: SlackMessage & Pick<MessageEvent, 'root'>,
  reading: Reading,
): Pick<MessageSent, 'replyTo' | 'quoted'> {
  const { ts, thread_ts: thread, root } = message;
  if (!isBroadcast(message) || thread === undefined || thread === ts) return {};
  return {
    replyTo: refTo(event, thread, reading),
    ...(root === undefined ? {} : { quoted: quotedIn(root, reading) }),
  };
}

function isBroadcast({ subtype }: SlackMessage): boolean {
  return subtype === 'thread_broadcast';
}

function quotedIn(root: SlackMessage, reading: Reading): NonNullable<MessageSent['quoted']> {
  return { name: authorOf(root, reading).name, text: toPlain(shownBody(root, reading)) };
}

function styleOf({ subtype }: SlackMessage): MessageSent['style'] {
  return subtype === 'me_message' ? 'emote' : 'text';
}

/** Also told where links were looked up, a reply came, or a message was pinned: only what is shown counts. */
export function messageChanged(event: MessageEvent, reading: Reading): ReadResult {
  const { message, previous_message: before } = event;
  if (message?.ts === undefined) return { ignored: 'message_changed without its message' };
  // A deleted message that has replies leaves a stone in its place, with Slack's own words on it.
  if (message.subtype === 'tombstone') return messageDeleted(event, message.ts, reading);
  if (message.subtype === 'huddle_thread') return huddleChanged(event, message, reading);
  const body = bodyOf(message, reading);
  const files = filesOf(message, reading.self);
  const gone = filesGone(message);
  if (body.length === 0 && files.length === 0 && gone.length > 0) return messageDeleted(event, message.ts, reading);
  if (body.length === 0 && files.length === 0) return { ignored: 'message_changed without a text' };
  // What is gone may be missing in what is told of before too.
  const isSame =
    gone.length === 0 &&
    (before === undefined
      ? message.edited === undefined
      : isEqual(shownBody(message, reading), shownBody(before, reading)));
  if (isSame) return { ignored: 'message_changed that shows the same' };
  const added = before === undefined ? [] : filesAdded(message, before, reading.self);
  return one({
    ...said(event, message, event.event_ts ?? event.ts ?? message.ts, reading),
    kind: 'messageEdited',
    message: refTo(event, message.ts, reading),
    body,
    ...(files.length === 0 ? {} : { files }),
    ...(gone.length === 0 ? {} : { filesGone: gone }),
    ...(added.length === 0 ? {} : { filesAdded: added }),
    ...broadcastOf(event, message, reading),
    style: styleOf(message),
    version: versionOf(event.event_ts ?? event.ts ?? message.ts),
  });
}

/** What a message shows, its files by their names. */
function shownBody(message: SlackMessage, reading: Reading): MessageSent['body'] {
  return withFileNames(bodyOf(message, reading), filesOf(message, reading.self));
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Slack does not say who deleted it: its author, as far as anybody can tell. */
export function messageDeleted(event: MessageEvent, ts: string | undefined, reading: Reading): ReadResult {
  if (ts === undefined) return { ignored: 'message_deleted of nothing' };
  const at = event.event_ts ?? event.ts ?? ts;
  const { key: _ofTheMessage, ...happened } = said(event, event.previous_message ?? {}, at, reading);
  return one({ ...happened, kind: 'messageDeleted', message: refTo(event, ts, reading), version: versionOf(at) });
}
