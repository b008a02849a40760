import {
  assertNever,
  type BridgeEvent,
  type CallChanged,
  type MemberLeft,
  type RoleChanged,
  type RoomChanged,
} from '../model/bridge-event.js';
import type { RichText } from '../model/rich-text.js';
import { duration } from './duration.js';

type Recording = Extract<CallChanged['change'], { of: 'recording' }>;
type Noticed =
  | Extract<
      BridgeEvent,
      {
        kind:
          'memberJoined' | 'memberLeft' | 'roleChanged' | 'roomChanged' | 'threadChanged' | 'pinChanged' | 'pollClosed';
      }
    >
  | (CallChanged & { readonly change: Recording });

/** Pure: one line that tells what happened, for a room that cannot show it otherwise. */
export function noticeOf(event: Noticed, networkLabel: string): RichText {
  return [{ type: 'paragraph', content: [{ type: 'text', text: lineOf(event, networkLabel) }] }];
}

function lineOf(event: Noticed, networkLabel: string): string {
  const actor = `${event.actor.name} (${networkLabel})`;
  switch (event.kind) {
    case 'memberJoined':
      return `${event.member.name} (${networkLabel}) joined`;
    case 'memberLeft':
      if (isOfOther(event)) return `${actor} has ${event.member.name} out of the linked room`;
      return `${event.member.name} (${networkLabel}) ${wayOut[event.how]}`;
    case 'roleChanged':
      if (isOfOther(event)) {
        return `${actor} made ${event.member.name} ${event.role === 'moderator' ? 'a' : 'no'} moderator in the linked room`;
      }
      return `${event.member.name} (${networkLabel}) is ${event.role === 'moderator' ? 'a moderator now' : 'no moderator any more'}`;
    case 'roomChanged':
      return roomLine(event.change, actor, networkLabel);
    case 'threadChanged':
      return `🧵 ${actor} named the thread “${event.title}”`;
    case 'pinChanged':
      return event.state === 'pinned' ? `📌 ${actor} pinned a message` : `📌 ${actor} unpinned a message`;
    case 'pollClosed':
      return `📊 ${actor} ended the poll`;
    case 'callChanged':
      return recorded(event.change, actor);
    default:
      return assertNever(event);
  }
}

/** Whether somebody of another room is meant, who is seen in this one. */
function isOfOther({ member, room }: MemberLeft | RoleChanged): boolean {
  return member.account !== room.account;
}

const wayOut = { left: 'left', removed: 'was removed', banned: 'was banned' } as const;

function recorded({ media, state }: Recording, actor: string): string {
  const what = media === 'audio' ? 'the sound of the call' : 'the call';
  switch (state) {
    case 'started':
      return `⏺ ${actor} began to record ${what}`;
    case 'stopped':
      return `⏹ ${actor} stopped the recording of ${what}`;
    case 'failed':
      return `⏹ The recording of ${what} failed`;
    default:
      return assertNever(state);
  }
}

const cameIn = {
  guestsAllowed: 'lets guests in',
  guestsDisallowed: 'lets no guests in any more',
  passwordSet: 'has guests asked for a password',
  passwordRemoved: 'has guests asked for no password any more',
  listedForNobody: 'has the room found by nobody who is not in it',
  listedForUsers: 'lets everybody with an account find and join the room',
  listedForEverybody: 'lets everybody, guests of the server too, find and join the room',
} as const;

const stopped = {
  readOnly: 'made the room read-only: what is said here may have to wait',
  lobby: 'lets only moderators in for now: what is said here may have to wait',
} as const;
const resumed = { readOnly: 'lets people write again', lobby: 'lets everybody in again' } as const;

function roomLine(change: RoomChanged['change'], actor: string, networkLabel: string): string {
  switch (change.of) {
    case 'name':
      return `${actor} named the room “${change.name}”`;
    case 'topic':
      return change.topic === '' ? `${actor} removed the description` : `${actor} set the description: ${change.topic}`;
    case 'avatar':
      return change.avatar === null
        ? `${actor} removed the picture of the room`
        : `${actor} changed the picture of the room`;
    case 'history':
      return `${actor} cleared the history`;
    case 'writing':
      return `${actor} ${(change.state === 'stopped' ? stopped : resumed)[change.why]}`;
    case 'access':
      return `${actor} ${cameIn[change.to]}`;
    case 'expiration':
      return change.afterMs === null
        ? `${actor} has messages stay from now on`
        : `${actor} has messages vanish after ${duration(change.afterMs)} from now on`;
    case 'group':
      return `${actor} ${change.state} the ${change.type} “${change.name}”`;
    case 'breakoutRooms':
      return change.state === 'started' ? `${actor} opened breakout rooms` : `${actor} closed the breakout rooms`;
    case 'assistance':
      return change.state === 'asked'
        ? `Help is asked for in the breakout room “${change.room}” (${networkLabel})`
        : `Nobody asks for help any more in the breakout room “${change.room}” (${networkLabel})`;
    case 'reach':
      return change.state === 'lost'
        ? `What is said here does not reach the other room (${networkLabel}) and waits: ${change.why}`
        : `What is said here reaches the other room (${networkLabel}) again`;
    default:
      return assertNever(change);
  }
}
