import { oneEmoji } from '../../formatting/emoji.js';
import type { BridgeEvent, ReactionAdded, ReactionRemoved } from '../../model/bridge-event.js';
import { MessageRefused, TargetGone } from '../../model/errors.js';
import { remoteId } from '../../model/ids.js';
import type { Deliver, DeliveryRequest } from '../../model/network-adapter.js';
import type { TalkClient } from './talk.client.js';
import { notOneEmoji, targetDeleted } from './talk.errors.js';
import { rowIdOf } from './talk.ids.js';
import { isDeletedRow } from './talk.payloads.js';
import { withReason } from './talk.rights.js';

const beyondChat = 'react';

/** Reacts with our own account, whoever it was: to the first part, once for each emoji. */
export class ReactionDelivery implements Deliver<'reactionAdded'> {
  readonly repeat = 'harmless';

  constructor(private readonly client: TalkClient) {}

  async send(request: DeliveryRequest<ReactionAdded>, signal: AbortSignal): Promise<void> {
    const { room: token } = request;
    const { client } = this;
    const emoji = oneEmoji(request.event.emoji);
    if (emoji === undefined) throw notOneEmoji();
    const id = firstRow(request);
    try {
      await withReason({ client, token, signal, beyondChat }, () =>
        client.reactions.add(token, id, emoji, () => request.beforeSend(), signal),
      );
    } catch (error) {
      throw error instanceof MessageRefused ? await this.#reasonOf(error, token, id, signal) : error;
    }
    request.onMade({ part: 0, id: remoteId(emoji) });
  }

  /** The answer is the same for what is no emoji and for a message that was deleted. */
  async #reasonOf(refusal: MessageRefused, token: string, id: number, signal: AbortSignal): Promise<Error> {
    const row = await this.client.chat.get(token, id, signal);
    return row === undefined || isDeletedRow(row) ? targetDeleted(refusal) : refusal;
  }
}

/** Takes our own reaction back. What is gone already is as it should be. */
export class ReactionRemoval implements Deliver<'reactionRemoved'> {
  readonly repeat = 'harmless';

  constructor(private readonly client: TalkClient) {}

  async send(request: DeliveryRequest<ReactionRemoved>, signal: AbortSignal): Promise<void> {
    const { room: token, event, reaction } = request;
    const { client } = this;
    const emoji = reaction?.id ?? (event.emoji === undefined ? undefined : oneEmoji(event.emoji));
    if (emoji === undefined) throw notOneEmoji();
    const id = firstRow(request);
    try {
      await withReason({ client, token, signal, beyondChat }, () =>
        client.reactions.remove(token, id, emoji, () => request.beforeSend(), signal),
      );
    } catch (error) {
      if (!(error instanceof TargetGone)) throw error;
    }
  }
}

function firstRow({ target }: Pick<DeliveryRequest<BridgeEvent>, 'target'>): number {
  const [first] = target;
  const id = first === undefined ? undefined : rowIdOf(first.id);
  if (id === undefined) throw new TargetGone('not a message of Talk');
  return id;
}
