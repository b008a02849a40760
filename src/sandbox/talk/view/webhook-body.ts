import type { ChatEvent } from '../state/chat.js';
import type { Message } from '../state/message.js';
import type { InstalledBot } from '../state/bots.js';
import type { Names } from '../state/names.js';
import { actorKey, type Actor } from '../state/actor.js';
import type { Room } from '../state/room.js';
import { viewMessage } from './message-view.js';
import { nameOf } from './rich-objects.js';

type Json = Record<string, unknown>;

/** What a bot is sent; undefined for what bots say, of which none is told. */
export function webhookBody(names: Names, event: ChatEvent): Json | undefined {
  const { room, message } = event;
  switch (event.kind) {
    case 'said':
      return message.actor.type === 'bots' ? undefined : said(names, room, message);
    case 'noted': {
      const type = message.content.kind === 'system' ? message.content.type : '';
      return activity(names, room, message, type);
    }
    case 'reacted':
      return like(names, room, message, person(names, room, event.by, 'plain name'), event.emoji);
    case 'unreacted': {
      const object = like(names, room, message, person(names, room, message.actor, 'plain name'), event.emoji);
      const actor = person(names, room, event.by, 'plain name');
      return { type: 'Undo', actor, object, target: collection(room) };
    }
  }
}

/** What a bot is sent when it is turned on or off. */
export function presenceBody(bot: InstalledBot, room: Room, type: 'Join' | 'Leave'): Json {
  return { type, actor: { type: 'Application', id: actorKey(bot.actor), name: bot.name }, object: collection(room) };
}

/** Files and objects are told of as something that happened, not as something said. */
function said(names: Names, room: Room, message: Message): Json {
  if (message.content.kind === 'file') return activity(names, room, message, 'file_shared');
  if (message.content.kind === 'object') return activity(names, room, message, 'object_shared');
  const participantType = room.attendees.get(actorKey(message.actor))?.participantType;
  const actor = {
    ...person(names, room, message.actor, 'shown name'),
    ...(participantType === undefined ? {} : { talkParticipantType: String(participantType) }),
  };
  const object = { ...note(names, room, message, 'message'), ...inReplyTo(names, room, message) };
  return { type: 'Create', actor, object, target: collection(room) };
}

function inReplyTo(names: Names, room: Room, { parent }: Message): Json {
  if (parent === undefined) return {};
  const actor = person(names, room, parent.actor, 'shown name');
  return { inReplyTo: { type: 'Note', actor, object: note(names, room, parent, 'message') } };
}

function activity(names: Names, room: Room, message: Message, name: string): Json {
  const actor = person(names, room, message.actor, 'shown name');
  return { type: 'Activity', actor, object: note(names, room, message, name), target: collection(room) };
}

function like(names: Names, room: Room, message: Message, actor: Json, emoji: string): Json {
  return { type: 'Like', actor, object: note(names, room, message, ''), target: collection(room), content: emoji };
}

function note(names: Names, room: Room, message: Message, name: string): Json {
  const shown = viewMessage(names, room, message, '', 'without parents');
  const content = phpJson({ message: shown['message'], parameters: shown['messageParameters'] });
  return { type: 'Note', id: String(message.id), name, content, mediaType: 'text/markdown' };
}

function person(names: Names, room: Room, actor: Actor, name: 'shown name' | 'plain name'): Json {
  const shown = nameOf(names, room, actor);
  const plain = actor.type === 'bots' ? shown.replace(/ \(Bot\)$/, '') : shown;
  return { type: 'Person', id: actorKey(actor), name: name === 'plain name' ? plain : shown };
}

function collection(room: Room): Json {
  return { type: 'Collection', id: room.token, name: room.name };
}

/** JSON as PHP writes it: ASCII only, slashes escaped. The signature is over exactly these bytes. */
export function phpJson(value: unknown): string {
  const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replaceAll(/[\u007f-\uffff]/g, escaped);
}
