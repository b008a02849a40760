import { isObject, type JsonObject } from './matrix.payloads.js';

/** From this level on clients call somebody a moderator. */
export const moderatorLevel = 50;

/** Pure. Whether a user's power is a moderator's. */
export function isModerator(levels: JsonObject, user: string): boolean {
  return (levelIn(levels['users'], user) ?? numberOf(levels['users_default']) ?? 0) >= moderatorLevel;
}

/** Pure. Whether people without any power may say something. */
export function mayWrite(levels: JsonObject): boolean {
  const needed = levelIn(levels['events'], 'm.room.message') ?? numberOf(levels['events_default']) ?? 0;
  return needed <= (numberOf(levels['users_default']) ?? 0);
}

/** The level that levels have for a key. */
export function levelIn(levels: unknown, key: string): number | undefined {
  return isObject(levels) && Object.hasOwn(levels, key) ? numberOf(levels[key]) : undefined;
}

/** Up to room version 9 a level may be written as a text. */
export function numberOf(level: unknown): number | undefined {
  const value = typeof level === 'string' && /^\s*[+-]?\d+\s*$/.test(level) ? Number(level) : level;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}
