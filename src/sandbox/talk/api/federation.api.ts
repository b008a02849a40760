import { Refusal } from '../refusal.js';
import type { Invitation } from '../state/invitations.js';
import { viewRoom } from '../view/room-view.js';
import { talkHash } from '../view/capabilities.js';
import { asUser, inRoom, talkApi, type OcsRouter, type RoomCall, type UserCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const invitationApi = `${talkApi}/v1/federation/invitation`;
const activeApi = `${talkApi}/v4/room/{token}/federation/active`;

/** Invitations to rooms of other servers, and the sessions that other servers open here for their people. */
export function addFederationRoutes(router: OcsRouter): void {
  router.add('GET', invitationApi, asUser(list));
  router.add('POST', `${invitationApi}/{id:[0-9]+}`, asUser(accept));
  router.add('DELETE', `${invitationApi}/{id:[0-9]+}`, asUser(decline));
  router.add('POST', activeApi, inRoom([], open));
  router.add('DELETE', activeApi, inRoom([], close));
}

function list({ talk, user }: UserCall): Answer {
  return ok(talk.federation.invitations.of(user.id).map((invitation) => viewInvitation(talk, invitation)));
}

/** Answers the room as it is before the other server knows: without its calls told. */
async function accept(call: UserCall): Promise<Answer> {
  const { talk, names } = call;
  const invitation = invitationOf(call);
  const view = await talk.federation.accept(invitation, (attendee) => ({
    ...viewRoom(names, invitation.room, attendee),
    notificationCalls: 0,
  }));
  return ok(view);
}

async function decline(call: UserCall): Promise<Answer> {
  await call.talk.federation.decline(invitationOf(call));
  return ok(null);
}

function invitationOf({ talk, user, parameters }: UserCall): Invitation {
  const invitation = talk.federation.invitations.get(Number(parameters['id']), user.id);
  if (invitation === undefined) throw new Refusal(404, { error: 'invitation' });
  return invitation;
}

/** For people of other servers only. */
function open({ talk, names, room, attendee, input }: RoomCall): Answer {
  if (attendee.actor.type !== 'federated_users') throw new Refusal(404, null);
  const session = talk.attendance.open(room, attendee, input.text('sessionId'));
  const headers = { 'X-Nextcloud-Talk-Hash': talkHash(talk.abilities, 'room', attendee.actor.id) };
  return ok(viewRoom(names, room, attendee, 'with last message', session), headers);
}

function close({ talk, room, attendee, input }: RoomCall): Answer {
  if (attendee.actor.type !== 'federated_users') throw new Refusal(404, null);
  talk.attendance.close(room, attendee, input.text('sessionId'));
  return ok(null);
}

function viewInvitation(talk: UserCall['talk'], invitation: Invitation): Record<string, unknown> {
  const { id, userId, state, server, remoteToken, remoteAttendeeId, room } = invitation;
  return {
    id,
    userId,
    state,
    localCloudId: talk.federation.cloudId(userId),
    localToken: room.token,
    remoteServerUrl: server,
    remoteToken,
    remoteAttendeeId,
    inviterCloudId: invitation.inviterCloudId,
    inviterDisplayName: invitation.inviterName,
    roomName: room.name,
  };
}
