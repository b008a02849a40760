import { oneEmoji } from '../formatting/emoji.js';
import type { BridgeEvent, EventKind, MessageEdited, MessageSent } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import { remoteId } from '../model/ids.js';
import type { LinkOptions } from '../model/link-options.js';
import type { RichText } from '../model/rich-text.js';
import { noticeOf } from './notices.js';

/** `by`: who is to be seen to say it: the event's own person, or the bridge itself. */
export type Degraded = { readonly event: BridgeEvent; readonly by: 'person' | 'bridge' } | { readonly skip: string };

/** What is known of the target room besides its capabilities. */
export interface Resolved {
  /** Whether what a reply answers stands in the target room. */
  readonly replyTarget: 'found' | 'missing' | 'none';
  /** The same for the message that a thread began with. */
  readonly thread: 'found' | 'missing' | 'none';
  /** How old the copy is that an edit is about; absent where that is not known. */
  readonly copyAgeMs?: number;
  /** What the adapter has an entry for. */
  can(kind: EventKind): boolean;
  readonly options: LinkOptions;
  /** What people call the network that the event comes from. */
  readonly networkLabel: string;
}

const quotedChars = 120;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Pure: turns an event into what the target room can show, or says why there is nothing to show. */
export function degrade(event: BridgeEvent, capabilities: Capabilities, resolved: Resolved): Degraded {
  switch (event.kind) {
    case 'messageSent':
      return message(event, capabilities, resolved);
    case 'messageEdited':
      return edit(event, capabilities, resolved);
    case 'reactionAdded':
    case 'reactionRemoved':
      return reaction(event, capabilities, resolved);
    case 'memberJoined':
    case 'memberLeft':
      return member(event, resolved);
    case 'roomChanged':
      return roomChange(event, resolved);
    default:
      return asItIs(event, resolved);
  }
}

function asItIs(event: BridgeEvent, { can }: Resolved): Degraded {
  return can(event.kind) ? { event, by: 'person' } : { skip: `the network cannot show ${event.kind}` };
}

function message(event: MessageSent, capabilities: Capabilities, resolved: Resolved): Degraded {
  if (event.body.length === 0 && event.files.length === 0) return { skip: 'there is nothing in it' };
  return asItIs(answering(threaded(event, capabilities, resolved), capabilities, resolved), resolved);
}

/** Where a room has no threads, what is said in one answers its first message. */
function threaded(event: MessageSent, capabilities: Capabilities, { thread }: Resolved): MessageSent {
  if (event.thread === undefined || (capabilities.threads !== 'none' && thread === 'found')) return event;
  const { thread: root, ...rest } = event;
  return event.replyTo === undefined && thread === 'found' ? { ...rest, replyTo: root } : rest;
}

function answering(event: MessageSent, capabilities: Capabilities, { replyTarget }: Resolved): MessageSent {
  const isNative = event.replyTo === undefined || (replyTarget !== 'missing' && capabilities.replies === 'quote');
  if (isNative) return event;
  const { replyTo: _unreachable, ...rest } = event;
  return { ...rest, body: [...quoteOf(event), ...event.body] };
}

/** A short quote stands in for a reply's target that is not to be seen in the room. */
function quoteOf(event: MessageSent): RichText {
  if (event.quoted === undefined) return [];
  const { name, text } = event.quoted;
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const short = line.length > quotedChars ? `${beginning(line)}…` : line;
  return [{ type: 'quote', content: [{ type: 'paragraph', content: [{ type: 'text', text: `${name}: ${short}` }] }] }];
}

/** As much as a quote takes, without cutting what is seen as one character. */
function beginning(line: string): string {
  let end = 0;
  for (const { index, segment } of graphemes.segment(line)) {
    if (index + segment.length > quotedChars) break;
    end = index + segment.length;
  }
  return line.slice(0, end);
}

/** Past the time in which the room takes edits, the new words are said as an answer to the old ones. */
function edit(event: MessageEdited, { editWindowMs }: Capabilities, resolved: Resolved): Degraded {
  if (event.body.length === 0) return { skip: 'there is nothing in it' };
  const { copyAgeMs = 0 } = resolved;
  if (editWindowMs === undefined || copyAgeMs < editWindowMs) return asItIs(event, resolved);
  const { version: _version, ...rest } = event;
  const body = corrected(event.body);
  return asItIs({ ...rest, kind: 'messageSent', body, files: [], replyTo: event.message }, resolved);
}

function corrected(body: RichText): RichText {
  const [first, ...others] = body;
  if (first?.type !== 'paragraph') return [{ type: 'paragraph', content: [{ type: 'text', text: '✏️' }] }, ...body];
  return [{ ...first, content: [{ type: 'text', text: '✏️ ' }, ...first.content] }, ...others];
}

function reaction(
  event: Extract<BridgeEvent, { kind: 'reactionAdded' | 'reactionRemoved' }>,
  { reactions }: Capabilities,
  resolved: Resolved,
): Degraded {
  if (reactions === 'none') return { skip: 'the room has no reactions' };
  const isShown = reactions === 'any' || (event.emoji !== undefined && oneEmoji(event.emoji) !== undefined);
  return isShown ? asItIs(event, resolved) : { skip: 'the room takes emoji only as reactions' };
}

function member(
  event: Extract<BridgeEvent, { kind: 'memberJoined' | 'memberLeft' }>,
  { options, can, networkLabel }: Resolved,
): Degraded {
  if (options.members === 'off') return { skip: 'the link does not show who comes and goes' };
  if (options.members === 'state' && can(event.kind)) return { event, by: 'person' };
  return line(event, noticeOf(event, networkLabel));
}

function roomChange(event: Extract<BridgeEvent, { kind: 'roomChanged' }>, resolved: Resolved): Degraded {
  const { options, can, networkLabel } = resolved;
  const { of } = event.change;
  if (of === 'history') return line(event, noticeOf(event, networkLabel));
  if (!options[of]) return { skip: `the link does not mirror the room's ${of}` };
  return can('roomChanged') ? { event, by: 'bridge' } : line(event, noticeOf(event, networkLabel));
}

/** Said by the bridge itself, without anybody being notified. */
function line(event: BridgeEvent, body: RichText): Degraded {
  const { room, actor, at } = event;
  // It stands for no message of the source.
  const message = { room, id: remoteId('') };
  return {
    event: { kind: 'messageSent', room, actor, at, message, body, files: [], style: 'notice', attention: 'silent' },
    by: 'bridge',
  };
}
