import { z } from 'zod';
import { group, talk } from './endpoint.js';
import { nothing } from './fields.js';

/** What people without an account do; they are known by their session's cookie. Source: OpenAPI of Talk 22, `guest`. */
export const guestEndpoints = group('guests', {
  setName: talk('v1 POST /guest/{token}/name', {
    body: { displayName: z.string() },
    data: nothing,
    statuses: [200, 403, 404],
    absent: 'session',
  }),
});
