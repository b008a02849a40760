import { Refusal } from '../refusal.js';
import { RoomType, type Room } from '../state/room.js';
import { drawnPicture, uploadedPicture } from '../state/room-pictures.js';
import { avatarPicture } from '../view/avatar-picture.js';
import { letterPicture } from '../view/letter-picture.js';
import { viewRoom } from '../view/room-view.js';
import { asUser, inRoom, talkApi, type Call, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const avatarApi = `${talkApi}/v1/room/{token}/avatar`;
const proxyApi = `${talkApi}/v1/proxy`;
const drawnPixels = 512;

/** Pictures of rooms, and of people of other servers. */
export function addAvatarRoutes(router: OcsRouter): void {
  router.add('GET', avatarApi, inRoom([], show));
  router.add('GET', `${avatarApi}/dark`, inRoom([], show));
  router.add('POST', avatarApi, inRoom(['moderator'], set));
  router.add('POST', `${avatarApi}/emoji`, inRoom(['moderator'], setEmoji));
  router.add('DELETE', avatarApi, inRoom(['moderator'], remove));
  for (const look of ['', '/dark']) {
    const size = `user-avatar/{size:64|512}${look}`;
    router.add('GET', `${proxyApi}/new/${size}`, asUser(showRemote));
    router.add('GET', `${proxyApi}/{token}/${size}`, inRoom([], showRemote));
  }
}

function show({ room }: RoomCall): Answer {
  const { mime, bytes } = room.picture ?? { mime: 'image/png', bytes: avatarPicture(room.token, drawnPixels) };
  return picture(mime, bytes);
}

/** Drawn: people of other servers have no picture here. */
function showRemote({ input, parameters }: Call): Answer {
  const bytes = letterPicture(input.text('cloudId'), Number(parameters['size']));
  return picture('image/svg+xml', bytes);
}

function picture(mime: string, bytes: Buffer): Answer {
  return { status: 200, data: null, raw: bytes, headers: { 'content-type': mime } };
}

function set({ talk, names, room, attendee, input }: RoomCall): Answer {
  requirePictured(room);
  if (input.file === undefined) throw new Refusal(400, { message: 'No image file provided' });
  talk.conversations.setPicture(room, attendee.actor, uploadedPicture(input.file));
  return ok(viewRoom(names, room, attendee));
}

function setEmoji({ talk, names, room, attendee, input }: RoomCall): Answer {
  requirePictured(room);
  const picture = drawnPicture(input.text('emoji'), input.text('color'));
  talk.conversations.setPicture(room, attendee.actor, picture);
  return ok(viewRoom(names, room, attendee));
}

function remove({ talk, names, room, attendee }: RoomCall): Answer {
  talk.conversations.removePicture(room, attendee.actor);
  return ok(viewRoom(names, room, attendee));
}

/** A room of two shows the other one. */
function requirePictured(room: Room): void {
  if (room.type === RoomType.oneToOne)
    throw new Refusal(400, { message: 'A room of two has the picture of the other one' });
}
