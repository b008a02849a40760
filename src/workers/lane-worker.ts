import type { RowId } from '../model/routing.js';
import type { Lane, WaitingDelivery } from '../model/delivery.js';
import type { Fence } from '../persistence/database.js';
import { LaneBatch, type LaneParts } from './lane-batch.js';

/** A lane takes up to so many due deliveries at once. */
export const laneBatch = 32;

/** The first of a lane, in order: read from the database, or handed over as they were stored. */
export interface Found {
  /** Of the lane's shard before they were found. */
  readonly fence: Fence;
  readonly deliveries: readonly WaitingDelivery[];
  /** When the database answered, by our monotonic clock. */
  readonly readAtMs: number;
}

/** Works on one lane at a time: `run` ends when nothing is due. */
export class LaneWorker {
  constructor(private readonly parts: LaneParts) {}

  /**
   * Delivers what is due, in order, beginning with what is handed over. `stopping` says when no further delivery is to be begun;
   * `signal` gives up on the one in flight. Returns when nothing is due, when the lane has to wait, or when it is no longer ours.
   */
  async run(lane: Lane, stopping: () => boolean, signal: AbortSignal, handed?: Found): Promise<void> {
    const adapter = this.parts.adapters.get(lane.account);
    if (adapter === undefined) return;
    let given = handed;
    while (!stopping() && this.parts.shards.owns(lane.shard)) {
      const { fence, deliveries, readAtMs } = given ?? (await this.#due(lane));
      given = undefined;
      // No more at once than the next owner of the lane would look for.
      const found = deliveries.slice(0, laneBatch);
      const due = oneEditEach(found);
      if (due.length === 0) return;
      const flow = await new LaneBatch(this.parts, adapter, lane, fence, stopping, signal).run(due, readAtMs);
      // Whatever came since has woken the lane again: it is not asked for what is surely nothing.
      if (flow === 'hold' || (found.length < laneBatch && due.length === found.length)) return;
    }
  }

  async #due(lane: Lane): Promise<Found> {
    const { repository, shards, clock } = this.parts;
    const fence = shards.fence(lane.shard);
    const deliveries = await repository.due(lane.id, laneBatch);
    return { fence, deliveries, readAtMs: clock.monotonicMs() };
  }
}

/** At most one edit for each message in a batch: which of two came through could not be told by a look. */
function oneEditEach(due: readonly WaitingDelivery[]): readonly WaitingDelivery[] {
  const edited = new Set<RowId | null>();
  const end = due.findIndex(({ event, message }) => {
    if (event.kind !== 'messageEdited') return false;
    if (edited.has(message)) return true;
    edited.add(message);
    return false;
  });
  return end < 0 ? due : due.slice(0, end);
}
