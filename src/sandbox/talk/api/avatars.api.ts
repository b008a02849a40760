import { Refusal } from '../refusal.js';
import { avatarPicture } from '../view/avatar-picture.js';
import { viewRoom } from '../view/room-view.js';
import { inRoom, talkApi, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const avatarApi = `${talkApi}/v1/room/{token}/avatar`;
const drawnPixels = 512;

/** Pictures of rooms. */
export function addAvatarRoutes(router: OcsRouter): void {
  router.add('GET', avatarApi, inRoom([], show));
  router.add('POST', avatarApi, inRoom(['moderator'], set));
  router.add('DELETE', avatarApi, inRoom(['moderator'], remove));
}

function show({ room }: RoomCall): Answer {
  const { mime, bytes } = room.picture ?? { mime: 'image/png', bytes: avatarPicture(room.token, drawnPixels) };
  return { status: 200, data: null, raw: bytes, headers: { 'content-type': mime } };
}

function set({ talk, names, room, attendee, input }: RoomCall): Answer {
  if (input.file === undefined) throw new Refusal(400, { message: 'No image file provided' });
  talk.conversations.setPicture(room, attendee.actor, input.file);
  return ok(viewRoom(names, room, attendee));
}

function remove({ talk, names, room, attendee }: RoomCall): Answer {
  talk.conversations.removePicture(room, attendee.actor);
  return ok(viewRoom(names, room, attendee));
}
