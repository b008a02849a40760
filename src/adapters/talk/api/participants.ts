import { talkRoom, type TalkRoom } from '../talk.payloads.js';
import { parseData, type OcsDoor } from './ocs.js';

const roomApi = '/ocs/v2.php/apps/spreed/api/v4/room';

/** Who is in a room. Source: OpenAPI of Talk 22, `room`. */
export class ParticipantsApi {
  constructor(private readonly door: OcsDoor) {}

  /** Makes us a member of an open room. Throws RoomClosed where it is not open to us. */
  async join(token: string, signal: AbortSignal): Promise<TalkRoom> {
    const path = `${roomApi}/${encodeURIComponent(token)}/participants/active`;
    return parseData(
      'read',
      talkRoom,
      await this.door.ask({ method: 'POST', path, body: { force: true }, act: 'read', token, signal }),
    );
  }

  /** Adding somebody again changes nothing. Throws TargetGone for somebody unknown. */
  async add(token: string, participant: { id: string; source: string }, signal: AbortSignal): Promise<void> {
    const path = `${roomApi}/${encodeURIComponent(token)}/participants`;
    const body = { newParticipant: participant.id, source: participant.source };
    await this.door.ask({ method: 'POST', path, body, act: 'write', token, signal });
  }
}
