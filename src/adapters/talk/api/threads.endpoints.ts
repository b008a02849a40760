import { z } from 'zod';
import { notificationLevel, valuesOf } from '../talk.constants.js';
import { message } from './chat.answers.js';
import { group, talk } from './endpoint.js';
import { text, whole } from './fields.js';

const one = message.nullable().optional().catch(null);
const threadInfo = z.looseObject({
  thread: z.looseObject({
    /** The id of the message that opened it. */
    id: z.int().positive(),
    roomToken: text,
    title: text,
    lastMessageId: whole,
    /** Whole seconds. */
    lastActivity: whole,
    numReplies: whole,
  }),
  attendee: z.looseObject({ notificationLevel: whole }).catch({ notificationLevel: 0 }),
  first: one,
  last: one,
});
export type ThreadInfo = z.output<typeof threadInfo>;

const limit = z.int().positive().optional();

/** Threads. Source: OpenAPI of Talk 22, `thread`. */
export const threadEndpoints = group('threads', {
  recent: talk('v1 GET /chat/{token}/threads/recent', {
    query: { limit },
    data: z.array(threadInfo),
    statuses: [200],
    needs: 'threads',
  }),
  subscribed: talk('v1 GET /chat/subscribed-threads', {
    query: { limit, offset: z.int().nonnegative().optional() },
    data: z.array(threadInfo),
    statuses: [200, 401],
    needs: 'threads',
  }),
  get: talk('v1 GET /chat/{token}/threads/{threadId}', { data: threadInfo, statuses: [200, 404], needs: 'threads' }),
  rename: talk('v1 PUT /chat/{token}/threads/{threadId}', {
    body: { threadTitle: z.string() },
    data: threadInfo,
    statuses: [200, 400, 403, 404],
    needs: 'threads',
  }),
  notify: talk('v1 POST /chat/{token}/threads/{messageId}/notify', {
    body: { level: z.literal(valuesOf(notificationLevel)) },
    data: threadInfo,
    statuses: [200, 400, 404],
    needs: 'threads',
  }),
});
