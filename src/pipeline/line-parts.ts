import { assertNever, type BridgeEvent } from '../model/bridge-event.js';
import { firstCorrection } from '../model/corrections.js';
import { firstLine } from '../model/in-line.js';
import { firstToldPart } from '../model/told-reactions.js';

/** Pure: a message that stands for what is no message has part numbers of its own. */
export function firstPartOf(said: BridgeEvent, event: BridgeEvent): number {
  if (said.kind !== 'messageSent') return 0;
  switch (event.kind) {
    case 'messageSent':
    case 'pollStarted':
      return 0;
    case 'messageEdited':
      return firstCorrection;
    case 'reactionAdded':
      return firstToldPart;
    case 'messageDeleted':
    case 'reactionRemoved':
    case 'threadChanged':
    case 'pinChanged':
    case 'pollVoted':
    case 'pollCounted':
    case 'pollClosed':
    case 'memberJoined':
    case 'memberLeft':
    case 'roleChanged':
    case 'roomChanged':
    case 'callChanged':
      return firstLine;
    default:
      return assertNever(event);
  }
}
