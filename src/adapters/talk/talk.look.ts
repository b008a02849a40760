import { TargetGone } from '../../model/errors.js';
import type { Copy, Outcome, UncertainDelivery } from '../../model/network-adapter.js';
import type { RoomId } from '../../model/ids.js';
import type { TalkClient } from './talk.client.js';
import { hiddenMessages } from './talk.errors.js';
import { deliveryKeyIn, rowIdOf, talkMessageId } from './talk.ids.js';

/** The server's clock is known to a second, and a request takes its time before its row is dated. */
const marginMs = 60_000;
const mostPages = 100;

/** Finds out what earlier attempts left behind: one look a room, however many deliveries are asked for. */
export class TalkLook {
  constructor(
    private readonly client: TalkClient,
    private readonly pageSize: number,
  ) {}

  async wasDone(deliveries: readonly UncertainDelivery[], since: Date, signal: AbortSignal): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    const sent = deliveries.filter(({ event }) => event.kind === 'messageSent');
    for (const room of new Set(sent.map((delivery) => delivery.room))) {
      const inRoom = sent.filter((delivery) => delivery.room === room);
      outcomes.push(...(await this.#findMessages(room, inRoom, since, signal)));
    }
    for (const delivery of deliveries) {
      if (delivery.event.kind === 'messageSent') continue;
      const isDone = delivery.event.kind === 'messageDeleted' && (await this.#isDeleted(delivery, signal));
      outcomes.push({ delivery: delivery.delivery, done: isDone ? 'alreadySo' : 'notFound' });
    }
    return outcomes;
  }

  async #findMessages(
    room: RoomId,
    deliveries: readonly UncertainDelivery[],
    since: Date,
    signal: AbortSignal,
  ): Promise<Outcome[]> {
    const found = new Map<UncertainDelivery, Map<number, Copy>>(deliveries.map((delivery) => [delivery, new Map()]));
    const fromSeconds = Math.floor((since.getTime() + this.client.skewMs - marginMs) / 1000);
    for await (const { id, referenceId } of this.#newestRows(room, fromSeconds, signal)) {
      const key = deliveryKeyIn(referenceId);
      if (key === undefined) continue;
      for (const [delivery, copies] of found) {
        const part = delivery.partOf(key);
        if (part !== undefined) copies.set(part, { part, id: talkMessageId(id), key });
      }
    }
    return [...found].map(([{ delivery }, copies]) => {
      const done = [...copies.values()].sort((a, b) => a.part - b.part);
      return { delivery, done: done.length === 0 ? 'notFound' : done };
    });
  }

  async *#newestRows(
    room: RoomId,
    fromSeconds: number,
    signal: AbortSignal,
  ): AsyncGenerator<{ id: number; referenceId?: string | undefined }> {
    let beforeId: number | undefined;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const page = await this.client.chat.readBack(
        room,
        { limit: this.pageSize, ...(beforeId === undefined ? {} : { beforeId }) },
        signal,
      );
      for (const row of page.rows) if (row.timestamp >= fromSeconds) yield row;
      const oldest = page.rows.at(-1);
      if (oldest !== undefined && oldest.timestamp < fromSeconds) return;
      beforeId = page.lastGiven ?? oldest?.id;
      if (beforeId === undefined) return;
    }
    throw hiddenMessages();
  }

  /** Whether every part is deleted, or was never there. */
  async #isDeleted({ room, target }: UncertainDelivery, signal: AbortSignal): Promise<boolean> {
    for (const copy of target) {
      const id = rowIdOf(copy.id);
      if (id === undefined) throw new TargetGone('not a message of Talk');
      const page = await this.client.chat.readForward(
        room,
        { afterId: id, limit: 1, heldS: 0, includeAfter: true },
        signal,
      );
      const row = page.rows[0];
      if (row?.id === id && row.messageType !== 'comment_deleted') return false;
    }
    return true;
  }
}
