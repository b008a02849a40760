import type { Clock } from '../model/clock.js';
import type { RoomClosed } from '../model/errors.js';
import type { AccountId, RoomId, RoomRef } from '../model/ids.js';
import type { Log, RoomStanding } from '../model/network-definition.js';
import type { Metrics } from '../observability/metrics.js';
import type { RoomRepository } from '../persistence/room.repository.js';
import type { Standing, StandingRepository } from '../persistence/standing.repository.js';
import type { IngestService } from '../pipeline/ingest.js';
import { reachChanged } from '../pipeline/reach.js';

/**
 * That a room is closed to us is told once: by one alarm, and by one line in the rooms that are linked with it. So is that it is open again.
 * A room that lets us read and not write is told by a line alone.
 */
export class RoomStates {
  constructor(
    private readonly repository: Pick<RoomRepository, 'closed' | 'reopened'>,
    private readonly standings: StandingRepository,
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

  /** How rooms stand now. What is as it was costs one read for all of them. */
  async stand(account: AccountId, now: readonly RoomStanding[]): Promise<void> {
    const known = await this.standings.of(account, ids(now));
    const changed = changesOf(known, now).map(({ room }) => room);
    if (changed.length === 0) return;
    const changes: Change[] = [];
    await this.ingest.announce(async (tx) => {
      const before = await this.standings.take(account, changed, tx);
      changes.splice(
        0,
        changes.length,
        ...changesOf(
          before,
          now.filter(({ room }) => changed.includes(room)),
        ),
      );
      await this.standings.put(account, changes, tx);
      await this.standings.tidy(account, changed, tx);
      return changes.flatMap(({ room, mute, line }) =>
        line === 'none' ? [] : [reachChanged({ account, id: room }, line, mute ?? '', this.clock.now())],
      );
    });
    for (const { room, mute, was } of changes) {
      if (mute === was.mute) continue;
      if (mute === null) this.log.info({ account, room }, 'a linked room lets us write again');
      else this.log.warn({ account, room, reason: mute }, 'a linked room does not let us write');
    }
  }

  /** A lane begins to wait for the room: its people are told by nobody else. */
  muted({ account, id }: RoomRef, why: RoomClosed): Promise<void> {
    return this.stand(account, [{ room: id, mute: why.message, toldBy: 'nobody' }]);
  }

  /** A lane went on after it had waited. */
  async wrote(room: RoomRef): Promise<void> {
    if (!(await this.standings.isMute(room))) return;
    await this.stand(room.account, [{ room: room.id, mute: null, toldBy: 'nobody' }]);
  }
}

interface Change extends Standing {
  readonly was: Standing;
  readonly line: 'lost' | 'back' | 'none';
}

function ids(rooms: readonly { readonly room: RoomId }[]): RoomId[] {
  return rooms.map(({ room }) => room);
}

/** Pure: those that stand otherwise than before, with the line that tells it. */
function changesOf(before: readonly Standing[], now: readonly RoomStanding[]): Change[] {
  const known = new Map(before.map((standing) => [standing.room, standing]));
  return now.flatMap(({ room, toldBy, ...given }) => {
    const was = known.get(room) ?? { room, mute: null, muteTold: false, note: null };
    const mute = given.mute === undefined ? was.mute : given.mute;
    const muteTold = mute !== null && (was.muteTold || (given.mute !== undefined && toldBy === 'nobody'));
    const note = given.note === undefined ? was.note : given.note;
    if (mute === was.mute && muteTold === was.muteTold && note === was.note) return [];
    const line = muteTold === was.muteTold ? 'none' : muteTold ? 'lost' : 'back';
    return [{ room, mute, muteTold, note, was, line }];
  });
}
