import type { Actor, ActorKey } from './actor.js';
import type { MessageLog } from './message-log.js';
import type { Message } from './message.js';

export const RoomType = { oneToOne: 1, group: 2, public: 3, changelog: 4, formerOneToOne: 5, noteToSelf: 6 } as const;
export type RoomType = (typeof RoomType)[keyof typeof RoomType];

export const ParticipantType = { owner: 1, moderator: 2, user: 3, guest: 4, selfJoined: 5, guestModerator: 6 } as const;
export type ParticipantType = (typeof ParticipantType)[keyof typeof ParticipantType];

export const Permission = { default: 0, custom: 1, startCall: 2, joinCall: 4, ignoreLobby: 8, chat: 128 } as const;
const moderatorPermissions = 254;
const participantPermissions = 246;

/** One open window of an attendee. */
export interface Session {
  readonly id: string;
  lastPingSeconds: number;
  state: 0 | 1;
}

export interface Attendee {
  readonly id: number;
  readonly actor: Actor;
  displayName: string;
  participantType: ParticipantType;
  /** 0 where nothing was set for this one. */
  permissions: number;
  lastReadMessage: number;
  lastMention: number;
  lastDirectMention: number;
  isFavorite: boolean;
  isArchived: boolean;
  isImportant: boolean;
  isSensitive: boolean;
  /** 0 is the room type's own. */
  notificationLevel: number;
  notificationCalls: number;
  sessions: Session[];
  /** The address that an e-mail guest was invited by. */
  readonly invitedAs?: string;
}

export interface RoomPicture {
  readonly mime: string;
  readonly bytes: Buffer;
  /** Changes with the picture. */
  readonly version: string;
}

export interface Room {
  readonly id: number;
  readonly token: string;
  type: RoomType;
  name: string;
  description: string;
  readonly objectType: string;
  readonly objectId: string;
  readOnly: 0 | 1;
  listable: 0 | 1 | 2;
  lobbyState: 0 | 1;
  lobbyTimerSeconds: number;
  /** Empty where there is none. */
  password: string;
  messageExpirationSeconds: number;
  mentionPermissions: 0 | 1;
  defaultPermissions: number;
  /** Absent: the server draws one. */
  picture: RoomPicture | undefined;
  lastActivitySeconds: number;
  lastMessage: Message | undefined;
  readonly attendees: Map<ActorKey, Attendee>;
  readonly log: MessageLog;
  /** Ids of the bots that are on. */
  readonly bots: Set<number>;
}

export function isModerator(attendee: Attendee): boolean {
  const type = attendee.participantType;
  return (
    type === ParticipantType.owner || type === ParticipantType.moderator || type === ParticipantType.guestModerator
  );
}

/** Without guests, who may moderate but own nothing. */
export function isAccountModerator(attendee: Attendee): boolean {
  return isModerator(attendee) && attendee.participantType !== ParticipantType.guestModerator;
}

/** What an attendee may do, as bits: own permissions first, then the room's, then what the type gives. */
export function permissionsOf(room: Room, attendee: Attendee): number {
  if (isModerator(attendee)) return moderatorPermissions;
  if (attendee.permissions !== Permission.default) return attendee.permissions;
  if (room.defaultPermissions !== Permission.default) return room.defaultPermissions;
  return participantPermissions;
}

export function mayChat(room: Room, attendee: Attendee): boolean {
  return (permissionsOf(room, attendee) & Permission.chat) !== 0;
}

export function waitsInLobby(room: Room, attendee: Attendee): boolean {
  return (
    room.lobbyState === 1 && !isModerator(attendee) && (permissionsOf(room, attendee) & Permission.ignoreLobby) === 0
  );
}

/** The lowest read marker of the people with accounts; 0 where nobody is left. Source: X-Chat-Last-Common-Read in the recordings. */
export function lastCommonRead(room: Room): number {
  let lowest: number | undefined;
  for (const attendee of room.attendees.values()) {
    if (attendee.actor.type !== 'users') continue;
    if (lowest === undefined || attendee.lastReadMessage < lowest) lowest = attendee.lastReadMessage;
  }
  return lowest ?? 0;
}
