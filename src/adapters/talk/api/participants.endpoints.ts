import { z } from 'zod';
import { participantSource, permissionMethod, sessionState, valuesOf } from '../talk.constants.js';
import { group, talk } from './endpoint.js';
import { file, id, maybeText, maybeWhole, nothing, permissionSum, text, whole, wholes } from './fields.js';
import { participants, room } from './room.answers.js';
import { refusalOf } from './refused.js';

const withStatus = { includeStatus: z.boolean().optional() };
const method = z.literal(valuesOf(permissionMethod));
const imported = z.looseObject({
  invites: whole,
  duplicates: whole,
  invalid: maybeWhole,
  invalidLines: wholes,
  type: maybeWhole,
  error: maybeText,
});

/** Who is in a room. Source: OpenAPI of Talk 22, `room`. */
export const participantEndpoints = group('participants', {
  list: talk('v4 GET /room/{token}/participants', { query: withStatus, data: participants, statuses: [200, 403] }),
  listOfBreakoutRooms: talk('v4 GET /room/{token}/breakout-rooms/participants', {
    query: withStatus,
    data: participants,
    statuses: [200, 400, 403],
    needs: 'breakout-rooms-v1',
  }),
  add: talk('v4 POST /room/{token}/participants', {
    body: { newParticipant: z.string(), source: z.literal(valuesOf(participantSource)).optional() },
    // `type` where somebody invited by e-mail made the room public.
    data: z.looseObject({ type: maybeWhole }).or(z.array(z.unknown()).transform(() => ({ type: undefined }))),
    statuses: [200, 400, 401, 404, 501],
  }),
  leave: talk('v4 DELETE /room/{token}/participants/self', { data: nothing, statuses: [200, 400, 401, 404] }),
  remove: talk('v4 DELETE /room/{token}/attendees', {
    query: { attendeeId: id },
    data: nothing,
    statuses: [200, 400, 403, 404],
  }),
  setPermissions: talk('v4 PUT /room/{token}/attendees/permissions', {
    body: { attendeeId: id, method, permissions: permissionSum },
    data: participants,
    statuses: [200, 400, 403, 404],
    needs: 'publishing-permissions',
  }),
  // Talk 22 answers 400: those of the room itself are set in its place.
  setAllPermissions: talk('v4 PUT /room/{token}/attendees/permissions/all', {
    body: { method, permissions: permissionSum },
    data: room,
    statuses: [200, 400],
    needs: 'publishing-permissions',
  }),
  join: talk('v4 POST /room/{token}/participants/active', {
    body: { password: z.string().optional(), force: z.boolean().optional() },
    data: room,
    statuses: [200, 403, 404, 409],
    absent: 'room',
  }),
  leaveSession: talk('v4 DELETE /room/{token}/participants/active', { data: nothing, statuses: [200] }),
  joinFederated: talk('v4 POST /room/{token}/federation/active', {
    body: { sessionId: z.string().nullable().optional() },
    data: room,
    statuses: [200, 404],
    absent: 'room',
    needs: 'federation-v1',
  }),
  leaveFederated: talk('v4 DELETE /room/{token}/federation/active', {
    query: { sessionId: z.string() },
    data: nothing,
    statuses: [200, 404],
    absent: 'session',
    needs: 'federation-v1',
  }),
  resendInvitations: talk('v4 POST /room/{token}/participants/resend-invitations', {
    body: { attendeeId: id.nullable().optional() },
    data: nothing,
    statuses: [200, 401, 404],
  }),
  setSessionState: talk('v4 PUT /room/{token}/participants/state', {
    body: { state: z.literal(valuesOf(sessionState)) },
    data: room,
    statuses: [200, 400, 404],
    absent: 'session',
    needs: 'session-state',
  }),
  promote: talk('v4 POST /room/{token}/moderators', {
    body: { attendeeId: id },
    data: nothing,
    statuses: [200, 400, 403, 404],
  }),
  demote: talk('v4 DELETE /room/{token}/moderators', {
    query: { attendeeId: id },
    data: nothing,
    statuses: [200, 400, 403, 404],
  }),
  importEmails: talk('v4 POST /room/{token}/import-emails', {
    sends: 'upload',
    body: { testRun: z.literal([0, 1]).optional() },
    besides: { file },
    data: imported,
    statuses: [200, 400, 401],
    needs: 'email-csv-import',
  }),
});

const otherSession = z.object({ sessionId: text, inCall: whole, lastPing: whole });

/** Pure: the session of ours that is in the room already, where joining without `force` was refused (409) for it. */
export function sessionInTheWay(error: unknown): z.output<typeof otherSession> | undefined {
  const refusal = refusalOf(participantEndpoints.join, error);
  if (refusal?.status !== 409) return undefined;
  return otherSession.safeParse(refusal.data).data;
}
