import { SlackError } from '../slack-error.js';
import type { JsonObject } from '../state/json.js';
import type { Input } from './input.js';

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: JsonObject;
}

/** A page of a list, and where the next one begins. Throws SlackError `invalid_cursor`, `invalid_limit`. */
export function pageOf<Item>(input: Input, all: readonly Item[], most: number, usual = most): Page<Item> {
  const from = cursorOf(input);
  const limit = limitOf(input, most, usual);
  const to = from + limit;
  return {
    items: all.slice(from, to),
    next: { response_metadata: { next_cursor: to < all.length ? cursor(to) : '' } },
  };
}

/** Throws SlackError `invalid_limit`. */
export function limitOf(input: Input, most: number, usual: number): number {
  const limit = input.number('limit', usual);
  if (limit < 0) throw new SlackError('invalid_limit');
  return limit === 0 ? usual : Math.min(limit, most);
}

function cursor(at: number): string {
  return Buffer.from(`next:${at}`).toString('base64');
}

function cursorOf(input: Input): number {
  const given = input.optional('cursor');
  if (given === undefined) return 0;
  const at = /^next:(\d+)$/.exec(Buffer.from(given, 'base64').toString('utf8'))?.[1];
  if (at === undefined) throw new SlackError('invalid_cursor');
  return Number(at);
}

/** History goes on from a message, so that what is said meanwhile moves nothing. */
export function cursorAt(ts: string): string {
  return Buffer.from(`next_ts:${ts.replace('.', '')}`).toString('base64');
}

/** Throws SlackError `invalid_cursor`. */
export function cursorTs(input: Input): string | undefined {
  const given = input.optional('cursor');
  if (given === undefined) return undefined;
  const [, seconds, fraction] = /^next_ts:(\d+)(\d{6})$/.exec(Buffer.from(given, 'base64').toString('utf8')) ?? [];
  if (seconds === undefined || fraction === undefined) throw new SlackError('invalid_cursor');
  return `${seconds}.${fraction}`;
}
