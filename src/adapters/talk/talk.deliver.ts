import type { MessageDeleted, MessageSent } from '../../model/bridge-event.js';
import { BridgeError, MessageRefused, RoomClosed, TargetGone } from '../../model/errors.js';
import type { Copy, Deliver, DeliveryRequest } from '../../model/network-adapter.js';
import type { TalkClient } from './talk.client.js';
import { readOnlyRoom } from './talk.errors.js';
import { rowIdOf, talkMessageId } from './talk.ids.js';
import { permissionBits } from './talk.payloads.js';
import { relayedTexts } from './to-talk.js';

/** Says in Talk what was said elsewhere: our own account speaks, the person's name stands in the text. */
export class MessageDelivery implements Deliver<'messageSent'> {
  readonly repeat = 'look';

  constructor(
    private readonly client: TalkClient,
    private readonly maxTextChars: () => Promise<number>,
  ) {}

  async send(request: DeliveryRequest<MessageSent>, signal: AbortSignal): Promise<void> {
    const { speaker, event } = request;
    const by = { name: speaker.profile.name || speaker.person.name, networkLabel: speaker.networkLabel };
    const texts = relayedTexts(event, by, await this.maxTextChars());
    const made = new Set(request.made.map((copy) => copy.part));
    for (const [part, text] of texts.entries()) {
      if (!made.has(part)) await this.#post(request, part, text, signal);
    }
  }

  async #post(
    request: DeliveryRequest<MessageSent>,
    part: number,
    message: string,
    signal: AbortSignal,
  ): Promise<void> {
    const key = request.key(part);
    const silent = request.event.attention === 'silent' ? { silent: true } : {};
    const quoted = part === 0 ? quotable(request.replyTo) : undefined;
    const post = (reply: { replyTo?: number }): Promise<number> =>
      this.client.chat.post(
        request.room,
        { message, referenceId: key, ...silent, ...reply },
        () => request.beforeSend(),
        signal,
      );
    const id = await withReason(this.client, request.room, signal, async () => {
      if (quoted === undefined) return post({});
      try {
        return await post({ replyTo: quoted });
      } catch (error) {
        // What it answers was deleted meanwhile: said without it rather than not at all.
        if (!(error instanceof MessageRefused)) throw error;
        return post({});
      }
    });
    request.onMade({ part, id: talkMessageId(id), key });
  }
}

/** Deletes every part. What is gone already is as it should be. */
export class DeletionDelivery implements Deliver<'messageDeleted'> {
  readonly repeat = 'harmless';

  constructor(private readonly client: TalkClient) {}

  async send(request: DeliveryRequest<MessageDeleted>, signal: AbortSignal): Promise<void> {
    for (const copy of request.target) {
      const id = rowIdOf(copy.id);
      if (id === undefined) continue;
      try {
        await withReason(this.client, request.room, signal, () =>
          this.client.chat.delete(request.room, id, () => request.beforeSend(), signal),
        );
      } catch (error) {
        if (!(error instanceof TargetGone)) throw error;
      }
    }
  }
}

function quotable(copy: Copy | undefined): number | undefined {
  return copy === undefined ? undefined : rowIdOf(copy.id);
}

/** A 403 does not say why: the room does. */
async function withReason<T>(
  client: TalkClient,
  token: string,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof RoomClosed && error.reason === 'noPermission' && (await isReadOnly(client, token, signal))) {
      throw readOnlyRoom(error);
    }
    throw error;
  }
}

async function isReadOnly(client: TalkClient, token: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { readOnly, permissions } = await client.rooms.get(token, signal);
    return readOnly === 1 && (permissions & permissionBits.chat) !== 0;
  } catch (error) {
    // The refusal itself stands; only its reason stays unknown.
    if (error instanceof BridgeError) return false;
    throw error;
  }
}
