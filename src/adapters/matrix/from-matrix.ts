import type { ReadResult } from '../../model/network-adapter.js';
import { fromCall, isCallType } from './from-matrix-calls.js';
import { happened, refTo } from './from-matrix-happenings.js';
import { fromLive, isLivePlace, isLiveSharing } from './from-matrix-live.js';
import { fromMember, fromPowerLevels } from './from-matrix-members.js';
import { fromMessage, fromRedaction } from './from-matrix-messages.js';
import { fromPollEnd, fromPollResponse, fromPollStart } from './from-matrix-polls.js';
import { fromReaction } from './from-matrix-reactions.js';
import { fromPins, fromRetention, fromRoomState } from './from-matrix-rooms.js';
import type { MatrixSelf } from './matrix.ids.js';
import type { StoredEvent } from './matrix.payloads.js';

/** Turns one stored event into what happened. */
export function fromMatrix(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { event } = stored;
  if (event.unsigned?.redacted_because !== undefined && event.state_key === undefined) {
    // Read after downtime: the redaction follows and tells it.
    return { ignored: `${event.type}, redacted since` };
  }
  if (isCallType(event.type)) {
    return fromCall(stored, event.type, happened(stored, self), refTo(stored, self, event.event_id));
  }
  if (isLiveSharing(event) || isLivePlace(event)) {
    return fromLive(stored, happened(stored, self), (id) => refTo(stored, self, id));
  }
  switch (event.type) {
    case 'm.room.message':
    case 'm.sticker':
      return fromMessage(stored, self);
    case 'm.reaction':
      return fromReaction(stored, self);
    case 'm.room.redaction':
      return fromRedaction(stored, self);
    case 'm.room.member':
      return fromMember(stored, self);
    case 'm.room.name':
    case 'm.room.topic':
    case 'm.room.avatar':
      return fromRoomState(stored, self);
    case 'm.room.power_levels':
      return fromPowerLevels(stored, self);
    case 'm.room.pinned_events':
      return fromPins(stored, self);
    case 'm.room.retention':
      return fromRetention(stored, self);
    case 'm.poll.start':
    case 'org.matrix.msc3381.poll.start':
      return fromPollStart(stored, happened(stored, self), (id) => refTo(stored, self, id));
    case 'm.poll.response':
    case 'org.matrix.msc3381.poll.response':
      return fromPollResponse(stored, happened(stored, self), (id) => refTo(stored, self, id));
    case 'm.poll.end':
    case 'org.matrix.msc3381.poll.end':
      return fromPollEnd(stored, happened(stored, self), (id) => refTo(stored, self, id));
    case 'm.room.encrypted':
      return { ignored: 'm.room.encrypted: Crosstalk has no keys for this room' };
    default:
      return { ignored: event.type };
  }
}
