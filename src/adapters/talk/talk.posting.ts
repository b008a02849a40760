import type { BridgeEvent, MessageEdited, MessageSent } from '../../model/bridge-event.js';
import { MessageRefused } from '../../model/errors.js';
import type { DeliveryKey } from '../../model/ids.js';
import type { Copy, DeliveryRequest, Speaker } from '../../model/network-adapter.js';
import type { NewMessage } from './api/chat.js';
import type { TalkAuthors } from './talk.authors.js';
import type { TalkClient } from './talk.client.js';
import { unsureRefusal } from './talk.errors.js';
import { rowIdOf, talkMessageId } from './talk.ids.js';
import { withReason, type Wish } from './talk.rights.js';
import type { ThreadPlace, TalkThreads } from './talk.threads.js';
import type { TalkUploads } from './talk.uploads.js';
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

type Post = Pick<DeliveryRequest<BridgeEvent>, 'room' | 'key' | 'onMade' | 'beforeSend'>;

export interface Said {
  readonly part: number;
  readonly text: string;
  readonly isSilent: boolean;
  readonly replyTo: Copy | undefined;
  /** `root`: the message that the thread goes on from, where it is a message of its own. */
  readonly thread?: ThreadPlace & { readonly root?: Copy };
}

type Place = Pick<NewMessage, 'replyTo' | 'threadId' | 'threadTitle'>;

export async function post(
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
export async function opening(
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
export function waysOf({ replyTo, thread }: Pick<Said, 'replyTo' | 'thread'>): readonly Place[] {
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

/** What our own account may not, the room says why; what others may not, our account does in their place. */
export function reasoned<T>(voice: Pick<Voice, 'as'>, wish: Wish, attempt: () => Promise<T>): Promise<T> {
  return voice.as === 'relay' ? withReason(wish, attempt) : attempt();
}
