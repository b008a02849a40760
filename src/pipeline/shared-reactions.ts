import type { EventOf } from '../model/bridge-event.js';
import type { ReactionCopy } from '../model/delivery.js';
import type { Copy } from '../model/network-adapter.js';

/** `send`: with what it was made as, where that is known. `shown`: the room shows it already, by what stands there for others. */
export type ReactionPlan =
  | { readonly then: 'send'; readonly made?: Copy }
  | { readonly then: 'shown'; readonly made?: Copy }
  | { readonly then: 'skip'; readonly reason: string };

/** `shared`: who speaks for the person in the room speaks for others too. `told`: the room has no such emoji, and it is said in words. */
export type Reacting = 'shared' | 'alone' | 'told';

type Reaction = EventOf<'reactionAdded' | 'reactionRemoved'>;

/**
 * Pure: one account may stand for many people: it adds a reaction with the first of them, and takes it back with the last. What is
 * said in words is each person's own. `standing`: for whom the same reaction stands in the room.
 */
export function planReaction(event: Reaction, standing: readonly ReactionCopy[], reacting: Reacting): ReactionPlan {
  const own = ownOf(event, standing);
  const others = standing.filter((copy) => copy !== own && !copy.told);
  if (event.kind === 'reactionAdded') {
    const [other] = others;
    if (reacting === 'told') return own?.told === true ? { then: 'shown', ...madeAs(own) } : { then: 'send' };
    return reacting === 'shared' && other !== undefined ? { then: 'shown', ...madeAs(other) } : { then: 'send' };
  }
  if (own === undefined) return { then: 'skip', reason: 'the room does not show it' };
  if (own.told) return own.remote === null ? { then: 'skip', reason: 'what told of it is gone' } : sent(own);
  // As whom it was made decides: who speaks now may be another. Who was not let in is stood for by the account, as others are.
  const stays = others.some(({ remote }) =>
    own.remote === null || remote === null ? reacting === 'shared' : remote === own.remote,
  );
  return stays ? { then: 'shown' } : sent(own);
}

/** Pure: whether what is taken back is said in words in the room. */
export function isTold(event: Reaction, standing: readonly ReactionCopy[]): boolean {
  return ownOf(event, standing)?.told === true;
}

function ownOf({ actor }: Reaction, standing: readonly ReactionCopy[]): ReactionCopy | undefined {
  return standing.find(({ account, person }) => account === actor.account && person === actor.id);
}

function sent(own: ReactionCopy): ReactionPlan {
  return { then: 'send', ...madeAs(own) };
}

function madeAs({ remote }: ReactionCopy): { readonly made?: Copy } {
  return remote === null ? {} : { made: { part: 0, id: remote } };
}
