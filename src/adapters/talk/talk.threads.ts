import type { AccountStore } from '../../model/account-store.js';
import type { ThreadChanged } from '../../model/bridge-event.js';
import { MessageRefused, TargetGone } from '../../model/errors.js';
import type { RoomId } from '../../model/ids.js';
import { orInLine } from '../../model/in-line.js';
import type { Copy, Deliver, DeliveryRequest } from '../../model/network-adapter.js';
import type { TalkClient } from './talk.client.js';
import { rowIdOf } from './talk.ids.js';
import { threadTitleOf } from './to-talk-quotes.js';

const mostRemembered = 20_000;
/** Of those with the latest activity; more the server does not answer. */
const mostListed = 100;

/** Where in a room a thread goes on: in one that is there, or in one to be opened under a name. */
export type ThreadPlace = { readonly threadId: number } | { readonly threadTitle: string };

/**
 * The threads of a room's messages. Talk begins one with a message alone and makes none of a message that was said already, so that the
 * first answer to such a one opens a thread under the beginning of what it answers, and all others go there.
 */
export class TalkThreads {
  /** By room and first message. */
  readonly #known = new Map<string, number>();

  constructor(
    private readonly client: Pick<TalkClient, 'api' | 'chat'>,
    private readonly store: AccountStore,
  ) {}

  /** Undefined where the message is gone. */
  async placeOf(room: RoomId, root: Pick<Copy, 'id'>, signal: AbortSignal): Promise<ThreadPlace | undefined> {
    const key = keyOf(room, root);
    const threadId = this.#known.get(key) ?? (await this.#stored(key, room, signal));
    if (threadId !== undefined) {
      this.#note(key, threadId);
      return { threadId };
    }
    const id = rowIdOf(root.id);
    const row = id === undefined ? undefined : await this.client.chat.get(room, id, signal);
    if (row === undefined) return undefined;
    if (row.isThread !== true || row.threadId === undefined) return { threadTitle: threadTitleOf(row, room) };
    this.#note(key, row.threadId);
    return { threadId: row.threadId };
  }

  /** Written down before the message goes out by which a thread is opened: whatever becomes of the answer, the thread is found by it. */
  async opening(room: RoomId, root: Pick<Copy, 'id'>, by: string): Promise<void> {
    await this.store.put(keyOf(room, root), { by });
  }

  async opened(room: RoomId, root: Pick<Copy, 'id'>, threadId: number): Promise<void> {
    await this.store.put(keyOf(room, root), { threadId });
    this.#note(keyOf(room, root), threadId);
  }

  async #stored(key: string, room: RoomId, signal: AbortSignal): Promise<number | undefined> {
    const stored = await this.store.get(key);
    const threadId = fieldOf(stored, 'threadId');
    if (typeof threadId === 'number') return threadId;
    const by = fieldOf(stored, 'by');
    if (typeof by !== 'string') return undefined;
    const { data } = await this.client.api.threads.recent({ token: room, limit: mostListed }, signal);
    return data.find(({ first }) => first?.referenceId === by)?.thread.id;
  }

  #note(key: string, threadId: number): void {
    this.#known.delete(key);
    this.#known.set(key, threadId);
    const oldest = this.#known.keys().next();
    if (this.#known.size > mostRemembered && oldest.done !== true) this.#known.delete(oldest.value);
  }
}

/** Gives a thread another name. What moderators alone may, and what is no thread here, a line tells. */
export class ThreadDelivery implements Deliver<'threadChanged'> {
  readonly repeat = 'look';

  constructor(
    private readonly client: Pick<TalkClient, 'api'>,
    private readonly threads: TalkThreads,
    private readonly lines: Deliver<'messageSent'>,
  ) {}

  async send(request: DeliveryRequest<ThreadChanged>, signal: AbortSignal): Promise<void> {
    const { room: token, event, target } = request;
    const [root] = target;
    const place = root === undefined ? undefined : await this.threads.placeOf(token, root, signal);
    if (place === undefined) throw new TargetGone('the thread is gone');
    const rename = async (): Promise<void> => {
      if ('threadTitle' in place) throw new TargetGone('it is no thread here');
      const how = { beforeSend: (): void => request.beforeSend() };
      const { title: threadTitle } = event;
      await this.client.api.threads.rename({ token, threadId: place.threadId, threadTitle }, signal, how);
    };
    const isRefusal = (error: unknown): boolean => error instanceof MessageRefused || error instanceof TargetGone;
    await orInLine(request, this.lines, signal, rename, isRefusal);
  }
}

function fieldOf(stored: unknown, name: string): unknown {
  return typeof stored === 'object' && stored !== null
    ? (stored as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

const keyOf = (room: RoomId, { id }: Pick<Copy, 'id'>): string => `thread/${room}/${id}`;
