import type { Names } from '../state/names.js';
import { readCloudId, shownCloudId } from '../state/cloud-id.js';
import { findMentions, type Mention } from '../state/mentions.js';
import type { RichParameter } from '../state/message.js';
import { actorKey, type Actor } from '../state/actor.js';
import { RoomType, type Room } from '../state/room.js';

export type RichParameters = Record<string, RichParameter>;

/** The name by which an actor is seen: an account's own, else the one of that moment. */
export function nameOf(names: Names, room: Room, actor: Actor): string {
  switch (actor.type) {
    case 'users':
      return names.accounts.displayName(actor.id);
    case 'guests':
      return names.rooms.guestName(actor);
    case 'emails':
      return room.attendees.get(actorKey(actor))?.displayName ?? '';
    case 'federated_users':
      return room.attendees.get(actorKey(actor))?.displayName ?? actor.id;
    case 'bots':
    case 'bridged':
    case 'phones':
      return actor.name ?? actor.id;
  }
}

/** How an actor stands in `messageParameters`. */
export function actorParameter(names: Names, room: Room, actor: Actor): RichParameter {
  switch (actor.type) {
    case 'users': {
      return { type: 'user', id: actor.id, name: nameOf(names, room, actor), 'mention-id': actor.id };
    }
    case 'guests': {
      const id = `guest/${actor.id}`;
      const name = actor.id === 'system' ? 'System' : guestName(nameOf(names, room, actor));
      return { type: 'guest', id, name, 'mention-id': id };
    }
    case 'emails': {
      const id = `email/${actor.id}`;
      return { type: 'email', id, name: guestName(nameOf(names, room, actor)), 'mention-id': id };
    }
    case 'bots':
      // As recorded: what bots do shows as done by an account that is gone.
      return { type: 'highlight', id: 'deleted_users', name: 'Deleted user' };
    case 'federated_users':
      return federatedParameter(room, actor.id, shownCloudId(actor.id));
    case 'bridged':
    case 'phones':
      return { type: 'highlight', id: actor.id, name: nameOf(names, room, actor) };
  }
}

/** @param gone the name of somebody who is no longer in the room */
function federatedParameter(room: Room, id: string, gone: string): RichParameter {
  const name = room.attendees.get(actorKey({ type: 'federated_users', id }))?.displayName ?? gone;
  const { user, server } = readCloudId(id) ?? { user: id, server: '' };
  return { type: 'user', id: user, name, server, 'mention-id': `federated_user/${id}` };
}

/** Sets placeholders in the place of mentions; those of nobody stay text. */
export function placeMentions(
  names: Names,
  room: Room,
  text: string,
  mentionsAll: boolean,
): { readonly text: string; readonly parameters: RichParameters } {
  const parameters: RichParameters = {};
  const counts = new Map<string, number>();
  let placed = text;
  for (const mention of findMentions(text)) {
    const parameter = mentionParameter(names, room, mention, mentionsAll);
    const type = mention.kind === 'federated_user' ? 'federated-user' : parameter?.['type'];
    if (parameter === undefined || type === undefined) continue;
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    const key = `mention-${type}${count}`;
    placed = placed.replaceAll(mention.written, `{${key}}`);
    parameters[key] = parameter;
  }
  return { text: placed, parameters };
}

function mentionParameter(names: Names, room: Room, mention: Mention, mentionsAll: boolean): RichParameter | undefined {
  switch (mention.kind) {
    case 'all':
      return mentionsAll ? callParameter(names, room) : undefined;
    case 'user':
      return names.accounts.get(mention.id) === undefined
        ? undefined
        : actorParameter(names, room, { type: 'users', id: mention.id });
    case 'guest': {
      const name = names.rooms.guestName({ type: 'guests', id: mention.id.slice('guest/'.length) });
      return { type: 'guest', id: mention.id, name: plainGuestName(name), 'mention-id': mention.id };
    }
    case 'email': {
      const attendee = room.attendees.get(`emails/${mention.id.slice('email/'.length)}`);
      return { type: 'email', id: mention.id, name: plainGuestName(attendee?.displayName), 'mention-id': mention.id };
    }
    case 'federated_user': {
      const id = mention.id.slice('federated_user/'.length);
      return federatedParameter(room, id, id);
    }
    case 'group':
    case 'team':
      return undefined;
  }
}

function callParameter(names: Names, room: Room): RichParameter {
  const callType = room.type === RoomType.oneToOne ? 'one2one' : room.type === RoomType.public ? 'public' : 'group';
  return {
    type: 'call',
    id: room.token,
    name: room.name,
    'call-type': callType,
    'icon-url': roomIcon(names, room),
    'mention-id': 'all',
  };
}

export function roomIcon(names: Names, room: Room): string {
  return `${names.base}/ocs/v2.php/apps/spreed/api/v1/room/${room.token}/avatar?v=${avatarVersion(room)}`;
}

export function avatarVersion(room: Room): string {
  if (room.picture !== undefined) return room.picture.version;
  if (room.remote !== undefined && room.remote.avatarVersion !== '') return room.remote.avatarVersion;
  switch (room.type) {
    case RoomType.public:
      return 'e9a19bf5';
    case RoomType.oneToOne:
    case RoomType.formerOneToOne:
      return '4ddae8c7';
    case RoomType.changelog:
      return '6a63dcc5';
    case RoomType.group:
    case RoomType.noteToSelf:
      return '4b1c8819';
  }
}

/** In system messages a guest's name is marked as one. */
function guestName(name: string): string {
  return name === '' ? 'Guest' : `${name} (guest)`;
}

function plainGuestName(name: string | undefined): string {
  return name === undefined || name === '' ? 'Guest' : name;
}
