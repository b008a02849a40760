import { createHash } from 'node:crypto';
import { type BridgeEvent, type EventKind, targetOf } from '../model/bridge-event.js';
import type { Copy, Deliver, DeliveryRequest, NetworkAdapter, UncertainDelivery } from '../model/network-adapter.js';
import type { Speakers } from '../identities/speakers.js';
import { pass } from '../observability/failpoint.js';
import type { Lane, ShownCopy, WaitingDelivery } from '../persistence/delivery.repository.js';
import type { DeliveryKeys } from './delivery-key.js';
import { degrade } from './degrade.js';

/** The reads that a delivery needs before it can be sent. */
export interface CopyLookup {
  copiesOf(message: string, lane: string): Promise<readonly ShownCopy[]>;
  copiesOfRef(ref: NonNullable<ReturnType<typeof targetOf>>, lane: string): Promise<readonly ShownCopy[]>;
}

export type Delivered =
  | { readonly state: 'delivered'; readonly hash: Buffer | null }
  | { readonly state: 'skipped'; readonly reason: string; readonly hash: null };

/** Sends one delivery: resolves what it is about, chooses the speaker, degrades it to what the room can show. */
export class Deliverer {
  constructor(
    private readonly copies: CopyLookup,
    private readonly speakers: Speakers,
    private readonly keys: DeliveryKeys,
  ) {}

  /**
   * Tells `onMade` each part as soon as it exists. `beforeSend` is called in the same tick as each write.
   * Throws a BridgeError when it could not be delivered.
   */
  async deliver(
    adapter: NetworkAdapter,
    lane: Lane,
    delivery: WaitingDelivery,
    beforeSend: () => void,
    onMade: (copy: Copy) => void,
    signal: AbortSignal,
  ): Promise<Delivered> {
    const { event } = delivery;
    const entry = adapter.deliver[event.kind] as Deliver<EventKind> | undefined;
    if (entry === undefined) return skipped(`the network cannot show ${event.kind}`);
    const target = await this.target(lane, delivery);
    if (targetOf(event) !== undefined && target.length === 0) return skipped('what it is about is not in this room');
    const hash = hashOf(event);
    if (event.kind === 'messageEdited' && hash !== null && target.every((copy) => copy.hash?.equals(hash) === true)) {
      return skipped('the room shows the same already');
    }
    const capabilities = await adapter.capabilities(lane.room);
    const replyTo = await this.#replyTo(lane, event);
    const degraded = degrade(event, capabilities, {
      replyTarget:
        event.kind !== 'messageSent' || event.replyTo === undefined
          ? 'none'
          : replyTo === undefined
            ? 'missing'
            : 'found',
    });
    if ('skip' in degraded) return skipped(degraded.skip);
    const request: DeliveryRequest<BridgeEvent> = {
      delivery: delivery.uuid,
      room: lane.room,
      event: degraded.event,
      speaker: await this.speakers.choose(event.actor, capabilities),
      target,
      ...(replyTo === undefined ? {} : { replyTo }),
      made: delivery.made,
      key: (part) => this.keys.make(delivery.uuid, part),
      onMade: (copy) => {
        pass('afterResponse');
        onMade(copy);
      },
      onGone: () => undefined,
      beforeSend: () => {
        pass('beforeSend');
        beforeSend();
      },
    };
    await entry.send(request, signal);
    return { state: 'delivered', hash };
  }

  /** What the event is about, as it stands in the lane's room. */
  async target(lane: Lane, delivery: WaitingDelivery): Promise<readonly ShownCopy[]> {
    const { event, message } = delivery;
    const reference = targetOf(event);
    if (reference === undefined) return [];
    // A second copy of our own message is deleted by its id: it never became a copy.
    if (message === null) return [{ part: 0, id: reference.id, hash: null }];
    return this.copies.copiesOf(message, lane.id);
  }

  async uncertain(adapter: NetworkAdapter, lane: Lane, delivery: WaitingDelivery): Promise<UncertainDelivery> {
    return {
      delivery: delivery.uuid,
      room: lane.room,
      event: delivery.event,
      speaker: await this.speakers.choose(delivery.event.actor, await adapter.capabilities(lane.room)),
      target: await this.target(lane, delivery),
      partOf: (key) => {
        const named = this.keys.verify(key);
        return named?.delivery === delivery.uuid ? named.part : undefined;
      },
    };
  }

  async #replyTo(lane: Lane, event: BridgeEvent): Promise<Copy | undefined> {
    if (event.kind !== 'messageSent' || event.replyTo === undefined) return undefined;
    return (await this.copies.copiesOfRef(event.replyTo, lane.id)).at(0);
  }
}

function skipped(reason: string): Delivered {
  return { state: 'skipped', reason, hash: null };
}

/** What a message shows, so that an edit that changes nothing is known. */
function hashOf(event: BridgeEvent): Buffer | null {
  if (event.kind !== 'messageSent' && event.kind !== 'messageEdited') return null;
  return createHash('sha256').update(JSON.stringify(event.body)).digest();
}
