import { z } from 'zod';
import { limits, sharedItem, valuesOf } from '../talk.constants.js';
import {
  mentionable,
  messages,
  messagesById,
  messagesByKind,
  message,
  reminder,
  scheduledMessage,
  upcomingReminder,
  writtenMessage,
} from './chat.answers.js';
import { group, talk } from './endpoint.js';
import { id, maybeWhole, nothing, seconds, whole, zeroOrOne } from './fields.js';
import { room } from './room.answers.js';

export const maxPageBytes = 64 * 1024 * 1024;
const limit = z.int().positive().optional();
const said = {
  referenceId: z.string().optional(),
  replyTo: id.optional(),
  silent: z.boolean().optional(),
  threadId: z.int().optional(),
  threadTitle: z.string().optional(),
};

/** What is said in a room. Source: OpenAPI of Talk 22, `chat`; pins and scheduled messages: Talk 23. */
export const chatEndpoints = group('chat', {
  send: talk('v1 POST /chat/{token}', {
    body: {
      message: z.string(),
      // Heeded for the user `bridge-bot` alone.
      actorDisplayName: z.string().optional(),
      ...said,
    },
    data: writtenMessage,
    statuses: [201, 400, 404, 413, 429],
  }),
  receive: talk('v1 GET /chat/{token}', {
    query: {
      lookIntoFuture: zeroOrOne,
      limit,
      lastKnownMessageId: id.optional(),
      lastCommonReadId: z.int().optional(),
      timeout: z.int().min(0).max(limits.heldS).optional(),
      setReadMarker: zeroOrOne.optional(),
      includeLastKnown: zeroOrOne.optional(),
      noStatusUpdate: zeroOrOne.optional(),
      markNotificationsAsRead: zeroOrOne.optional(),
      threadId: id.optional(),
    },
    data: messages.nullable(),
    statuses: [200, 304],
    heldMs: ({ lookIntoFuture, timeout = limits.heldS }) => (lookIntoFuture === 1 ? Number(timeout) * 1000 : 0),
    maxBytes: maxPageBytes,
  }),
  clearHistory: talk('v1 DELETE /chat/{token}', {
    data: message,
    statuses: [200, 202, 401, 403],
    needs: 'clear-history',
  }),
  shareObject: talk('v1 POST /chat/{token}/share', {
    body: {
      objectType: z.string(),
      objectId: z.string(),
      metaData: z.string().optional(),
      actorDisplayName: z.string().optional(),
      referenceId: z.string().optional(),
      threadId: z.int().optional(),
    },
    data: writtenMessage,
    statuses: [201, 400, 404, 413],
    needs: 'rich-object-sharing',
  }),
  listShared: talk('v1 GET /chat/{token}/share', {
    query: { objectType: z.literal(valuesOf(sharedItem)), lastKnownMessageId: id.optional(), limit },
    data: messagesById,
    statuses: [200],
    needs: 'rich-object-list-media',
  }),
  sharedOverview: talk('v1 GET /chat/{token}/share/overview', {
    query: { limit },
    data: messagesByKind,
    statuses: [200],
    needs: 'rich-object-list-media',
  }),
  summarize: talk('v1 POST /chat/{token}/summarize', {
    body: { fromMessageId: id },
    data: z.looseObject({ taskId: whole, nextOffset: maybeWhole }),
    statuses: [201, 204, 400, 500],
    needs: 'chat-summary-api',
  }),
  context: talk('v1 GET /chat/{token}/{messageId}/context', {
    query: { limit, threadId: id.optional() },
    data: messages.nullable(),
    statuses: [200, 304],
    needs: 'chat-get-context',
    maxBytes: maxPageBytes,
  }),
  edit: talk('v1 PUT /chat/{token}/{messageId}', {
    body: { message: z.string() },
    data: message,
    statuses: [200, 202, 400, 403, 404, 405, 413],
    needs: 'edit-messages',
  }),
  delete: talk('v1 DELETE /chat/{token}/{messageId}', {
    data: message,
    statuses: [200, 202, 400, 403, 404, 405],
    needs: 'delete-messages',
  }),
  setReminder: talk('v1 POST /chat/{token}/{messageId}/reminder', {
    body: { timestamp: seconds },
    data: reminder,
    statuses: [201, 401, 404],
    needs: 'remind-me-later',
  }),
  getReminder: talk('v1 GET /chat/{token}/{messageId}/reminder', {
    data: reminder,
    statuses: [200, 401, 404],
    needs: 'remind-me-later',
    absent: 'target',
  }),
  deleteReminder: talk('v1 DELETE /chat/{token}/{messageId}/reminder', {
    data: nothing,
    statuses: [200, 401, 404],
    needs: 'remind-me-later',
    absent: 'target',
  }),
  upcomingReminders: talk('v1 GET /chat/upcoming-reminders', {
    data: z.array(upcomingReminder),
    statuses: [200, 401],
    needs: 'upcoming-reminders',
  }),
  markRead: talk('v1 POST /chat/{token}/read', {
    body: { lastReadMessage: z.int().nullable().optional() },
    data: room,
    statuses: [200],
    needs: 'chat-read-marker',
  }),
  markUnread: talk('v1 DELETE /chat/{token}/read', {
    data: room,
    statuses: [200],
    needs: 'chat-unread',
  }),
  mentions: talk('v1 GET /chat/{token}/mentions', {
    query: { search: z.string(), limit, includeStatus: z.boolean().optional() },
    data: z.array(mentionable),
    statuses: [200],
  }),
  pin: talk('v1 POST /chat/{token}/{messageId}/pin', {
    body: { pinUntil: seconds.optional() },
    data: message.nullable(),
    statuses: [200, 400, 403, 404],
    needs: 'pinned-messages',
  }),
  unpin: talk('v1 DELETE /chat/{token}/{messageId}/pin', {
    data: message.nullable(),
    statuses: [200, 400, 403, 404],
    needs: 'pinned-messages',
  }),
  hidePin: talk('v1 DELETE /chat/{token}/{messageId}/pin/self', {
    data: nothing,
    statuses: [200, 404],
    needs: 'pinned-messages',
  }),
  listScheduled: talk('v1 GET /chat/{token}/schedule', {
    data: z.array(scheduledMessage),
    statuses: [200, 404],
    needs: 'scheduled-messages',
  }),
  schedule: talk('v1 POST /chat/{token}/schedule', {
    body: { message: z.string(), sendAt: seconds, ...said },
    data: scheduledMessage,
    statuses: [201, 400, 404, 413],
    needs: 'scheduled-messages',
  }),
  reschedule: talk('v1 POST /chat/{token}/schedule/{id}', {
    body: { message: z.string(), sendAt: seconds, ...said },
    data: scheduledMessage,
    statuses: [200, 202, 400, 403, 404, 413],
    needs: 'scheduled-messages',
  }),
  unschedule: talk('v1 DELETE /chat/{token}/schedule/{id}', {
    data: nothing,
    statuses: [200, 403, 404],
    needs: 'scheduled-messages',
  }),
});
