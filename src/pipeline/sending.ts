import type { BridgeEvent, MessageSent } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import type { Lane, ReactionCopy, WaitingDelivery } from '../model/delivery.js';
import type { Copy, Speaker } from '../model/network-adapter.js';
import { firstPartOf } from './line-parts.js';
import { begunPoll } from './poll-deliveries.js';
import type { Prepared } from './prepared.js';
import { reactionPlan } from './reactions-here.js';
import type { ShownChange } from './shown-change.js';

/** A delivery, and what was found out about it. */
export interface Sending {
  readonly delivery: WaitingDelivery;
  readonly lane: Lane;
  /** As it happened. */
  readonly event: BridgeEvent;
  /** As the room is told of it. */
  readonly said: BridgeEvent;
  /** The same as a line, where the room turns out to have no other way. */
  readonly inLine: MessageSent | undefined;
  readonly speaker: Speaker;
  readonly capabilities: Capabilities;
  readonly change: ShownChange;
  /** What it answers there, and its thread's first message. */
  readonly replyTo: Copy | undefined;
  readonly thread: Copy | undefined;
  readonly reacted: readonly ReactionCopy[] | undefined;
}

/** Pure: what is sent for a delivery. */
export function sendingOf(sending: Sending): Prepared {
  const { delivery, lane, event, said, inLine, speaker, capabilities, change, thread, reacted } = sending;
  const { maxFileBytes } = capabilities;
  const isToldReaction = event.kind === 'reactionAdded' && said.kind === 'messageSent';
  const isShared = speaker.as === 'relay' || speaker.as === 'bridged';
  const reaction = reactionPlan(event, reacted, isToldReaction ? 'told' : isShared ? 'shared' : 'alone');
  if (reaction.then === 'skip') return { skip: reaction.reason };
  if (reaction.then === 'shown') return { shown: reaction.made };
  const answered = answeredBy(sending);
  const [first] = change.target;
  const common = { delivery: delivery.uuid, room: lane.room, speaker, maxFileBytes };
  // A line that tells of it changes nothing of what is shown.
  const isLine = event.kind === 'threadChanged' && said.kind === 'messageSent';
  return {
    send: {
      ...common,
      event: said,
      target: targetFor(said, event, change.target, reaction.made),
      firstPart: firstPartOf(said, event),
      ...(change.lost === undefined ? {} : { lost: change.lost }),
      ...(inLine === undefined ? {} : { inLine }),
      ...(said.kind === 'pollStarted' ? { poll: begunPoll(said) } : {}),
      ...(reaction.made === undefined || said.kind !== event.kind ? {} : { reaction: reaction.made }),
      ...(answered === undefined ? {} : { replyTo: answered }),
      ...(thread === undefined || capabilities.threads === 'none' ? {} : { thread }),
    },
    hash: isLine ? null : change.hash,
    outdated: change.outdated,
    added: change.added.map((message) => ({
      ...common,
      ...message,
      target: first === undefined ? [] : [first],
      ...(first === undefined ? {} : { replyTo: first }),
    })),
  };
}

/** What stands in the room that the message answers: where it tells of something there, that. */
function answeredBy({ event, said, inLine, change, replyTo, thread }: Sending): Copy | undefined {
  const isAbout = event.kind === 'messageEdited' || event.kind === 'reactionAdded';
  if (event.kind === 'pinChanged' || (isAbout && said.kind === 'messageSent')) return change.target.at(0);
  const words = said.kind === 'pollStarted' ? inLine : said;
  return words?.kind === 'messageSent' && words.replyTo !== undefined ? (replyTo ?? thread) : undefined;
}

/** What is to be changed in the room: a reaction that is said in words is a message of its own. */
function targetFor(
  said: BridgeEvent,
  event: BridgeEvent,
  target: readonly Copy[],
  told: Copy | undefined,
): readonly Copy[] {
  if (said.kind === 'messageSent') return [];
  const isOfReaction = said.kind === 'messageDeleted' && event.kind === 'reactionRemoved';
  return isOfReaction && told !== undefined ? [told] : target;
}
