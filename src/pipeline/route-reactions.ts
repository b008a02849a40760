import type { BridgeEvent } from '../model/bridge-event.js';
import { type RemoteId, userId } from '../model/ids.js';
import { copyKey, type KnownReaction, reactionKey, remoteKey, type Wiring } from '../model/routing.js';
import { ignored, type ArrivalRoute, type Verdict } from './arrival-route.js';

/** What becomes of reactions, each of which is one person's. */
export class ReactionRoutes {
  constructor(private readonly on: ArrivalRoute) {}

  about(event: Extract<BridgeEvent, { kind: 'reactionAdded' | 'reactionRemoved' }>, wiring: Wiring): Verdict {
    const version = BigInt(event.version);
    if (event.kind === 'reactionRemoved' && event.emoji === undefined) {
      const reaction =
        event.row === undefined
          ? undefined
          : this.on.known.reactionsByRemote.get(remoteKey(event.room.account, event.row));
      return reaction === undefined
        ? ignored('the reaction that it takes back is not known')
        : this.remove(event, wiring, reaction, version, event.row);
    }
    const target = this.on.known.copies.get(copyKey(event.message));
    if (target === undefined) return this.on.unknownTarget(event, wiring);
    if (this.on.known.messages.get(target.message)?.deleted === true) return ignored('stale: deleted already');
    const reaction: KnownReaction = {
      message: target.message,
      emoji: event.emoji ?? '',
      person: event.actor.id,
      state: event.kind === 'reactionAdded' ? 'added' : 'removed',
      version,
    };
    return this.#setReaction(event, wiring, reaction, event.row);
  }

  remove(
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
    const before = this.on.known.reactions.get(key);
    const reaction = { ...changed, version: this.on.versionAfter(before?.version, changed.version) };
    if (before !== undefined && before.version >= reaction.version) return ignored('stale: a newer change is known');
    this.on.known.reactions.set(key, reaction);
    if (remote !== undefined) this.on.known.reactionsByRemote.set(remoteKey(account, remote), reaction);
    this.on.plan.reactions.push({ ...reaction, account, remote: remote ?? null });
    this.on.deliver(event, wiring, reaction.message);
    return { state: 'routed', message: reaction.message };
  }
}
