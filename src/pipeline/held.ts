import type { MessageRef } from '../model/ids.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import type { Transaction } from '../persistence/database.js';
import type { HeldRow, IngestRepository } from '../persistence/ingest.repository.js';
import type { TellsFirst } from './answers.js';
import { contentsOf, eventsIn, sentBy } from './batch.js';
import type { Arrival } from './arrival-route.js';

export type Adapters = ReadonlyMap<string, NetworkAdapter>;

/** So many targets of held events, or of those that waited for long enough, are gone through at a time. */
const mostHeld = 500;

/** Events that wait for what they are about, or for what they answer. */
export class HeldEvents {
  constructor(private readonly repository: IngestRepository) {}

  /** Takes what waits for these messages, and what waits for that. */
  async waitingFor(tx: Transaction, messages: readonly MessageRef[], adapters: Adapters): Promise<Arrival[]> {
    if (messages.length === 0) return [];
    const rows = await this.repository.takeHeld(tx, messages);
    return this.#withThoseAbout(tx, arrivalsOf(rows, 'held', adapters), adapters);
  }

  /** Takes what waits for messages that are known by now, and what has waited for long enough. */
  async released(tx: Transaction, adapters: Adapters): Promise<Arrival[]> {
    const known = await this.repository.knownTargetsOfHeld(tx, mostHeld);
    const waited = await this.waitingFor(tx, known, adapters);
    const overdue = await this.repository.takeOverdueHeld(tx, mostHeld);
    return [...waited, ...(await this.#withThoseAbout(tx, arrivalsOf(overdue, 'overdue', adapters), adapters))];
  }

  /** A message that waited may itself be what others wait for. */
  async #withThoseAbout(tx: Transaction, arrivals: readonly Arrival[], adapters: Adapters): Promise<Arrival[]> {
    const begun = sentBy(contentsOf(arrivals).flatMap(eventsIn));
    return [...arrivals, ...(await this.waitingFor(tx, begun, adapters))];
  }
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
