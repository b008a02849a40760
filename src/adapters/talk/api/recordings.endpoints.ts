import { z } from 'zod';
import { group, talk } from './endpoint.js';
import { file, id, nothing, seconds } from './fields.js';

const needs = 'recording-v1';
const byMember = { data: nothing, statuses: [200, 400, 401], needs } as const;

/** A recording server proves itself by a random text and a checksum of it, made with the secret that it shares with the server. */
const server = {
  besides: { random: z.string(), checksum: z.string() },
  headers: { random: 'talk-recording-random', checksum: 'talk-recording-checksum' },
  isAnonymous: true,
  data: nothing,
  needs,
} as const;

/** Recordings of calls. Source: OpenAPI of Talk 22, `recording`, `settings`. */
export const recordingEndpoints = group('recordings', {
  // 1 for a video, 2 for sound alone.
  start: talk('v1 POST /recording/{token}', { ...byMember, body: { status: z.literal([1, 2]) } }),
  stop: talk('v1 DELETE /recording/{token}', byMember),
  dismissNote: talk('v1 DELETE /recording/{token}/notification', { ...byMember, query: { timestamp: seconds } }),
  shareToChat: talk('v1 POST /recording/{token}/share-chat', {
    ...byMember,
    body: { fileId: id, timestamp: seconds },
  }),
  backend: talk('v1 POST /recording/backend', {
    ...server,
    body: {
      type: z.string(),
      started: z.record(z.string(), z.unknown()).optional(),
      stopped: z.record(z.string(), z.unknown()).optional(),
      failed: z.record(z.string(), z.unknown()).optional(),
    },
    statuses: [200, 400, 403, 404],
  }),
  store: talk('v1 POST /recording/{token}/store', {
    ...server,
    sends: 'upload',
    body: { owner: z.string().optional() },
    besides: { ...server.besides, file },
    statuses: [200, 400, 401],
  }),
  welcome: talk('v1 GET /recording/welcome/{serverId}', {
    data: z.looseObject({ version: z.union([z.number(), z.string()]).catch('') }),
    statuses: [200, 401, 403, 404, 500],
    needs,
  }),
});
