import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { roomType } from '../talk.constants.js';
import { talkRoom, talkRooms, type TalkRoom } from '../talk.payloads.js';
import { avatarEndpoints } from './avatars.endpoints.js';
import { pathOf } from './endpoint-call.js';
import type { FormFile } from './form.js';
import { numberIn } from './headers.js';
import { parseData, type OcsAnswer, type OcsDoor } from './ocs.js';
import { maxListBytes, roomEndpoints } from './rooms.endpoints.js';

export interface RoomList {
  readonly rooms: readonly TalkRoom[];
  /** What to ask for next, in whole seconds of the server's clock; inclusive, so that rooms repeat. */
  readonly modifiedBefore: number | undefined;
  /** How many invitations into rooms of other servers wait for an answer. */
  readonly invitations: number;
}

/** A list may have thousands: after so many of them something else has its turn. */
const readAtOnce = 100;
const anyList = z.array(z.unknown());

/** Conversations. Source: OpenAPI of Talk 22, `room`. */
export class RoomsApi {
  constructor(private readonly door: OcsDoor) {}

  /** Rooms with something new since then, or all of them. */
  async list(options: { modifiedSince?: number; lastMessages?: 'left out' }, signal: AbortSignal): Promise<RoomList> {
    const lastMessages = options.lastMessages === undefined ? 'true' : 'false';
    const since = options.modifiedSince === undefined ? {} : { modifiedSince: options.modifiedSince };
    const answer = await this.door.ask({
      method: 'GET',
      path: pathOf(roomEndpoints.list, {}),
      query: { noStatusUpdate: 1, includeStatus: 'false', includeLastMessage: lastMessages, ...since },
      act: 'read',
      signal,
      maxBytes: maxListBytes,
    });
    return {
      rooms: await roomsIn(answer),
      modifiedBefore: numberIn(answer.headers, 'x-nextcloud-talk-modified-before'),
      invitations: numberIn(answer.headers, 'x-nextcloud-talk-federation-invites') ?? 0,
    };
  }

  async get(token: string, signal: AbortSignal): Promise<TalkRoom> {
    const answer = await this.door.ask({
      method: 'GET',
      path: pathOf(roomEndpoints.get, { token }),
      act: 'read',
      token,
      signal,
    });
    return parseData('read', talkRoom, answer);
  }

  /** A group room with ourselves as its owner. */
  async create(room: { name: string; description: string }, signal: AbortSignal): Promise<TalkRoom> {
    const path = pathOf(roomEndpoints.create, {});
    const body = { roomType: roomType.group, roomName: room.name, description: room.description };
    return parseData('write', talkRoom, await this.door.ask({ method: 'POST', path, body, act: 'write', signal }));
  }

  /** At most 255 characters, at least one. */
  async rename(token: string, roomName: string, beforeSend: () => void, signal: AbortSignal): Promise<void> {
    const path = pathOf(roomEndpoints.rename, { token });
    await this.door.ask({ method: 'PUT', path, body: { roomName }, act: 'write', token, signal, beforeSend });
  }

  /** At most 2,000 characters. */
  async describe(token: string, description: string, beforeSend: () => void, signal: AbortSignal): Promise<void> {
    const path = pathOf(roomEndpoints.describe, { token });
    await this.door.ask({ method: 'PUT', path, body: { description }, act: 'write', token, signal, beforeSend });
  }

  /** Throws MessageRefused for anything but a square PNG or JPEG of at most 20 MiB. */
  async setPicture(token: string, file: FormFile, beforeSend: () => void, signal: AbortSignal): Promise<void> {
    const path = pathOf(avatarEndpoints.upload, { token });
    await this.door.ask({ method: 'POST', path, file, act: 'write', token, signal, beforeSend });
  }

  async removePicture(token: string, beforeSend: () => void, signal: AbortSignal): Promise<void> {
    const path = pathOf(avatarEndpoints.remove, { token });
    await this.door.ask({ method: 'DELETE', path, act: 'write', token, signal, beforeSend });
  }
}

async function roomsIn(answer: OcsAnswer): Promise<TalkRoom[]> {
  const listed = parseData('read', anyList, answer);
  const rooms: TalkRoom[] = [];
  for (let at = 0; at < listed.length; at += readAtOnce) {
    if (at > 0) await setImmediate();
    rooms.push(...parseData('read', talkRooms, { ...answer, data: listed.slice(at, at + readAtOnce) }));
  }
  return rooms;
}
