import { Refusal } from '../refusal.js';
import { ParticipantType, Permission, permissionsOf, RoomType, type Attendee, type Room } from '../state/room.js';
import { inRoom, talkApi, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const roomApi = `${talkApi}/v4/room/{token}`;
const bridgeUser = 'bridge-bot';
const statusHeader = { 'X-Nextcloud-Has-User-Statuses': '1' };

export function addParticipantRoutes(router: OcsRouter): void {
  router.add('GET', `${roomApi}/participants`, inRoom(['noLobby'], list));
  router.add('POST', `${roomApi}/participants`, inRoom(['login', 'accountModerator'], add));
  router.add(
    'POST',
    `${roomApi}/participants/resend-invitations`,
    inRoom(['login', 'accountModerator'], () => ok(null)),
  );
  router.add('DELETE', `${roomApi}/participants/self`, inRoom(['login'], leave));
  router.add('DELETE', `${roomApi}/attendees`, inRoom(['moderator'], remove));
  router.add('PUT', `${roomApi}/attendees/permissions`, inRoom(['moderator'], setPermissions));
  router.add(
    'POST',
    `${roomApi}/moderators`,
    inRoom(['moderator'], (call) => setModerator(call, true)),
  );
  router.add(
    'DELETE',
    `${roomApi}/moderators`,
    inRoom(['moderator'], (call) => setModerator(call, false)),
  );
}

function list(call: RoomCall): Answer {
  if (call.attendee.participantType === ParticipantType.guest) throw new Refusal(403, null);
  call.talk.attendance.expire(call.room);
  const withStatus = call.input.flag('includeStatus');
  const views = [...call.room.attendees.values()].map((attendee) => viewAttendee(call.room, attendee, withStatus));
  return ok(views, withStatus ? statusHeader : undefined);
}

function add(call: RoomCall): Answer {
  const { talk, room, input, attendee } = call;
  const id = input.text('newParticipant');
  switch (input.text('source', 'users')) {
    case 'users': {
      const user = id === bridgeUser ? undefined : talk.accounts.get(id);
      if (user === undefined) throw new Refusal(404, { error: 'new-participant' });
      talk.conversations.addUser(room, attendee.actor, user);
      return ok([]);
    }
    case 'emails':
      talk.conversations.addEmail(room, attendee.actor, id);
      return ok({ type: room.type });
    case 'groups':
    case 'circles':
    case 'teams':
      throw new Refusal(404, { error: 'new-participant' });
    default:
      throw new Refusal(400, { error: 'source' });
  }
}

function leave(call: RoomCall): Answer {
  call.talk.conversations.remove(call.room, call.attendee.actor, call.attendee);
  return ok(null);
}

function remove(call: RoomCall): Answer {
  const { talk, room, attendee } = call;
  const target = targetOf(call);
  if (talk.conversations.isLastModerator(room, target)) throw new Refusal(400, { error: 'last-moderator' });
  if (target.participantType === ParticipantType.owner && target !== attendee)
    throw new Refusal(403, { error: 'owner' });
  talk.conversations.remove(room, attendee.actor, target);
  return ok(null);
}

function setModerator(call: RoomCall, moderates: boolean): Answer {
  const target = [...call.room.attendees.values()].find((other) => other.id === call.input.number('attendeeId'));
  if (target === undefined) throw new Refusal(404, null);
  call.talk.conversations.setModerator(call.room, call.attendee.actor, target, moderates);
  return ok(null);
}

function setPermissions(call: RoomCall): Answer {
  const target = targetOf(call);
  const bits = call.input.number('permissions');
  if (call.room.type === RoomType.oneToOne) throw new Refusal(400, { error: 'room-type' });
  switch (call.input.text('method', 'set')) {
    case 'set':
      target.permissions = bits === Permission.default ? bits : bits | Permission.custom;
      break;
    case 'add':
      target.permissions = permissionsOf(call.room, target) | bits | Permission.custom;
      break;
    case 'remove':
      target.permissions = (permissionsOf(call.room, target) & ~bits) | Permission.custom;
      break;
    default:
      throw new Refusal(400, { error: 'method' });
  }
  return ok([viewAttendee(call.room, target, true)], statusHeader);
}

function targetOf(call: RoomCall): Attendee {
  const id = call.input.number('attendeeId');
  const target = [...call.room.attendees.values()].find((attendee) => attendee.id === id);
  if (target === undefined) throw new Refusal(404, { error: 'participant' });
  return target;
}

function viewAttendee(room: Room, attendee: Attendee, withStatus: boolean): Record<string, unknown> {
  const isUser = attendee.actor.type === 'users';
  const lastPing = Math.max(0, ...attendee.sessions.map((session) => session.lastPingSeconds));
  return {
    roomToken: room.token,
    inCall: 0,
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
    phoneNumber: '',
    callId: '',
    ...(attendee.invitedAs === undefined ? {} : { invitedActorId: attendee.invitedAs }),
    ...(withStatus && isUser ? { status: 'offline', statusIcon: null, statusMessage: null, statusClearAt: null } : {}),
  };
}
