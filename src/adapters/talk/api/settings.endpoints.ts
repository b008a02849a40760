import { z } from 'zod';
import { group, talk } from './endpoint.js';
import { nothing } from './fields.js';

/** Settings of a person, and of the server for its administrator. Source: OpenAPI of Talk 22, `settings`. */
export const settingEndpoints = group('settings', {
  setOwn: talk('v1 POST /settings/user', {
    body: {
      key: z.enum(['attachment_folder', 'read_status_privacy', 'typing_privacy', 'play_sounds']),
      value: z.union([z.string(), z.int()]).nullable().optional(),
    },
    data: nothing,
    statuses: [200, 400, 401],
  }),
  setSip: talk('v1 POST /settings/sip', {
    body: {
      sipGroups: z.array(z.string()).optional(),
      dialInInfo: z.string().optional(),
      sharedSecret: z.string().optional(),
    },
    data: nothing,
    statuses: [200, 401, 403],
  }),
  certificateExpiration: talk('v1 GET /certificate/expiration', {
    query: { host: z.string() },
    data: z.looseObject({ expiration_in_days: z.int().nullable().catch(null) }),
    statuses: [200, 400, 401, 403],
  }),
});
