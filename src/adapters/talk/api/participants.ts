import type { BridgeError } from '../../../model/errors.js';
import { reasonIn, refusalError, type Refusal } from '../talk.errors.js';
import { talkRoom, type TalkRoom } from '../talk.payloads.js';
import { pathOf } from './endpoint-call.js';
import { parseData, type OcsDoor } from './ocs.js';
import { participantEndpoints } from './participants.endpoints.js';
import { Refused } from './refused.js';

/** Who is in a room. Source: OpenAPI of Talk 22, `room`. */
export class ParticipantsApi {
  constructor(private readonly door: OcsDoor) {}

  /** Makes us a member of an open room. Throws RoomClosed where it is not open to us. */
  async join(token: string, signal: AbortSignal): Promise<TalkRoom> {
    const path = pathOf(participantEndpoints.join, { token });
    return parseData(
      'read',
      talkRoom,
      await this.door.ask({
        method: 'POST',
        path,
        body: { force: true },
        act: 'read',
        token,
        signal,
        refused: refusedJoin,
      }),
    );
  }

  /** Ends our session in the room. One that is over already is as it should be. */
  async leaveSession(token: string, signal: AbortSignal): Promise<void> {
    const path = pathOf(participantEndpoints.leaveSession, { token });
    await this.door.ask({ method: 'DELETE', path, act: 'read', token, signal });
  }

  /** Adding somebody again changes nothing. Throws TargetGone for somebody unknown. */
  async add(token: string, participant: { id: string; source: string }, signal: AbortSignal): Promise<void> {
    const path = pathOf(participantEndpoints.add, { token });
    const body = { newParticipant: participant.id, source: participant.source };
    await this.door.ask({ method: 'POST', path, body, act: 'write', token, signal });
  }
}

/** What it means everywhere, with what was answered as its cause. */
function refusedJoin(refusal: Refusal): BridgeError {
  const { status, data } = refusal;
  return refusalError('read', refusal, new Refused(participantEndpoints.join.name, status, reasonIn(refusal), data));
}
