import type { LinkWish, RoomChoice, WishedRoom } from '../links/link-wish.js';
import { accountId } from '../model/ids.js';
import type { LinkBody, UnlinkQuery } from './api.schemas.js';

/** Pure: what the body of a call asks a link to be. */
export function wishOf(key: string, { rooms, turns, speakers, mirror = {} }: LinkBody): LinkWish {
  return {
    key,
    rooms: rooms.map(({ account, room, create, direction, speaker }): WishedRoom => {
      // The schema has taken only what names one of the two.
      const wanted = create === undefined ? { room: room ?? '' } : { create };
      return {
        account: accountId(account),
        wanted,
        ...(direction === undefined ? {} : { direction }),
        ...(speaker === undefined ? {} : { speaker }),
      };
    }),
    turns: turns.map(({ account, ...turn }) => ({ account: accountId(account), ...turn })),
    ...(speakers === undefined
      ? {}
      : { speakers: speakers.map(({ account, ...given }) => ({ account: accountId(account), ...given })) }),
    mirror,
  };
}

export function roomChoice({ account, room }: UnlinkQuery): RoomChoice | 'all' {
  if (account === undefined) return 'all';
  return { account: accountId(account), ...(room === undefined ? {} : { room }) };
}
