import type { Clock } from '../model/clock.js';
import type { RoomClosed } from '../model/errors.js';
import type { AccountId, RoomId, RoomRef } from '../model/ids.js';
import type { Log } from '../model/network-definition.js';
import type { Metrics } from '../observability/metrics.js';
import type { RoomRepository } from '../persistence/room.repository.js';
import type { IngestService } from '../pipeline/ingest.js';
import { reachChanged } from '../pipeline/reach.js';

/** That a room is closed to us is told once: by one alarm, and by one line in the rooms that are linked with it. So is that it is open again. */
export class RoomStates {
  constructor(
    private readonly repository: Pick<RoomRepository, 'closed' | 'reopened'>,
    private readonly ingest: Pick<IngestService, 'announce'>,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  async closed(room: RoomRef, why: RoomClosed): Promise<'closed' | 'was closed'> {
    let became: 'closed' | 'was closed' = 'was closed';
    await this.ingest.announce(async (tx) => {
      became = await this.repository.closed(room, why.message, tx);
      return became === 'closed' ? [reachChanged(room, 'lost', why.message, this.clock.now())] : [];
    });
    if (became === 'was closed') return became;
    const { account, id } = room;
    this.metrics.alarms.inc({ account, reason: why.reason });
    this.log.error({ account, room: id, reason: why.message }, 'a linked room is closed to us: somebody should look');
    return became;
  }

  async opened(account: AccountId, rooms: readonly RoomId[]): Promise<void> {
    if (rooms.length === 0) return;
    let reopened: readonly RoomId[] = [];
    await this.ingest.announce(async (tx) => {
      reopened = await this.repository.reopened(account, rooms, tx);
      return reopened.map((id) => reachChanged({ account, id }, 'back', '', this.clock.now()));
    });
    for (const room of reopened) this.log.info({ account, room }, 'a linked room is open again');
  }
}
