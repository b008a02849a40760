import { Refusal } from '../refusal.js';
import type { Message, RichParameter } from '../state/message.js';
import { actorKey } from '../state/actor.js';
import { lastCommonRead } from '../state/room.js';
import { viewMessage } from '../view/message-view.js';
import { inRoom, talkApi, type OcsRouter, type RoomCall } from './call.js';
import { created, ok, type Answer } from './ocs.js';

const shareApi = `${talkApi}/v1/chat/{token}/share`;
const mostItems = 200;
const overviewItems = 7;
const longestMetaData = 32_000;

const categories = ['audio', 'deckcard', 'file', 'location', 'media', 'other', 'poll', 'recording', 'voice'] as const;
type Category = (typeof categories)[number];

/** What an object of each type must say beside its name. */
const requiredFields: Readonly<Record<string, readonly string[]>> = {
  'addressbook-contact': [],
  'calendar-event': [],
  call: ['call-type'],
  circle: ['link'],
  'deck-board': ['link'],
  'deck-card': ['boardname', 'stackname', 'link'],
  email: [],
  'forms-form': ['link'],
  'geo-location': ['latitude', 'longitude'],
  highlight: [],
  'talk-attachment': ['conversation', 'mimetype'],
};

export function addSharedItemRoutes(router: OcsRouter): void {
  router.add('POST', shareApi, inRoom(['readWrite', 'noLobby', 'chat'], share));
  router.add('GET', shareApi, inRoom(['noLobby'], list));
  router.add('GET', `${shareApi}/overview`, inRoom(['noLobby'], overview));
}

function share(call: RoomCall): Answer {
  const { talk, input, room, attendee } = call;
  if (input.text('metaData').length > longestMetaData) throw new Refusal(413, { error: 'message' });
  const object = readObject(input.text('objectType'), input.text('objectId'), input.text('metaData'));
  const message = talk.chat.say(
    room,
    attendee.actor,
    { kind: 'object', object },
    {
      referenceId: input.text('referenceId').slice(0, 64),
      replyTo: input.number('replyTo'),
      reservedSeconds: call.beganSeconds,
    },
  );
  return created(shown(call, message), { 'X-Chat-Last-Common-Read': String(lastCommonRead(room)) });
}

/** Throws a Refusal 400 `object` for an unknown type or for metadata that is not whole. */
function readObject(type: string, id: string, metaData: string): RichParameter {
  const required = requiredFields[type];
  const fields = parseFields(metaData);
  if (required === undefined || fields === undefined) throw new Refusal(400, { error: 'object' });
  const isWhole = ['name', ...required].every((field) => typeof fields[field] === 'string');
  if (!isWhole) throw new Refusal(400, { error: 'object' });
  const texts = Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { ...Object.fromEntries(texts), type, id };
}

function parseFields(metaData: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(metaData);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

function categoryOf(message: Message): Category | undefined {
  if (message.content.kind === 'file') return fileCategory(message.content);
  if (message.content.kind !== 'object') return undefined;
  switch (message.content.object['type']) {
    case 'geo-location':
      return 'location';
    case 'deck-card':
      return 'deckcard';
    case 'talk-poll':
      return 'poll';
    default:
      return 'other';
  }
}

function fileCategory({ file, messageType }: Extract<Message['content'], { kind: 'file' }>): Category {
  if (messageType === 'voice-message') return 'voice';
  if (messageType !== 'comment') return 'recording';
  if (/^(image|video)\//.test(file.mimetype)) return 'media';
  return file.mimetype.startsWith('audio/') ? 'audio' : 'file';
}

/** The newest of each kind. */
function overview(call: RoomCall): Answer {
  const limit = Math.min(mostItems, call.input.number('limit', overviewItems));
  const found = Object.fromEntries(categories.map((category) => [category, itemsOf(call, category, 0, limit)]));
  return ok(found);
}

/** Newest first, keyed by their ids. */
function list(call: RoomCall): Answer {
  const limit = Math.min(mostItems, call.input.number('limit', 100));
  const items = itemsOf(call, call.input.text('objectType'), call.input.number('lastKnownMessageId'), limit);
  const last = items.at(-1);
  const byId = Object.fromEntries(items.map((item) => [String(item['id']), item]));
  return ok(
    last === undefined ? [] : byId,
    last === undefined ? undefined : { 'X-Chat-Last-Given': String(last['id']) },
  );
}

function itemsOf(call: RoomCall, category: string, before: number, limit: number): Record<string, unknown>[] {
  const rows = call.room.log.before({ cursor: before, limit: Infinity, includeCursor: false });
  const matching = rows.filter((row) => categoryOf(row) === category).slice(0, limit);
  return matching.map((row) => shown(call, row));
}

function shown(call: RoomCall, message: Message): Record<string, unknown> {
  return viewMessage(call.names, call.room, message, actorKey(call.attendee.actor));
}
