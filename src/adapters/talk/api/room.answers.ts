import { z } from 'zod';
import { talkRoom } from '../talk.payloads.js';
import { flag, maybeText, maybeWhole, text, whole } from './fields.js';

/** A conversation as its own endpoints answer it. What a server of another version leaves out reads as 0, '' or false. */
export const room = talkRoom.extend({
  id: whole,
  objectType: text,
  objectId: text,
  participantFlags: whole,
  hasPassword: flag,
  hasCall: flag,
  /** Whole seconds. */
  callStartTime: whole,
  callRecording: whole,
  callFlag: whole,
  canStartCall: flag,
  canLeaveConversation: flag,
  canDeleteConversation: flag,
  canEnableSIP: flag,
  sipEnabled: whole,
  attendeePin: maybeText,
  lastReadMessage: whole,
  lastCommonReadMessage: whole,
  unreadMessages: whole,
  unreadMention: flag,
  unreadMentionDirect: flag,
  isFavorite: flag,
  isArchived: flag,
  isImportant: flag,
  isSensitive: flag,
  notificationLevel: whole,
  notificationCalls: whole,
  /** Whole seconds; 0: until it is switched off. */
  lobbyTimer: whole,
  /** Whole seconds. */
  lastPing: whole,
  /** `0` where we have no session in the room. */
  sessionId: text,
  attendeePermissions: whole,
  callPermissions: whole,
  defaultPermissions: whole,
  /** In seconds; 0: never. */
  messageExpiration: whole,
  breakoutRoomMode: whole,
  breakoutRoomStatus: whole,
  recordingConsent: whole,
  mentionPermissions: whole,
  liveTranscriptionLanguageId: text,
  /** Of a room of another server: its address, and the room's token there. */
  remoteServer: maybeText,
  remoteToken: maybeText,
  invitedActorId: maybeText,
  status: maybeText,
  statusIcon: maybeText,
  statusMessage: maybeText,
  statusClearAt: maybeWhole,
});
export type Room = z.output<typeof room>;

export const rooms = z.array(room);

/** A room that was made with people who could not be added. */
export const madeRoom = room.extend({
  invalidParticipants: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
});

/** Somebody in a room. */
export const participant = z.looseObject({
  attendeeId: z.int().nonnegative(),
  actorType: text,
  actorId: text,
  displayName: text,
  participantType: whole,
  /** Bits. */
  inCall: whole,
  /** Whole seconds. */
  lastPing: whole,
  /** Bits. */
  permissions: whole,
  attendeePermissions: whole,
  attendeePin: text,
  roomToken: text,
  sessionIds: z.array(z.string()).catch([]),
  invitedActorId: maybeText,
  status: maybeText,
  statusIcon: maybeText,
  statusMessage: maybeText,
  statusClearAt: maybeWhole,
  phoneNumber: maybeText,
  callId: maybeText,
});
export type Participant = z.output<typeof participant>;

export const participants = z.array(participant);
