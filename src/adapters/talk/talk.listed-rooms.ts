import type { WatchedRoom } from '../../model/network-adapter.js';
import { actorType, participantType } from './talk.constants.js';
import { comparePositions, parseCursor, type Position } from './talk.cursor.js';
import { deliveryKeyIn } from './talk.ids.js';
import type { LastMessage, TalkRoom } from './talk.payloads.js';

/** What of a room in the list tells that something is new in it. */
export interface SeenRoom {
  readonly lastMessageId: number;
  readonly lastActivity: number;
  /** What became of the last message: edited, deleted, reacted to. */
  readonly shown: string;
}

export function seenOf(room: TalkRoom): SeenRoom {
  return {
    lastMessageId: room.lastMessage?.id ?? 0,
    lastActivity: room.lastActivity,
    shown: shownOf(room.lastMessage),
  };
}

function shownOf(message: LastMessage | undefined): string {
  if (message === undefined) return '';
  const { messageType, lastEditTimestamp, reactions } = message;
  return `${messageType} ${String(lastEditTimestamp)} ${JSON.stringify(reactions)}`;
}

/** Rooms are read in this order: where the last word is our own, what is new is most often just that. */
export function echoesLast(rooms: readonly TalkRoom[]): TalkRoom[] {
  const isEcho = ({ lastMessage }: TalkRoom): boolean => deliveryKeyIn(lastMessage?.referenceId) !== undefined;
  return [...rooms.filter((room) => !isEcho(room)), ...rooms.filter(isEcho)];
}

const people: ReadonlySet<string> = new Set([
  actorType.users,
  actorType.guests,
  actorType.emails,
  actorType.federatedUsers,
]);

/** Whether it is what every way of push tells of: not what bots say, nor every change of a room. */
export function isSaid(message: LastMessage | undefined): boolean {
  return message !== undefined && message.systemMessage === '' && people.has(message.actorType);
}

const moderators: readonly number[] = [participantType.owner, participantType.moderator];

export function isModerated({ participantType: ours }: TalkRoom): boolean {
  return moderators.includes(ours);
}

/** Where the last that was written there stands; of what is not shown the time is known. */
export function lastPositionIn({ lastMessage, lastActivity }: TalkRoom): Position {
  return { id: lastMessage?.id ?? 0, seconds: lastMessage?.timestamp ?? lastActivity };
}

export function isReadUpTo(room: WatchedRoom | undefined, at: Position): boolean {
  // One that is not linked any more is nobody's to read.
  if (room === undefined) return true;
  return room.cursor !== null && comparePositions(parseCursor(room.cursor).at, at) >= 0;
}
