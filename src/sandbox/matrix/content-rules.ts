import { isObject, type EventDraft, type JsonObject } from './events.js';
import { badJson, unknown } from './matrix-error.js';
import type { RoomVersion } from './room-versions.js';

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
    case 'm.room.power_levels':
      checkLevels(content);
      break;
    case 'm.room.member':
      if (!('membership' in content)) throw unknown(400, 'Content has not membership key');
      if (!memberships.includes(String(content.membership))) throw unknown(400, 'Invalid membership key');
      checkIsState(draft);
      break;
    case 'm.room.tombstone':
      if (!('replacement_room' in content)) throw unknown(400, 'Content has no replacement_room key');
      if (content.replacement_room === roomId) {
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

function checkStrings(content: JsonObject, keys: readonly string[]): void {
  for (const key of keys) {
    if (!(key in content)) throw unknown(400, `'${key}' not in content`);
    if (typeof content[key] !== 'string') throw unknown(400, `'${key}' not a string type`);
  }
}

function checkIsState(draft: EventDraft): void {
  if (draft.stateKey === undefined) throw unknown(400, `'${draft.type}' must be state events`);
}

function checkLevels(content: JsonObject): void {
  const levels = ['ban', 'events_default', 'invite', 'kick', 'redact', 'state_default', 'users_default'];
  for (const key of levels) if (key in content) checkInteger(key, content[key]);
  for (const key of ['events', 'notifications', 'users']) {
    const section = content[key];
    if (section === undefined) continue;
    if (!isObject(section)) throw badJson(`"${key}": ${JSON.stringify(section)} is not of type 'object'`);
    for (const [name, level] of Object.entries(section)) checkInteger(name, level);
  }
}

function checkInteger(key: string, value: unknown): void {
  if (!Number.isSafeInteger(value)) throw badJson(`"${key}": ${JSON.stringify(value)} is not of type 'integer'`);
}

function checkMentions(mentions: unknown): void {
  if (mentions === undefined) return;
  if (!isObject(mentions)) throw badJson(`${JSON.stringify(mentions)} is not of type 'object'`);
  const { user_ids: userIds, room } = mentions;
  // A bare string passes for a list of strings at the reference server, too.
  const isList = Array.isArray(userIds) && userIds.every((user) => typeof user === 'string');
  if (userIds !== undefined && typeof userIds !== 'string' && !isList) {
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
