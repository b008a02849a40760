import type { RemoteId, RoomId } from './ids.js';

/** What an address that people copy from a network's clients names: a room, or one of its messages. */
export interface Place {
  readonly room: RoomId;
  readonly message?: RemoteId;
}

/** The addresses under which people see a network's rooms and messages. */
export interface Addresses {
  /** Undefined where the address names nothing of this account's network. May ask the network what is called so; throws no BridgeErrors. */
  placeIn(url: string, signal: AbortSignal): Promise<Place | undefined>;
  /** Where its people see it; may ask the network. Throws BridgeErrors. */
  addressOf(place: Place, signal: AbortSignal): Promise<string>;
}
