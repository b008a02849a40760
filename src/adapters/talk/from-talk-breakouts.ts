import { roomId, userId, type AccountId } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import type { RichText } from '../../model/rich-text.js';
import type { OrderedRow, StoredAssistance } from './talk.payloads.js';

/** New messages of one breakout room. */
export type RoomPage = readonly OrderedRow[];

/** A server takes its time to write into twenty rooms. */
const withinS = 10;

/**
 * Pure: what was said to all rooms, each with its first row, and the rest. Nothing in a row says that it is a broadcast: one person
 * says the same in every room at nearly the same time.
 */
export function broadcastsIn(pages: readonly RoomPage[]): { broadcasts: OrderedRow[]; others: OrderedRow[] } {
  const [first = [], ...rest] = pages;
  const left = rest.map((page) => [...page]);
  const broadcasts: OrderedRow[] = [];
  const alone: OrderedRow[] = [];
  for (const row of [...first].sort((a, b) => a.id - b.id)) {
    const places = left.map((page) => page.findIndex((other) => isSame(row, other)));
    if (left.length === 0 || places.includes(-1)) {
      alone.push(row);
      continue;
    }
    const same = places.flatMap((place, at) => left[at]?.splice(place, 1) ?? []);
    broadcasts.push([row, ...same].reduce((a, b) => (b.id < a.id ? b : a)));
  }
  return { broadcasts, others: [...alone, ...left.flat()] };
}

function isSame(one: OrderedRow, other: OrderedRow): boolean {
  return (
    one.actorType === other.actorType &&
    one.actorId === other.actorId &&
    one['message'] === other['message'] &&
    Math.abs(one.timestamp - other.timestamp) <= withinS
  );
}

/** Pure: a broadcast as it is read where its breakout rooms are not seen. */
export function asBroadcast(body: RichText): RichText {
  return [{ type: 'paragraph', content: [{ type: 'text', text: '📣 To all breakout rooms:' }] }, ...body];
}

/** Turns one stored look at a breakout room into what happened. Talk does not say who asked. */
export function fromAssistance({ token, assistance }: StoredAssistance, account: AccountId): ReadResult {
  const room = { account, id: roomId(token) };
  return {
    events: [
      {
        kind: 'roomChanged',
        room,
        actor: { account, id: userId(''), name: '', standing: 'system' },
        at: new Date(assistance.at * 1000).toISOString(),
        change: { of: 'assistance', state: assistance.state, room: assistance.room },
      },
    ],
  };
}
