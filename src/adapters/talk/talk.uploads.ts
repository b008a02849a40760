import { createHash } from 'node:crypto';
import { BridgeError, NetworkUnavailable } from '../../model/errors.js';
import type { DeliveryKey, FileRef, RoomId } from '../../model/ids.js';
import type { OpenedFile } from '../../model/network-adapter.js';
import { pathOf } from './api/endpoint-call.js';
import { fileEndpoints } from './api/files.endpoints.js';
import { StreamedBody } from '../../http/exchange.js';
import { refusedBy, refusalOf } from './api/refused.js';
import type { NewMessage } from './api/chat.js';
import type { TalkClient } from './talk.client.js';
import { type Asking, putInChunks } from './talk.chunks.js';
import { fileNotTaken, uploadHidden } from './talk.errors.js';
import { deliveryKeyIn } from './talk.ids.js';
import { isDeletedRow } from './talk.payloads.js';
import type { TalkSettings } from './talk.settings.js';

const roomShare = 10;
/** What Talk plays as spoken; anything else is a sound among the files. Source: Talk, file shares. */
export const spokenTypes: readonly string[] = ['audio/mpeg', 'audio/wav', 'audio/x-wav'];
/** The message is among the newest right after it was shared. */
const newestRows = 50;
/** Nextcloud keeps these for itself. */
const reserved = /^\.htaccess$|\.(?:part|filepart)$/i;

export interface Shown {
  readonly key: DeliveryKey;
  readonly caption: string;
  readonly isSilent: boolean;
  /** What it answers, or its thread. */
  readonly place: Pick<NewMessage, 'replyTo' | 'threadId' | 'threadTitle'>;
}

/**
 * Files that Talk shows: each lies in the account's attachments folder, in one of the room and in that in one of its own, so that it
 * keeps its name; which one follows from its key, so that a repetition writes the same file again.
 */
export class TalkUploads {
  constructor(
    private readonly client: TalkClient,
    /** The id of the account's own user. */
    private readonly self: () => string,
    private readonly settings: Pick<TalkSettings, 'url' | 'uploadChunkBytes'>,
  ) {}

  /** Answers the id of the message that shows it. Throws MessageRefused where the server does not take it. */
  async show(room: RoomId, file: FileRef, opened: OpenedFile, shown: Shown, asking: Asking): Promise<number> {
    const path = `${await this.#folderOf(room, shown.key)}/${reserved.test(opened.name) ? `${opened.name}_` : opened.name}`;
    await this.#put(path, opened, shown.key, asking);
    await this.#share(room, path, file, opened.mime, shown, asking);
    const page = await this.client.chat.readBack(room, { limit: newestRows }, asking.signal);
    const row = page.rows.find(({ referenceId }) => referenceId === shown.key);
    // It is there: a look finds it.
    if (row === undefined) throw uploadHidden();
    return row.id;
  }

  /**
   * The folder of the file behind a message of ours, if one is there, also where the message itself is deleted already; anything else that
   * it shows is not ours to delete.
   */
  async behind(room: RoomId, messageId: number, signal: AbortSignal): Promise<string | undefined> {
    const row = await this.client.chat.get(room, messageId, signal);
    if (row !== undefined && isDeletedRow(row)) {
      const key = deliveryKeyIn(row.referenceId);
      return key === undefined ? undefined : this.#folderOf(room, key);
    }
    const { path } = row?.messageParameters['file'] ?? {};
    const root = `${await this.#root(room)}/`;
    if (typeof path !== 'string' || !path.startsWith(root)) return undefined;
    const [own = ''] = path.slice(root.length).split('/');
    return /^[0-9a-f]{16}$/.test(own) ? root + own : undefined;
  }

  /** Deletes what stands there, if it does. */
  async delete(folder: string, asking: Asking): Promise<void> {
    try {
      const place = { user: this.self(), path: folder };
      await this.client.api.files.delete(place, asking.signal, { beforeSend: () => asking.beforeSend() });
    } catch (error) {
      if (refusalOf(fileEndpoints.delete, error)?.status !== 404) throw error;
    }
  }

  async #folderOf(room: RoomId, key: DeliveryKey): Promise<string> {
    return `${await this.#root(room)}/${digest(key)}`;
  }

  /** Below the account's own files, without a slash at either end. */
  async #root(room: RoomId): Promise<string> {
    const { config } = await this.client.facts.capabilities();
    const parts = config.attachments.folder.split('/').filter((part) => part !== '');
    return [...parts, 'Crosstalk', room].join('/');
  }

  async #put(path: string, opened: OpenedFile, key: DeliveryKey, asking: Asking): Promise<void> {
    await this.#makeFolder(path.slice(0, path.lastIndexOf('/')), asking);
    const { url: baseUrl, uploadChunkBytes: chunkBytes } = this.settings;
    if (opened.bytes > chunkBytes) {
      // Chunks of another size, or of another file, are those of another transfer.
      const transfer = `crosstalk-${digest(`${key} ${String(opened.bytes)} ${String(chunkBytes)}`)}`;
      const files = { door: this.client, user: this.self(), baseUrl, chunkBytes };
      await putInChunks(files, path, transfer, opened, asking);
      return;
    }
    await this.client.ask({
      method: 'PUT',
      path: pathOf(fileEndpoints.upload, { user: this.self(), path }),
      // Written once more it is the same file.
      act: 'read',
      answers: 'nothing',
      refused: (refusal) => fileNotTaken(refusal) ?? refusedBy({ ...fileEndpoints.upload, act: 'read' })(refusal),
      content: { contentType: opened.mime, body: new StreamedBody(opened.body, opened.bytes) },
      signal: asking.signal,
      beforeSend: () => asking.beforeSend(),
    });
  }

  /** Those above it are made where they are missing. */
  async #makeFolder(path: string, asking: Asking): Promise<void> {
    try {
      const folder = { user: this.self(), path };
      await this.client.api.files.makeFolder(folder, asking.signal, { beforeSend: () => asking.beforeSend() });
    } catch (error) {
      const { status } = refusalOf(fileEndpoints.makeFolder, error) ?? {};
      // It is there already.
      if (status === 405) return;
      if (!path.includes('/') || (status !== 409 && status !== 404)) throw notSent(error);
      await this.#makeFolder(path.slice(0, path.lastIndexOf('/')), asking);
      await this.#makeFolder(path, asking);
    }
  }

  async #share(
    room: RoomId,
    path: string,
    { voice }: FileRef,
    mime: string,
    { key, caption, isSilent, place }: Shown,
    asking: Asking,
  ): Promise<void> {
    const meta = {
      messageType: voice !== undefined && spokenTypes.includes(mime) ? 'voice-message' : 'comment',
      ...(caption === '' ? {} : { caption }),
      ...(isSilent ? { silent: true } : {}),
      ...place,
    };
    const share = {
      shareType: roomShare,
      shareWith: room,
      path: `/${path}`,
      referenceId: key,
      talkMetaData: JSON.stringify(meta),
    };
    try {
      await this.client.api.files.share(share, asking.signal, { beforeSend: () => asking.beforeSend() });
    } catch (error) {
      // Said once more it is refused, and shown all the same.
      if (refusalOf(fileEndpoints.share, error)?.reason.includes('already shared') !== true) throw error;
    }
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** A folder that is made twice is one. */
function notSent(error: unknown): unknown {
  const isUnknown = error instanceof BridgeError && error.failure.certainty !== 'notSent';
  return isUnknown ? new NetworkUnavailable(error.message, { certainty: 'notSent', cause: error }) : error;
}
