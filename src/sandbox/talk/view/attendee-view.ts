import type { Accounts } from '../state/accounts.js';
import { callFlagsOf, permissionsOf, type Attendee, type Room } from '../state/room.js';

/** Somebody in a room as the others are shown them. */
export function viewAttendee(
  accounts: Accounts,
  room: Room,
  attendee: Attendee,
  withStatus: boolean,
): Record<string, unknown> {
  const user = attendee.actor.type === 'users' ? accounts.get(attendee.actor.id) : undefined;
  const lastPing = Math.max(0, ...attendee.sessions.map((session) => session.lastPingSeconds));
  return {
    roomToken: room.token,
    inCall: callFlagsOf(attendee),
    lastPing,
    sessionIds: attendee.sessions.map((session) => session.id),
    participantType: attendee.participantType,
    attendeeId: attendee.id,
    actorId: attendee.actor.id,
    actorType: attendee.actor.type,
    displayName: attendee.displayName,
    permissions: permissionsOf(room, attendee),
    attendeePermissions: attendee.permissions,
    attendeePin: '',
    phoneNumber: attendee.phoneNumber ?? '',
    callId: attendee.callId ?? '',
    ...(attendee.invitedAs === undefined ? {} : { invitedActorId: attendee.invitedAs }),
    ...(withStatus && user !== undefined
      ? {
          status: user.status.status,
          statusIcon: user.status.icon,
          statusMessage: user.status.message,
          statusClearAt: null,
        }
      : {}),
  };
}
