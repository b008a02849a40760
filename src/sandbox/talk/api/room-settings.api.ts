import { Refusal } from '../refusal.js';
import { Permission, type Attendee } from '../state/room.js';
import { capabilitiesOfTalk, talkHash } from '../view/capabilities.js';
import { viewRoom } from '../view/room-view.js';
import { inRoom, talkApi, type Handler, type Need, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';
import { scopeOf } from './rooms.api.js';

const roomApi = `${talkApi}/v4/room/{token}`;
const highestNotificationLevel = 3;

/** What moderators set for everybody, and what each sets for themselves. Each answers the room as it is then. */
export function addRoomSettingRoutes(router: OcsRouter): void {
  addModeratorRoutes(router);
  addOwnRoutes(router);
  router.add('GET', `${roomApi}/capabilities`, inRoom([], capabilities));
}

function addModeratorRoutes(router: OcsRouter): void {
  const add = (method: string, path: string, change: (call: RoomCall) => void): void =>
    router.add(method, `${roomApi}${path}`, changing(['moderator'], change));
  add('PUT', '', ({ talk, room, attendee, input }) =>
    talk.conversations.rename(room, attendee.actor, input.text('roomName')),
  );
  add('PUT', '/description', ({ talk, room, attendee, input }) =>
    talk.conversations.describe(room, attendee.actor, input.text('description')),
  );
  add('POST', '/public', ({ talk, room, attendee }) => talk.conversations.setPublic(room, attendee.actor, true));
  add('DELETE', '/public', ({ talk, room, attendee }) => talk.conversations.setPublic(room, attendee.actor, false));
  add('PUT', '/password', ({ talk, room, attendee, input }) =>
    talk.conversations.setPassword(room, attendee.actor, input.text('password')),
  );
  add('PUT', '/read-only', ({ talk, room, attendee, input }) =>
    talk.conversations.setReadOnly(room, attendee.actor, zeroOrOne(input.number('state'))),
  );
  add('PUT', '/listable', ({ talk, room, attendee, input }) =>
    talk.conversations.setListable(room, attendee.actor, scopeOf(input.number('scope'))),
  );
  add('PUT', '/webinar/lobby', ({ talk, room, attendee, input }) =>
    talk.conversations.setLobby(room, attendee.actor, zeroOrOne(input.number('state')), input.number('timer')),
  );
  add('PUT', '/permissions/{mode:call|default}', setPermissions);
  add('POST', '/message-expiration', ({ talk, room, attendee, input }) =>
    talk.conversations.setMessageExpiration(room, attendee.actor, input.number('seconds')),
  );
  add('PUT', '/mention-permissions', ({ room, input }) => {
    const value = input.number('mentionPermissions');
    if (value !== 0 && value !== 1) throw new Refusal(400, { error: 'value' });
    room.mentionPermissions = value;
  });
}

function addOwnRoutes(router: OcsRouter): void {
  const flags = {
    favorite: 'isFavorite',
    archive: 'isArchived',
    important: 'isImportant',
    sensitive: 'isSensitive',
  } as const;
  for (const [path, field] of Object.entries(flags)) {
    const set = (value: boolean) => changing(['login'], ({ attendee }) => (attendee[field] = value));
    router.add('POST', `${roomApi}/${path}`, set(true));
    router.add('DELETE', `${roomApi}/${path}`, set(false));
  }
  router.add(
    'POST',
    `${roomApi}/notify`,
    changing(['login'], ({ attendee, input }) => setNotification(attendee, input.number('level'))),
  );
  router.add(
    'POST',
    `${roomApi}/notify-calls`,
    changing(['login'], ({ attendee, input }) => (attendee.notificationCalls = zeroOrOne(input.number('level')))),
  );
}

function changing(needs: readonly Need[], change: (call: RoomCall) => unknown): Handler {
  return inRoom(needs, (call) => {
    change(call);
    return ok(viewRoom(call.names, call.room, call.attendee));
  });
}

function setPermissions({ room, input, parameters }: RoomCall): void {
  // Permissions of a call are gone from the API: setting them changes nothing.
  if (parameters['mode'] !== 'default') return;
  const permissions = input.number('permissions');
  room.defaultPermissions = permissions === Permission.default ? permissions : permissions | Permission.custom;
}

function setNotification(attendee: Attendee, level: number): void {
  if (level < 0 || level > highestNotificationLevel) throw new Refusal(400, { error: 'level' });
  attendee.notificationLevel = level;
}

function capabilities({ attendee }: RoomCall): Answer {
  const userId = attendee.actor.type === 'users' ? attendee.actor.id : '';
  return ok(capabilitiesOfTalk(userId !== ''), { 'X-Nextcloud-Talk-Hash': talkHash('capabilities', userId) });
}

function zeroOrOne(value: number): 0 | 1 {
  return value === 1 ? 1 : 0;
}
