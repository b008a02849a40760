import { Refusal } from '../refusal.js';
import { isBreakoutRoom, Permission, RoomType, type Attendee, type Room } from '../state/room.js';
import { capabilitiesOfTalk, talkHash } from '../view/capabilities.js';
import { viewRoom } from '../view/room-view.js';
import { inRoom, talkApi, type Handler, type Need, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const roomApi = `${talkApi}/v4/room/{token}`;
/** Only for those with an account: a guest who moderates is answered 401. */
const forPeople = [
  '/public',
  '/read-only',
  '/listable',
  '/webinar/lobby',
  '/webinar/sip',
  '/recording-consent',
  '/mention-permissions',
];
const highestNotificationLevel = 3;
const highestPermissions = 255;
const longestPassword = 200;
const unbindable = ['event', 'phone_temporary', 'instant_meeting', 'extended_conversation'];

/** What moderators set for everybody, and what each sets for themselves. Each answers the room as it is then. */
export function addRoomSettingRoutes(router: OcsRouter): void {
  addModeratorRoutes(router);
  addOwnRoutes(router);
  router.add('GET', `${roomApi}/capabilities`, inRoom([], capabilities));
}

function addModeratorRoutes(router: OcsRouter): void {
  const add = (method: string, path: string, change: (call: RoomCall) => void, ...kinds: readonly Kind[]): void =>
    router.add(
      method,
      `${roomApi}${path}`,
      changing(forPeople.includes(path) ? ['login', 'moderator'] : ['moderator'], (call) => {
        for (const kind of kinds) requireKind(call.room, kind);
        change(call);
      }),
    );
  add('PUT', '', ({ talk, room, attendee, input }) =>
    talk.conversations.rename(room, attendee.actor, input.text('roomName')),
  );
  add('PUT', '/description', ({ talk, room, attendee, input }) =>
    talk.conversations.describe(room, attendee.actor, input.text('description')),
  );
  add('POST', '/public', publish, 'no breakout room', 'of many');
  add(
    'DELETE',
    '/public',
    ({ talk, room, attendee }) => talk.conversations.setPublic(room, attendee.actor, false),
    'no breakout room',
    'of many',
  );
  add(
    'PUT',
    '/password',
    ({ talk, room, attendee, input }) =>
      talk.conversations.setPassword(room, attendee.actor, checkedPassword(input.text('password'), 'value')),
    'no breakout room',
    'of many',
  );
  add(
    'PUT',
    '/read-only',
    ({ talk, room, attendee, input }) =>
      talk.conversations.setReadOnly(room, attendee.actor, oneOf([0, 1], input.number('state'))),
    'of many',
  );
  add(
    'PUT',
    '/listable',
    ({ talk, room, attendee, input }) =>
      talk.conversations.setListable(room, attendee.actor, oneOf([0, 1, 2], input.number('scope'))),
    'no breakout room',
    'of many',
  );
  add('PUT', '/webinar/lobby', setLobby, 'no breakout room', 'of many');
  add('PUT', '/permissions/{mode:call|default}', setPermissions, 'no breakout room', 'of many');
  add(
    'POST',
    '/message-expiration',
    ({ talk, room, attendee, input }) =>
      talk.conversations.setMessageExpiration(room, attendee.actor, input.number('seconds')),
    'no breakout room',
  );
  add(
    'PUT',
    '/mention-permissions',
    ({ room, input }) => {
      room.mentionPermissions = oneOf([0, 1], input.number('mentionPermissions'));
    },
    'no breakout room',
    'of many',
  );
  add('DELETE', '/object', unbind);
  add('PUT', '/webinar/sip', setSip);
  add('PUT', '/recording-consent', setConsent);
}

/** What a setting needs: a room that is not another one's breakout room, or one of more than two people. */
type Kind = 'no breakout room' | 'of many';

function requireKind(room: Room, kind: Kind): void {
  switch (kind) {
    case 'no breakout room':
      if (isBreakoutRoom(room)) throw new Refusal(400, { error: 'breakout-room' });
      return;
    case 'of many':
      if (room.type !== RoomType.group && room.type !== RoomType.public) throw new Refusal(400, { error: 'type' });
  }
}

function publish({ talk, room, attendee, input }: RoomCall): void {
  const password = checkedPassword(input.text('password'), 'password');
  talk.conversations.setPublic(room, attendee.actor, true);
  if (password !== '') talk.conversations.setPassword(room, attendee.actor, password);
}

function checkedPassword(password: string, error: string): string {
  if (password.length > longestPassword) throw new Refusal(400, { error, message: 'Too long' });
  return password;
}

function setLobby({ talk, room, attendee, input }: RoomCall): void {
  const state = oneOf([0, 1], input.number('state'));
  talk.conversations.setLobby(room, attendee.actor, state, Math.max(0, input.number('timer')));
}

/** Rooms that were made for an event or a call stay when that is over. */
function unbind({ room }: RoomCall): void {
  if (!unbindable.includes(room.objectType)) throw new Refusal(400, { error: 'object-type' });
  room.objectType = '';
  room.objectId = '';
}

/** Throws a Refusal 412 where the server has no phones. */
function setSip({ talk, room, attendee, input }: RoomCall): void {
  if (talk.backends.sip === undefined) throw new Refusal(412, { error: 'config' });
  if (!talk.backends.mayUsePhones(talk.conversations.accountOf(attendee.actor)))
    throw new Refusal(403, { error: 'config' });
  requireKind(room, 'no breakout room');
  requireKind(room, 'of many');
  room.sip = oneOf([0, 1, 2], input.number('state'));
}

/** Throws a Refusal 412 where nothing can be recorded. */
function setConsent({ talk, room, input }: RoomCall): void {
  if (talk.backends.recording === undefined) throw new Refusal(412, { error: 'config' });
  requireKind(room, 'no breakout room');
  const consent = oneOf([0, 1], input.number('recordingConsent'));
  if (consent === 1 && room.call !== undefined) throw new Refusal(400, { error: 'call' });
  room.recordingConsent = consent;
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
    changing(
      ['login'],
      ({ attendee, input }) => (attendee.notificationCalls = oneOf([0, 1], input.number('level'), 'level')),
    ),
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
  if (permissions < 0 || permissions > highestPermissions) throw new Refusal(400, { error: 'value' });
  room.defaultPermissions = permissions === Permission.default ? permissions : permissions | Permission.custom;
}

function setNotification(attendee: Attendee, level: number): void {
  if (level < 0 || level > highestNotificationLevel) throw new Refusal(400, { error: 'level' });
  attendee.notificationLevel = level;
}

function capabilities({ talk, attendee }: RoomCall): Answer {
  const userId = attendee.actor.type === 'users' ? attendee.actor.id : '';
  const headers = { 'X-Nextcloud-Talk-Hash': talkHash(talk.abilities, 'capabilities', userId) };
  return ok(capabilitiesOfTalk(talk.abilities, talk.accounts.get(userId)), headers);
}

/** Throws a Refusal 400 for anything else. */
function oneOf<Value extends number>(values: readonly Value[], value: number, error = 'value'): Value {
  const found = values.find((one) => one === value);
  if (found === undefined) throw new Refusal(400, { error });
  return found;
}
