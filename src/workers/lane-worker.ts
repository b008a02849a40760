import type { RowId } from '../model/routing.js';
import type { Lane, WaitingDelivery } from '../model/delivery.js';
import { LaneBatch, type LaneParts } from './lane-batch.js';

/** A lane takes up to so many due deliveries at once. */
export const laneBatch = 32;

/** Works on one lane at a time: `run` ends when nothing is due. */
export class LaneWorker {
  constructor(private readonly parts: LaneParts) {}

  /**
   * Delivers what is due, in order. `stopping` says when no further delivery is to be begun; `signal` gives up on the one in
   * flight. Returns when nothing is due, when the lane has to wait, or when it is no longer ours.
   */
  async run(lane: Lane, stopping: () => boolean, signal: AbortSignal): Promise<void> {
    const adapter = this.parts.adapters.get(lane.account);
    if (adapter === undefined) return;
    while (!stopping() && this.parts.shards.owns(lane.shard)) {
      const found = await this.parts.repository.due(lane.id, laneBatch);
      const due = oneEditEach(found);
      if (due.length === 0) return;
      const flow = await new LaneBatch(this.parts, adapter, lane, stopping, signal).run(due);
      // Whatever came since has woken the lane again: it is not asked for what is surely nothing.
      if (flow === 'hold' || (found.length < laneBatch && due.length === found.length)) return;
    }
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
