import { type DeliveryId, remoteId, type RoomId } from '../../model/ids.js';
import type { Copy, Outcome, UncertainDelivery } from '../../model/network-adapter.js';
import type { RoomsApi } from './api/rooms.api.js';
import type { MatrixClient } from './matrix.client.js';
import { notInRoom } from './matrix.errors.js';
import { deliveryKeyIn, type OurUsers } from './matrix.ids.js';
import type { MatrixEvent } from './matrix.payloads.js';

/** Finds out what earlier attempts made, by the keys that stand in the room. */
export class MatrixLook {
  constructor(
    private readonly rooms: RoomsApi,
    private readonly client: Pick<MatrixClient, 'skewMs'>,
    private readonly users: OurUsers,
    private readonly marginMs: number,
  ) {}

  /** Reads each room once. `since`: by our clock, nothing was attempted before. */
  async wasDone(
    deliveries: readonly UncertainDelivery[],
    since: Date,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    const deleted = deliveries.filter(({ event }) => event.kind === 'messageDeleted');
    const sent = deliveries.filter(({ event }) => event.kind !== 'messageDeleted');
    const outcomes: Outcome[] = [];
    for (const room of new Set(sent.map((delivery) => delivery.room))) {
      const wanted = sent.filter((delivery) => delivery.room === room);
      const found = await this.#find(room, wanted, since, signal);
      for (const { delivery } of wanted) outcomes.push({ delivery, done: found.get(delivery) ?? 'notFound' });
    }
    for (const delivery of deleted) outcomes.push(await this.#wasDeleted(delivery, signal));
    return outcomes;
  }

  async #find(
    room: RoomId,
    wanted: readonly UncertainDelivery[],
    since: Date,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<DeliveryId, readonly Copy[]>> {
    // From outside one sees what was there before one left, and takes it for all.
    await this.#assertInRoom(room, signal);
    const found = new Map<DeliveryId, Copy[]>();
    let from: string | undefined;
    for (;;) {
      const page = await this.rooms.messages(room, from, signal);
      for (const event of page.events) this.#match(event, wanted, found);
      // Asked anew for each page: the first answer told how far our clocks are apart.
      const untilMs = since.getTime() + this.client.skewMs - this.marginMs;
      if (page.end === undefined || this.#reaches(page.events, untilMs)) return found;
      from = page.end;
    }
  }

  #match(event: MatrixEvent, wanted: readonly UncertainDelivery[], found: Map<DeliveryId, Copy[]>): void {
    const key = deliveryKeyIn(event.content);
    if (key === undefined || event.state_key !== undefined || !this.users.isOurs(event.sender)) return;
    for (const uncertain of wanted) {
      const { delivery } = uncertain;
      const part = uncertain.partOf(key);
      if (part === undefined) continue;
      const copies = found.get(delivery) ?? [];
      found.set(delivery, [
        ...copies.filter((copy) => copy.part !== part),
        { part, id: remoteId(event.event_id), key },
      ]);
      return;
    }
  }

  /** Other servers date their events as they like: ours is believed, and a whole page of others. */
  #reaches(events: readonly MatrixEvent[], untilMs: number): boolean {
    const older = events.filter((event) => event.origin_server_ts < untilMs);
    return (
      older.some(({ sender }) => this.users.isLocal(sender)) || (older.length > 0 && older.length === events.length)
    );
  }

  async #wasDeleted({ delivery, room, target }: UncertainDelivery, signal: AbortSignal): Promise<Outcome> {
    for (const { id } of target) {
      const event = await this.rooms.event(room, id, signal);
      if (event !== undefined && event.unsigned?.redacted_because === undefined) return { delivery, done: 'notFound' };
      // Nobody is told of events in rooms that he is not in.
      if (event === undefined) await this.#assertInRoom(room, signal);
    }
    return { delivery, done: 'alreadySo' };
  }

  async #assertInRoom(room: RoomId, signal: AbortSignal): Promise<void> {
    if ((await this.rooms.membership(room, this.users.bot, signal)) !== 'join') throw notInRoom(this.users.bot);
  }
}
