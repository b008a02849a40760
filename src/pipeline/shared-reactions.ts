import type { EventOf } from '../model/bridge-event.js';
import type { ReactionCopy } from '../model/delivery.js';
import type { Copy } from '../model/network-adapter.js';

/** `send`: with what it was made as, where that is known. `shown`: the room shows it already, by what stands there for others. */
export type ReactionPlan =
  | { readonly then: 'send'; readonly made?: Copy }
  | { readonly then: 'shown'; readonly made?: Copy }
  | { readonly then: 'skip'; readonly reason: string };

/**
 * Pure: one account may stand for many people: it adds a reaction with the first of them, and takes it back with the last.
 * `standing`: for whom the same reaction stands in the room. `isShared`: who speaks for the person there speaks for others too.
 */
export function planReaction(
  event: EventOf<'reactionAdded' | 'reactionRemoved'>,
  standing: readonly ReactionCopy[],
  isShared: boolean,
): ReactionPlan {
  const isOwn = ({ account, person }: ReactionCopy): boolean =>
    account === event.actor.account && person === event.actor.id;
  const own = standing.find(isOwn);
  const others = standing.filter((copy) => !isOwn(copy));
  if (event.kind === 'reactionAdded') {
    const [other] = others;
    return isShared && other !== undefined ? { then: 'shown', ...madeAs(other) } : { then: 'send' };
  }
  if (own === undefined) return { then: 'skip', reason: 'the room does not show it' };
  // As whom it was made decides: who speaks now may be another. Who was not let in is stood for by the account, as others are.
  const stays = others.some(({ remote }) =>
    own.remote === null || remote === null ? isShared : remote === own.remote,
  );
  return stays ? { then: 'shown' } : { then: 'send', ...madeAs(own) };
}

function madeAs({ remote }: ReactionCopy): { readonly made?: Copy } {
  return remote === null ? {} : { made: { part: 0, id: remote } };
}
