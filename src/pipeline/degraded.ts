import type { BridgeEvent, EventKind, MessageSent } from '../model/bridge-event.js';
import { remoteId, type UserRef } from '../model/ids.js';
import type { LinkOptions } from '../model/link-options.js';
import type { LostFiles } from '../model/network-adapter.js';
import type { RichText } from '../model/rich-text.js';

/**
 * `by`: who is to be seen to say it: the event's own person, or the bridge itself. `inLine`: how it is told where the room turns out
 * not to let us show it.
 */
export type Degraded =
  | { readonly event: BridgeEvent; readonly by: 'person' | 'bridge'; readonly inLine?: MessageSent }
  | { readonly skip: string };

/** What is known of the target room besides its capabilities. */
export interface Resolved {
  /** Whether what a reply answers stands in the target room. */
  readonly replyTarget: 'found' | 'missing' | 'none';
  /** The same for the message that a thread began with. */
  readonly thread: 'found' | 'missing' | 'none';
  /** How old the copy is that an edit is about; absent where that is not known. */
  readonly copyAgeMs?: number;
  /** What an edit takes away of the message's files; absent: nothing. */
  readonly lost?: LostFiles;
  /** What the adapter has an entry for. */
  can(kind: EventKind): boolean;
  readonly options: LinkOptions;
  /** What people call the network that the event comes from. */
  readonly networkLabel: string;
  /** Of an event about a person: who that is in the target room; absent where that is not known. */
  readonly here?: UserRef;
  /** Of a reaction that is added: people of the room cannot react so, though it takes more than everybody's emoji. */
  readonly lacksEmoji?: true;
  /** Of a reaction that is taken back: the room has it in words. */
  readonly told?: true;
}

/** Pure: shown as it happened, wherever the network can show such a thing at all. */
export function asItIs(event: BridgeEvent, { can }: Resolved): Degraded {
  if (!can(event.kind)) return { skip: `the network cannot show ${event.kind}` };
  const isSaidByBridge = (event.kind === 'messageSent' || event.kind === 'messageEdited') && event.by === 'bridge';
  return { event, by: isSaidByBridge ? 'bridge' : 'person' };
}

/** Pure: what the bridge itself says of an event. */
export function noticeLine(event: BridgeEvent, body: RichText): MessageSent {
  return line(event, body).event;
}

/** Said by the bridge itself, without anybody being notified. */
export function line(event: BridgeEvent, body: RichText): { readonly event: MessageSent; readonly by: 'bridge' } {
  const { room, actor, at } = event;
  // It stands for no message of the source.
  const message = { room, id: remoteId('') };
  return {
    event: { kind: 'messageSent', room, actor, at, message, body, files: [], style: 'notice', attention: 'silent' },
    by: 'bridge',
  };
}
