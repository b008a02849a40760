import type { Names } from '../state/names.js';
import {
  isModerator,
  lastCommonRead,
  ParticipantType,
  Permission,
  permissionsOf,
  RoomType,
  waitsInLobby,
  type Attendee,
  type RemoteRoom,
  type Room,
  type Session,
} from '../state/room.js';
import { viewMessage } from './message-view.js';
import { avatarVersion } from './rich-objects.js';

const notifyAlways = 1;
const notifyMention = 2;
const notifyNever = 3;

/**
 * A room as one of its people is shown it.
 * @param session the reader's own, where the reader joined the room
 */
export function viewRoom(
  names: Names,
  room: Room,
  attendee: Attendee,
  lastMessage: 'with last message' | 'without last message' = 'with last message',
  session?: Session,
): Record<string, unknown> {
  const { actor } = attendee;
  const isGuest = actor.type !== 'users';
  const waits = waitsInLobby(room, attendee);
  const unread = waits ? 0 : room.log.unreadAfter(attendee.lastReadMessage);
  const permissions = permissionsOf(room, attendee);
  const view: Record<string, unknown> = {
    ...viewFacts(room, namesSeenBy(names, room, attendee)),
    participantType: attendee.participantType,
    canStartCall: room.type !== RoomType.noteToSelf && (permissions & Permission.startCall) !== 0,
    lastReadMessage: attendee.lastReadMessage,
    unreadMessages: unread,
    ...unreadMentions(room, attendee, unread, waits),
    isFavorite: attendee.isFavorite,
    canLeaveConversation: !isGuest && room.type !== RoomType.noteToSelf,
    canDeleteConversation: canDelete(room, attendee),
    notificationLevel: isGuest ? notifyNever : notificationLevel(room, attendee),
    notificationCalls: isGuest ? 0 : attendee.notificationCalls,
    lastPing: session?.lastPingSeconds ?? 0,
    sessionId: session?.id ?? '0',
    actorType: actor.type,
    actorId: actor.id,
    attendeeId: attendee.id,
    permissions,
    attendeePermissions: attendee.permissions,
    callPermissions: 0,
    defaultPermissions: room.defaultPermissions,
    lastCommonReadMessage: lastCommonRead(room),
    messageExpiration: room.messageExpirationSeconds,
    isArchived: attendee.isArchived,
    isImportant: attendee.isImportant,
    isSensitive: attendee.isSensitive,
  };
  const last = room.lastMessage;
  const isShown = lastMessage === 'with last message' && !waits && !attendee.isSensitive;
  if (room.remote !== undefined) Object.assign(view, viewRemote(room.remote, isShown));
  else if (last !== undefined && isShown) {
    view['lastMessage'] = viewMessage(names, room, last, `${actor.type}/${actor.id}`, 'without parents');
  }
  return view;
}

function viewRemote(
  { server, token, attendeeId, avatarVersion, lastMessage }: RemoteRoom,
  isShown: boolean,
): Record<string, unknown> {
  return {
    remoteServer: server,
    remoteToken: token,
    attendeeId,
    isCustomAvatar: avatarVersion !== '',
    ...(isShown && lastMessage !== undefined ? { lastMessage } : {}),
  };
}

/** An open room as somebody outside is shown it. */
export function viewRoomFromOutside(room: Room): Record<string, unknown> {
  return {
    ...viewFacts(room, { name: room.name, displayName: room.name }),
    participantType: ParticipantType.guest,
    canStartCall: false,
    lastReadMessage: 0,
    unreadMessages: 0,
    unreadMention: false,
    unreadMentionDirect: false,
    isFavorite: false,
    canLeaveConversation: false,
    canDeleteConversation: false,
    notificationLevel: notifyNever,
    notificationCalls: 0,
    lastPing: 0,
    sessionId: '0',
    actorType: '',
    actorId: '',
    attendeeId: 0,
    permissions: Permission.custom,
    attendeePermissions: Permission.custom,
    callPermissions: Permission.custom,
    defaultPermissions: Permission.custom,
    lastCommonReadMessage: 0,
    messageExpiration: 0,
    isArchived: false,
    isImportant: false,
    isSensitive: false,
  };
}

interface RoomNames {
  readonly name: string;
  readonly displayName: string;
}

/** What is the same for everybody. */
function viewFacts(room: Room, seen: RoomNames): Record<string, unknown> {
  return {
    id: room.id,
    token: room.token,
    type: room.type,
    name: seen.name,
    displayName: seen.displayName,
    objectType: room.objectType,
    objectId: room.objectId,
    participantFlags: 0,
    readOnly: room.readOnly,
    hasPassword: room.password !== '',
    hasCall: room.call !== undefined,
    callStartTime: room.call?.startedSeconds ?? 0,
    callRecording: room.recording,
    lastActivity: room.lastActivitySeconds,
    lobbyState: room.lobbyState,
    lobbyTimer: room.lobbyTimerSeconds,
    sipEnabled: room.sip,
    canEnableSIP: false,
    attendeePin: '',
    description: room.description,
    listable: room.listable,
    callFlag: room.call?.flags ?? 0,
    avatarVersion: avatarVersion(room),
    isCustomAvatar: room.picture !== undefined,
    breakoutRoomMode: room.breakoutMode,
    breakoutRoomStatus: room.breakoutStatus,
    recordingConsent: room.recordingConsent,
    mentionPermissions: room.mentionPermissions,
    liveTranscriptionLanguageId: room.transcriptionLanguage,
  };
}

function namesSeenBy(names: Names, room: Room, attendee: Attendee): RoomNames {
  switch (room.type) {
    case RoomType.oneToOne: {
      const people = JSON.parse(room.name) as string[];
      const other = people.find((id) => id !== attendee.actor.id) ?? attendee.actor.id;
      return { name: other, displayName: names.accounts.displayName(other) };
    }
    case RoomType.changelog:
      return { name: room.name, displayName: 'Talk updates ✅' };
    case RoomType.group:
    case RoomType.public:
    case RoomType.formerOneToOne:
    case RoomType.noteToSelf:
      return { name: room.name, displayName: room.name };
  }
}

function unreadMentions(room: Room, attendee: Attendee, unread: number, waits: boolean): Record<string, boolean> {
  if (room.type === RoomType.oneToOne) return { unreadMention: unread > 0, unreadMentionDirect: unread > 0 };
  return {
    unreadMention: !waits && attendee.lastMention > attendee.lastReadMessage,
    unreadMentionDirect: !waits && attendee.lastDirectMention > attendee.lastReadMessage,
  };
}

function notificationLevel(room: Room, attendee: Attendee): number {
  if (attendee.notificationLevel !== 0) return attendee.notificationLevel;
  return room.type === RoomType.oneToOne ? notifyAlways : notifyMention;
}

function canDelete(room: Room, attendee: Attendee): boolean {
  switch (room.type) {
    case RoomType.group:
    case RoomType.public:
    case RoomType.noteToSelf:
      return isModerator(attendee);
    case RoomType.oneToOne:
    case RoomType.formerOneToOne:
    case RoomType.changelog:
      return false;
  }
}
