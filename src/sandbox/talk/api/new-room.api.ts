import { Refusal } from '../refusal.js';
import type { NewRoom } from '../state/rooms.js';
import { drawnPicture } from '../state/room-pictures.js';
import { RoomType, type Room, type RoomPicture } from '../state/room.js';
import { viewRoom } from '../view/room-view.js';
import { asUser, talkApi, type OcsRouter, type UserCall } from './call.js';
import { created, type Answer } from './ocs.js';

const highestPermissions = 255;
const longestPassword = 200;

/** Making rooms. */
export function addNewRoomRoutes(router: OcsRouter): void {
  router.add('POST', `${talkApi}/v4/room`, asUser(create));
}

/** Answers 202 and who they were where somebody could not be added. */
async function create(call: UserCall): Promise<Answer> {
  if (!call.user.createsRooms) throw new Refusal(403, { error: 'permissions' });
  switch (call.input.number('roomType')) {
    case RoomType.oneToOne:
      return createOneToOne(call);
    case RoomType.group:
    case RoomType.public: {
      const { input, talk, user } = call;
      const picture = readPicture(input.text('emoji'), input.text('avatarColor'));
      const room = talk.conversations.create(user, readRoom(call));
      const by = { type: 'users', id: user.id } as const;
      if (picture !== undefined) talk.conversations.setPicture(room, by, picture);
      const invalid = await addPeople(call, room);
      const view = seenByOwner(call, room);
      return Object.keys(invalid).length === 0
        ? created(view)
        : { status: 202, data: { ...view, invalidParticipants: invalid } };
    }
    default:
      throw new Refusal(400, { error: 'type' });
  }
}

function createOneToOne(call: UserCall): Answer {
  const other = call.talk.accounts.get(call.input.text('invite'));
  if (other === undefined || other.id === call.user.id) throw new Refusal(404, { error: 'invite' });
  const { room, isNew } = call.talk.conversations.oneToOne(call.user, other);
  return { status: isNew ? 201 : 200, data: seenByOwner(call, room) };
}

/** Throws a Refusal 400 that names what is wrong. */
function readRoom({ input, talk }: UserCall): NewRoom {
  const number = (name: string, error: string, highest: number): number => {
    const value = input.number(name);
    if (value < 0 || value > highest) throw new Refusal(400, { error });
    return value;
  };
  const password = input.text('password');
  if (password.length > longestPassword) throw new Refusal(400, { error: 'password', message: 'Too long' });
  const description = input.text('description');
  if ([...description].length > 2000) throw new Refusal(400, { error: 'description' });
  const recordingConsent = zeroOrOne(number('recordingConsent', 'recording-consent', 1));
  if (recordingConsent === 1 && talk.backends.recording === undefined) {
    throw new Refusal(400, { error: 'recording-consent' });
  }
  if (number('sipEnabled', 'sip-enabled', 2) !== 0 && talk.backends.sip === undefined) {
    throw new Refusal(400, { error: 'sip-enabled' });
  }
  return {
    type: input.number('roomType') === RoomType.public ? RoomType.public : RoomType.group,
    name: input.text('roomName'),
    description,
    listable: scopeOf(number('listable', 'listable', 2)),
    readOnly: zeroOrOne(number('readOnly', 'read-only', 1)),
    messageExpirationSeconds: number('messageExpiration', 'message-expiration', Number.MAX_SAFE_INTEGER),
    lobbyState: zeroOrOne(number('lobbyState', 'lobby', 1)),
    lobbyTimerSeconds: number('lobbyTimer', 'lobby-timer', Number.MAX_SAFE_INTEGER),
    mentionPermissions: zeroOrOne(number('mentionPermissions', 'mention-permissions', 1)),
    permissions: number('permissions', 'permissions', highestPermissions),
    recordingConsent,
    password,
    ...readObject(input.text('objectType'), input.text('objectId')),
  };
}

/** What people may bind a room to themselves. */
function readObject(objectType: string, objectId: string): { objectType?: string; objectId?: string } {
  const known = ['event', 'phone', 'phone_persist', 'phone_temporary', 'instant_meeting', 'extended_conversation'];
  if (objectType === '' && objectId === '') return {};
  if (!known.includes(objectType)) throw new Refusal(400, { error: 'object-type' });
  if (objectId === '') throw new Refusal(400, { error: 'object-id' });
  return { objectType, objectId };
}

/** Throws a Refusal 400 `avatar`. */
function readPicture(emoji: string, colour: string): RoomPicture | undefined {
  if (emoji === '' && colour === '') return undefined;
  try {
    return drawnPicture(emoji, colour);
  } catch (cause) {
    throw cause instanceof Refusal ? new Refusal(400, { error: 'avatar' }) : cause;
  }
}

/** Answers those who could not be added, by their kind. */
async function addPeople(call: UserCall, room: Room): Promise<Record<string, string[]>> {
  const { talk, user, input } = call;
  const by = { type: 'users', id: user.id } as const;
  const invalid: Record<string, string[]> = {};
  for (const [source, ids] of Object.entries(input.map('participants'))) {
    for (const id of Array.isArray(ids) ? ids.map(String) : []) {
      if (!(await add(source, id))) (invalid[source] ??= []).push(id);
    }
  }
  return invalid;

  async function add(source: string, id: string): Promise<boolean> {
    switch (source) {
      case 'users': {
        const other = talk.accounts.get(id);
        if (other !== undefined) talk.conversations.addUser(room, by, other);
        return other !== undefined;
      }
      case 'emails':
        if (!id.includes('@')) return false;
        talk.conversations.addEmail(room, by, id);
        return true;
      case 'federated_users':
        return invited(talk.federation.invite(room, by, id));
      default:
        return false;
    }
  }
}

/** Whether somebody of another server could be. */
async function invited(inviting: Promise<void>): Promise<boolean> {
  try {
    await inviting;
    return true;
  } catch (cause) {
    if (cause instanceof Refusal) return false;
    throw cause;
  }
}

function seenByOwner(call: UserCall, room: Room): Record<string, unknown> {
  const attendee = room.attendees.get(`users/${call.user.id}`);
  if (attendee === undefined) throw new Refusal(404);
  return viewRoom(call.names, room, attendee);
}

function scopeOf(value: number): 0 | 1 | 2 {
  return value === 1 || value === 2 ? value : 0;
}

function zeroOrOne(value: number): 0 | 1 {
  return value === 1 ? 1 : 0;
}
