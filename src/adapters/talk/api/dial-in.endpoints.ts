import { z } from 'zod';
import { group, talk } from './endpoint.js';
import { id, nothing } from './fields.js';
import { room } from './room.answers.js';

/** A SIP bridge proves itself by a random text and a checksum of it, made with the secret that it shares with the server. */
const bridge = {
  besides: { random: z.string(), checksum: z.string() },
  headers: { random: 'talk-sipbridge-random', checksum: 'talk-sipbridge-checksum' },
  isAnonymous: true,
} as const;

/** What a SIP bridge asks. A server that has none answers 501. Source: OpenAPI of Talk 22, `room`. */
export const dialInEndpoints = group('dialIn', {
  checkPin: talk('v4 GET /room/{token}/pin/{pin}', {
    ...bridge,
    data: room,
    statuses: [200, 401, 404, 501],
    needs: 'sip-support',
  }),
  verifyPin: talk('v4 POST /room/{token}/verify-dialin', {
    ...bridge,
    body: { pin: z.string() },
    data: room,
    statuses: [200, 401, 404, 501],
    needs: 'sip-support',
  }),
  verifyNumber: talk('v4 POST /room/{token}/verify-dialout', {
    ...bridge,
    body: {
      number: z.string(),
      options: z
        .object({ actorId: z.string().optional(), actorType: z.string().optional(), attendeeId: id.optional() })
        .optional(),
    },
    data: room,
    statuses: [200, 400, 401, 404, 501],
    needs: 'sip-support-dialout',
  }),
  direct: talk('v4 POST /room/direct-dial-in', {
    ...bridge,
    body: { phoneNumber: z.string(), caller: z.string() },
    data: room,
    statuses: [200, 401, 404, 500, 501],
    needs: 'sip-direct-dialin',
  }),
  open: talk('v4 POST /room/{token}/open-dial-in', {
    ...bridge,
    data: room,
    statuses: [200, 400, 401],
    needs: 'sip-support-nopin',
  }),
  reject: talk('v4 DELETE /room/{token}/rejected-dialout', {
    ...bridge,
    query: { callId: z.string(), options: z.string().optional() },
    data: nothing,
    statuses: [200, 400, 401, 404, 501],
    needs: 'sip-support-dialout',
  }),
});
