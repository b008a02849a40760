import { randomBytes } from 'node:crypto';
import { cursor, type Cursor } from '../../model/ids.js';

/** A place in a room's stream, whose order is (creation time in whole seconds, id). */
export interface Position {
  readonly id: number;
  readonly seconds: number;
}

export interface TalkCursor {
  readonly at: Position;
  /** Where reading began: no row up to that id is ever handed on. Absent once the overlap cannot reach back to it. */
  readonly began?: Position;
}

/** Before everything. */
export const beginning: Position = { id: 0, seconds: 0 };

export function comparePositions(a: Position, b: Position): number {
  return a.seconds - b.seconds || a.id - b.id;
}

export function later(a: Position, b: Position): Position {
  return comparePositions(a, b) >= 0 ? a : b;
}

const pattern = /^(\d{1,15})\.(\d{1,15})(?:\.[A-Za-z0-9_-]*(?:\.(\d{1,15})\.(\d{1,15}))?)?$/;

/** Throws where the text is no cursor of ours. */
export function parseCursor(text: Cursor): TalkCursor {
  const match = pattern.exec(text);
  if (match === null) throw new Error('not a cursor of a Talk room');
  const [, id, seconds, beganId, beganSeconds] = match;
  const at = { id: Number(id), seconds: Number(seconds) };
  return beganId === undefined ? { at } : { at, began: { id: Number(beganId), seconds: Number(beganSeconds) } };
}

const mark = randomBytes(6).toString('base64url');
let count = 0;

/**
 * `id.seconds.mark`, then `.id.seconds` of where reading began. No two cursors have the same mark: whoever comes back with
 * one has stored the very batch that it was handed with.
 */
export function newCursor({ at, began }: TalkCursor): Cursor {
  count += 1;
  return cursor(
    `${at.id}.${at.seconds}.${mark}${count.toString(36)}${began === undefined ? '' : `.${began.id}.${began.seconds}`}`,
  );
}
