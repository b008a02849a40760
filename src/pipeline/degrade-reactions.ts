import { oneEmoji } from '../formatting/emoji.js';
import type { ReactionAdded, ReactionRemoved } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import { asItIs, type Degraded, noticeLine, type Resolved } from './degraded.js';

export function reaction(
  event: ReactionAdded | ReactionRemoved,
  { reactions }: Capabilities,
  resolved: Resolved,
): Degraded {
  if (event.kind === 'reactionRemoved' && resolved.told === true) return toldTakenBack(event, resolved);
  if (reactions === 'none') return { skip: 'the room has no reactions' };
  const { emoji = '' } = event;
  const isTaken = reactions === 'any' || oneEmoji(emoji) !== undefined;
  if (isTaken && resolved.lacksEmoji !== true) return asItIs(event, resolved);
  if (event.kind === 'reactionAdded' && resolved.options.otherReactions === 'reply')
    return toldReaction(event, resolved);
  return { skip: isTaken ? 'the room has no such emoji' : 'the room takes emoji only as reactions' };
}

/** Each person says it for himself: the name in the answer tells who. */
function toldReaction(event: ReactionAdded, resolved: Resolved): Degraded {
  const { emoji, message: replyTo } = event;
  const said = noticeLine(event, [{ type: 'paragraph', content: [{ type: 'text', text: emoji }] }]);
  return asItIs({ ...said, style: 'text', replyTo }, resolved);
}

function toldTakenBack({ room, actor, at, message, version }: ReactionRemoved, resolved: Resolved): Degraded {
  return asItIs({ kind: 'messageDeleted', room, actor, at, message, version }, resolved);
}
