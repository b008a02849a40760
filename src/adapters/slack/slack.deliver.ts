import type { BridgeEvent, MessageDeleted, MessageEdited, MessageSent } from '../../model/bridge-event.js';
import { TargetGone } from '../../model/errors.js';
import { type FileRef, type RemoteId, remoteId, type RoomId } from '../../model/ids.js';
import type { Copy, Deliver, DeliveryRequest, Speaker } from '../../model/network-adapter.js';
import type { ChatApi, PostPlace } from './api/chat.api.js';
import type { Writing } from './slack.client.js';
import { notAMessage } from './slack.errors.js';
import { type SlackTs, tsOf } from './slack.ids.js';
import type { SlackMessages } from './slack.messages.js';
import type { PostPace } from './slack.pace.js';
import { type Said, type SlackText, usernameOf } from './to-slack.js';

export interface WriterParts {
  readonly chat: ChatApi;
  readonly messages: SlackMessages;
  readonly pace: PostPace;
  /** The messages that show what was said, in order: one at least. */
  textsOf(said: Said, speaker: Speaker, signal: AbortSignal): Promise<readonly SlackText[]>;
  /** Where everybody sees the picture; undefined where we have no public address. */
  addressOf(picture: FileRef, version: string): string | undefined;
}

type Request = DeliveryRequest<BridgeEvent>;
type Post = Pick<Request, 'room' | 'speaker' | 'key' | 'onMade' | 'beforeSend'>;
/** Where in the channel a message stands. */
type Where = Pick<PostPlace, 'thread' | 'isBroadcast'>;

/** Posts, changes and deletes messages, each post in its channel's turn. */
export class SlackWriter {
  constructor(readonly parts: WriterParts) {}

  async post(request: Post, part: number, text: SlackText, where: Where, signal: AbortSignal): Promise<void> {
    const { chat, pace, messages } = this.parts;
    const { room: channel, speaker } = request;
    const key = request.key(part);
    await pace.turn(channel, signal);
    const place = { channel, username: usernameOf(speaker), iconUrl: this.#iconOf(speaker), ...where };
    const ts = await chat.post(place, text, key, writingOf(request, signal));
    messages.noteRoot(channel, ts, where.thread);
    request.onMade({ part, id: remoteId(ts), key });
  }

  async update(request: Request, copy: Copy, text: SlackText, signal: AbortSignal): Promise<void> {
    const { room: channel } = request;
    await this.parts.chat.update(channel, tsIn(copy), text, request.key(copy.part), writingOf(request, signal));
  }

  /** What is gone already is as it should be. */
  async delete(request: Pick<Request, 'room' | 'beforeSend'>, copy: Copy, signal: AbortSignal): Promise<void> {
    const ts = tsOf(copy.id);
    if (ts === undefined) return;
    try {
      await this.parts.chat.delete(request.room, ts, writingOf(request, signal));
    } catch (error) {
      if (!(error instanceof TargetGone)) throw error;
    }
  }

  /**
   * What answers a message stands in its thread and, unless it was said in a thread, in the channel too: people there follow
   * the channel, and who answered on another network did not step aside.
   */
  async where(
    { room, thread, replyTo }: Pick<Request, 'room' | 'thread' | 'replyTo'>,
    signal: AbortSignal,
  ): Promise<Where> {
    const root = await this.#rootOf(room, thread ?? replyTo, signal);
    if (root === undefined) return {};
    return thread === undefined ? { thread: root, isBroadcast: true } : { thread: root };
  }

  async #rootOf(room: RoomId, answered: Copy | undefined, signal: AbortSignal): Promise<SlackTs | undefined> {
    return answered === undefined ? undefined : this.parts.messages.rootOf(room, answered.id, signal);
  }

  #iconOf({ as, profile: { avatar } }: Speaker): string | undefined {
    return as === 'bridge' || avatar === undefined ? undefined : this.parts.addressOf(avatar.file, avatar.version);
  }
}

/** Says in Slack what was said elsewhere: our own app speaks, under the person's name. */
export class MessageDelivery implements Deliver<'messageSent'> {
  readonly repeat = 'look';

  constructor(private readonly writer: SlackWriter) {}

  async send(request: DeliveryRequest<MessageSent>, signal: AbortSignal): Promise<void> {
    const { event, made, speaker } = request;
    const texts = await this.writer.parts.textsOf(event, speaker, signal);
    const where = await this.writer.where(request, signal);
    for (const [part, text] of texts.entries()) {
      if (made.some((copy) => copy.part === part)) continue;
      await this.writer.post(request, part, text, where, signal);
    }
  }
}

/** Changes the parts that are there, posts those that the new words need besides, and deletes those that they do not need. */
export class EditDelivery implements Deliver<'messageEdited'> {
  readonly repeat = 'look';

  constructor(private readonly writer: SlackWriter) {}

  async send(request: DeliveryRequest<MessageEdited>, signal: AbortSignal): Promise<void> {
    const { event, target, made, room } = request;
    const said = { ...event, attention: 'silent' } as const;
    const texts = await this.writer.parts.textsOf(said, request.speaker, signal);
    for (const [part, text] of texts.entries()) {
      if (made.some((copy) => copy.part === part)) continue;
      const copy = target.find((each) => each.part === part);
      if (copy !== undefined) await this.writer.update(request, copy, text, signal);
      else await this.writer.post(request, part, text, await this.#besides(room, target[0], signal), signal);
    }
    for (const copy of target) {
      if (copy.part < texts.length) continue;
      await this.writer.delete(request, copy, signal);
      request.onGone(copy);
    }
  }

  /** What an edit adds stands in the thread of the message, if that is in one. */
  async #besides(room: RoomId, first: Copy | undefined, signal: AbortSignal): Promise<Where> {
    if (first === undefined) return {};
    const root = await this.writer.parts.messages.rootOf(room, first.id, signal);
    return root === undefined || root === tsOf(first.id) ? {} : { thread: root };
  }
}

/** Deletes every part. */
export class DeletionDelivery implements Deliver<'messageDeleted'> {
  readonly repeat = 'harmless';

  constructor(private readonly writer: SlackWriter) {}

  async send(request: DeliveryRequest<MessageDeleted>, signal: AbortSignal): Promise<void> {
    for (const copy of request.target) await this.writer.delete(request, copy, signal);
  }
}

export function tsIn({ id }: { readonly id: RemoteId }): SlackTs {
  const ts = tsOf(id);
  if (ts === undefined) throw notAMessage();
  return ts;
}

export function writingOf(request: Pick<Request, 'beforeSend'>, signal: AbortSignal): Writing {
  return {
    signal,
    beforeSend: () => {
      request.beforeSend();
    },
  };
}
