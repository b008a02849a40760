import { pathOf } from './endpoint-call.js';
import { guestEndpoints } from './guests.endpoints.js';
import type { OcsDoor } from './ocs.js';

/** What people without an account do. Source: OpenAPI of Talk 22, `guest`. */
export class GuestsApi {
  constructor(private readonly door: OcsDoor) {}

  /** What the guest is called, in what it said before too. Throws RoomClosed where it is not in the room. */
  async setName(token: string, displayName: string, signal: AbortSignal): Promise<void> {
    const path = pathOf(guestEndpoints.setName, { token });
    await this.door.ask({ method: 'POST', path, body: { displayName }, act: 'read', token, signal });
  }
}
