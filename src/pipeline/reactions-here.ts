import type { BridgeEvent } from '../model/bridge-event.js';
import type { Lane, ReactionCopy, WaitingDelivery } from '../model/delivery.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import type { CopyLookup } from './copies-here.js';
import type { Resolved } from './degraded.js';
import { isTold, planReaction, type Reacting, type ReactionPlan } from './shared-reactions.js';

/** For whom the same reaction stands in the lane's room; undefined where that is not to be known. */
export async function standingReactions(
  { event, message }: WaitingDelivery,
  lane: Lane,
  copies: Pick<CopyLookup, 'reactionCopies'>,
): Promise<readonly ReactionCopy[] | undefined> {
  const isReaction = event.kind === 'reactionAdded' || event.kind === 'reactionRemoved';
  if (!isReaction || message === null || event.emoji === undefined) return undefined;
  return copies.reactionCopies(message, lane.id, event.emoji);
}

/** Whether the lane's room can show a reaction, or shows one in words that is taken back. */
export async function reactionHere(
  event: BridgeEvent,
  adapter: Pick<NetworkAdapter, 'hasReaction'>,
  reacted: readonly ReactionCopy[] = [],
  signal: AbortSignal,
): Promise<Pick<Resolved, 'lacksEmoji' | 'told'>> {
  if (event.kind === 'reactionRemoved') return isTold(event, reacted) ? { told: true } : {};
  if (event.kind !== 'reactionAdded' || adapter.hasReaction === undefined) return {};
  return (await adapter.hasReaction(event.emoji, signal)) ? {} : { lacksEmoji: true };
}

/** Pure: as planReaction; whatever is no reaction is sent. */
export function reactionPlan(
  event: BridgeEvent,
  reacted: readonly ReactionCopy[] | undefined,
  reacting: Reacting,
): ReactionPlan {
  const isReaction = event.kind === 'reactionAdded' || event.kind === 'reactionRemoved';
  return isReaction && reacted !== undefined ? planReaction(event, reacted, reacting) : { then: 'send' };
}
