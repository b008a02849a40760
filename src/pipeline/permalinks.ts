import { changeInlines } from '../formatting/change-inlines.js';
import type { Addresses, Place } from '../model/addresses.js';
import type { BridgeEvent } from '../model/bridge-event.js';
import type { AccountId, MessageRef, RoomId, RoomRef } from '../model/ids.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import type { RichText } from '../model/rich-text.js';

/** What addresses name, and what that is elsewhere. */
export interface PermalinkLookup {
  /** What an address names, as each account of its network would have it. */
  placesIn(url: string, signal: AbortSignal): Promise<readonly (Place & { readonly account: AccountId })[]>;
  /** A message as it stands in a room of an account, best in one room. */
  copyOn(message: MessageRef, target: RoomRef): Promise<MessageRef | undefined>;
  /** The room of an account that is in the same link as another room. */
  linkedRoom(room: RoomRef, account: AccountId): Promise<RoomId | undefined>;
}

/** What an address names, as each account of its network would have it. */
export async function placesIn(
  adapters: Iterable<Pick<NetworkAdapter, 'account' | 'addresses'>>,
  url: string,
  signal: AbortSignal,
): ReturnType<PermalinkLookup['placesIn']> {
  const places = await Promise.all(
    [...adapters].map(async ({ account, addresses }) => {
      const place = await addresses?.placeIn(url, signal);
      return place === undefined ? [] : [{ ...place, account }];
    }),
  );
  return places.flat();
}

/** More of them in one message are left as they are: each is looked up. */
const mostAddresses = 20;
/** As people write them; what ends a sentence is no part of it. */
const written = /(?:https?:\/\/|matrix:)[^\s<>"]*[^\s<>"'.,;:!?)\]}]/gi;

/**
 * The event with its addresses of bridged messages and linked rooms as its readers have them. Others stay as they are: those of the
 * readers' own network, and those of messages that nobody bridged. What the bridge says itself leads where it says.
 */
export async function withPermalinks(
  event: BridgeEvent,
  target: RoomRef,
  addresses: Addresses | undefined,
  lookup: PermalinkLookup,
  signal: AbortSignal,
): Promise<BridgeEvent> {
  if (addresses === undefined || (event.kind !== 'messageSent' && event.kind !== 'messageEdited')) return event;
  if (event.by === 'bridge') return event;
  const theirs = new Map<string, string>();
  for (const url of addressesIn(event.body)) {
    const place = await placeThere(url, target, lookup, signal);
    if (place !== undefined) theirs.set(url, await addresses.addressOf(place, signal));
  }
  return theirs.size === 0 ? event : { ...event, body: withAddresses(event.body, (url) => theirs.get(url)) };
}

async function placeThere(
  url: string,
  target: RoomRef,
  lookup: PermalinkLookup,
  signal: AbortSignal,
): Promise<Place | undefined> {
  const places = await lookup.placesIn(url, signal);
  if (places.some(({ account }) => account === target.account)) return undefined;
  for (const { account, room, message } of places) {
    const there = { account, id: room };
    if (message === undefined) {
      const linked = await lookup.linkedRoom(there, target.account);
      if (linked !== undefined) return { room: linked };
    } else {
      const copy = await lookup.copyOn({ room: there, id: message }, target);
      if (copy !== undefined) return { room: copy.room.id, message: copy.id };
    }
  }
  return undefined;
}

function addressesIn(body: RichText): readonly string[] {
  const found = new Set<string>();
  withAddresses(body, (url) => {
    found.add(url);
    return undefined;
  });
  return [...found].slice(0, mostAddresses);
}

/** The same text with the addresses that `change` knows written otherwise, in links and as words. */
function withAddresses(body: RichText, change: (url: string) => string | undefined): RichText {
  return changeInlines(
    body,
    (leaf) =>
      leaf.type === 'text' ? [{ ...leaf, text: leaf.text.replaceAll(written, (url) => change(url) ?? url) }] : [leaf],
    (url) => change(url) ?? url,
  );
}
