import type { StoredEvent } from './events.js';
import type { Appservice } from './registration.js';
import type { Room } from './room.js';

interface Verdict {
  readonly membershipVersion: number;
  readonly appservice: Appservice;
  readonly isInteresting: boolean;
}

/** Which events an application service is to hear of: its users' own, those about them, and all of the rooms that they are in. */
export class AppserviceInterest {
  readonly #verdicts = new WeakMap<Room, Verdict>();

  inEvent(appservice: Appservice, event: StoredEvent, room: Room): boolean {
    if (appservice.ownsUser(event.sender)) return true;
    if (event.type === 'm.room.member' && event.stateKey !== undefined && appservice.ownsUser(event.stateKey))
      return true;
    return this.inRoom(appservice, room);
  }

  inRoom(appservice: Appservice, room: Room): boolean {
    if (appservice.ownsRoom(room.id)) return true;
    for (const alias of room.aliases) if (appservice.ownsAlias(alias)) return true;
    const { membershipVersion } = room;
    const known = this.#verdicts.get(room);
    if (known?.membershipVersion === membershipVersion && known.appservice === appservice) return known.isInteresting;
    const isInteresting = hasUserOf(appservice, room);
    this.#verdicts.set(room, { membershipVersion, appservice, isInteresting });
    return isInteresting;
  }
}

function hasUserOf(appservice: Appservice, room: Room): boolean {
  for (const userId of room.joined) if (appservice.ownsUser(userId)) return true;
  return false;
}
