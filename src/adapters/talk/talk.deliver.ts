import type { BridgeEvent, MessageDeleted, MessageEdited, MessageSent } from '../../model/bridge-event.js';
import { MessageRefused, TargetGone } from '../../model/errors.js';
import type { DeliveryKey } from '../../model/ids.js';
import type { Copy, Deliver, DeliveryRequest, Speaker } from '../../model/network-adapter.js';
import { fileLine } from '../../formatting/named-files.js';
import { isFirstLost, lostApart, piecesOf, sayInPieces } from '../../model/file-parts.js';
import type { FileRef } from '../../model/ids.js';
import type { RichText } from '../../model/rich-text.js';
import type { NewMessage } from './api/chat.js';
import type { Author, TalkAuthors } from './talk.authors.js';
import type { TalkClient } from './talk.client.js';
import { uneditable, unsureRefusal } from './talk.errors.js';
import { rowIdOf, talkMessageId } from './talk.ids.js';
import { isMap, showLocation } from './talk.locations.js';
import { withReason, type Wish } from './talk.rights.js';
import type { ThreadPlace, TalkThreads } from './talk.threads.js';
import type { TalkUploads } from './talk.uploads.js';
import { shortQuoteOf } from './to-talk-quotes.js';
import type { TalkVoices, Voice, VoiceKind } from './talk.voices.js';

/** So many rows may have been stored since a message of ours was, before its answer came. */
const justWritten = 100;

/** The texts that are posted for somebody by a voice, in order: one at least, and as many whoever speaks. */
export type TextsOf = (
  said: MessageSent | MessageEdited,
  speaker: Speaker,
  as: VoiceKind,
) => Promise<readonly string[]>;

/** What the deliveries of one account share. */
export interface Writing {
  readonly client: TalkClient;
  readonly voices: TalkVoices;
  readonly authors: TalkAuthors;
  readonly threads: TalkThreads;
  readonly uploads: TalkUploads;
  readonly textsOf: TextsOf;
}

/** Says in Talk what was said elsewhere. */
export class MessageDelivery implements Deliver<'messageSent'> {
  readonly repeat = 'look';

  constructor(private readonly writing: Writing) {}

  async send(request: DeliveryRequest<MessageSent>, signal: AbortSignal): Promise<void> {
    const { voices, textsOf } = this.writing;
    const { speaker, room } = request;
    const { quote, replyTo } = await this.#answered(request, signal);
    const event = quote.length === 0 ? request.event : { ...request.event, body: [...quote, ...request.event.body] };
    if (event.location !== undefined && isMap(request)) {
      await showLocation(this.writing, request, event.location, signal);
      return;
    }
    const isSilent = event.attention === 'silent' || event.style === 'notice';
    const made = new Set(request.made.map(({ part }) => part));
    const { files } = event;
    const isWordless = event.body.length === 0 && files.length > 0;
    await voices.speak(room, speaker, signal, async (voice) => {
      const say = async (part: number, text: string): Promise<void> => {
        const said = { part, text, isSilent, ...(await this.#where(request, part, replyTo, signal)) };
        await post(this.writing, voice, request, said, signal);
        made.add(part);
      };
      const texts = isWordless ? [] : await textsOf({ ...event, files: [] }, speaker, voice.as);
      // Somebody else may have begun it.
      await sayInPieces(piecesOf(texts, files), made, {
        text: say,
        file: async (part, file, text) => {
          const said = { part, isSilent, ...(await this.#where(request, part, replyTo, signal)) };
          await this.#show(request, file, text === undefined ? [] : event.body, said, signal);
          made.add(part);
        },
        instead: async (part, file, line) => {
          const [text = ''] = await textsOf({ ...event, body: fileLine(file, line), files: [] }, speaker, voice.as);
          await say(part, text);
        },
      });
    });
  }

  /** Our account shows it: nobody else has files. So its words begin with the name of who sent it. */
  async #show(
    request: DeliveryRequest<MessageSent>,
    file: FileRef,
    body: RichText,
    { part, isSilent, ...where }: Omit<Said, 'text'>,
    signal: AbortSignal,
  ): Promise<void> {
    const { client, authors, threads, uploads, textsOf } = this.writing;
    const { room: token, event, speaker } = request;
    const opened = await request.openFile(file, signal);
    const isAlone = body.length === 0;
    const [text = ''] = await textsOf({ ...event, body, files: isAlone ? [file] : [] }, speaker, 'relay');
    const key = request.key(part);
    const [place = {}] = waysOf(where);
    const shown = { key, caption: isAlone && speaker.as === 'bridge' ? '' : text, isSilent, place };
    const asking = { signal, beforeSend: () => request.beforeSend() };
    const id = await opening(threads, token, where, key, () =>
      withReason({ client, token, signal, beyondChat: 'share files' }, () =>
        uploads.show(token, file, opened, shown, asking),
      ),
    );
    const copy = { part, id: talkMessageId(id), key };
    authors.note(token, copy, { as: 'relay' });
    request.onMade(copy);
  }

  /** The parts of a message that begins a thread stand in it, as do those of one that was said in it. */
  async #where(
    { room, thread, event }: DeliveryRequest<MessageSent>,
    part: number,
    replyTo: Copy | undefined,
    signal: AbortSignal,
  ): Promise<Pick<Said, 'replyTo' | 'thread'>> {
    const answered = part === 0 ? replyTo : undefined;
    if (thread === undefined) {
      const title = part === 0 && event.thread === undefined ? event.title : undefined;
      return { replyTo: answered, ...(title === undefined ? {} : { thread: { threadTitle: title } }) };
    }
    const place = await this.writing.threads.placeOf(room, thread, signal);
    // What the bridge says of a message stands where that does.
    const isOfAnswered = answered !== undefined && event.by === 'bridge';
    if (place === undefined || ('threadTitle' in place && isOfAnswered)) return { replyTo: answered };
    // What the thread goes on from may stand outside of it.
    const isOutside = answered?.id === thread.id && !('threadId' in place && String(place.threadId) === thread.id);
    return { replyTo: isOutside ? undefined : answered, thread: { ...place, root: thread } };
  }

  /** What nobody can quote is quoted in the text, shortly. */
  async #answered(
    { room, replyTo }: DeliveryRequest<MessageSent>,
    signal: AbortSignal,
  ): Promise<{ readonly quote: RichText; readonly replyTo: Copy | undefined }> {
    const { voices, authors, client } = this.writing;
    const id = replyTo === undefined ? undefined : rowIdOf(replyTo.id);
    if (replyTo === undefined || id === undefined || !voices.hasUnquotable) return { quote: [], replyTo };
    if ((await authors.of(room, replyTo, signal)).as !== 'bridged') return { quote: [], replyTo };
    const row = await client.chat.get(room, id, signal);
    return { quote: row === undefined ? [] : shortQuoteOf(row, room), replyTo: undefined };
  }
}

/** Changes the parts that are there, posts those that the new words need besides, and deletes those that they do not need. */
export class EditDelivery implements Deliver<'messageEdited'> {
  readonly repeat = 'look';

  constructor(private readonly writing: Writing) {}

  async send(request: DeliveryRequest<MessageEdited>, signal: AbortSignal): Promise<void> {
    const { voices, authors, textsOf } = this.writing;
    const { target, made, room, speaker } = request;
    if (await this.#unshare(request, signal)) return;
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

  /** Takes away what the message lost. Talk itself says in the place of a file that it is not there any more. True: that was all. */
  async #unshare(request: DeliveryRequest<MessageEdited>, signal: AbortSignal): Promise<boolean> {
    const { lost, room, target } = request;
    if (lost === undefined) return false;
    const { uploads } = this.writing;
    const asking = { signal, beforeSend: () => request.beforeSend() };
    const first = isFirstLost(lost) ? target.filter(({ part }) => part === 0) : [];
    for (const copy of [...first, ...lostApart(lost)]) {
      if (copy.part === 0 && lost.hasWords) {
        const id = rowIdOf(copy.id);
        const folder = id === undefined ? undefined : await uploads.behind(room, id, signal);
        if (folder !== undefined) await uploads.delete(folder, asking);
        continue;
      }
      await deleteShown(this.writing, request, copy, signal);
      request.onGone(copy);
    }
    return lost.words === 'same' || (first.length > 0 && !lost.hasWords);
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
    const remove = isSecond ? deletePart : deleteShown;
    for (const copy of target) await remove(this.writing, request, copy, signal);
  }
}

type Post = Pick<DeliveryRequest<BridgeEvent>, 'room' | 'key' | 'onMade' | 'beforeSend'>;

interface Said {
  readonly part: number;
  readonly text: string;
  readonly isSilent: boolean;
  readonly replyTo: Copy | undefined;
  /** `root`: the message that the thread goes on from, where it is a message of its own. */
  readonly thread?: ThreadPlace & { readonly root?: Copy };
}

type Place = Pick<NewMessage, 'replyTo' | 'threadId' | 'threadTitle'>;

async function post(
  { client, authors, threads }: Writing,
  voice: Voice,
  request: Post,
  said: Said,
  signal: AbortSignal,
): Promise<void> {
  const { room: token } = request;
  const { part, text, isSilent } = said;
  const { actorDisplayName } = voice;
  const key = request.key(part);
  const written = {
    message: text,
    referenceId: key,
    ...(isSilent ? { silent: true } : {}),
    ...(actorDisplayName === undefined ? {} : { actorDisplayName }),
  };
  const attempt = async (place: Place): Promise<number> => {
    try {
      return await voice.chat.post(token, { ...written, ...place }, () => request.beforeSend(), signal);
    } catch (error) {
      const stored = error instanceof MessageRefused ? await storedAs(key, client, token, signal) : undefined;
      if (stored === undefined) throw error;
      return stored;
    }
  };
  const id = await opening(threads, token, said, key, () =>
    reasoned(voice, { client, token, signal }, () => {
      const [best = {}, ...others] = waysOf(said);
      let posted = attempt(best);
      for (const place of others) {
        posted = posted.catch((error: unknown) => {
          // Said in another place rather than not at all.
          if (!(error instanceof MessageRefused)) throw error;
          return attempt(place);
        });
      }
      return posted;
    }),
  );
  const copy = { part, id: talkMessageId(id), key };
  authors.note(token, copy, voice);
  request.onMade(copy);
}

/**
 * The row of a message that Talk refused. Where it cannot tell its signaling server of a message it answers 400, though the message is stored:
 * said once more, by whomever, it would stand there twice.
 */
async function storedAs(
  key: DeliveryKey,
  client: TalkClient,
  token: Post['room'],
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const { rows } = await client.chat.readBack(token, { limit: justWritten }, signal);
    return rows.find(({ referenceId }) => referenceId === key)?.id;
  } catch (error) {
    throw unsureRefusal(error);
  }
}

/** Writes down which message opens a thread, before and after. */
async function opening(
  threads: TalkThreads,
  token: Post['room'],
  { thread }: Pick<Said, 'thread'>,
  key: DeliveryKey,
  post: () => Promise<number>,
): Promise<number> {
  const root = thread !== undefined && 'threadTitle' in thread ? thread.root : undefined;
  if (root !== undefined) await threads.opening(token, root, key);
  const id = await post();
  if (root !== undefined) await threads.opened(token, root, id);
  return id;
}

/** Where a message may stand, best first: what it answers, or its thread, may be gone meanwhile. */
function waysOf({ replyTo, thread }: Pick<Said, 'replyTo' | 'thread'>): readonly Place[] {
  const answered = replyTo === undefined ? undefined : rowIdOf(replyTo.id);
  const answer = answered === undefined ? {} : { replyTo: answered };
  if (thread === undefined) return answered === undefined ? [{}] : [answer, {}];
  // Who opens a thread answers nothing there.
  if ('threadTitle' in thread) return [{ threadTitle: thread.threadTitle }];
  const { threadId } = thread;
  const root = thread.root === undefined ? undefined : rowIdOf(thread.root.id);
  const inThread = answered === undefined ? [{ threadId }] : [{ ...answer, threadId }, { threadId }];
  return [...inThread, ...(root === undefined ? [] : [{ replyTo: root }]), {}];
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
): Promise<void> {
  const { uploads } = writing;
  const id = rowIdOf(copy.id);
  const folder = id === undefined ? undefined : await uploads.behind(request.room, id, signal);
  const deleteFile = async (): Promise<void> => {
    if (folder !== undefined) await uploads.delete(folder, { signal, beforeSend: () => request.beforeSend() });
  };
  try {
    await deletePart(writing, request, copy, signal);
  } catch (error) {
    // Where the message may not be deleted, its file is ours all the same.
    if (error instanceof MessageRefused) await deleteFile();
    throw error;
  }
  await deleteFile();
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
  }
}

/**
 * Guests can change nothing that they said: for them our account does it, as a moderator. So it does for people whose login it has no
 * more; those of the others, and the bridges' own user, change their own.
 */
function changing(
  { voices }: Writing,
  token: Post['room'],
  { as, actor }: Author,
  signal: AbortSignal,
  act: (voice: Voice) => Promise<void>,
): Promise<void> {
  const changesOwn = as === 'own' || as === 'bridged';
  return changesOwn && actor !== undefined ? voices.speakAs(token, as, actor, signal, act) : act(voices.relay);
}

/** What our own account may not, the room says why; what others may not, our account does in their place. */
export function reasoned<T>(voice: Pick<Voice, 'as'>, wish: Wish, attempt: () => Promise<T>): Promise<T> {
  return voice.as === 'relay' ? withReason(wish, attempt) : attempt();
}
