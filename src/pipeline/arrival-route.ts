import { type BridgeEvent, type PollStarted, targetOf } from '../model/bridge-event.js';
import type { AccountId, DeliveryId, DeliveryKey, MessageRef } from '../model/ids.js';
import {
  copyKey,
  type Known,
  type KnownCopy,
  type Plan,
  type RowId,
  type TargetWiring,
  type Wiring,
} from '../model/routing.js';
import { type Answer, answersOf, awaited, type TellsFirst } from './answers.js';
import type { Interpretation } from './interpret.js';

export interface Arrival {
  /** Null: nobody told it, the bridge itself knows. */
  readonly inbox: RowId | null;
  readonly account: AccountId;
  /** Whether the source keeps the order in which things happened. */
  readonly order: 'kept' | 'notKept';
  readonly content: Interpretation;
  /**
   * `held`: it waited for its target, which came; it waits on where that makes it known only later. `overdue`: it has waited for long
   * enough. `replay`: it is read again.
   */
  readonly from: 'source' | 'held' | 'overdue' | 'replay';
  /** See `RawPayload.isNews`. */
  readonly isNews?: true;
}

export interface RouteOptions {
  readonly now: Date;
  /** How long an event waits for a target that is not known yet. */
  readonly heldEventsMs: number;
  readonly firstTold: TellsFirst;
  /** What people call the network of an account: `Talk`. */
  label(account: AccountId): string;
  /** What the key names, or undefined when we did not make it. */
  verify(key: DeliveryKey): { readonly delivery: DeliveryId; readonly part: number } | undefined;
  newMessageId(): RowId;
  newDeliveryId(): DeliveryId;
}

export type Verdict =
  | { state: 'routed' | 'held'; message: RowId | null }
  | { state: 'ignored' | 'unlinked'; note: string; message: RowId | null };

/** `message`: whose words the payload holds; when it is deleted they go with it. */
export const ignored = (note: string, message: RowId | null = null): Verdict => ({ state: 'ignored', note, message });

/** What one arrival adds to the plan, and what all kinds of events have in common. */
export class ArrivalRoute {
  constructor(
    readonly arrival: Arrival,
    readonly known: Known,
    readonly options: RouteOptions,
    readonly plan: Plan,
  ) {}

  /** A message begins: it is told in every other room. */
  begin(event: Extract<BridgeEvent, { kind: 'messageSent' | 'pollStarted' }>, wiring: Wiring): RowId {
    const id = this.options.newMessageId();
    this.plan.messages.push({
      id,
      link: wiring.link,
      account: event.actor.account,
      author: event.actor.id,
      sentAt: new Date(event.at),
    });
    if (event.expiresAt !== undefined && wiring.options.expired !== 'keep') {
      this.plan.expirations.push({ message: id, dueAt: new Date(event.expiresAt) });
    }
    this.known.messages.set(id, { version: 0n, deleted: false });
    if (event.kind === 'pollStarted') this.#beginPoll(event, id);
    this.addCopy(event.message, id, wiring.own.portal, 0, null);
    this.deliver(event, wiring, id);
    return id;
  }

  #beginPoll({ question, options, results, maxVotes, thread }: PollStarted, message: RowId): void {
    this.known.polls.set(message, { state: 'open', options: options.length, maxVotes, versions: new Map() });
    this.plan.polls.push({ message, question, options, results, maxVotes, thread: thread ?? null });
  }

  /** Where the source keeps order the target was never bridged, unless we said it and do not know it yet; elsewhere it may still come. */
  unknownTarget(event: BridgeEvent, wiring: Wiring): Verdict {
    if (this.arrival.from === 'overdue') return ignored('what it is about never came');
    const target = targetOf(event);
    if (target !== undefined && this.arrival.order === 'kept' && event.kind === 'messageDeleted') {
      // What was said and deleted while we were away comes back without our key: only the lane finds out that it was ours.
      return this.hold(event, target, this.options.now, 'drop');
    }
    const at = new Date(event.at);
    if (target === undefined || this.arrival.order === 'kept' || at < this.#saidSince(wiring)) {
      return ignored('what it is about was not bridged');
    }
    return this.hold(event, target, at, 'drop');
  }

  awaited(event: BridgeEvent, wiring: Wiring): Answer | undefined {
    if (this.arrival.from === 'overdue') return undefined;
    return awaited(answersOf(event, this.options.firstTold), this.known, this.#saidSince(wiring));
  }

  /** What was said before, and is not known, does not come any more. */
  #saidSince({ linkedAt }: Wiring): Date {
    const { now, heldEventsMs } = this.options;
    return new Date(Math.max(linkedAt.getTime(), now.getTime() - heldEventsMs + 1));
  }

  /** Until the target is known, and while it may still come: for a time after `from`. */
  hold(event: BridgeEvent, target: MessageRef, from: Date, then: 'drop' | 'deliver'): Verdict {
    const { now, heldEventsMs } = this.options;
    const { inbox } = this.arrival;
    // What the bridge itself knows is about what it has bridged.
    if (inbox === null) return ignored('what it is about was not bridged');
    this.plan.held.push({
      account: target.room.account,
      room: target.room.id,
      remote: target.id,
      inbox,
      event,
      forMs: from.getTime() + heldEventsMs - now.getTime(),
      then,
    });
    return { state: 'held', message: null };
  }

  /** News are newer than what is known, also where that was written down under a clock that ran ahead. */
  versionAfter(known: bigint | undefined, given: string | bigint): bigint {
    const version = BigInt(given);
    return this.arrival.isNews === true && known !== undefined && version <= known ? known + 1n : version;
  }

  stale(message: RowId, version: bigint): Verdict | undefined {
    const now = this.known.messages.get(message);
    if (now === undefined) return undefined;
    if (now.deleted) return ignored('stale: deleted already', message);
    return version <= now.version ? ignored('stale: a newer change is known', message) : undefined;
  }

  setVersion(message: RowId, version: bigint, deleted: boolean): void {
    this.known.messages.set(message, { version, deleted });
    this.plan.versions.push({ message, version, deleted });
  }

  changeParked(message: RowId, edit: Extract<BridgeEvent, { kind: 'messageEdited' }>): void {
    for (const { delivery } of this.known.parkedByMessage.get(message) ?? []) {
      this.plan.parked.push({ delivery, change: { event: edit } });
    }
  }

  addCopy(ref: MessageRef, message: RowId, portal: RowId, part: number, delivery: RowId | null): void {
    this.known.copies.set(copyKey(ref), { message, portal, part });
    this.plan.copies.push({
      account: ref.room.account,
      room: ref.room.id,
      remote: ref.id,
      message,
      portal,
      part,
      delivery,
    });
  }

  /** The numbers of the other parts of a message that stand in the same room as one of them. */
  beside(copy: KnownCopy): number[] {
    const all = [...this.known.copies.values()];
    return all.flatMap((other) => {
      const isBeside = other.message === copy.message && other.portal === copy.portal && other.part !== copy.part;
      return isBeside ? other.part : [];
    });
  }

  /** In its own room, which is to follow what happened to a part of the message there. */
  deliverHere(event: BridgeEvent, { own }: Wiring, message: RowId): void {
    if (own.shard !== null) this.#deliverTo(own, event, message);
  }

  deliver(event: BridgeEvent, wiring: Wiring, message: RowId | null): void {
    this.deliverEach(wiring, message, () => event);
  }

  deliverEach(wiring: Wiring, message: RowId | null, eventFor: (target: TargetWiring) => BridgeEvent): void {
    for (const target of wiring.others) this.#deliverTo(target, eventFor(target), message);
  }

  #deliverTo({ portal: lane, direction }: TargetWiring, event: BridgeEvent, message: RowId | null): void {
    if (direction === 'out') return;
    const uuid = this.options.newDeliveryId();
    this.plan.deliveries.push({ uuid, lane, message, inbox: this.arrival.inbox, event });
  }
}
