import { z } from 'zod';
import { group, talk } from './endpoint.js';
import { mapOf, nothing } from './fields.js';

/** A signaling server hosted by others, for the administrator. Source: OpenAPI of Talk 22, `hosted_signaling_server`. */
export const hostedSignalingEndpoints = group('hostedSignaling', {
  requestTrial: talk('v1 POST /hostedsignalingserver/requesttrial', {
    body: {
      url: z.string(),
      name: z.string(),
      email: z.string(),
      language: z.string(),
      country: z.string(),
    },
    data: mapOf(z.unknown()),
    statuses: [200, 400, 401, 403, 500],
  }),
  deleteAccount: talk('v1 DELETE /hostedsignalingserver/delete', {
    data: nothing,
    statuses: [204, 400, 401, 403, 500],
  }),
});
