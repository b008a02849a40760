import { orderedRows, shownRows, writtenRow, type OrderedRow, type ShownRow } from '../talk.payloads.js';
import { chatEndpoints, maxPageBytes } from './chat.endpoints.js';
import { pathOf } from './endpoint-call.js';
import { numberIn } from './headers.js';
import { parseData, type OcsAnswer, type OcsDoor } from './ocs.js';

export interface ChatPage {
  /** As the server gave them: oldest first in a forward read, newest first else. */
  readonly rows: readonly OrderedRow[];
  /** The id of the last row that the server looked at, shown or not; absent where the header is. */
  readonly lastGiven: number | undefined;
  /** The last row that everybody has read, -2 where nobody has read any; absent where the header is. */
  readonly commonRead: number | undefined;
}

export interface NewMessage {
  readonly message: string;
  readonly referenceId: string;
  readonly replyTo?: number;
  /** The thread that it stands in; what is replied to says it better. */
  readonly threadId?: number;
  /** Begins a thread under that name. */
  readonly threadTitle?: string;
  readonly silent?: boolean;
  /** Who is to be seen to say it: for the bridges' own user alone. */
  readonly actorDisplayName?: string;
}

const emptyPage: ChatPage = { rows: [], lastGiven: undefined, commonRead: undefined };
/** Reading must not look like somebody reading. */
const unseen = { setReadMarker: 0, markNotificationsAsRead: 0, noStatusUpdate: 1 };

/** Chat of one room. Source: OpenAPI of Talk 22, `chat`. */
export class ChatApi {
  constructor(private readonly door: OcsDoor) {}

  /** Rows after `afterId`, oldest first. `heldS` 0 answers at once. */
  readForward(
    token: string,
    read: { afterId: number; limit: number; heldS: number },
    signal: AbortSignal,
  ): Promise<ChatPage> {
    const query = {
      ...unseen,
      lookIntoFuture: 1,
      timeout: read.heldS,
      lastKnownMessageId: read.afterId,
      limit: read.limit,
    };
    return this.#read(token, query, signal, read.heldS * 1000);
  }

  /** The newest rows, or those before `beforeId`, newest first. Never cached by the server. */
  readBack(token: string, read: { beforeId?: number; limit: number }, signal: AbortSignal): Promise<ChatPage> {
    const before = read.beforeId === undefined ? {} : { lastKnownMessageId: read.beforeId };
    return this.#read(token, { ...unseen, lookIntoFuture: 0, limit: read.limit, ...before }, signal, 0);
  }

  /** One row; undefined where it is no more. Never cached by the server. */
  async get(token: string, id: number, signal: AbortSignal): Promise<ShownRow | undefined> {
    const query = { ...unseen, lookIntoFuture: 0, limit: 1, lastKnownMessageId: id, includeLastKnown: 1 };
    const answer = await this.#ask(token, query, signal, 0);
    return answer.status === 304 ? undefined : parseData('read', shownRows, answer).find((row) => row.id === id);
  }

  /** Answers the new row's id. Throws MessageRefused, RoomClosed and what `beforeSend` throws. */
  async post(token: string, message: NewMessage, beforeSend: () => void, signal: AbortSignal): Promise<number> {
    const answer = await this.door.ask({
      method: 'POST',
      path: pathOf(chatEndpoints.send, { token }),
      body: { ...message },
      act: 'write',
      token,
      signal,
      beforeSend,
    });
    return parseData('write', writtenRow, answer).id;
  }

  /** Throws TargetGone where it is deleted, was never there or is too old, MessageRefused where it is not ours to change. */
  async edit(token: string, id: number, message: string, beforeSend: () => void, signal: AbortSignal): Promise<void> {
    const path = pathOf(chatEndpoints.edit, { token, messageId: id });
    await this.door.ask({ method: 'PUT', path, body: { message }, act: 'write', token, signal, beforeSend });
  }

  /** Throws TargetGone where it is deleted already or was never there, MessageRefused where it is not ours to delete. */
  async delete(token: string, id: number, beforeSend: () => void, signal: AbortSignal): Promise<void> {
    await this.door.ask({
      method: 'DELETE',
      path: pathOf(chatEndpoints.delete, { token, messageId: id }),
      act: 'write',
      token,
      signal,
      beforeSend,
    });
  }

  async #read(
    token: string,
    query: Readonly<Record<string, number>>,
    signal: AbortSignal,
    heldMs: number,
  ): Promise<ChatPage> {
    const answer = await this.#ask(token, query, signal, heldMs);
    if (answer.status === 304) return emptyPage;
    return {
      rows: parseData('read', orderedRows, answer),
      lastGiven: numberIn(answer.headers, 'x-chat-last-given'),
      commonRead: numberIn(answer.headers, 'x-chat-last-common-read'),
    };
  }

  #ask(
    token: string,
    query: Readonly<Record<string, number>>,
    signal: AbortSignal,
    heldMs: number,
  ): Promise<OcsAnswer> {
    return this.door.ask({
      method: 'GET',
      path: pathOf(chatEndpoints.receive, { token }),
      query,
      act: 'read',
      token,
      signal,
      maxBytes: maxPageBytes,
      ...(heldMs > 0 ? { heldMs } : {}),
    });
  }
}
