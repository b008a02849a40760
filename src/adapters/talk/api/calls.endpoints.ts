import { z } from 'zod';
import { group, talk } from './endpoint.js';
import { bytes, flagSum, nothing, text, whole } from './fields.js';

const peer = z.looseObject({
  actorType: text,
  actorId: text,
  displayName: text,
  token: text,
  /** Whole seconds. */
  lastPing: whole,
  sessionId: text,
});
const inCall = { data: nothing, statuses: [200, 404], absent: 'session' } as const;
const entering = { data: nothing, statuses: [200, 400, 404], absent: 'session' } as const;
const consent = { silent: z.boolean().optional(), recordingConsent: z.boolean().optional() };

/** Calls in rooms; who is in one has a session in the room. Source: OpenAPI of Talk 22, `call`. */
export const callEndpoints = group('calls', {
  peers: talk('v4 GET /call/{token}', { data: z.array(peer), statuses: [200] }),
  join: talk('v4 POST /call/{token}', {
    ...entering,
    body: { flags: flagSum.nullable().optional(), silentFor: z.array(z.string()).optional(), ...consent },
  }),
  setFlags: talk('v4 PUT /call/{token}', { ...entering, body: { flags: flagSum } }),
  leave: talk('v4 DELETE /call/{token}', { ...inCall, query: { all: z.boolean().optional() } }),
  // 200: still to be told of; 201: no longer.
  notificationState: talk('v4 GET /call/{token}/notification-state', {
    data: nothing,
    statuses: [200, 201, 401, 403, 404],
    needs: 'call-notification-state-api',
    absent: 'target',
  }),
  download: talk('v4 GET /call/{token}/download', {
    query: { format: z.literal('csv').optional() },
    data: bytes,
    answers: 'bytes',
    statuses: [200, 400],
    needs: 'download-call-participants',
  }),
  joinFederated: talk('v4 POST /call/{token}/federation', {
    ...entering,
    body: { sessionId: z.string(), flags: flagSum.nullable().optional(), ...consent },
    needs: 'federation-v2',
  }),
  setFederatedFlags: talk('v4 PUT /call/{token}/federation', {
    ...entering,
    body: { sessionId: z.string(), flags: flagSum },
    needs: 'federation-v2',
  }),
  leaveFederated: talk('v4 DELETE /call/{token}/federation', {
    ...inCall,
    query: { sessionId: z.string() },
    needs: 'federation-v2',
  }),
  ring: talk('v4 POST /call/{token}/ring/{attendeeId}', {
    data: nothing,
    statuses: [200, 400, 404],
    needs: 'send-call-notification',
  }),
  dialOut: talk('v4 POST /call/{token}/dialout/{attendeeId}', {
    data: nothing,
    statuses: [201, 400, 404, 501],
    needs: 'sip-support-dialout',
  }),
});
