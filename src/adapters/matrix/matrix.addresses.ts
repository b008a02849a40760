import type { Addresses } from '../../model/addresses.js';
import { roomId } from '../../model/ids.js';
import { matrixAddressOf, matrixPlaceIn } from './matrix.ids.js';
import type { MatrixLookups } from './matrix.lookups.js';

/** People name rooms by aliases, too: which room that is the homeserver says. */
export function matrixAddresses(lookups: Pick<MatrixLookups, 'roomOf'>, serverName: string): Addresses {
  return {
    placeIn: async (url, signal) => {
      const place = matrixPlaceIn(url);
      if (place?.room.startsWith('#') !== true) return place;
      const room = await lookups.roomOf(place.room, signal);
      return room === undefined ? undefined : { ...place, room: roomId(room) };
    },
    addressOf: (place) => Promise.resolve(matrixAddressOf(place, serverName)),
  };
}
