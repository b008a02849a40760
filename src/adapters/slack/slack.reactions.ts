import type { BridgeEvent, ReactionAdded, ReactionRemoved } from '../../model/bridge-event.js';
import { TargetGone } from '../../model/errors.js';
import { remoteId } from '../../model/ids.js';
import type { Deliver, DeliveryRequest } from '../../model/network-adapter.js';
import type { ChatApi } from './api/chat.api.js';
import { notAMessage, unknownEmoji } from './slack.errors.js';
import { tsIn, writingOf } from './slack.deliver.js';
import { emojiName, type SlackTs } from './slack.ids.js';
import type { SlackPeople } from './slack.people.js';
import { reactionName } from './to-slack.js';

/** Reacts with our own app, whoever it was: to the first part, once for each emoji. */
export class ReactionDelivery implements Deliver<'reactionAdded'> {
  readonly repeat = 'harmless';

  constructor(
    private readonly chat: ChatApi,
    private readonly people: Pick<SlackPeople, 'customEmoji'>,
  ) {}

  async send(request: DeliveryRequest<ReactionAdded>, signal: AbortSignal): Promise<void> {
    const { emoji } = request.event;
    const name = reactionName(emoji, await this.people.customEmoji(signal));
    if (name === undefined) throw unknownEmoji(emoji);
    await this.chat.react(request.room, firstOf(request), name, writingOf(request, signal));
    request.onMade({ part: 0, id: remoteId(name) });
  }
}

/** Takes our own reaction back. What is gone already is as it should be. */
export class ReactionRemoval implements Deliver<'reactionRemoved'> {
  readonly repeat = 'harmless';

  constructor(
    private readonly chat: ChatApi,
    private readonly people: Pick<SlackPeople, 'customEmoji'>,
  ) {}

  async send(request: DeliveryRequest<ReactionRemoved>, signal: AbortSignal): Promise<void> {
    const { event, reaction } = request;
    const name =
      reaction === undefined
        ? reactionName(event.emoji ?? '', await this.people.customEmoji(signal))
        : emojiName(reaction.id);
    if (name === undefined) throw unknownEmoji(event.emoji ?? reaction?.id ?? '');
    try {
      await this.chat.unreact(request.room, firstOf(request), name, writingOf(request, signal));
    } catch (error) {
      if (!(error instanceof TargetGone)) throw error;
    }
  }
}

function firstOf({ target }: Pick<DeliveryRequest<BridgeEvent>, 'target'>): SlackTs {
  const [first] = target;
  if (first === undefined) throw notAMessage();
  return tsIn(first);
}
