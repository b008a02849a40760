import { randomBytes } from 'node:crypto';
import type { RoomVersion } from './room-versions.js';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function randomLetters(count: number): string {
  let text = '';
  for (const byte of randomBytes(count)) text += letters.charAt(byte % letters.length);
  return text;
}

/** 32 random bytes stand for the hash that a federating server would compute. */
export function newEventId(version: RoomVersion, serverName: string): string {
  switch (version.eventIds) {
    case 'domain':
      return `$${randomLetters(18)}:${serverName}`;
    case 'base64':
      // A slash would be legal here and is avoided: paths reach the routes decoded.
      return `$${randomBytes(32).toString('base64').replaceAll('=', '').replaceAll('/', '+')}`;
    case 'base64url':
      return `$${randomBytes(32).toString('base64url')}`;
  }
}

/** In version 12 the room's id is the create event's id under another sigil. */
export function newRoomId(version: RoomVersion, serverName: string, createEventId: string): string {
  return version.roomIds === 'hash' ? `!${createEventId.slice(1)}` : `!${randomLetters(18)}:${serverName}`;
}

export function newAccessToken(localpart: string): string {
  return `syt_${Buffer.from(localpart).toString('base64url')}_${randomLetters(20)}_${randomLetters(6)}`;
}

export function newDeviceId(): string {
  return randomLetters(10).toUpperCase();
}

export function newMediaId(): string {
  return randomLetters(24);
}

export function newSessionId(): string {
  return randomLetters(24);
}

/** `@localpart:server` in its two halves; undefined where it is not a user id. */
export function parseUserId(userId: string): { localpart: string; serverName: string } | undefined {
  const match = /^@([^:]*):(.+)$/s.exec(userId);
  return match === null ? undefined : { localpart: match[1] ?? '', serverName: match[2] ?? '' };
}

/** `#localpart:server` in its two halves; undefined where it is not a room alias. */
export function parseAlias(alias: string): { localpart: string; serverName: string } | undefined {
  const match = /^#([^:]*):(.+)$/s.exec(alias);
  return match === null ? undefined : { localpart: match[1] ?? '', serverName: match[2] ?? '' };
}
