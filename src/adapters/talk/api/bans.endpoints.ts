import { z } from 'zod';
import { bannedActor, valuesOf } from '../talk.constants.js';
import { group, talk } from './endpoint.js';
import { nothing, text, whole } from './fields.js';

const ban = z.looseObject({
  id: z.int().nonnegative(),
  moderatorActorType: text,
  moderatorActorId: text,
  moderatorDisplayName: text,
  bannedActorType: text,
  bannedActorId: text,
  bannedDisplayName: text,
  /** Whole seconds. */
  bannedTime: whole,
  internalNote: text,
});
export type Ban = z.output<typeof ban>;

/** Who may not come back. Source: OpenAPI of Talk 22, `ban`. */
export const banEndpoints = group('bans', {
  add: talk('v1 POST /ban/{token}', {
    body: {
      actorType: z.literal(valuesOf(bannedActor)),
      actorId: z.string(),
      internalNote: z.string().optional(),
    },
    data: ban,
    statuses: [200, 400],
    needs: 'ban-v1',
  }),
  list: talk('v1 GET /ban/{token}', { data: z.array(ban), statuses: [200], needs: 'ban-v1' }),
  remove: talk('v1 DELETE /ban/{token}/{banId}', { data: nothing, statuses: [200], needs: 'ban-v1' }),
});
