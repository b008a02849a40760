import { z } from 'zod';
import { group, talk } from './endpoint.js';
import { mapOf, text, whole } from './fields.js';

/** Who reacted, for each emoji. */
export const reactions = mapOf(
  z.array(z.looseObject({ actorType: text, actorId: text, actorDisplayName: text, timestamp: whole })),
);

/** Reactions of our own user, and everybody's. Source: OpenAPI of Talk 22, `reaction`. */
export const reactionEndpoints = group('reactions', {
  // 200 where it is there already.
  add: talk('v1 POST /reaction/{token}/{messageId}', {
    body: { reaction: z.string() },
    data: reactions,
    statuses: [200, 201, 400, 404],
    needs: 'reactions',
  }),
  remove: talk('v1 DELETE /reaction/{token}/{messageId}', {
    query: { reaction: z.string() },
    data: reactions,
    statuses: [200, 400, 404],
    needs: 'reactions',
  }),
  list: talk('v1 GET /reaction/{token}/{messageId}', {
    query: { reaction: z.string().optional() },
    data: reactions,
    statuses: [200, 404],
    needs: 'reactions',
  }),
});
