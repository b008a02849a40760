import type { Actor, ActorKey } from './actor.js';
import type { MessageLog } from './message-log.js';
import type { Message } from './message.js';

export const RoomType = { oneToOne: 1, group: 2, public: 3, changelog: 4, formerOneToOne: 5, noteToSelf: 6 } as const;
export type RoomType = (typeof RoomType)[keyof typeof RoomType];

export const ParticipantType = { owner: 1, moderator: 2, user: 3, guest: 4, selfJoined: 5, guestModerator: 6 } as const;
export type ParticipantType = (typeof ParticipantType)[keyof typeof ParticipantType];

export const Permission = {
  default: 0,
  custom: 1,
  startCall: 2,
  joinCall: 4,
  ignoreLobby: 8,
  audio: 16,
  video: 32,
  screen: 64,
  chat: 128,
} as const;
const moderatorPermissions = 254;
const participantPermissions = 246;

export const CallFlag = { out: 0, in: 1, audio: 2, video: 4, phone: 8 } as const;

/** One open window of an attendee. */
export interface Session {
  readonly id: string;
  lastPingSeconds: number;
  state: 0 | 1;
  /** What it takes part in the room's call with, as bits of CallFlag; 0 is not in it. */
  callFlags: number;
}

/** A call that goes on. */
export interface Call {
  readonly startedSeconds: number;
  /** What people joined it with, as bits of CallFlag. */
  flags: number;
  /** Everybody who was in it, in the order in which they came. */
  readonly people: Map<ActorKey, Actor>;
}

export const BreakoutMode = { none: 0, automatic: 1, manual: 2, free: 3 } as const;
export type BreakoutMode = (typeof BreakoutMode)[keyof typeof BreakoutMode];

export const BreakoutStatus = { stopped: 0, started: 1, assistanceAsked: 2 } as const;
export type BreakoutStatus = (typeof BreakoutStatus)[keyof typeof BreakoutStatus];

export const RecordingStatus = { none: 0, video: 1, audio: 2, videoStarting: 3, audioStarting: 4, failed: 5 } as const;
export type RecordingStatus = (typeof RecordingStatus)[keyof typeof RecordingStatus];

/** What a room is whose messages another server keeps. */
export interface RemoteRoom {
  /** The other server's address without a slash at its end. */
  readonly server: string;
  readonly token: string;
  /** The id of this server's person there, by which the person is told of it here too. */
  readonly attendeeId: number;
  /** What this server's person is known by there. */
  readonly secret: string;
  /** Empty until somebody joined: only then the other server tells of the room's picture. */
  avatarVersion: string;
  /** The newest message as the other server told of it. */
  lastMessage: Readonly<Record<string, unknown>> | undefined;
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
  readonly sessions: Session[];
  /** Whether nobody is told what this one has read. */
  isReadPrivate: boolean;
  /** The address that an e-mail guest was invited by. */
  readonly invitedAs?: string;
  /** What the other server of a federated person proves itself with. */
  readonly accessToken?: string;
  /** The number of a person who is called. */
  readonly phoneNumber?: string;
  /** The call of a person who is called by phone. */
  callId?: string;
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
  objectType: string;
  objectId: string;
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
  readonly pinned: Set<Message>;
  /** Ids of the bots that are on. */
  readonly bots: Set<number>;
  breakoutMode: BreakoutMode;
  breakoutStatus: BreakoutStatus;
  /** Absent: nobody calls. */
  call: Call | undefined;
  recording: RecordingStatus;
  /** Whether who joins a call must agree to be recorded. */
  recordingConsent: 0 | 1;
  sip: 0 | 1 | 2;
  /** Empty where nothing was chosen. */
  transcriptionLanguage: string;
  /** Talk's own bridge of the room. */
  bridge: { readonly enabled: boolean; readonly parts: readonly unknown[] } | undefined;
  /** Absent: the room is this server's own. */
  readonly remote: RemoteRoom | undefined;
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

export function may(room: Room, attendee: Attendee, permission: number): boolean {
  return (permissionsOf(room, attendee) & permission) !== 0;
}

/** What an attendee is in the call with, over all its sessions; 0 is not in it. */
export function callFlagsOf(attendee: Attendee): number {
  return attendee.sessions.reduce((flags, session) => flags | session.callFlags, 0);
}

export function isBreakoutRoom(room: Room): boolean {
  return room.objectType === 'room';
}

export function mayChat(room: Room, attendee: Attendee): boolean {
  return (permissionsOf(room, attendee) & Permission.chat) !== 0;
}

export function waitsInLobby(room: Room, attendee: Attendee): boolean {
  return (
    room.lobbyState === 1 && !isModerator(attendee) && (permissionsOf(room, attendee) & Permission.ignoreLobby) === 0
  );
}

/** The lowest read marker of the people with accounts who let others know it; 0 where nobody is left. Source: X-Chat-Last-Common-Read in the recordings. */
export function lastCommonRead(room: Room): number {
  let lowest: number | undefined;
  for (const attendee of room.attendees.values()) {
    if (attendee.actor.type !== 'users' || attendee.isReadPrivate) continue;
    if (lowest === undefined || attendee.lastReadMessage < lowest) lowest = attendee.lastReadMessage;
  }
  return lowest ?? 0;
}
