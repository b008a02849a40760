import { Refusal } from '../refusal.js';
import { ParticipantType, Permission, permissionsOf, RoomType, type Attendee } from '../state/room.js';
import { viewAttendee } from '../view/attendee-view.js';
import { inRoom, talkApi, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const roomApi = `${talkApi}/v4/room/{token}`;
const bridgeUser = 'bridge-bot';
const statusHeader = { 'X-Nextcloud-Has-User-Statuses': '1' };

export function addParticipantRoutes(router: OcsRouter): void {
  router.add('GET', `${roomApi}/participants`, inRoom(['noLobby'], list));
  router.add('POST', `${roomApi}/participants`, inRoom(['login', 'accountModerator'], add));
  router.add('POST', `${roomApi}/participants/resend-invitations`, inRoom(['login', 'accountModerator'], resend));
  router.add('DELETE', `${roomApi}/participants/self`, inRoom(['login'], leave));
  router.add('DELETE', `${roomApi}/attendees`, inRoom(['moderator'], remove));
  router.add('PUT', `${roomApi}/attendees/permissions`, inRoom(['moderator'], setPermissions));
  // Gone from the API: whatever is asked, it is not possible.
  router.add(
    'PUT',
    `${roomApi}/attendees/permissions/all`,
    inRoom(['moderator'], () => {
      throw new Refusal(400, null);
    }),
  );
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
  const { accounts } = call.talk;
  const views = [...call.room.attendees.values()].map((attendee) =>
    viewAttendee(accounts, call.room, attendee, withStatus),
  );
  return ok(views, withStatus ? statusHeader : undefined);
}

async function add(call: RoomCall): Promise<Answer> {
  const { talk, room, input, attendee } = call;
  const id = input.text('newParticipant');
  switch (input.text('source', 'users')) {
    case 'users': {
      const user = id === bridgeUser ? undefined : talk.accounts.get(id);
      if (user === undefined) throw new Refusal(404, { error: 'new-participant' });
      if (talk.bans.isBanned(room, user.id)) throw new Refusal(400, { error: 'ban' });
      talk.conversations.addUser(room, attendee.actor, user);
      return ok([]);
    }
    case 'federated_users':
      await talk.federation.invite(room, attendee.actor, id);
      return ok([]);
    case 'phones':
      if (talk.backends.sip?.dialsOut !== true) throw new Refusal(501, { error: 'sip' });
      talk.conversations.addPhone(room, attendee.actor, id);
      return ok([]);
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

/** To one, or to everybody who was invited. */
function resend(call: RoomCall): Answer {
  const id = call.input.number('attendeeId');
  if (call.input.has('attendeeId') && ![...call.room.attendees.values()].some((one) => one.id === id)) {
    throw new Refusal(404, null);
  }
  return ok(null);
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
  if (target.actor.type === 'federated_users') talk.federation.unshare(target);
  return ok(null);
}

function setModerator(call: RoomCall, moderates: boolean): Answer {
  const target = [...call.room.attendees.values()].find((other) => other.id === call.input.number('attendeeId'));
  if (target === undefined) throw new Refusal(404, null);
  if (target === call.attendee) throw new Refusal(403, null);
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
      target.permissions = permissionsOf(call.room, target) | bits;
      break;
    case 'remove':
      target.permissions = permissionsOf(call.room, target) & ~bits;
      break;
    default:
      throw new Refusal(400, { error: 'method' });
  }
  return ok([viewAttendee(call.talk.accounts, call.room, target, true)], statusHeader);
}

function targetOf(call: RoomCall): Attendee {
  const id = call.input.number('attendeeId');
  const target = [...call.room.attendees.values()].find((attendee) => attendee.id === id);
  if (target === undefined) throw new Refusal(404, { error: 'participant' });
  return target;
}
