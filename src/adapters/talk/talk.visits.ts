import { callEndpoint } from './api/endpoint-call.js';
import type { AnyEndpoint, Given } from './api/endpoint.js';
import type { OcsDoor } from './api/ocs.js';
import { participantEndpoints, sessionInTheWay } from './api/participants.endpoints.js';
import type { Room } from './api/room.answers.js';
import { roomEndpoints } from './api/rooms.endpoints.js';
import { signalingEndpoints, type SignalingSettings } from './api/signaling.endpoints.js';
import { callFlags, participantType } from './talk.constants.js';
import { SignalingLost, SignalingUnfit } from './talk.signaling-errors.js';
import { whileWanted } from './talk.while-wanted.js';

/** After so long without a sign of life a session that is in the way may be ended: in a call, and out of it. */
const silentForS = { inCall: 60, outside: 40 } as const;
const selfJoinedAgainMs = 60 * 60_000;

/** What a session on a signaling server begins with. */
export interface Visit {
  /** Of our session in the room, as Nextcloud knows it. */
  readonly session: string;
  readonly settings: SignalingSettings;
}

/**
 * Our account's windows in rooms, as a browser has them. They stand on cookies: a session that is made by a login's first request is one
 * that Nextcloud does not find again. One after the other, since requests with the same cookies wait for one another anyway.
 */
export class TalkVisits {
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    /** Keeps cookies. */
    private readonly door: OcsDoor,
    private readonly nowSeconds: () => number,
  ) {}

  /**
   * Throws BridgeErrors, and SignalingUnfit for a room in which a session would do harm: one that the account joined by its public link
   * loses it with the session, and a person may be in it in the same browser.
   */
  async enter(token: string, signal: AbortSignal): Promise<Visit> {
    const visit = this.#last.then(() => {
      if (signal.aborted) throw new SignalingLost('no longer wanted');
      return this.#enter(token, signal);
    });
    this.#last = visit.catch(() => undefined);
    // Nobody waits for those before who is not to visit any more.
    return whileWanted(visit, signal);
  }

  async #enter(token: string, signal: AbortSignal): Promise<Visit> {
    const room = (await this.#ask(roomEndpoints.get, { token }, signal)) as Room;
    if (room.participantType === participantType.selfJoined) {
      throw new SignalingUnfit('the account joined the room by its link and would leave it', selfJoinedAgainMs);
    }
    const settings = (await this.#ask(signalingEndpoints.settings, { token }, signal)) as SignalingSettings;
    const joined = (await this.#join(token, signal)) as Room;
    return { session: joined.sessionId, settings };
  }

  /** As Talk's own clients do it: a session that is in the way is ended only where it seems to be dead. */
  async #join(token: string, signal: AbortSignal): Promise<unknown> {
    try {
      return await this.#ask(participantEndpoints.join, { token, force: false }, signal);
    } catch (error) {
      const other = sessionInTheWay(error);
      if (other === undefined) throw error;
      const silentS = Math.max(0, this.nowSeconds() - other.lastPing);
      const neededS = other.inCall === callFlags.out ? silentForS.outside : silentForS.inCall;
      if (silentS < neededS) {
        throw new SignalingUnfit('the account is in the room in another window', (neededS - silentS) * 1000);
      }
      return this.#ask(participantEndpoints.join, { token, force: true }, signal);
    }
  }

  async #ask(endpoint: AnyEndpoint, args: Given, signal: AbortSignal): Promise<unknown> {
    return (await callEndpoint(this.door, endpoint, args, signal)).data;
  }
}
