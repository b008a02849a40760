import type { BridgeEvent, MessageDeleted, MessageEdited } from '../../model/bridge-event.js';
import { MessageRefused, TargetGone } from '../../model/errors.js';
import { isFirstLost, lostApart } from '../../model/file-parts.js';
import type { RoomId } from '../../model/ids.js';
import type { Copy, Deliver, DeliveryRequest } from '../../model/network-adapter.js';
import { captionOfGone } from './from-talk-text.js';
import type { Author } from './talk.authors.js';
import { uneditable } from './talk.errors.js';
import { fileKept, wordsKept } from './talk.file-errors.js';
import { rowIdOf } from './talk.ids.js';
import { showsGoneFile } from './talk.payloads.js';
import { post, reasoned, type Writing } from './talk.posting.js';
import { deleteFile, fileBehind, type FileFate } from './talk.shown-files.js';
import type { Voice, VoiceKind } from './talk.voices.js';

/** Talk takes no edit without words. */
const noWords = '…';

/** Changes the parts that are there, posts those that the new words need besides, and deletes those that they do not need. */
export class EditDelivery implements Deliver<'messageEdited'> {
  readonly repeat = 'look';

  constructor(private readonly writing: Writing) {}

  async send(request: DeliveryRequest<MessageEdited>, signal: AbortSignal): Promise<void> {
    const unshared = await this.#unshare(request, signal);
    if (!unshared.isAll) await this.#change(request, signal);
    // Said at last: all else is done.
    if (unshared.file === 'kept') throw fileKept();
  }

  async #change(request: DeliveryRequest<MessageEdited>, signal: AbortSignal): Promise<void> {
    const { voices, authors, textsOf } = this.writing;
    const { target, made, room, speaker } = request;
    const event = wordsOfEdit(request.event);
    const count = (await textsOf(event, speaker, 'relay')).length;
    const textOf = async (part: number, as: VoiceKind): Promise<string> =>
      (await textsOf(event, speaker, as))[part] ?? '';
    for (let part = 0; part < count; part += 1) {
      if (made.some((copy) => copy.part === part)) continue;
      const copy = target.find((each) => each.part === part);
      if (copy === undefined) {
        await voices.speak(room, speaker, signal, async (voice) => {
          const text = await textOf(part, voice.as);
          // It stands at the room's end: the quote tells what it belongs to. An edit notifies nobody.
          const said = { part, text, isSilent: true, replyTo: target[0] };
          await post(this.writing, voice, request, said, signal);
        });
      } else {
        const author = await authors.of(room, copy, signal);
        await this.#edit(request, copy, await textOf(part, author.as), author, signal);
      }
    }
    for (const copy of target) {
      if (copy.part < count) continue;
      await deletePart(this.writing, request, copy, signal);
      request.onGone(copy);
    }
  }

  /** Takes away what the message lost. Talk itself says in the place of a file that it is not there any more. `isAll`: that was all. */
  async #unshare(
    request: DeliveryRequest<MessageEdited>,
    signal: AbortSignal,
  ): Promise<{ readonly isAll: boolean; readonly file: FileFate }> {
    const { lost, target } = request;
    if (lost === undefined) return { isAll: false, file: 'gone' };
    let fate: FileFate = 'gone';
    const first = isFirstLost(lost) ? target.filter(({ part }) => part === 0) : [];
    for (const copy of [...first, ...lostApart(lost)]) {
      const staysWithWords = copy.part === 0 && lost.hasWords;
      const file = staysWithWords
        ? await deleteFile(this.writing, request, await fileBehind(this.writing, request, copy, signal), signal)
        : await deleteShown(this.writing, request, copy, signal);
      if (file === 'kept') fate = 'kept';
      if (!staysWithWords) request.onGone(copy);
    }
    return { isAll: lost.words === 'same' || (first.length > 0 && !lost.hasWords), file: fate };
  }

  async #edit(
    request: DeliveryRequest<MessageEdited>,
    copy: Copy,
    text: string,
    author: Author,
    signal: AbortSignal,
  ): Promise<void> {
    const { room: token } = request;
    const { client } = this.writing;
    const id = rowIdOf(copy.id);
    if (id === undefined) throw new TargetGone('not a message of Talk');
    try {
      await changing(this.writing, token, author, signal, (voice) =>
        reasoned(voice, { client, token, signal, beyondChat: 'edit messages' }, () =>
          voice.chat.edit(token, id, text, () => request.beforeSend(), signal),
        ),
      );
    } catch (error) {
      throw author.as !== 'relay' && error instanceof MessageRefused ? uneditable(error) : error;
    }
  }
}

/** The words alone: a file that the message has stays what it is. Without any the files are named. */
export function wordsOfEdit(event: MessageEdited): MessageEdited {
  return event.body.length === 0 ? event : { ...event, files: [] };
}

/** Deletes every part, with its file. What is gone already is as it should be. */
export class DeletionDelivery implements Deliver<'messageDeleted'> {
  readonly repeat = 'harmless';

  constructor(private readonly writing: Writing) {}

  async send(request: DeliveryRequest<MessageDeleted>, signal: AbortSignal): Promise<void> {
    const { event, room, target } = request;
    // A second copy of our own, which is deleted itself, shows the same file as the first, which stays.
    const isSecond = event.room.id === room && target.some(({ id }) => id === event.message.id);
    let fate: FileFate = 'gone';
    for (const copy of target) {
      if (isSecond) await deletePart(this.writing, request, copy, signal);
      else if ((await deleteShown(this.writing, request, copy, signal)) === 'kept') fate = 'kept';
    }
    // Said at last: all else is done.
    if (fate === 'kept') throw fileKept();
  }
}

/**
 * With the file that it shows. The message first: of a file that is gone Talk deletes no message any more, and what was said with it would
 * stay.
 */
async function deleteShown(
  writing: Writing,
  request: Pick<DeliveryRequest<BridgeEvent>, 'room' | 'beforeSend'>,
  copy: Copy,
  signal: AbortSignal,
): Promise<FileFate> {
  const file = await fileBehind(writing, request, copy, signal);
  try {
    await deletePart(writing, request, copy, signal);
  } catch (error) {
    // Where the message may not be deleted, its file may.
    if (error instanceof MessageRefused) await deleteFile(writing, request, file, signal);
    throw error;
  }
  return deleteFile(writing, request, file, signal);
}

/** Throws MessageRefused where it is not ours, and our account no moderator. */
async function deletePart(
  writing: Writing,
  request: Pick<DeliveryRequest<BridgeEvent>, 'room' | 'beforeSend'>,
  copy: Copy,
  signal: AbortSignal,
): Promise<void> {
  const { client, voices, authors } = writing;
  const { room: token } = request;
  const id = rowIdOf(copy.id);
  if (id === undefined) return;
  // A second copy of our own, too, is deleted by whoever may.
  const author = (await voices.mayChangeTheirOwn())
    ? await authors.of(token, copy, signal)
    : ({ as: 'relay' } as const);
  try {
    await changing(writing, token, author, signal, (voice) =>
      reasoned(voice, { client, token, signal, beyondChat: 'delete messages' }, () =>
        voice.chat.delete(token, id, () => request.beforeSend(), signal),
      ),
    );
  } catch (error) {
    if (!(error instanceof TargetGone)) throw error;
    await takeWords(writing, request, id, author, signal);
  }
}

/**
 * Of a file that is gone Talk deletes no message, and answers as if there were none: what was said with it is taken back. Throws
 * MessageRefused where it is too old for that.
 */
async function takeWords(
  writing: Writing,
  request: Pick<DeliveryRequest<BridgeEvent>, 'room' | 'beforeSend'>,
  id: number,
  author: Author,
  signal: AbortSignal,
): Promise<void> {
  const { client } = writing;
  const { room: token } = request;
  const row = await client.chat.get(token, id, signal);
  if (row === undefined || !showsGoneFile(row.message, row.messageParameters)) return;
  const words = captionOfGone(row.message);
  if (words === '' || words === noWords) return;
  try {
    await changing(writing, token, author, signal, (voice) =>
      reasoned(voice, { client, token, signal, beyondChat: 'edit messages' }, () =>
        voice.chat.edit(token, id, noWords, () => request.beforeSend(), signal),
      ),
    );
  } catch (error) {
    throw error instanceof TargetGone ? wordsKept(error) : error;
  }
}

/**
 * Guests can change nothing that they said: for them our account does it, as a moderator. So it does for people whose login it has no
 * more; those of the others, and the bridges' own user, change their own.
 */
function changing(
  { voices }: Writing,
  token: RoomId,
  { as, actor }: Author,
  signal: AbortSignal,
  act: (voice: Voice) => Promise<void>,
): Promise<void> {
  const changesOwn = as === 'own' || as === 'bridged';
  return changesOwn && actor !== undefined ? voices.speakAs(token, as, actor, signal, act) : act(voices.relay);
}
