import type { SpeakerWish } from '../model/capabilities.js';
import type { AccountId } from '../model/ids.js';
import type { LinkOptions } from '../model/link-options.js';
import type { WantedRoom } from '../model/network-adapter.js';
import type { PortalWiring } from '../model/routing.js';

type Direction = PortalWiring['direction'];

/** A room that is to be in a link. */
export interface WishedRoom {
  readonly account: AccountId;
  readonly wanted: WantedRoom;
  /** Absent: as it is, `both` for one that is new. */
  readonly direction?: Direction;
  /** Absent: as it is, `auto` for one that is new. */
  readonly speaker?: SpeakerWish;
}

/** A room that is in a link already; `room` where the account has several in it. */
export interface RoomChoice {
  readonly account: AccountId;
  readonly room?: string;
}

/** What a person wants a link to be: what is not said stays as it is. */
export interface LinkWish {
  readonly key: string;
  readonly rooms: readonly WishedRoom[];
  readonly turns: readonly (RoomChoice & { readonly direction: Direction })[];
  /** Who is to speak in rooms of the link. */
  readonly speakers?: readonly (RoomChoice & { readonly speaker: SpeakerWish })[];
  readonly mirror: Partial<LinkOptions>;
}

/** Whether two wishes mean the same room, as far as their words tell. */
export function sameWanted(one: WantedRoom, other: WantedRoom): boolean {
  if ('room' in one) return 'room' in other && one.room === other.room;
  return 'create' in other && one.create.name === other.create.name;
}

export function nameOf(wanted: WantedRoom): string {
  return 'room' in wanted ? wanted.room : `a new room "${wanted.create.name}"`;
}
