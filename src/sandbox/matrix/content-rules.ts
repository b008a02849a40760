import { isObject, type EventDraft, type JsonObject } from './events.js';
import { badJson, MatrixError, unknown } from './matrix-error.js';
import type { RoomVersion } from './room-versions.js';

/** The largest event that a room may hold, as the JSON that travels between servers. */
export const maxEventBytes = 65_536;

const memberships = ['invite', 'join', 'knock', 'leave', 'ban'];

/** Refuses an event that says what its type cannot say. */
export function checkContent(draft: EventDraft, roomId: string, version: RoomVersion): void {
  const { type, content } = draft;
  switch (type) {
    case 'm.room.message':
      checkStrings(content, ['body', 'msgtype']);
      break;
    case 'm.room.topic':
      checkStrings(content, ['topic']);
      checkIsState(draft);
      break;
    case 'm.room.name':
      checkStrings(content, ['name']);
      checkIsState(draft);
      break;
    case 'm.room.member':
      if (!('membership' in content)) throw unknown(400, 'Content has not membership key');
      if (!memberships.includes(String(content['membership']))) throw unknown(400, 'Invalid membership key');
      checkIsState(draft);
      break;
    case 'm.room.tombstone':
      if (!('replacement_room' in content)) throw unknown(400, 'Content has no replacement_room key');
      if (content['replacement_room'] === roomId) {
        throw unknown(400, 'Tombstone cannot reference the room it was sent in');
      }
      checkIsState(draft);
      break;
    default:
      break;
  }
  checkMentions(content['m.mentions']);
  if (version.strictJson) checkNumbers(content);
}

/** Refuses an event that is too large, or one of whose names is. */
export function checkSize(draft: EventDraft, roomId: string, serverName: string): void {
  const fields = { sender: draft.sender, room_id: roomId, state_key: draft.stateKey ?? '', type: draft.type };
  for (const [field, value] of Object.entries(fields)) {
    if (Buffer.byteLength(value) > 255) throw tooLarge(`'${field}' too large`);
  }
  const said = {
    content: draft.content,
    sender: draft.sender,
    room_id: roomId,
    type: draft.type,
    ...(draft.stateKey === undefined ? {} : { state_key: draft.stateKey }),
    ...(draft.redacts === undefined ? {} : { redacts: draft.redacts }),
  };
  if (Buffer.byteLength(JSON.stringify(said)) + federationBytes(serverName) > maxEventBytes) {
    throw tooLarge('event too large');
  }
}

/** What a server adds to an event before it travels: hashes, one signature, three auth events, one previous event. */
function federationBytes(serverName: string): number {
  return 640 + 2 * serverName.length;
}

function tooLarge(message: string): MatrixError {
  return new MatrixError(413, 'M_TOO_LARGE', message);
}

function checkStrings(content: JsonObject, keys: readonly string[]): void {
  for (const key of keys) {
    if (!(key in content)) throw unknown(400, `'${key}' not in content`);
    if (typeof content[key] !== 'string') throw unknown(400, `'${key}' not a string type`);
  }
}

function checkIsState(draft: EventDraft): void {
  if (draft.stateKey === undefined) throw unknown(400, `'${draft.type}' must be state events`);
}

function checkMentions(mentions: unknown): void {
  if (mentions === undefined) return;
  if (!isObject(mentions)) throw badJson(`${JSON.stringify(mentions)} is not of type 'object'`);
  const { user_ids: userIds, room } = mentions;
  if (userIds !== undefined && !(Array.isArray(userIds) && userIds.every((user) => typeof user === 'string'))) {
    throw badJson(`"user_ids": ${JSON.stringify(userIds)} is not of type 'array'`);
  }
  if (room !== undefined && typeof room !== 'boolean') {
    throw badJson(`"room": ${JSON.stringify(room)} is not of type 'boolean'`);
  }
}

/** Canonical JSON has integers only, up to 2^53 - 1. Walks without recursion: contents may nest deeply. */
function checkNumbers(content: JsonObject): void {
  const open: unknown[] = [content];
  for (let value = open.pop(); value !== undefined || open.length > 0; value = open.pop()) {
    if (typeof value === 'number') {
      if (!Number.isInteger(value)) throw badJson('Bad JSON value: float');
      if (!Number.isSafeInteger(value)) throw badJson('JSON integer out of range');
    } else if (Array.isArray(value)) {
      for (const item of value as unknown[]) open.push(item);
    } else if (isObject(value)) {
      for (const item of Object.values(value)) open.push(item);
    }
  }
}
