import type { MessageRef } from '../model/ids.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import type { Transaction } from '../persistence/database.js';
import {
  heldOfOthers,
  type HeldRow,
  knownTargetsOfHeld,
  takeHeld,
  takeOverdueHeld,
  takeTold,
} from '../persistence/held.repository.js';
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

/** Takes the events that wait for messages that are known by now, those that have waited for long enough, and those that wait in vain. */
export async function released(tx: Transaction, adapters: Adapters): Promise<Arrival[]> {
  const waited = await waitingFor(tx, await knownTargetsOfHeld(tx, mostHeld), adapters);
  const overdue = await takeOverdueHeld(tx, mostHeld);
  const late = arrivalsOf([...overdue, ...(await inVain(tx, adapters))], 'overdue', adapters);
  return [...waited, ...(await withThoseAbout(tx, late, adapters))];
}

/**
 * Where order is kept only what may be about something of ours is held. When the lane has written down all that it had to say before,
 * that is known; any other message whose payload came, and became none, was gone before it was read.
 */
async function inVain(tx: Transaction, adapters: Adapters): Promise<readonly HeldRow[]> {
  const keeping = [...adapters.values()].filter(({ sourceOrder }) => sourceOrder === 'kept');
  const held = await heldOfOthers(
    tx,
    keeping.map(({ account }) => account),
    mostHeld,
  );
  const tells = firstToldIn(adapters);
  const asked = held.flatMap((each) => {
    const key = tells(each.message)?.key;
    return key === undefined ? [] : [{ ...each, key }];
  });
  return asked.length === 0 ? [] : takeTold(tx, asked);
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
