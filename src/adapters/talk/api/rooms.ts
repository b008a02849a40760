import { talkRoom, talkRooms, type TalkRoom } from '../talk.payloads.js';
import type { FormFile } from './form.js';
import { numberIn, parseData, type OcsDoor } from './ocs.js';

const talkApi = '/ocs/v2.php/apps/spreed/api';
const roomApi = `${talkApi}/v4/room`;
/** 10,000 rooms with their last messages are some 25 MB. */
const maxListBytes = 256 * 1024 * 1024;

export interface RoomList {
  readonly rooms: readonly TalkRoom[];
  /** What to ask for next, in whole seconds of the server's clock; inclusive, so that rooms repeat. */
  readonly modifiedBefore: number | undefined;
}

/** Conversations. Source: OpenAPI of Talk 22, `room`. */
export class RoomsApi {
  constructor(private readonly door: OcsDoor) {}

  /** Rooms with something new since then, or all of them. */
  async list(options: { modifiedSince?: number }, signal: AbortSignal): Promise<RoomList> {
    const since = options.modifiedSince === undefined ? {} : { modifiedSince: options.modifiedSince };
    const answer = await this.door.ask({
      method: 'GET',
      path: roomApi,
      query: { noStatusUpdate: 1, includeStatus: 'false', includeLastMessage: 'true', ...since },
      act: 'read',
      signal,
      maxBytes: maxListBytes,
    });
    return {
      rooms: parseData('read', talkRooms, answer),
      modifiedBefore: numberIn(answer.headers, 'x-nextcloud-talk-modified-before'),
    };
  }

  async get(token: string, signal: AbortSignal): Promise<TalkRoom> {
    const answer = await this.door.ask({
      method: 'GET',
      path: `${roomApi}/${encodeURIComponent(token)}`,
      act: 'read',
      token,
      signal,
    });
    return parseData('read', talkRoom, answer);
  }

  /** A group room with ourselves as its owner. */
  async create(room: { name: string; description: string }, signal: AbortSignal): Promise<TalkRoom> {
    const body = { roomType: 2, roomName: room.name, description: room.description };
    return parseData(
      'write',
      talkRoom,
      await this.door.ask({ method: 'POST', path: roomApi, body, act: 'write', signal }),
    );
  }

  /** At most 255 characters, at least one. */
  async rename(token: string, roomName: string, beforeSend: () => void, signal: AbortSignal): Promise<void> {
    const path = `${roomApi}/${encodeURIComponent(token)}`;
    await this.door.ask({ method: 'PUT', path, body: { roomName }, act: 'write', token, signal, beforeSend });
  }

  /** At most 2,000 characters. */
  async describe(token: string, description: string, beforeSend: () => void, signal: AbortSignal): Promise<void> {
    const path = `${roomApi}/${encodeURIComponent(token)}/description`;
    await this.door.ask({ method: 'PUT', path, body: { description }, act: 'write', token, signal, beforeSend });
  }

  /** Throws MessageRefused for anything but a square PNG or JPEG of at most 20 MiB. */
  async setPicture(token: string, file: FormFile, beforeSend: () => void, signal: AbortSignal): Promise<void> {
    await this.door.ask({ method: 'POST', path: picturePath(token), file, act: 'write', token, signal, beforeSend });
  }

  async removePicture(token: string, beforeSend: () => void, signal: AbortSignal): Promise<void> {
    await this.door.ask({ method: 'DELETE', path: picturePath(token), act: 'write', token, signal, beforeSend });
  }
}

function picturePath(token: string): string {
  return `${talkApi}/v1/room/${encodeURIComponent(token)}/avatar`;
}
