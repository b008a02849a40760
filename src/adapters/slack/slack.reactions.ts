import type { BridgeEvent, ReactionAdded, ReactionRemoved } from '../../model/bridge-event.js';
import { TargetGone } from '../../model/errors.js';
import { remoteId } from '../../model/ids.js';
import type { Deliver, DeliveryRequest } from '../../model/network-adapter.js';
import type { ChatApi } from './api/chat.api.js';
import { notAMessage, unknownEmoji } from './slack.errors.js';
import { tsIn, writingOf } from './slack.deliver.js';
import { type EmojiName, emojiName, type SlackTs } from './slack.ids.js';
import type { SlackPeople } from './slack.people.js';
import { reactionName } from './to-slack.js';

/** Reacts with our own app, whoever it was: to the first part, once for each emoji. */
export class ReactionDelivery implements Deliver<'reactionAdded'> {
  readonly repeat = 'harmless';

  constructor(
    private readonly chat: ChatApi,
    private readonly people: Pick<SlackPeople, 'toldEmoji'>,
  ) {}

  async send(request: DeliveryRequest<ReactionAdded>, signal: AbortSignal): Promise<void> {
    const { emoji } = request.event;
    const name = await nameOf(emoji, this.people, signal);
    await this.chat.react(request.room, firstOf(request), name, writingOf(request, signal));
    request.onMade({ part: 0, id: remoteId(name) });
  }
}

/** Takes our own reaction back. What is gone already is as it should be. */
export class ReactionRemoval implements Deliver<'reactionRemoved'> {
  readonly repeat = 'harmless';

  constructor(
    private readonly chat: ChatApi,
    private readonly people: Pick<SlackPeople, 'toldEmoji'>,
  ) {}

  async send(request: DeliveryRequest<ReactionRemoved>, signal: AbortSignal): Promise<void> {
    const { event, reaction } = request;
    const name = reaction === undefined ? await nameOf(event.emoji ?? '', this.people, signal) : emojiName(reaction.id);
    if (name === undefined) throw unknownEmoji(reaction?.id ?? '');
    try {
      await this.chat.unreact(request.room, firstOf(request), name, writingOf(request, signal));
    } catch (error) {
      if (!(error instanceof TargetGone)) throw error;
    }
  }
}

/** Throws TargetGone where the workspace has no such emoji, and what is tried again where it cannot be known yet. */
async function nameOf(emoji: string, people: Pick<SlackPeople, 'toldEmoji'>, signal: AbortSignal): Promise<EmojiName> {
  const name = reactionName(emoji, new Set()) ?? reactionName(emoji, await people.toldEmoji(signal));
  if (name === undefined) throw unknownEmoji(emoji);
  return name;
}

/** Whether the workspace has such an emoji. Throws what is tried again where that cannot be known yet. */
export async function isReaction(
  emoji: string,
  people: Pick<SlackPeople, 'toldEmoji'>,
  signal: AbortSignal,
): Promise<boolean> {
  return (reactionName(emoji, new Set()) ?? reactionName(emoji, await people.toldEmoji(signal))) !== undefined;
}

function firstOf({ target }: Pick<DeliveryRequest<BridgeEvent>, 'target'>): SlackTs {
  const [first] = target;
  if (first === undefined) throw notAMessage();
  return tsIn(first);
}
