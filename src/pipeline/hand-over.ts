import type { Lane, StoredDelivery, WaitingDelivery } from '../model/delivery.js';
import { type DeliveryId, userId } from '../model/ids.js';
import type { Plan, RowId } from '../model/routing.js';

/** What is handed over, and when the database told of it, by our monotonic clock. */
export interface HandedOver {
  readonly byLane: ReadonlyMap<RowId, readonly WaitingDelivery[]>;
  readonly readAtMs: number;
}

export const nothing: HandedOver = { byLane: new Map(), readAtMs: 0 };

/** Idle lanes that are kept for what a transaction is about to put into them: nothing else begins there meanwhile. */
export interface LaneReservation {
  /** Called before the commit. Returns all that are kept by now: others are at work, or another replica's. */
  keep(lanes: readonly Lane[]): ReadonlySet<RowId>;
  /** Starts the kept lanes, whatever became of the transaction: with what is handed over, else with what the database has. */
  begin(handed: HandedOver): void;
}

/**
 * The lanes that get nothing but deliveries of messages that begin in the same plan, which says all that is to be known of them.
 * A lane that gets anything else reads what it got.
 */
export function beginnings({ messages, deliveries }: Plan): ReadonlyMap<RowId, readonly DeliveryId[]> {
  const begun = new Set(messages.map(({ id }) => id));
  const byLane = new Map<RowId, DeliveryId[]>();
  for (const { lane, uuid } of deliveries) append(byLane, lane, uuid);
  for (const { lane, message } of deliveries) if (message === null || !begun.has(message)) byLane.delete(lane);
  return byLane;
}

/** The deliveries of the plan that were found to be first, as their lanes would read them. */
export function waitingIn({ messages, deliveries }: Plan, first: readonly StoredDelivery[]): HandedOver['byLane'] {
  const authors = new Map(messages.map(({ id, account, author }) => [id, { account, id: userId(author) }]));
  const stored = new Map(first.map((row) => [row.uuid, row]));
  const byLane = new Map<RowId, WaitingDelivery[]>();
  for (const { uuid, lane, message, event } of deliveries) {
    const row = stored.get(uuid);
    if (row === undefined || message === null) continue;
    const { id, readAt } = row;
    const author = authors.get(message) ?? null;
    const waiting = { id, uuid, message, event, author, attempts: 0, made: [], uncertain: null, readAt };
    append(byLane, lane, waiting);
  }
  return byLane;
}

function append<Value>(byLane: Map<RowId, Value[]>, lane: RowId, value: Value): void {
  const values = byLane.get(lane);
  if (values === undefined) byLane.set(lane, [value]);
  else values.push(value);
}
