import { withContacts } from '../media/contacts.js';
import type { BridgeEvent } from '../model/bridge-event.js';
import type { Lane } from '../model/delivery.js';
import type { FileElsewhere, FileRef, MessageRef } from '../model/ids.js';
import type { FileStream, NetworkAdapter } from '../model/network-adapter.js';
import type { CopyLookup } from './copies-here.js';
import { type MentionLookup, translated } from './mentions.js';
import { type PermalinkLookup, withPermalinks } from './permalinks.js';

export interface ReaderParts extends MentionLookup, Pick<PermalinkLookup, 'placesIn'> {
  readonly copies: Pick<CopyLookup, 'copyOn'>;
  readonly openFile: (file: FileRef, signal: AbortSignal) => Promise<FileStream>;
}

/** Where people find a file who do not find it in the room that it goes to. */
export type Elsewhere = (file: FileRef, message: MessageRef) => FileElsewhere;

/** Pure: the event with where people find its files who do not find them in the room that it goes to. */
export function withPlaces(event: BridgeEvent, elsewhere: Elsewhere): BridgeEvent {
  if (event.kind !== 'messageSent' && event.kind !== 'messageEdited') return event;
  const { message } = event;
  const placed = (file: FileRef): FileRef => ({ ...file, elsewhere: elsewhere(file, message) });
  if (event.kind === 'messageSent') return { ...event, files: event.files.map(placed) };
  const { filesAdded = [] } = event;
  if (filesAdded.length === 0) return event;
  return { ...event, filesAdded: filesAdded.map(({ place, file }) => ({ place, file: placed(file) })) };
}

/** The event with the people, rooms and messages that it names as they are known in the lane's room, and who is on its contact cards. */
export async function forReaders(
  event: BridgeEvent,
  addresses: NetworkAdapter['addresses'],
  lane: Lane,
  parts: ReaderParts,
  signal: AbortSignal,
): Promise<BridgeEvent> {
  const told = await withContacts(event, parts.openFile, signal);
  const said = await translated(told, lane.account, parts);
  const target = { account: lane.account, id: lane.room };
  const { placesIn, linkedRoom, copies } = parts;
  const lookup: PermalinkLookup = {
    placesIn,
    linkedRoom,
    copyOn: (message, room) => copies.copyOn(message, room),
  };
  return withPermalinks(said, target, addresses, lookup, signal);
}
