import { z } from 'zod';
import { group, talk } from './endpoint.js';
import { nothing, text, whole } from './fields.js';
import { room } from './room.answers.js';

/** An invitation into a room of another server. */
export const invitation = z.looseObject({
  id: z.int().nonnegative(),
  userId: text,
  state: whole,
  localCloudId: text,
  /** The token that the room has or will have on our server. */
  localToken: text,
  remoteAttendeeId: whole,
  remoteServerUrl: text,
  remoteToken: text,
  roomName: text,
  inviterCloudId: text,
  inviterDisplayName: text,
});
export type Invitation = z.output<typeof invitation>;

const needs = 'federation-v1';

/** Invitations into rooms of other servers. Source: OpenAPI of Talk 22, `federation`. */
export const federationEndpoints = group('federation', {
  invitations: talk('v1 GET /federation/invitation', { data: z.array(invitation), statuses: [200, 401], needs }),
  accept: talk('v1 POST /federation/invitation/{id}', {
    data: room,
    statuses: [200, 400, 401, 404, 410],
    needs,
  }),
  decline: talk('v1 DELETE /federation/invitation/{id}', {
    data: nothing,
    statuses: [200, 400, 401, 404],
    needs,
  }),
});
