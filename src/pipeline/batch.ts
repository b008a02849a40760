import { createHash } from 'node:crypto';
import { type BridgeEvent, begunBy } from '../model/bridge-event.js';
import { type InboxKey, inboxKey, type MessageRef } from '../model/ids.js';
import type { NetworkAdapter, RawPayload } from '../model/network-adapter.js';
import { copyKey, roomKey } from '../model/routing.js';
import type { Asked, Learnt } from '../persistence/ingest.repository.js';
import type { InboxRow } from '../persistence/plan-writes.js';
import type { Interpretation } from './interpret.js';
import { tellsOfPoll } from './polls.js';

/** A payload with what it says. */
export interface Read extends RawPayload {
  readonly content: Interpretation;
}

export function contentsOf(read: readonly { readonly content: Interpretation }[]): Interpretation[] {
  return read.map(({ content }) => content);
}

export function eventsIn(content: Interpretation): readonly BridgeEvent[] {
  return 'events' in content ? content.events : [];
}

/**
 * The payloads that are not stored yet, each once, with the inbox ids that they will have. The echo of a copy that is written down
 * says nothing that is not known: it is not stored, however often it is read.
 */
export function freshOf(
  adapter: NetworkAdapter,
  reads: readonly Read[],
  { known, stored, inboxIds }: Learnt,
): { readonly inbox: InboxRow; readonly content: Interpretation; readonly isNews: true | undefined }[] {
  const fresh = [...new Map(reads.map((read) => [read.key, read])).values()].filter(
    ({ key, content }) => !stored.has(key) && !isEchoOf(content, (copy) => known.copies.has(copyKey(copy))),
  );
  const keys = new Set(fresh.map(({ key }) => key));
  return fresh.flatMap(({ key, body, content, isNews, about }, index) => {
    const id = inboxIds[index];
    const says = about !== undefined && keys.has(comparable(about)) ? toldAtOnce : content;
    return id === undefined ? [] : [{ inbox: { id, account: adapter.account, key, body }, content: says, isNews }];
  });
}

const toldAtOnce: Interpretation = { ignored: 'it was so already when it was told what it is about' };

export function startsMessage(
  event: BridgeEvent,
): event is Extract<BridgeEvent, { kind: 'messageSent' | 'pollStarted' }> {
  return event.kind === 'messageSent' || event.kind === 'pollStarted';
}

/** The messages that begin with these events. */
export function beginningsIn(events: readonly BridgeEvent[]): MessageRef[] {
  return events.flatMap((event) => begunBy(event) ?? []);
}

/** Whether the payload tells of nothing but our own messages, all of them known copies. */
export function isEchoOf(content: Interpretation, isKnown: (copy: MessageRef) => boolean): boolean {
  const events = eventsIn(content);
  return events.length > 0 && events.every((event) => isEcho(event) && isKnown(event.message));
}

/** Our own message coming back with a key. */
function isEcho(event: BridgeEvent): event is Extract<BridgeEvent, { kind: 'messageSent' | 'pollStarted' }> {
  return startsMessage(event) && event.actor.standing === 'ours' && event.key !== undefined;
}

/** PostgreSQL stores U+FFFD for half a surrogate pair: such a key is its hash, which is the same when it is read back. */
export function comparable(key: InboxKey): InboxKey {
  return key.isWellFormed() ? key : hashed(key);
}

/** Text in PostgreSQL holds no NUL: a key that has one is stored by its hash, so that it too is known when it comes again. */
export function storable(key: InboxKey): InboxKey {
  return key.includes('\0') ? hashed(key) : key;
}

/** Of its UTF-16 code units: in UTF-8, halves of pairs are all the same. */
function hashed(key: InboxKey): InboxKey {
  return inboxKey(`sha256:${createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('hex')}`);
}

export function sentBy(events: readonly BridgeEvent[]): MessageRef[] {
  return events.filter(startsMessage).map(({ message }) => message);
}

export function roomsOf(events: readonly BridgeEvent[]): Asked['rooms'] {
  // Votes are shown in the room where they were given, too, a deletion may be one's, and what is left of a deleted message goes there.
  const isToldBack = (event: BridgeEvent): boolean =>
    isEcho(event) || tellsOfPoll(event) || event.kind === 'messageDeleted';
  const toldBack = new Set(events.filter(isToldBack).map(({ room }) => roomKey(room)));
  const rooms = new Map(events.map(({ room }) => [roomKey(room), room]));
  return [...rooms].map(([key, room]) => ({ room, bringsEchoes: toldBack.has(key) }));
}
