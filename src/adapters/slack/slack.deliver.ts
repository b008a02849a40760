import type { BridgeEvent, MessageDeleted, MessageEdited, MessageSent } from '../../model/bridge-event.js';
import { fileLine } from '../../formatting/named-files.js';
import { FileGone, MessageRefused, TargetGone } from '../../model/errors.js';
import { firstFileLine, firstFilePart, isTextFile, lineAfter, textFilePart } from '../../model/file-parts.js';
import type { RichText } from '../../model/rich-text.js';
import type { FilesApi } from './api/files.api.js';
import { readMessage } from './slack.payloads.js';
import { type FileRef, type RemoteId, remoteId, type RoomId } from '../../model/ids.js';
import type { Copy, Deliver, DeliveryRequest, Speaker } from '../../model/network-adapter.js';
import type { ChatApi, PostPlace } from './api/chat.api.js';
import type { Writing } from './slack.client.js';
import { notAMessage } from './slack.errors.js';
import { type SlackTs, tsOf } from './slack.ids.js';
import { lostIn, togetherIn } from './slack.lost-files.js';
import type { SlackMessages } from './slack.messages.js';
import type { PostPace } from './slack.pace.js';
import { type Said, type SlackPlace, type SlackText, usernameOf } from './to-slack.js';

export interface WriterParts {
  readonly chat: ChatApi;
  readonly messages: SlackMessages;
  readonly pace: PostPace;
  /** The messages that show what was said, in order: one at least. */
  textsOf(said: Said, speaker: Speaker, signal: AbortSignal, name?: SlackPlace['name']): Promise<readonly SlackText[]>;
  readonly files: FilesApi;
  /** Where everybody sees the picture; undefined where we have no public address. */
  addressOf(picture: FileRef, version: string): string | undefined;
}

interface Uploaded {
  readonly ids: string[];
  readonly names: FileRef[];
  /** What is told in the place of the others. */
  readonly lines: { readonly place: number; readonly body: RichText }[];
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

  /** Shows uploaded files. Slack knows no other name there than our app's: the person's stands in the text. */
  async share(
    request: Post,
    part: number,
    ids: readonly string[],
    text: SlackText,
    where: Where,
    signal: AbortSignal,
  ): Promise<void> {
    const { files, pace, messages } = this.parts;
    const { room: channel } = request;
    const key = request.key(part);
    await pace.turn(channel, signal);
    const ts = await files.share(ids, { channel, thread: where.thread }, text, key, writingOf(request, signal));
    messages.noteRoot(channel, ts, where.thread);
    request.onMade({ part, id: remoteId(ts), key });
  }

  /** What stands with files. */
  textsOfFiles(said: Said, speaker: Speaker, signal: AbortSignal): Promise<readonly SlackText[]> {
    return this.parts.textsOf(said, speaker, signal, 'inText');
  }

  /** The files that a message shows; those of somebody else are not ours to delete. */
  async filesIn(channel: RoomId, copy: Copy, signal: AbortSignal): Promise<readonly string[]> {
    const ts = tsOf(copy.id);
    const found = ts === undefined ? undefined : await this.parts.messages.find(channel, ts, signal);
    return found === undefined ? [] : (readMessage(found).files ?? []).map(({ id }) => id);
  }

  async update(request: Request, copy: Copy, text: SlackText, signal: AbortSignal): Promise<void> {
    const { room: channel } = request;
    await this.parts.chat.update(channel, tsIn(copy), text, request.key(copy.part), writingOf(request, signal));
  }

  /** With the files that it shows, as far as they are ours. */
  async deleteShown(request: Pick<Request, 'room' | 'beforeSend'>, copy: Copy, signal: AbortSignal): Promise<void> {
    const { part } = copy;
    const mayShow = part === 0 || (part >= firstFilePart && part < firstFileLine) || isTextFile(copy);
    for (const file of mayShow ? await this.filesIn(request.room, copy, signal) : []) {
      await this.parts.files.delete(file, 'left', writingOf(request, signal));
    }
    await this.delete(request, copy, signal);
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
    const { event } = request;
    const where = await this.writer.where(request, signal);
    const files = event.files.filter(({ text }) => text === undefined);
    await this.#say({ ...request, event: { ...event, files } }, where, signal);
    const text = event.files.find((file) => file.text !== undefined);
    if (text !== undefined) await this.#showText({ ...request, event: { ...event, files: [text] } }, where, signal);
  }

  /** The file of a long text stands alone: an edit replaces it. */
  async #showText(request: DeliveryRequest<MessageSent>, where: Where, signal: AbortSignal): Promise<void> {
    const { event, made, speaker } = request;
    const part = textFilePart;
    if (made.some((copy) => copy.part === part)) return;
    const { ids, names, lines } = await this.#upload(request, signal);
    for (const { body } of lines) {
      const [line] = await this.writer.parts.textsOf({ ...event, body, files: [] }, speaker, signal);
      if (line !== undefined) await this.writer.post(request, part, line, where, signal);
    }
    const [named] = await this.writer.textsOfFiles({ ...event, body: [], files: names }, speaker, signal);
    if (ids.length > 0 && named !== undefined) await this.writer.share(request, part, ids, named, where, signal);
  }

  async #say(request: DeliveryRequest<MessageSent>, where: Where, signal: AbortSignal): Promise<void> {
    const { event, made, speaker } = request;
    const { files } = event;
    const isWordless = event.body.length === 0 && files.length > 0;
    const words = { ...event, files: [] };
    const texts = isWordless ? [] : await this.writer.parts.textsOf(words, speaker, signal);
    const caption = files.length === 0 || isWordless ? [] : await this.writer.textsOfFiles(words, speaker, signal);
    // Words of one message stand with the files, which Slack shows all together.
    const isTogether = files.length > 0 && caption.length <= 1 && texts.length <= 1;
    const isMade = (part: number): boolean => made.some((copy) => copy.part === part);
    const post = async (part: number, text: SlackText | undefined): Promise<void> => {
      if (text !== undefined && !isMade(part)) await this.writer.post(request, part, text, where, signal);
    };
    if (!isTogether) for (const [part, text] of texts.entries()) await post(part, text);
    const part = isTogether ? 0 : firstFilePart;
    if (files.length === 0 || isMade(part)) return;
    const { ids, names, lines } = await this.#upload(request, signal);
    for (const { place, body } of lines) {
      const [text] = await this.writer.parts.textsOf({ ...words, body }, speaker, signal);
      const isAllThereIs = ids.length === 0 && texts.length === 0 && place === 0;
      await post(isAllThereIs ? part : firstFileLine + place, text);
    }
    if (ids.length > 0) {
      const [named] = await this.writer.textsOfFiles({ ...event, body: [], files: names }, speaker, signal);
      const text = isTogether ? (caption[0] ?? named) : named;
      if (text !== undefined) await this.writer.share(request, part, ids, text, where, signal);
    } else if (isTogether) {
      await post(part, texts[0]);
    }
  }

  /** Uploads what can be had and is taken; of anything else a line tells. */
  async #upload(request: DeliveryRequest<MessageSent>, signal: AbortSignal): Promise<Uploaded> {
    const uploaded: Uploaded = { ids: [], names: [], lines: [] };
    for (const [place, file] of request.event.files.entries()) {
      if (file.instead !== undefined) {
        uploaded.lines.push({ place, body: fileLine(file, file.instead) });
        continue;
      }
      try {
        const opened = await request.openFile(file, signal);
        uploaded.ids.push(await this.writer.parts.files.upload(opened, writingOf(request, signal)));
        uploaded.names.push(file);
      } catch (error) {
        if (!(error instanceof FileGone || error instanceof MessageRefused)) throw error;
        uploaded.lines.push({ place, body: fileLine(file, lineAfter(error, file)) });
      }
    }
    return uploaded;
  }
}

/** Changes the parts that are there, posts those that the new words need besides, and deletes those that they do not need. */
export class EditDelivery implements Deliver<'messageEdited'> {
  readonly repeat = 'look';

  constructor(private readonly writer: SlackWriter) {}

  async send(request: DeliveryRequest<MessageEdited>, signal: AbortSignal): Promise<void> {
    const { event, target, made, room } = request;
    const { files = [], body } = event;
    if (await this.#withdraw(request, signal)) return;
    const said = { ...event, attention: 'silent', files: body.length === 0 ? files : [] } as const;
    const [first] = target;
    const isWithFiles =
      files.length > 0 && first !== undefined && (await this.writer.filesIn(room, first, signal)).length > 0;
    const texts = isWithFiles
      ? await this.writer.textsOfFiles(said, request.speaker, signal)
      : await this.writer.parts.textsOf(said, request.speaker, signal);
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

  /** Takes away what the message lost. True: that was all. */
  async #withdraw(request: DeliveryRequest<MessageEdited>, signal: AbortSignal): Promise<boolean> {
    const { lost, target, room } = request;
    if (lost === undefined) return false;
    const together = togetherIn(lost, target);
    const shown = together === undefined ? [] : await this.writer.filesIn(room, together, signal);
    const { files, messages } = lostIn(lost, together, shown);
    for (const file of files) await this.writer.parts.files.delete(file, 'refused', writingOf(request, signal));
    for (const copy of messages) {
      await this.writer.deleteShown(request, copy, signal);
      request.onGone(copy);
    }
    return lost.words === 'same';
  }

  /** What an edit adds stands in the thread of the message, if that is in one. */
  async #besides(room: RoomId, first: Copy | undefined, signal: AbortSignal): Promise<Where> {
    if (first === undefined) return {};
    const root = await this.writer.parts.messages.rootOf(room, first.id, signal);
    return root === undefined || root === tsOf(first.id) ? {} : { thread: root };
  }
}

/** Deletes every part, with its files. */
export class DeletionDelivery implements Deliver<'messageDeleted'> {
  readonly repeat = 'harmless';

  constructor(private readonly writer: SlackWriter) {}

  async send(request: DeliveryRequest<MessageDeleted>, signal: AbortSignal): Promise<void> {
    for (const copy of request.target) await this.writer.deleteShown(request, copy, signal);
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
