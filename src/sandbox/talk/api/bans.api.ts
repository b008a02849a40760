import type { Ban } from '../state/bans.js';
import { nameOf } from '../view/rich-objects.js';
import { inRoom, talkApi, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const banApi = `${talkApi}/v1/ban/{token}`;

/** Who may not come in; for moderators. */
export function addBanRoutes(router: OcsRouter): void {
  router.add('POST', banApi, inRoom(['moderator'], add));
  router.add('GET', banApi, inRoom(['moderator'], list));
  router.add('DELETE', `${banApi}/{banId:[0-9]+}`, inRoom(['moderator'], lift));
}

function add(call: RoomCall): Answer {
  const { talk, room, attendee, input } = call;
  const ban = talk.bans.add(room, attendee.actor, {
    type: input.text('actorType'),
    id: input.text('actorId'),
    note: input.text('internalNote'),
  });
  return ok(viewBan(call, ban));
}

function list(call: RoomCall): Answer {
  return ok(call.talk.bans.of(call.room).map((ban) => viewBan(call, ban)));
}

function lift({ talk, room, parameters }: RoomCall): Answer {
  talk.bans.lift(room, Number(parameters['banId']));
  return ok(null);
}

function viewBan({ names, room }: RoomCall, { id, moderator, banned, atSeconds, note }: Ban): Record<string, unknown> {
  return {
    id,
    moderatorActorType: moderator.type,
    moderatorActorId: moderator.id,
    moderatorDisplayName: nameOf(names, room, moderator),
    bannedActorType: banned.type,
    bannedActorId: banned.id,
    bannedDisplayName: banned.name,
    bannedTime: atSeconds,
    internalNote: note,
  };
}
