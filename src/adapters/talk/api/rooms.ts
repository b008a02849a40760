import { talkRoom, talkRooms, type TalkRoom } from '../talk.payloads.js';
import { numberIn, parseData, type OcsDoor } from './ocs.js';

const roomApi = '/ocs/v2.php/apps/spreed/api/v4/room';
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

  async describe(token: string, description: string, signal: AbortSignal): Promise<void> {
    const path = `${roomApi}/${encodeURIComponent(token)}/description`;
    await this.door.ask({ method: 'PUT', path, body: { description }, act: 'write', token, signal });
  }
}
