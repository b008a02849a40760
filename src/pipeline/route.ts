import { assertNever, type BridgeEvent, type MessageEdited, targetOf } from '../model/bridge-event.js';
import type { RemoteId } from '../model/ids.js';
import {
  copyKey,
  type Known,
  type KnownDelivery,
  type Plan,
  remoteKey,
  roomKey,
  type RowId,
  type Wiring,
} from '../model/routing.js';
import { firstLine } from '../model/in-line.js';
import { firstToldPart } from '../model/told-reactions.js';
import { startsMessage } from './batch.js';
import { CallRoutes } from './route-calls.js';
import { type Arrival, ignored, type RouteOptions, ArrivalRoute, type Verdict } from './arrival-route.js';
import { goneWith } from './gone-part.js';
import { isOfNoWords } from './shown-hash.js';
import { PollRoutes } from './route-polls.js';
import { ReactionRoutes } from './route-reactions.js';

/** Decides what becomes of each arrival, in their order. Changes nothing but `known`; the plan is applied in one transaction. */
export function route(arrivals: readonly Arrival[], known: Known, options: RouteOptions): Plan {
  const plan: Plan = {
    inbox: [],
    messages: [],
    expirations: [],
    calls: [],
    copies: [],
    deliveries: [],
    versions: [],
    reactions: [],
    held: [],
    polls: [],
    pollVotes: [],
    ballots: [],
    ballotsGone: [],
    pollCounts: [],
    askedOtherwise: [],
    closedPolls: [],
    cleared: [],
    parked: [],
  };
  for (const arrival of arrivals) new Routing(new ArrivalRoute(arrival, known, options, plan)).run();
  return plan;
}

class Routing {
  readonly #polls: PollRoutes;
  readonly #reactions: ReactionRoutes;
  readonly #calls: CallRoutes;

  constructor(private readonly on: ArrivalRoute) {
    this.#polls = new PollRoutes(on);
    this.#reactions = new ReactionRoutes(on);
    this.#calls = new CallRoutes(on);
  }

  run(): void {
    const { content, inbox } = this.on.arrival;
    if ('events' in content) {
      this.#settle(content.events.map((event) => this.#event(event)));
      this.#polls.tellChanged();
    } else if (inbox !== null) {
      const verdict =
        'malformed' in content
          ? ({ state: 'malformed', note: content.malformed } as const)
          : ({ state: 'ignored', note: content.ignored } as const);
      this.on.plan.inbox.push({ inbox, ...verdict, message: null });
    }
  }

  /** One payload may tell several events: what became of the first that counts is what its inbox row says. */
  #settle(verdicts: readonly Verdict[]): void {
    const { inbox } = this.on.arrival;
    if (inbox === null) return;
    const verdict =
      verdicts.find(({ state }) => state === 'held') ??
      verdicts.find(({ state }) => state === 'routed') ??
      verdicts[0] ??
      ignored('nothing to bridge');
    this.on.plan.inbox.push(
      'note' in verdict ? { inbox, ...verdict } : { inbox, state: verdict.state, note: null, message: verdict.message },
    );
  }

  #event(event: BridgeEvent): Verdict {
    if (event.actor.standing === 'ours') return this.#echo(event);
    const wiring = this.on.known.wiring.get(roomKey(event.room));
    if (wiring === undefined) return { state: 'unlinked', note: 'the room is not linked', message: null };
    if (wiring.own.direction === 'in' && !isOfTheBridge(event)) return ignored('the link takes nothing from this room');
    switch (event.kind) {
      case 'messageSent':
      case 'pollStarted':
        return this.#newMessage(event, wiring);
      case 'messageEdited':
        return this.#aboutMessage(event, wiring);
      case 'pollVoted':
      case 'pollCounted':
      case 'pollClosed':
        return this.#polls.about(event, wiring);
      case 'messageDeleted':
        return this.#deletion(event, wiring);
      case 'reactionAdded':
      case 'reactionRemoved':
        return this.#reactions.about(event, wiring);
      case 'threadChanged':
      case 'pinChanged':
        return this.#aboutTarget(event, wiring);
      case 'roomChanged':
        return this.#roomChange(event, wiring);
      case 'callChanged':
        return this.#calls.change(event, wiring);
      case 'memberJoined':
      case 'memberLeft':
      case 'roleChanged':
        this.on.deliver(event, wiring, null);
        return { state: 'routed', message: null };
      default:
        return assertNever(event);
    }
  }

  /** Our own act coming back: where it carries our key it tells the id of the copy that we made. */
  #echo(event: BridgeEvent): Verdict {
    const named = event.key === undefined ? undefined : this.on.options.verify(event.key);
    const delivery = named === undefined ? undefined : this.on.known.deliveries.get(named.delivery);
    if (named === undefined || delivery === undefined || !startsMessage(event)) return ignored('our own act');
    if (delivery.account !== event.room.account || delivery.room !== event.room.id) return ignored('our own act');
    if (named.part >= firstLine) return ignored('our own act', delivery.message);
    const copy = delivery.copies.get(named.part) ?? this.#toldBefore(delivery, named.part);
    if (copy === undefined && delivery.message !== null && !this.on.known.copies.has(copyKey(event.message))) {
      this.on.addCopy(event.message, delivery.message, delivery.portal, named.part, delivery.id);
    } else if (copy !== undefined && copy !== event.message.id) {
      this.#withdraw(event, delivery);
      return ignored('a second copy of our own message, to be deleted', delivery.message);
    }
    return ignored('our own act', delivery.message);
  }

  /** The copy that an earlier echo of this batch told of. */
  #toldBefore(delivery: KnownDelivery, part: number): RemoteId | undefined {
    return this.on.plan.copies.find((copy) => copy.delivery === delivery.id && copy.part === part)?.remote;
  }

  /** The network took a message twice, the second time after our look: people are to see it once. */
  #withdraw(event: Extract<BridgeEvent, { kind: 'messageSent' | 'pollStarted' }>, delivery: KnownDelivery): void {
    this.on.plan.deliveries.push({
      uuid: this.on.options.newDeliveryId(),
      lane: delivery.portal,
      message: null,
      inbox: this.on.arrival.inbox,
      event: {
        kind: 'messageDeleted',
        room: event.room,
        actor: event.actor,
        at: event.at,
        message: event.message,
        version: '0',
      },
    });
  }

  #newMessage(event: Extract<BridgeEvent, { kind: 'messageSent' | 'pollStarted' }>, wiring: Wiring): Verdict {
    const known = this.on.known.copies.get(copyKey(event.message));
    if (known !== undefined) return this.#readAgain(event, wiring, known.message);
    const answer = this.on.awaited(event, wiring);
    if (answer !== undefined) return this.on.hold(event, answer.message, answer.sentAt, 'deliver');
    return { state: 'routed', message: this.on.begin(event, wiring) };
  }

  /**
   * A stored message that reads differently now is an edit where it was bridged; the lane skips it where it shows the same.
   * Where it never came it is sent.
   */
  #readAgain(
    event: Extract<BridgeEvent, { kind: 'messageSent' | 'pollStarted' }>,
    wiring: Wiring,
    message: RowId,
  ): Verdict {
    const known = this.on.known.messages.get(message);
    if (this.on.arrival.from !== 'replay' || event.kind !== 'messageSent') return ignored('known already', message);
    if (known === undefined || known.deleted || known.version > 0n) {
      return ignored('known already, and changed since', message);
    }
    const { room, actor, at, body, style } = event;
    const reached = this.on.known.reached.get(message);
    this.on.deliverEach(wiring, message, ({ portal }) =>
      reached?.has(portal) === true
        ? { kind: 'messageEdited', room, actor, at, message: event.message, body, style, version: '0' }
        : event,
    );
    return { state: 'routed', message };
  }

  #aboutMessage(event: MessageEdited, wiring: Wiring): Verdict {
    const target = this.on.known.copies.get(copyKey(event.message));
    if (target === undefined) return this.on.unknownTarget(event, wiring);
    if (target.part >= firstToldPart) return ignored('it told of a reaction, which stands elsewhere');
    const version = this.on.versionAfter(this.on.known.messages.get(target.message)?.version, event.version);
    const stale = this.on.stale(target.message, version);
    if (stale !== undefined) return stale;
    const told = event.asks === undefined ? event : this.#polls.askOtherwise(event, event.asks, wiring, target);
    if ('state' in told) return told;
    this.on.setVersion(target.message, version, false);
    this.on.changeParked(target.message, told);
    this.on.deliver(told, wiring, target.message);
    return { state: 'routed', message: target.message };
  }

  #deletion(event: Extract<BridgeEvent, { kind: 'messageDeleted' }>, wiring: Wiring): Verdict {
    const target = this.on.known.copies.get(copyKey(event.message));
    if (target === undefined) {
      const remote = remoteKey(event.room.account, event.message.id);
      const ballot = this.on.known.ballots.get(remote);
      if (ballot !== undefined) return this.#polls.takeAway(ballot, event, wiring);
      const reaction = this.on.known.reactionsByRemote.get(remote);
      return reaction === undefined
        ? this.on.unknownTarget(event, wiring)
        : this.#reactions.remove(event, wiring, reaction, BigInt(event.version), event.message.id);
    }
    if (target.part >= firstToldPart) return ignored('it told of a reaction, which stands elsewhere');
    if (this.on.known.messages.get(target.message)?.deleted === true) {
      return ignored('stale: deleted already', target.message);
    }
    const { part, hash = null, unfinished: isUnfinished = false } = target;
    const gone = goneWith({ part, beside: this.on.beside(target), isWordless: isOfNoWords(hash), isUnfinished });
    if (typeof gone === 'object') return this.#fileGone(event, wiring, target.message, gone.place);
    this.on.setVersion(target.message, BigInt(event.version), true);
    for (const { delivery } of this.on.known.parkedByMessage.get(target.message) ?? []) {
      this.on.plan.parked.push({ delivery, change: 'cancel' });
    }
    this.on.deliver(event, wiring, target.message);
    if (gone === 'messageHere') this.on.deliverHere(event, wiring, target.message);
    return { state: 'routed', message: target.message };
  }

  /** Of a message that stays. Its words are as new as they were. */
  #fileGone(
    { message, ...event }: Extract<BridgeEvent, { kind: 'messageDeleted' }>,
    wiring: Wiring,
    of: RowId,
    place: number,
  ): Verdict {
    const edit = { ...event, kind: 'messageEdited', message, body: [], filesGone: [place], words: 'same' } as const;
    const told: MessageEdited = { ...edit, style: 'text' };
    this.on.changeParked(of, told);
    this.on.deliver(told, wiring, of);
    this.on.deliverHere(told, wiring, of);
    this.on.known.copies.delete(copyKey(message));
    return { state: 'routed', message: of };
  }

  #roomChange(event: Extract<BridgeEvent, { kind: 'roomChanged' }>, wiring: Wiring): Verdict {
    const { room, actor, at } = event;
    if (event.change.of === 'history' && wiring.options.clearedHistory === 'delete') {
      const lanes = wiring.others.filter(({ direction }) => direction !== 'out').map(({ portal }) => portal);
      this.on.plan.cleared.push({
        portal: wiring.own.portal,
        inbox: this.on.arrival.inbox,
        lanes,
        by: { room, actor, at },
      });
      for (const { portal, delivery, message, remote } of [...this.on.plan.copies]) {
        if (portal !== wiring.own.portal || delivery !== null) continue;
        this.on.setVersion(message, 0n, true);
        const gone = { kind: 'messageDeleted' as const, message: { room, id: remote }, version: '0' };
        this.on.deliver({ ...gone, room, actor, at }, wiring, message);
      }
    }
    this.on.deliver(event, wiring, null);
    return { state: 'routed', message: null };
  }

  #aboutTarget(event: Extract<BridgeEvent, { kind: 'threadChanged' | 'pinChanged' }>, wiring: Wiring): Verdict {
    const reference = targetOf(event);
    const target = reference === undefined ? undefined : this.on.known.copies.get(copyKey(reference));
    if (target === undefined) return this.on.unknownTarget(event, wiring);
    this.on.deliver(event, wiring, target.message);
    return { state: 'routed', message: target.message };
  }
}

/** What the bridge knows by itself is told whichever way the words go. */
function isOfTheBridge(event: BridgeEvent): boolean {
  return event.kind === 'roomChanged' && event.change.of === 'reach';
}
