import { z } from 'zod';
import {
  listableScope,
  lobbyState,
  mentionPermissions,
  notificationLevel,
  callNotification,
  readOnlyState,
  recordingConsent,
  roomType,
  sipState,
  valuesOf,
} from '../talk.constants.js';
import { spreedCapabilities } from '../talk.payloads.js';
import { group, talk } from './endpoint.js';
import { id, mapOf, nothing, permissionSum, seconds, zeroOrOne } from './fields.js';
import { madeRoom, room, rooms } from './room.answers.js';

/** 10,000 rooms with their last messages are some 25 MB. */
export const maxListBytes = 256 * 1024 * 1024;
const oneRoom = { data: room, statuses: [200, 401] } as const;
const changed = { data: room, statuses: [200, 400] } as const;
const changedByMember = { data: room, statuses: [200, 400, 401] } as const;
const people = z.array(z.string()).optional();

/** Conversations. Source: OpenAPI of Talk 22, `room`; `participants` and `dialIn` hold the rest of it. */
export const roomEndpoints = group('rooms', {
  list: talk('v4 GET /room', {
    query: {
      noStatusUpdate: zeroOrOne.optional(),
      includeStatus: z.boolean().optional(),
      modifiedSince: seconds.optional(),
      includeLastMessage: z.boolean().optional(),
    },
    data: rooms,
    statuses: [200, 401],
    maxBytes: maxListBytes,
  }),
  create: talk('v4 POST /room', {
    body: {
      roomType: z.literal(valuesOf(roomType)),
      invite: z.string().optional(),
      roomName: z.string().optional(),
      source: z.string().optional(),
      objectType: z.string().optional(),
      objectId: z.string().optional(),
      password: z.string().optional(),
      readOnly: z.literal(valuesOf(readOnlyState)).optional(),
      listable: z.literal(valuesOf(listableScope)).optional(),
      messageExpiration: seconds.optional(),
      lobbyState: z.literal(valuesOf(lobbyState)).optional(),
      lobbyTimer: seconds.nullable().optional(),
      sipEnabled: z.literal(valuesOf(sipState)).optional(),
      permissions: permissionSum.optional(),
      recordingConsent: z.literal(valuesOf(recordingConsent)).optional(),
      mentionPermissions: z.literal(valuesOf(mentionPermissions)).optional(),
      description: z.string().optional(),
      emoji: z.string().nullable().optional(),
      // Without `#`.
      avatarColor: z.string().nullable().optional(),
      participants: z
        .object({
          users: people,
          federated_users: people,
          groups: people,
          emails: people,
          phones: people,
          teams: people,
        })
        .optional(),
    },
    data: madeRoom,
    statuses: [200, 201, 202, 400, 401, 403, 404],
  }),
  listed: talk('v4 GET /listed-room', {
    query: { searchTerm: z.string().optional() },
    data: rooms,
    statuses: [200, 401],
    needs: 'listable-rooms',
  }),
  noteToSelf: talk('v4 GET /room/note-to-self', { ...oneRoom, needs: 'note-to-self' }),
  get: talk('v4 GET /room/{token}', { data: room, statuses: [200, 401, 404], absent: 'room' }),
  rename: talk('v4 PUT /room/{token}', { ...changed, body: { roomName: z.string() } }),
  delete: talk('v4 DELETE /room/{token}', { data: nothing, statuses: [200, 400] }),
  breakoutRooms: talk('v4 GET /room/{token}/breakout-rooms', {
    data: rooms,
    statuses: [200, 400, 401],
    needs: 'breakout-rooms-v1',
  }),
  unbindObject: talk('v4 DELETE /room/{token}/object', { ...changed, needs: 'unbind-conversation' }),
  makePublic: talk('v4 POST /room/{token}/public', { ...changedByMember, body: { password: z.string().optional() } }),
  makePrivate: talk('v4 DELETE /room/{token}/public', changedByMember),
  describe: talk('v4 PUT /room/{token}/description', {
    ...changed,
    body: { description: z.string() },
    needs: 'room-description',
  }),
  setReadOnly: talk('v4 PUT /room/{token}/read-only', {
    ...changedByMember,
    body: { state: z.literal(valuesOf(readOnlyState)) },
    needs: 'read-only-rooms',
  }),
  setListable: talk('v4 PUT /room/{token}/listable', {
    ...changedByMember,
    body: { scope: z.literal(valuesOf(listableScope)) },
    needs: 'listable-rooms',
  }),
  setPassword: talk('v4 PUT /room/{token}/password', { ...changed, body: { password: z.string() } }),
  setPermissions: talk('v4 PUT /room/{token}/permissions/{mode}', {
    ...changed,
    body: { permissions: permissionSum },
    needs: 'conversation-permissions',
  }),
  favor: talk('v4 POST /room/{token}/favorite', { ...oneRoom, needs: 'favorites' }),
  unfavor: talk('v4 DELETE /room/{token}/favorite', { ...oneRoom, needs: 'favorites' }),
  markImportant: talk('v4 POST /room/{token}/important', { ...oneRoom, needs: 'important-conversations' }),
  unmarkImportant: talk('v4 DELETE /room/{token}/important', { ...oneRoom, needs: 'important-conversations' }),
  markSensitive: talk('v4 POST /room/{token}/sensitive', { ...oneRoom, needs: 'sensitive-conversations' }),
  unmarkSensitive: talk('v4 DELETE /room/{token}/sensitive', { ...oneRoom, needs: 'sensitive-conversations' }),
  notify: talk('v4 POST /room/{token}/notify', {
    ...changedByMember,
    body: { level: z.literal(valuesOf(notificationLevel)) },
    needs: 'notification-levels',
  }),
  notifyCalls: talk('v4 POST /room/{token}/notify-calls', {
    ...changedByMember,
    body: { level: z.literal(valuesOf(callNotification)) },
    needs: 'notification-calls',
  }),
  setLobby: talk('v4 PUT /room/{token}/webinar/lobby', {
    ...changedByMember,
    body: { state: z.literal(valuesOf(lobbyState)), timer: seconds.nullable().optional() },
    needs: 'webinary-lobby',
  }),
  setSip: talk('v4 PUT /room/{token}/webinar/sip', {
    data: room,
    statuses: [200, 400, 401, 403, 412],
    body: { state: z.literal(valuesOf(sipState)) },
    needs: 'sip-support',
  }),
  setRecordingConsent: talk('v4 PUT /room/{token}/recording-consent', {
    data: room,
    statuses: [200, 400, 401, 412],
    body: { recordingConsent: z.literal(valuesOf(recordingConsent)) },
    needs: 'recording-consent',
  }),
  // Works without its capability, which is there only where expired messages are removed by cron.
  setMessageExpiration: talk('v4 POST /room/{token}/message-expiration', { ...changed, body: { seconds } }),
  capabilities: talk('v4 GET /room/{token}/capabilities', {
    data: spreedCapabilities.or(mapOf(z.unknown())),
    statuses: [200],
    needs: 'federation-v1',
  }),
  setMentionPermissions: talk('v4 PUT /room/{token}/mention-permissions', {
    ...changedByMember,
    body: { mentionPermissions: z.literal(valuesOf(mentionPermissions)) },
    needs: 'mention-permissions',
  }),
  archive: talk('v4 POST /room/{token}/archive', { ...oneRoom, needs: 'archived-conversations-v2' }),
  unarchive: talk('v4 DELETE /room/{token}/archive', { ...oneRoom, needs: 'archived-conversations-v2' }),
  scheduleMeeting: talk('v4 POST /room/{token}/meeting', {
    body: {
      calendarUri: z.string(),
      start: seconds,
      attendeeIds: z.array(id).nullable().optional(),
      end: seconds.nullable().optional(),
      title: z.string().nullable().optional(),
      description: z.string().nullable().optional(),
    },
    data: nothing,
    statuses: [200, 400, 401],
    needs: 'schedule-meeting',
  }),
});
