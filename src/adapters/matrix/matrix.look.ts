import type { MessageEdited } from '../../model/bridge-event.js';
import { BridgeError } from '../../model/errors.js';
import { type DeliveryId, remoteId, type RoomId } from '../../model/ids.js';
import type { Copy, Outcome, UncertainDelivery } from '../../model/network-adapter.js';
import type { TimelineApi } from './api/timeline.api.js';
import type { MatrixClient } from './matrix.client.js';
import type { EditPlan, MatrixEdits } from './matrix.edits.js';
import { deliveryKeyIn, type OurUsers } from './matrix.ids.js';
import { type MatrixEvent, readRelation } from './matrix.payloads.js';
import type { MatrixWriter } from './matrix.writer.js';

export interface LookParts {
  readonly timeline: TimelineApi;
  readonly client: Pick<MatrixClient, 'skewMs'>;
  readonly users: OurUsers;
  readonly edits: MatrixEdits;
  readonly writer: MatrixWriter;
  /** How far behind an attempt a look reads, to be safe from unequal clocks. */
  readonly marginMs: number;
}

/** What stands in the room with a delivery's keys. */
interface Found {
  /** Messages: what was said, or added by an edit. */
  readonly copies: readonly Copy[];
  /** The parts for which there is an edit. */
  readonly edited: ReadonlySet<number>;
}

const nothing: Found = { copies: [], edited: new Set() };

/** Finds out what earlier attempts made, by the keys that stand in the room. */
export class MatrixLook {
  constructor(private readonly parts: LookParts) {}

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
      for (const delivery of wanted) {
        outcomes.push(await this.#outcome(delivery, found.get(delivery.delivery) ?? nothing, signal));
      }
    }
    for (const delivery of deleted) outcomes.push(await this.#wasDeleted(delivery, signal));
    return outcomes;
  }

  async #outcome(uncertain: UncertainDelivery, found: Found, signal: AbortSignal): Promise<Outcome> {
    const { delivery, event } = uncertain;
    if (found.copies.length > 0) return { delivery, done: found.copies };
    if (event.kind !== 'messageEdited' || found.edited.size === 0) return { delivery, done: 'notFound' };
    const isWhole = await this.#isWhole({ ...uncertain, event }, found, signal);
    return { delivery, done: isWhole ? 'made' : 'notFound' };
  }

  /** Whether an edit that added no part left nothing to do. */
  async #isWhole(
    edit: UncertainDelivery & { readonly event: MessageEdited },
    { edited }: Found,
    signal: AbortSignal,
  ): Promise<boolean> {
    const plan = await this.#planOf(edit, signal);
    if (plan === undefined) return false;
    return (
      plan.replacements.every(({ copy }) => edited.has(copy.part)) &&
      plan.additions.length === 0 &&
      plan.surplus.every((copy) => plan.gone.includes(copy))
    );
  }

  /** Undefined where the message is gone: the next attempt tells so. */
  async #planOf(
    edit: UncertainDelivery & { readonly event: MessageEdited },
    signal: AbortSignal,
  ): Promise<EditPlan | undefined> {
    try {
      return await this.parts.edits.plan(edit, signal);
    } catch (error) {
      if (error instanceof BridgeError && error.code === 'targetGone') return undefined;
      throw error;
    }
  }

  async #find(
    room: RoomId,
    wanted: readonly UncertainDelivery[],
    since: Date,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<DeliveryId, Found>> {
    const { client, marginMs, timeline, writer } = this.parts;
    // From outside one sees what was there before one left, and takes it for all.
    await writer.assertInRoom(room, signal);
    const found = new Map<DeliveryId, Found>();
    let from: string | undefined;
    for (;;) {
      const page = await timeline.messages(room, { direction: 'backward', from }, signal);
      for (const event of page.events) this.#match(event, wanted, found);
      // Asked anew for each page: the first answer told how far our clocks are apart.
      const untilMs = since.getTime() + client.skewMs - marginMs;
      if (page.end === undefined || reaches(page.events, untilMs, this.parts.users)) return found;
      from = page.end;
    }
  }

  #match(event: MatrixEvent, wanted: readonly UncertainDelivery[], found: Map<DeliveryId, Found>): void {
    const key = deliveryKeyIn(event.content);
    if (key === undefined || event.state_key !== undefined || !this.parts.users.isOurs(event.sender)) return;
    // What an edit took away is judged by what is left.
    if (event.type === 'm.room.redaction') return;
    for (const uncertain of wanted) {
      const { delivery } = uncertain;
      const part = uncertain.partOf(key);
      if (part === undefined) continue;
      const { copies, edited } = found.get(delivery) ?? nothing;
      if (readRelation(event.content).rel_type === 'm.replace') {
        found.set(delivery, { copies, edited: new Set([...edited, part]) });
      } else {
        const others = copies.filter((copy) => copy.part !== part);
        found.set(delivery, { copies: [...others, { part, id: remoteId(event.event_id), key }], edited });
      }
      return;
    }
  }

  async #wasDeleted({ delivery, room, target }: UncertainDelivery, signal: AbortSignal): Promise<Outcome> {
    for (const { id } of target) {
      const event = await this.parts.timeline.event(room, id, signal);
      if (event !== undefined && event.unsigned?.redacted_because === undefined) return { delivery, done: 'notFound' };
      if (event === undefined) await this.parts.writer.assertInRoom(room, signal);
    }
    return { delivery, done: 'alreadySo' };
  }
}

/**
 * Whether a page that was read backwards goes back to a time of the homeserver's clock. Other servers date their events as
 * they like: ours is believed, and a whole page of others.
 */
export function reaches(events: readonly MatrixEvent[], untilMs: number, users: OurUsers): boolean {
  const older = events.filter((event) => event.origin_server_ts < untilMs);
  return older.some(({ sender }) => users.isLocal(sender)) || (older.length > 0 && older.length === events.length);
}
