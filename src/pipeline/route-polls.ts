import type { MessageDeleted, MessageEdited, PollClosed, PollCounted, PollVoted } from '../model/bridge-event.js';
import { accountId } from '../model/ids.js';
import type { PollWords } from '../model/poll.js';
import {
  copyKey,
  type KnownBallot,
  type KnownCopy,
  type KnownPoll,
  remoteKey,
  type RowId,
  voterKey,
  type Wiring,
} from '../model/routing.js';
import { ignored, type ArrivalRoute, type Verdict } from './arrival-route.js';
import { askedOtherwise } from './polls.js';

/** What becomes of votes, and of what is told of how a poll stands. */
export class PollRoutes {
  /** By message, with what changed it last. */
  readonly #changed = new Map<RowId, { event: PollVoted | PollCounted | PollClosed | MessageEdited; wiring: Wiring }>();

  constructor(private readonly on: ArrivalRoute) {}

  about(event: PollVoted | PollCounted | PollClosed, wiring: Wiring): Verdict {
    const target = this.on.known.copies.get(copyKey(event.message));
    if (target === undefined) return this.on.unknownTarget(event, wiring);
    const { message } = target;
    const poll = this.on.known.polls.get(message);
    if (poll === undefined) return ignored('what it is about is no poll', message);
    if (this.on.known.messages.get(message)?.deleted === true) return ignored('stale: deleted already', message);
    const isOver = poll.state === 'closed';
    if (isOver && (event.kind === 'pollClosed' || event.atEnd !== true)) {
      return ignored('stale: the poll is over', message);
    }
    if (event.kind === 'pollClosed') {
      this.on.known.polls.set(message, { ...poll, state: 'closed' });
      this.on.plan.closedPolls.push(message);
      this.on.deliver(event, wiring, message);
      return this.#pollChanged(event, wiring, message);
    }
    const { portal } = wiring.own;
    const by =
      event.kind === 'pollVoted' ? voterKey(event.actor.account, event.actor.id) : voterKey(accountId(''), portal);
    const before = poll.versions.get(by);
    const version = this.on.versionAfter(before, event.version);
    const isStale = before !== undefined && version <= before;
    // What is read again may have been taken away since; what comes late counts when the newer one is.
    if (event.kind === 'pollVoted' && !(isStale && this.on.arrival.from === 'replay')) {
      this.#noteBallot(event, message, choicesIn(event, poll), version);
    }
    if (isStale) return ignored('stale: a newer change is known', message);
    this.on.known.polls.set(message, { ...poll, versions: new Map([...poll.versions, [by, version]]) });
    if (event.kind === 'pollVoted') {
      const { account, id: person } = event.actor;
      const choices = choicesIn(event, poll);
      this.on.plan.pollVotes.push({ message, account, person, portal, choices, version });
      // What is told after the end is told under the poll: nobody casts it any more.
      if (!isOver) this.on.deliver({ ...event, choices }, wiring, message);
    } else if (event.counted !== undefined) {
      this.on.plan.pollCounts.push({ message, portal, ...event.counted, version });
    }
    return this.#pollChanged(event, wiring, message);
  }

  #noteBallot({ row, actor, message: poll }: PollVoted, message: RowId, choices: number[], version: bigint): void {
    if (row === undefined) return;
    this.#setBallot({
      account: actor.account,
      remote: row,
      message,
      poll: poll.id,
      person: actor.id,
      choices,
      version,
    });
  }

  #setBallot(ballot: KnownBallot): void {
    this.on.known.ballots.set(remoteKey(ballot.account, ballot.remote), ballot);
    this.on.plan.ballots.push(ballot);
  }

  /** A vote is as if it had never been: what its person voted before counts again. Source: MSC3381. */
  takeAway(ballot: KnownBallot, event: MessageDeleted, wiring: Wiring): Verdict {
    const { account, remote, message, person } = ballot;
    const poll = this.on.known.polls.get(message);
    if (poll === undefined) return ignored('what it is about is no poll', message);
    if (this.on.known.messages.get(message)?.deleted === true) return ignored('stale: deleted already', message);
    this.on.known.ballots.delete(remoteKey(account, remote));
    this.on.plan.ballotsGone.push({ account, remote });
    const by = voterKey(account, person);
    if (poll.versions.get(by) !== ballot.version) return ignored('another vote of the same person counts', message);
    const given = BigInt(event.version);
    const version = given > ballot.version ? given : ballot.version + 1n;
    const before = this.#newestBallot(ballot);
    if (before !== undefined) this.#setBallot({ ...before, version });
    const choices = before?.choices ?? [];
    this.on.known.polls.set(message, { ...poll, versions: new Map([...poll.versions, [by, version]]) });
    this.on.plan.pollVotes.push({ message, account, person, portal: wiring.own.portal, choices, version });
    const { room, at } = event;
    const voted: PollVoted = {
      kind: 'pollVoted',
      room,
      // A moderator may take it away; it is the person's all the same, whose name is looked up where it is shown.
      actor: event.actor.id === person ? event.actor : { account, id: person, name: '', standing: 'person' },
      at,
      message: { room, id: ballot.poll },
      choices,
      version: version.toString(),
    };
    if (poll.state === 'open') this.on.deliver(voted, wiring, message);
    return this.#pollChanged(voted, wiring, message);
  }

  #newestBallot({ message, account, person }: KnownBallot): KnownBallot | undefined {
    return [...this.on.known.ballots.values()]
      .filter((each) => each.message === message && each.account === account && each.person === person)
      .reduce<KnownBallot | undefined>(
        (newest, each) => (newest === undefined || each.version > newest.version ? each : newest),
        undefined,
      );
  }

  /** What is told of it. */
  askOtherwise(event: MessageEdited, now: PollWords, wiring: Wiring, { message }: KnownCopy): MessageEdited | Verdict {
    const poll = this.on.known.polls.get(message);
    if (poll === undefined) return ignored('what it is about is no poll', message);
    const asks = askedOtherwise(now, poll.options);
    if (asks.kept === undefined) {
      this.on.plan.askedOtherwise.push({ message, ...asks });
      this.#changed.set(message, { event, wiring });
    }
    return { ...event, asks };
  }

  #pollChanged(event: PollVoted | PollCounted | PollClosed, wiring: Wiring, message: RowId): Verdict {
    this.#changed.set(message, { event, wiring });
    return { state: 'routed', message };
  }

  /** Every room shows how its polls stand, that of the votes too where it does not count them itself: once for each payload. */
  tellChanged(): void {
    for (const [message, { event, wiring }] of this.#changed) {
      const { room, actor, at, version } = event;
      const changed: PollCounted = { kind: 'pollCounted', room, actor, at, message: event.message, version };
      const own = wiring.own.shard === null ? [] : [wiring.own];
      for (const { portal, direction } of [...wiring.others, ...own]) {
        if (direction === 'out') continue;
        this.on.plan.deliveries.push({
          uuid: this.on.options.newDeliveryId(),
          lane: portal,
          message,
          inbox: this.on.arrival.inbox,
          event: changed,
        });
      }
    }
  }
}

/** As many as the poll lets one choose, of those that there are, each once. */
function choicesIn({ choices }: PollVoted, { options, maxVotes }: KnownPoll): number[] {
  const offered = [...new Set(choices)].filter((choice) => choice >= 0 && choice < options);
  return maxVotes === 0 ? offered : offered.slice(0, maxVotes);
}
