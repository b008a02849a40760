import type { RoomClosed } from '../model/errors.js';
import type { AccountId, RoomId, RoomRef } from '../model/ids.js';
import type { Log } from '../model/network-definition.js';
import type { Metrics } from '../observability/metrics.js';
import type { RoomRepository } from '../persistence/room.repository.js';

/** What networks that push tell of their rooms: that one is closed to us, with one alarm, and that it is open again. */
export class RoomStates {
  constructor(
    private readonly repository: Pick<RoomRepository, 'closed' | 'reopened'>,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  async closed(room: RoomRef, why: RoomClosed): Promise<void> {
    if ((await this.repository.closed(room, why.message)) === 'was closed') return;
    const { account, id } = room;
    this.metrics.alarms.inc({ account, reason: why.reason });
    this.log.error({ account, room: id, reason: why.message }, 'a linked room is closed to us: somebody should look');
  }

  async opened(account: AccountId, rooms: readonly RoomId[]): Promise<void> {
    if (rooms.length === 0) return;
    for (const room of await this.repository.reopened(account, rooms)) {
      this.log.info({ account, room }, 'a linked room is open again');
    }
  }
}
