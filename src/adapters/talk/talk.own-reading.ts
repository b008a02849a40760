import { callEndpoint } from './api/endpoint-call.js';
import { chatEndpoints } from './api/chat.endpoints.js';
import type { OcsDoor } from './api/ocs.js';
import { RoomsApi } from './api/rooms.js';

/** What the user of a login has read. */
export class OwnReading {
  readonly #rooms: RoomsApi;

  constructor(private readonly door: OcsDoor) {
    this.#rooms = new RoomsApi(door);
  }

  /** The server would move it back as readily: who has read more there already, or read on meanwhile, is asked about first. */
  async upTo(token: string, message: number, signal: AbortSignal): Promise<void> {
    const { lastReadMessage } = await this.#rooms.get(token, signal);
    if (lastReadMessage === undefined || lastReadMessage >= message) return;
    await callEndpoint(this.door, chatEndpoints.markRead, { token, lastReadMessage: message }, signal);
  }
}
