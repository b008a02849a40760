import {
  assertNever,
  type BridgeEvent,
  type CallChanged,
  type MessageEdited,
  type PollClosed,
  type PollCounted,
  type PollStarted,
  type PollVoted,
  targetOf,
} from '../model/bridge-event.js';
import {
  type AccountId,
  accountId,
  type DeliveryId,
  type DeliveryKey,
  type MessageRef,
  type RemoteId,
  userId,
} from '../model/ids.js';
import {
  copyKey,
  type Known,
  type KnownCall,
  type KnownDelivery,
  type KnownPoll,
  type KnownReaction,
  type Plan,
  reactionKey,
  remoteKey,
  roomKey,
  type RowId,
  type TargetWiring,
  voterKey,
  type Wiring,
} from '../model/routing.js';
import { type Answer, answersOf, awaited, type TellsFirst } from './answers.js';
import { startsMessage } from './batch.js';
import { type CallRoute, routeOfCall } from './call-routing.js';
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
    pollCounts: [],
    closedPolls: [],
    cleared: [],
    parked: [],
  };
  for (const arrival of arrivals) new Routing(arrival, known, options, plan).run();
  return plan;
}

type Verdict =
  | { state: 'routed' | 'held'; message: RowId | null }
  | { state: 'ignored' | 'unlinked'; note: string; message: RowId | null };

/** `message`: whose words the payload holds; when it is deleted they go with it. */
const ignored = (note: string, message: RowId | null = null): Verdict => ({ state: 'ignored', note, message });

class Routing {
  /** By message, with what changed it last. */
  readonly #changedPolls = new Map<RowId, { event: PollVoted | PollCounted | PollClosed; wiring: Wiring }>();

  constructor(
    private readonly arrival: Arrival,
    private readonly known: Known,
    private readonly options: RouteOptions,
    private readonly plan: Plan,
  ) {}

  run(): void {
    const { content, inbox } = this.arrival;
    if ('events' in content) {
      this.#settle(content.events.map((event) => this.#event(event)));
      this.#pollsChanged();
    } else if (inbox !== null) {
      const verdict =
        'malformed' in content
          ? ({ state: 'malformed', note: content.malformed } as const)
          : ({ state: 'ignored', note: content.ignored } as const);
      this.plan.inbox.push({ inbox, ...verdict, message: null });
    }
  }

  /** One payload may tell several events: what became of the first that counts is what its inbox row says. */
  #settle(verdicts: readonly Verdict[]): void {
    const { inbox } = this.arrival;
    if (inbox === null) return;
    const verdict =
      verdicts.find(({ state }) => state === 'held') ??
      verdicts.find(({ state }) => state === 'routed') ??
      verdicts[0] ??
      ignored('nothing to bridge');
    this.plan.inbox.push(
      'note' in verdict ? { inbox, ...verdict } : { inbox, state: verdict.state, note: null, message: verdict.message },
    );
  }

  #event(event: BridgeEvent): Verdict {
    if (event.actor.standing === 'ours') return this.#echo(event);
    const wiring = this.known.wiring.get(roomKey(event.room));
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
        return this.#aboutPoll(event, wiring);
      case 'messageDeleted':
        return this.#deletion(event, wiring);
      case 'reactionAdded':
      case 'reactionRemoved':
        return this.#reaction(event, wiring);
      case 'threadChanged':
      case 'pinChanged':
        return this.#aboutTarget(event, wiring);
      case 'roomChanged':
        return this.#roomChange(event, wiring);
      case 'callChanged':
        return this.#callChange(event, wiring);
      case 'memberJoined':
      case 'memberLeft':
      case 'roleChanged':
        this.#deliver(event, wiring, null);
        return { state: 'routed', message: null };
      default:
        return assertNever(event);
    }
  }

  /** Our own act coming back: where it carries our key it tells the id of the copy that we made. */
  #echo(event: BridgeEvent): Verdict {
    const named = event.key === undefined ? undefined : this.options.verify(event.key);
    const delivery = named === undefined ? undefined : this.known.deliveries.get(named.delivery);
    if (named === undefined || delivery === undefined || !startsMessage(event)) return ignored('our own act');
    if (delivery.account !== event.room.account || delivery.room !== event.room.id) return ignored('our own act');
    const copy = delivery.copies.get(named.part) ?? this.#toldBefore(delivery, named.part);
    if (copy === undefined && delivery.message !== null && !this.known.copies.has(copyKey(event.message))) {
      this.#addCopy(event.message, delivery.message, delivery.portal, named.part, delivery.id);
    } else if (copy !== undefined && copy !== event.message.id) {
      this.#withdraw(event, delivery);
      return ignored('a second copy of our own message, to be deleted', delivery.message);
    }
    return ignored('our own act', delivery.message);
  }

  /** The copy that an earlier echo of this batch told of. */
  #toldBefore(delivery: KnownDelivery, part: number): RemoteId | undefined {
    return this.plan.copies.find((copy) => copy.delivery === delivery.id && copy.part === part)?.remote;
  }

  /** The network took a message twice, the second time after our look: people are to see it once. */
  #withdraw(event: Extract<BridgeEvent, { kind: 'messageSent' | 'pollStarted' }>, delivery: KnownDelivery): void {
    this.plan.deliveries.push({
      uuid: this.options.newDeliveryId(),
      lane: delivery.portal,
      message: null,
      inbox: this.arrival.inbox,
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
    const known = this.known.copies.get(copyKey(event.message));
    if (known !== undefined) return this.#readAgain(event, wiring, known.message);
    const answer = this.#awaited(event, wiring);
    if (answer !== undefined) return this.#hold(event, answer.message, answer.sentAt, 'deliver');
    return { state: 'routed', message: this.#begin(event, wiring) };
  }

  #begin(event: Extract<BridgeEvent, { kind: 'messageSent' | 'pollStarted' }>, wiring: Wiring): RowId {
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
    if (event.kind === 'pollStarted') this.#pollBegins(event, id);
    this.#addCopy(event.message, id, wiring.own.portal, 0, null);
    this.#deliver(event, wiring, id);
    return id;
  }

  /** A call is one message of the bridge: sent when it begins, edited as it goes on. */
  #callChange(event: CallChanged, wiring: Wiring): Verdict {
    const known = this.known.calls.get(roomKey(event.room));
    const call = routeOfCall(event, known, wiring.options.calls, this.options.label(event.room.account));
    switch (call.then) {
      case 'pass':
        return ignored(call.why);
      case 'line':
        this.#deliver(event, wiring, null);
        return { state: 'routed', message: null };
      case 'begin':
        return this.#callStart(event, call, known, wiring);
      case 'goOn':
        this.#setCall(event, call.call);
        return this.#noticeEdited(call.edit, known, wiring);
      default:
        return assertNever(call);
    }
  }

  #callStart(
    event: CallChanged,
    { notice, call, before }: Extract<CallRoute, { then: 'begin' }>,
    known: KnownCall | undefined,
    wiring: Wiring,
  ): Verdict {
    const begun = this.known.copies.get(copyKey(notice.message));
    if (begun !== undefined) return ignored('known already', begun.message);
    this.#noticeEdited(before, known, wiring);
    const message = this.#begin(notice, wiring);
    this.#setCall(event, { message, remote: notice.message.id, call });
    return { state: 'routed', message };
  }

  #noticeEdited(edit: MessageEdited | undefined, call: KnownCall | undefined, wiring: Wiring): Verdict {
    const message = call?.message ?? null;
    if (edit === undefined || message === null) return ignored('the notice of the call stays as it is', message);
    if (this.known.messages.get(message)?.deleted === true)
      return ignored('the notice of the call was deleted', message);
    this.#changeParked(message, edit);
    this.#deliver(edit, wiring, message);
    return { state: 'routed', message };
  }

  #setCall({ room }: CallChanged, call: KnownCall | null): void {
    if (call === null) this.known.calls.delete(roomKey(room));
    else this.known.calls.set(roomKey(room), call);
    this.plan.calls.push({ room, call });
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
    const known = this.known.messages.get(message);
    if (this.arrival.from !== 'replay' || event.kind !== 'messageSent') return ignored('known already', message);
    if (known === undefined || known.deleted || known.version > 0n) {
      return ignored('known already, and changed since', message);
    }
    const { room, actor, at, body, style } = event;
    const reached = this.known.reached.get(message);
    this.#deliverEach(wiring, message, ({ portal }) =>
      reached?.has(portal) === true
        ? { kind: 'messageEdited', room, actor, at, message: event.message, body, style, version: '0' }
        : event,
    );
    return { state: 'routed', message };
  }

  #aboutMessage(event: MessageEdited, wiring: Wiring): Verdict {
    const target = this.known.copies.get(copyKey(event.message));
    if (target === undefined) return this.#unknownTarget(event, wiring);
    const version = this.#versionAfter(this.known.messages.get(target.message)?.version, event.version);
    const stale = this.#stale(target.message, version);
    if (stale !== undefined) return stale;
    this.#setVersion(target.message, version, false);
    this.#changeParked(target.message, event);
    this.#deliver(event, wiring, target.message);
    return { state: 'routed', message: target.message };
  }

  #pollBegins({ question, options, results, maxVotes }: PollStarted, message: RowId): void {
    this.known.polls.set(message, { state: 'open', options: options.length, maxVotes, versions: new Map() });
    this.plan.polls.push({ message, question, options, results, maxVotes });
  }

  #aboutPoll(event: PollVoted | PollCounted | PollClosed, wiring: Wiring): Verdict {
    const target = this.known.copies.get(copyKey(event.message));
    if (target === undefined) return this.#unknownTarget(event, wiring);
    const { message } = target;
    const poll = this.known.polls.get(message);
    if (poll === undefined) return ignored('what it is about is no poll', message);
    if (this.known.messages.get(message)?.deleted === true) return ignored('stale: deleted already', message);
    if (poll.state === 'closed') return ignored('stale: the poll is over', message);
    if (event.kind === 'pollClosed') {
      this.known.polls.set(message, { ...poll, state: 'closed' });
      this.plan.closedPolls.push(message);
      this.#deliver(event, wiring, message);
      return this.#pollChanged(event, wiring, message);
    }
    const { portal } = wiring.own;
    const by =
      event.kind === 'pollVoted' ? voterKey(event.actor.account, event.actor.id) : voterKey(accountId(''), portal);
    const before = poll.versions.get(by);
    const version = this.#versionAfter(before, event.version);
    if (before !== undefined && version <= before) return ignored('stale: a newer change is known', message);
    this.known.polls.set(message, { ...poll, versions: new Map([...poll.versions, [by, version]]) });
    if (event.kind === 'pollVoted') {
      const { account, id: person } = event.actor;
      const choices = choicesIn(event, poll);
      this.plan.pollVotes.push({ message, account, person, portal, choices, version });
      this.#deliver({ ...event, choices }, wiring, message);
    } else if (event.counted !== undefined) {
      this.plan.pollCounts.push({ message, portal, ...event.counted, version });
    }
    return this.#pollChanged(event, wiring, message);
  }

  #pollChanged(event: PollVoted | PollCounted | PollClosed, wiring: Wiring, message: RowId): Verdict {
    this.#changedPolls.set(message, { event, wiring });
    return { state: 'routed', message };
  }

  /** Every room shows how its polls stand, that of the votes too where it does not count them itself: once for each payload. */
  #pollsChanged(): void {
    for (const [message, { event, wiring }] of this.#changedPolls) {
      const { room, actor, at, version } = event;
      const changed: PollCounted = { kind: 'pollCounted', room, actor, at, message: event.message, version };
      const own = wiring.own.shard === null ? [] : [wiring.own];
      for (const { portal, direction } of [...wiring.others, ...own]) {
        if (direction === 'out') continue;
        this.plan.deliveries.push({
          uuid: this.options.newDeliveryId(),
          lane: portal,
          message,
          inbox: this.arrival.inbox,
          event: changed,
        });
      }
    }
  }

  #deletion(event: Extract<BridgeEvent, { kind: 'messageDeleted' }>, wiring: Wiring): Verdict {
    const target = this.known.copies.get(copyKey(event.message));
    if (target === undefined) {
      const reaction = this.known.reactionsByRemote.get(remoteKey(event.room.account, event.message.id));
      return reaction === undefined
        ? this.#unknownTarget(event, wiring)
        : this.#removeReaction(event, wiring, reaction, BigInt(event.version), event.message.id);
    }
    if (this.known.messages.get(target.message)?.deleted === true) {
      return ignored('stale: deleted already', target.message);
    }
    this.#setVersion(target.message, BigInt(event.version), true);
    for (const { delivery } of this.known.parkedByMessage.get(target.message) ?? []) {
      this.plan.parked.push({ delivery, change: 'cancel' });
    }
    this.#deliver(event, wiring, target.message);
    return { state: 'routed', message: target.message };
  }

  #reaction(event: Extract<BridgeEvent, { kind: 'reactionAdded' | 'reactionRemoved' }>, wiring: Wiring): Verdict {
    const version = BigInt(event.version);
    if (event.kind === 'reactionRemoved' && event.emoji === undefined) {
      const reaction =
        event.row === undefined
          ? undefined
          : this.known.reactionsByRemote.get(remoteKey(event.room.account, event.row));
      return reaction === undefined
        ? ignored('the reaction that it takes back is not known')
        : this.#removeReaction(event, wiring, reaction, version, event.row);
    }
    const target = this.known.copies.get(copyKey(event.message));
    if (target === undefined) return this.#unknownTarget(event, wiring);
    if (this.known.messages.get(target.message)?.deleted === true) return ignored('stale: deleted already');
    const reaction: KnownReaction = {
      message: target.message,
      emoji: event.emoji ?? '',
      person: event.actor.id,
      state: event.kind === 'reactionAdded' ? 'added' : 'removed',
      version,
    };
    return this.#setReaction(event, wiring, reaction, event.row);
  }

  #removeReaction(
    event: Extract<BridgeEvent, { kind: 'messageDeleted' | 'reactionRemoved' }>,
    wiring: Wiring,
    reaction: KnownReaction,
    version: bigint,
    remote: RemoteId | undefined,
  ): Verdict {
    const removal: BridgeEvent = {
      kind: 'reactionRemoved',
      room: event.room,
      // A moderator may take it back; it is the person's all the same, whose name is looked up where it is shown.
      actor:
        event.actor.id === reaction.person
          ? event.actor
          : { account: event.room.account, id: userId(reaction.person), name: '', standing: 'person' },
      at: event.at,
      message: event.message,
      emoji: reaction.emoji,
      version: event.version,
      ...(remote === undefined ? {} : { row: remote }),
    };
    return this.#setReaction(removal, wiring, { ...reaction, state: 'removed', version }, remote);
  }

  #setReaction(event: BridgeEvent, wiring: Wiring, changed: KnownReaction, remote: RemoteId | undefined): Verdict {
    const { account } = event.room;
    const key = reactionKey(changed.message, changed.emoji, account, changed.person);
    const before = this.known.reactions.get(key);
    const reaction = { ...changed, version: this.#versionAfter(before?.version, changed.version) };
    if (before !== undefined && before.version >= reaction.version) return ignored('stale: a newer change is known');
    this.known.reactions.set(key, reaction);
    if (remote !== undefined) this.known.reactionsByRemote.set(remoteKey(account, remote), reaction);
    this.plan.reactions.push({ ...reaction, account, remote: remote ?? null });
    this.#deliver(event, wiring, reaction.message);
    return { state: 'routed', message: reaction.message };
  }

  #roomChange(event: Extract<BridgeEvent, { kind: 'roomChanged' }>, wiring: Wiring): Verdict {
    const { room, actor, at } = event;
    if (event.change.of === 'history' && wiring.options.clearedHistory === 'delete') {
      const lanes = wiring.others.filter(({ direction }) => direction !== 'out').map(({ portal }) => portal);
      this.plan.cleared.push({
        portal: wiring.own.portal,
        inbox: this.arrival.inbox,
        lanes,
        by: { room, actor, at },
      });
      for (const { portal, delivery, message, remote } of [...this.plan.copies]) {
        if (portal !== wiring.own.portal || delivery !== null) continue;
        this.#setVersion(message, 0n, true);
        const gone = { kind: 'messageDeleted' as const, message: { room, id: remote }, version: '0' };
        this.#deliver({ ...gone, room, actor, at }, wiring, message);
      }
    }
    this.#deliver(event, wiring, null);
    return { state: 'routed', message: null };
  }

  #aboutTarget(event: Extract<BridgeEvent, { kind: 'threadChanged' | 'pinChanged' }>, wiring: Wiring): Verdict {
    const reference = targetOf(event);
    const target = reference === undefined ? undefined : this.known.copies.get(copyKey(reference));
    if (target === undefined) return this.#unknownTarget(event, wiring);
    this.#deliver(event, wiring, target.message);
    return { state: 'routed', message: target.message };
  }

  /** Where the source keeps order the target was never bridged, unless we said it and do not know it yet; elsewhere it may still come. */
  #unknownTarget(event: BridgeEvent, wiring: Wiring): Verdict {
    if (this.arrival.from === 'overdue') return ignored('what it is about never came');
    const target = targetOf(event);
    if (target !== undefined && this.arrival.order === 'kept' && event.kind === 'messageDeleted') {
      // What was said and deleted while we were away comes back without our key: only the lane finds out that it was ours.
      return this.#hold(event, target, this.options.now, 'drop');
    }
    const at = new Date(event.at);
    if (target === undefined || this.arrival.order === 'kept' || at < this.#saidSince(wiring)) {
      return ignored('what it is about was not bridged');
    }
    return this.#hold(event, target, at, 'drop');
  }

  #awaited(event: BridgeEvent, wiring: Wiring): Answer | undefined {
    if (this.arrival.from === 'overdue') return undefined;
    return awaited(answersOf(event, this.options.firstTold), this.known, this.#saidSince(wiring));
  }

  /** What was said before, and is not known, does not come any more. */
  #saidSince({ linkedAt }: Wiring): Date {
    const { now, heldEventsMs } = this.options;
    return new Date(Math.max(linkedAt.getTime(), now.getTime() - heldEventsMs + 1));
  }

  /** Until the target is known, and while it may still come: for a time after `from`. */
  #hold(event: BridgeEvent, target: MessageRef, from: Date, then: 'drop' | 'deliver'): Verdict {
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
  #versionAfter(known: bigint | undefined, given: string | bigint): bigint {
    const version = BigInt(given);
    return this.arrival.isNews === true && known !== undefined && version <= known ? known + 1n : version;
  }

  #stale(message: RowId, version: bigint): Verdict | undefined {
    const now = this.known.messages.get(message);
    if (now === undefined) return undefined;
    if (now.deleted) return ignored('stale: deleted already', message);
    return version <= now.version ? ignored('stale: a newer change is known', message) : undefined;
  }

  #setVersion(message: RowId, version: bigint, deleted: boolean): void {
    this.known.messages.set(message, { version, deleted });
    this.plan.versions.push({ message, version, deleted });
  }

  #changeParked(message: RowId, edit: Extract<BridgeEvent, { kind: 'messageEdited' }>): void {
    for (const { delivery } of this.known.parkedByMessage.get(message) ?? []) {
      this.plan.parked.push({ delivery, change: { event: edit } });
    }
  }

  #addCopy(ref: MessageRef, message: RowId, portal: RowId, part: number, delivery: RowId | null): void {
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

  #deliver(event: BridgeEvent, wiring: Wiring, message: RowId | null): void {
    this.#deliverEach(wiring, message, () => event);
  }

  #deliverEach(wiring: Wiring, message: RowId | null, eventFor: (target: TargetWiring) => BridgeEvent): void {
    for (const target of wiring.others) {
      if (target.direction === 'out') continue;
      this.plan.deliveries.push({
        uuid: this.options.newDeliveryId(),
        lane: target.portal,
        message,
        inbox: this.arrival.inbox,
        event: eventFor(target),
      });
    }
  }
}

/** As many as the poll lets one choose, of those that there are, each once. */
function choicesIn({ choices }: PollVoted, { options, maxVotes }: KnownPoll): number[] {
  const offered = [...new Set(choices)].filter((choice) => choice >= 0 && choice < options);
  return maxVotes === 0 ? offered : offered.slice(0, maxVotes);
}

/** What the bridge knows by itself is told whichever way the words go. */
function isOfTheBridge(event: BridgeEvent): boolean {
  return event.kind === 'roomChanged' && event.change.of === 'reach';
}
