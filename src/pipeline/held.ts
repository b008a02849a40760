import type { MessageRef } from '../model/ids.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import type { Transaction } from '../persistence/database.js';
import { type HeldRow, knownTargetsOfHeld, takeHeld, takeOverdueHeld } from '../persistence/held.repository.js';
import type { TellsFirst } from './answers.js';
import { contentsOf, eventsIn, sentBy } from './batch.js';
import type { Arrival } from './arrival-route.js';

export type Adapters = ReadonlyMap<string, NetworkAdapter>;

/** So many targets of held events, or of those that waited for long enough, are gone through at a time. */
const mostHeld = 500;

/** Takes the events that wait for these messages, and what waits for those. */
export async function waitingFor(
  tx: Transaction,
  messages: readonly MessageRef[],
  adapters: Adapters,
): Promise<Arrival[]> {
  if (messages.length === 0) return [];
  return withThoseAbout(tx, arrivalsOf(await takeHeld(tx, messages), 'held', adapters), adapters);
}

/** Takes the events that wait for messages that are known by now, and those that have waited for long enough. */
export async function released(tx: Transaction, adapters: Adapters): Promise<Arrival[]> {
  const waited = await waitingFor(tx, await knownTargetsOfHeld(tx, mostHeld), adapters);
  const overdue = await takeOverdueHeld(tx, mostHeld);
  return [...waited, ...(await withThoseAbout(tx, arrivalsOf(overdue, 'overdue', adapters), adapters))];
}

/** A message that waited may itself be what others wait for. */
async function withThoseAbout(tx: Transaction, arrivals: readonly Arrival[], adapters: Adapters): Promise<Arrival[]> {
  const begun = sentBy(contentsOf(arrivals).flatMap(eventsIn));
  return [...arrivals, ...(await waitingFor(tx, begun, adapters))];
}

export function firstToldIn(adapters: Adapters): TellsFirst {
  return (message) => adapters.get(message.room.account)?.firstTold?.(message);
}

function arrivalsOf(rows: readonly HeldRow[], from: 'held' | 'overdue', adapters: Adapters): Arrival[] {
  return rows.map(({ inbox, account, event }) => ({
    inbox,
    account,
    order: adapters.get(account)?.sourceOrder ?? 'notKept',
    content: { events: [event] },
    from,
  }));
}
