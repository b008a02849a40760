import type { z } from 'zod';
import { appPassword, ownUser, serverCapabilities } from '../talk.payloads.js';
import { pathOf } from './endpoint-call.js';
import { parseData, type OcsDoor } from './ocs.js';
import { serverEndpoints } from './server.endpoints.js';

/** What the server itself answers: who we are, what it can. */
export class CoreApi {
  constructor(private readonly door: OcsDoor) {}

  async capabilities(signal: AbortSignal): Promise<z.infer<typeof serverCapabilities>> {
    return parseData(
      'read',
      serverCapabilities,
      await this.door.ask({ method: 'GET', path: pathOf(serverEndpoints.capabilities, {}), act: 'read', signal }),
    );
  }

  async ownUser(signal: AbortSignal): Promise<z.infer<typeof ownUser>> {
    return parseData(
      'read',
      ownUser,
      await this.door.ask({ method: 'GET', path: pathOf(serverEndpoints.ownUser, {}), act: 'read', signal }),
    );
  }

  /** Gives back the app password that it is asked with. Throws LoginRefused where it is no more. */
  async dropAppPassword(signal: AbortSignal): Promise<void> {
    const path = pathOf(serverEndpoints.dropAppPassword, {});
    await this.door.ask({ method: 'DELETE', path, act: 'write', signal });
  }

  /** A new app password for a login with a real one. Throws RoomClosed (403) where the login is an app password already. */
  async newAppPassword(signal: AbortSignal): Promise<string> {
    const answer = await this.door.ask({
      method: 'GET',
      path: pathOf(serverEndpoints.newAppPassword, {}),
      act: 'read',
      signal,
    });
    return parseData('read', appPassword, answer).apppassword;
  }
}
