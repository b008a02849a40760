import type { BridgeEvent, MessageDeleted, MessageEdited, MessageSent } from '../../model/bridge-event.js';
import { MessageRefused, TargetGone } from '../../model/errors.js';
import type { Copy, Deliver, DeliveryRequest, Speaker } from '../../model/network-adapter.js';
import type { TalkClient } from './talk.client.js';
import { rowIdOf, talkMessageId } from './talk.ids.js';
import { withReason } from './talk.rights.js';

/** The texts that our account posts for somebody, in order: one at least. */
export type TextsOf = (said: MessageSent | MessageEdited, speaker: Speaker) => Promise<readonly string[]>;

type Post = Pick<DeliveryRequest<BridgeEvent>, 'room' | 'key' | 'onMade' | 'beforeSend'>;

/** Says in Talk what was said elsewhere: our own account speaks, the person's name stands in the text. */
export class MessageDelivery implements Deliver<'messageSent'> {
  readonly repeat = 'look';

  constructor(
    private readonly client: TalkClient,
    private readonly textsOf: TextsOf,
  ) {}

  async send(request: DeliveryRequest<MessageSent>, signal: AbortSignal): Promise<void> {
    const { event, made, replyTo } = request;
    const texts = await this.textsOf(event, request.speaker);
    for (const [part, text] of texts.entries()) {
      if (made.some((copy) => copy.part === part)) continue;
      const isSilent = event.attention === 'silent' || event.style === 'notice';
      const said = { part, text, isSilent, replyTo: part === 0 ? replyTo : undefined };
      await post(this.client, request, said, signal);
    }
  }
}

/** Changes the parts that are there, posts those that the new words need besides, and deletes those that they do not need. */
export class EditDelivery implements Deliver<'messageEdited'> {
  readonly repeat = 'look';

  constructor(
    private readonly client: TalkClient,
    private readonly textsOf: TextsOf,
  ) {}

  async send(request: DeliveryRequest<MessageEdited>, signal: AbortSignal): Promise<void> {
    const { target, made } = request;
    const texts = await this.textsOf(request.event, request.speaker);
    for (const [part, text] of texts.entries()) {
      if (made.some((copy) => copy.part === part)) continue;
      const copy = target.find((each) => each.part === part);
      if (copy !== undefined) await this.#edit(request, copy, text, signal);
      // It stands at the room's end: the quote tells what it belongs to. An edit notifies nobody.
      else await post(this.client, request, { part, text, isSilent: true, replyTo: target[0] }, signal);
    }
    for (const copy of target) {
      if (copy.part < texts.length) continue;
      await deletePart(this.client, request, copy, signal);
      request.onGone(copy);
    }
  }

  async #edit(request: DeliveryRequest<MessageEdited>, copy: Copy, text: string, signal: AbortSignal): Promise<void> {
    const { room: token } = request;
    const id = rowIdOf(copy.id);
    if (id === undefined) throw new TargetGone('not a message of Talk');
    await withReason({ client: this.client, token, signal, beyondChat: 'edit messages' }, () =>
      this.client.chat.edit(token, id, text, () => request.beforeSend(), signal),
    );
  }
}

/** Deletes every part. What is gone already is as it should be. */
export class DeletionDelivery implements Deliver<'messageDeleted'> {
  readonly repeat = 'harmless';

  constructor(private readonly client: TalkClient) {}

  async send(request: DeliveryRequest<MessageDeleted>, signal: AbortSignal): Promise<void> {
    for (const copy of request.target) await deletePart(this.client, request, copy, signal);
  }
}

interface Said {
  readonly part: number;
  readonly text: string;
  readonly isSilent: boolean;
  readonly replyTo: Copy | undefined;
}

async function post(client: TalkClient, request: Post, said: Said, signal: AbortSignal): Promise<void> {
  const { room: token } = request;
  const { part, text, isSilent } = said;
  const key = request.key(part);
  const quoted = said.replyTo === undefined ? undefined : rowIdOf(said.replyTo.id);
  const attempt = (reply: { replyTo?: number }): Promise<number> =>
    client.chat.post(
      token,
      { message: text, referenceId: key, ...(isSilent ? { silent: true } : {}), ...reply },
      () => request.beforeSend(),
      signal,
    );
  const id = await withReason({ client, token, signal }, async () => {
    if (quoted === undefined) return attempt({});
    try {
      return await attempt({ replyTo: quoted });
    } catch (error) {
      // What it answers was deleted meanwhile: said without it rather than not at all.
      if (!(error instanceof MessageRefused)) throw error;
      return attempt({});
    }
  });
  request.onMade({ part, id: talkMessageId(id), key });
}

/** Throws MessageRefused where it is not ours, and our account no moderator. */
async function deletePart(
  client: TalkClient,
  request: Pick<DeliveryRequest<BridgeEvent>, 'room' | 'beforeSend'>,
  copy: Copy,
  signal: AbortSignal,
): Promise<void> {
  const { room: token } = request;
  const id = rowIdOf(copy.id);
  if (id === undefined) return;
  try {
    await withReason({ client, token, signal, beyondChat: 'delete messages' }, () =>
      client.chat.delete(token, id, () => request.beforeSend(), signal),
    );
  } catch (error) {
    if (!(error instanceof TargetGone)) throw error;
  }
}
