import { roomId, type RoomId } from '../../model/ids.js';
import { callEndpoint } from './api/endpoint-call.js';
import { chatEndpoints } from './api/chat.endpoints.js';
import type { OcsDoor } from './api/ocs.js';
import { CoreApi } from './api/core.js';
import { RoomsApi } from './api/rooms.js';
import { readPrivacy } from './talk.constants.js';

/** What the user of a login has read. */
export class OwnReading {
  readonly #rooms: RoomsApi;
  readonly #core: CoreApi;

  constructor(private readonly door: OcsDoor) {
    this.#rooms = new RoomsApi(door);
    this.#core = new CoreApi(door);
  }

  /** How far they have read the rooms in which something happened since then. What is said in their other rooms is not asked for. */
  async marks(sinceSeconds: number, signal: AbortSignal): Promise<ReadonlyMap<RoomId, number>> {
    const { rooms } = await this.#rooms.list({ modifiedSince: sinceSeconds, lastMessages: 'left out' }, signal);
    const read = rooms.flatMap(({ token, lastReadMessage = 0 }) =>
      lastReadMessage > 0 ? [[roomId(token), lastReadMessage] as const] : [],
    );
    return new Map(read);
  }

  /** Whether nobody is to see how far they have read: their own choice in the settings of Talk. */
  async isPrivate(signal: AbortSignal): Promise<boolean> {
    const { capabilities } = await this.#core.capabilities(signal);
    return capabilities.spreed?.config.chat['read-privacy'] !== readPrivacy.public;
  }

  /** The server would move it back as readily: who has read more there already, or read on meanwhile, is asked about first. */
  async upTo(token: string, message: number, signal: AbortSignal): Promise<void> {
    const { lastReadMessage } = await this.#rooms.get(token, signal);
    if (lastReadMessage === undefined || lastReadMessage >= message) return;
    await callEndpoint(this.door, chatEndpoints.markRead, { token, lastReadMessage: message }, signal);
  }
}
