import { createHash } from 'node:crypto';
import { BridgeError, MessageRefused, NetworkUnavailable, TargetGone } from '../../model/errors.js';
import type { DeliveryKey, FileRef, RoomId } from '../../model/ids.js';
import type { OpenedFile } from '../../model/network-adapter.js';
import type { ChatApi, NewMessage } from './api/chat.js';
import { callEndpoint, pathOf } from './api/endpoint-call.js';
import { fileEndpoints } from './api/files.endpoints.js';
import { StreamedBody } from '../../http/exchange.js';
import type { OcsDoor } from './api/ocs.js';
import { refusedBy, refusalOf } from './api/refused.js';
import { type Asking, putInChunks } from './talk.chunks.js';
import { shareIntoRoom } from './talk.constants.js';
import { fileNotTaken, notShared, sharesNothing, uploadHidden } from './talk.file-errors.js';
import type { SpreedCapabilities } from './talk.payloads.js';
import type { TalkSettings } from './talk.settings.js';
import type { UsedFolders } from './talk.used-folders.js';

/** What Talk plays as spoken; anything else is a sound among the files. Source: Talk, file shares. */
export const spokenTypes: readonly string[] = ['audio/mpeg', 'audio/wav', 'audio/x-wav'];
/** The message is among the newest right after it was shared. */
const newestRows = 100;
/** Nextcloud keeps these for itself. */
const reserved = /^\.htaccess$|\.(?:part|filepart)$/i;

export interface Shown {
  readonly key: DeliveryKey;
  readonly caption: string;
  readonly isSilent: boolean;
  /** What it answers, or its thread. */
  readonly place: Pick<NewMessage, 'replyTo' | 'threadId' | 'threadTitle'>;
}

type Attachments = SpreedCapabilities['config']['attachments'];

/** Whose files they are, and how they are reached. */
export interface FilesOwner {
  readonly door: OcsDoor;
  /** The id of the user. */
  user(): string;
  /** What the server lets that one send: everybody has a folder of their own for it. */
  attachments(signal: AbortSignal): Promise<Attachments>;
  readonly folders: Pick<UsedFolders, 'note' | 'of'>;
}

/**
 * Files that Talk shows: each lies in its owner's attachments folder, in one of the room and in that in one of its own, so that it
 * keeps its name; which one follows from its key, so that a repetition writes the same file again.
 */
export class TalkUploads {
  constructor(
    private readonly owner: FilesOwner,
    /** As our account sees it, which is in every room. */
    private readonly chat: Pick<ChatApi, 'readBack'>,
    private readonly settings: Pick<TalkSettings, 'url' | 'uploadChunkBytes'>,
  ) {}

  /** The id of the user in whose files they lie. */
  get user(): string {
    return this.owner.user();
  }

  /**
   * Answers the id of the message that shows it. Throws MessageRefused where the server does not take it, or does not let the owner share
   * it: then nothing is left of it.
   */
  async show(room: RoomId, file: FileRef, opened: OpenedFile, shown: Shown, asking: Asking): Promise<number> {
    const attachments = await this.owner.attachments(asking.signal);
    if (!attachments.allowed) throw sharesNothing();
    await this.owner.folders.note(this.user, attachments.folder);
    const folder = folderOf(attachments.folder, room, shown.key);
    const path = `${folder}/${reserved.test(opened.name) ? `${opened.name}_` : opened.name}`;
    try {
      await this.#put(path, opened, shown.key, asking);
      await this.#share(room, path, file, opened.mime, shown, asking);
    } catch (error) {
      if (!(error instanceof MessageRefused || error instanceof TargetGone)) throw error;
      // What is shared already is refused, in the owner's language, and shown all the same.
      const id = await this.#shownAs(room, shown.key, asking.signal);
      if (id !== undefined) return id;
      await this.#discard(folder, asking);
      throw error instanceof TargetGone ? notShared(error) : error;
    }
    const id = await this.#shownAs(room, shown.key, asking.signal);
    // It is there: a look finds it.
    if (id === undefined) throw uploadHidden();
    return id;
  }

  /** Deletes the file that was shown with that key, if it is where it was put: its owner may have chosen another folder since. */
  async delete(room: RoomId, key: DeliveryKey, asking: Asking): Promise<void> {
    const { folder } = await this.owner.attachments(asking.signal);
    for (const used of new Set([folder, ...(await this.owner.folders.of(this.user))])) {
      await this.#delete(folderOf(used, room, key), asking);
    }
  }

  async #delete(folder: string, asking: Asking): Promise<void> {
    try {
      const place = { user: this.user, path: folder };
      await callEndpoint(this.owner.door, fileEndpoints.delete, place, asking.signal, {
        beforeSend: () => asking.beforeSend(),
      });
    } catch (error) {
      if (refusalOf(fileEndpoints.delete, error)?.status !== 404) throw error;
    }
  }

  /** What nobody is shown is of use to nobody. Where it cannot be deleted it stays, and its owner alone sees it. */
  async #discard(folder: string, asking: Asking): Promise<void> {
    try {
      await this.#delete(folder, asking);
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
    }
  }

  /** The message with that key. Where that cannot be seen it is unknown whether it is there: nobody shares it once more before a look. */
  async #shownAs(room: RoomId, key: DeliveryKey, signal: AbortSignal): Promise<number | undefined> {
    try {
      const { rows } = await this.chat.readBack(room, { limit: newestRows }, signal);
      return rows.find(({ referenceId }) => referenceId === key)?.id;
    } catch (error) {
      throw uploadHidden(error);
    }
  }

  async #put(path: string, opened: OpenedFile, key: DeliveryKey, asking: Asking): Promise<void> {
    await this.#makeFolder(path.slice(0, path.lastIndexOf('/')), asking);
    const { url: baseUrl, uploadChunkBytes: chunkBytes } = this.settings;
    if (opened.bytes > chunkBytes) {
      // Chunks of another size, or of another file, are those of another transfer.
      const transfer = `crosstalk-${digest(`${key} ${String(opened.bytes)} ${String(chunkBytes)}`)}`;
      const files = { door: this.owner.door, user: this.user, baseUrl, chunkBytes };
      await putInChunks(files, path, transfer, opened, asking);
      return;
    }
    await this.owner.door.ask({
      method: 'PUT',
      path: pathOf(fileEndpoints.upload, { user: this.user, path }),
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
      const folder = { user: this.user, path };
      await callEndpoint(this.owner.door, fileEndpoints.makeFolder, folder, asking.signal, {
        beforeSend: () => asking.beforeSend(),
      });
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
      shareType: shareIntoRoom,
      shareWith: room,
      path: `/${path}`,
      referenceId: key,
      talkMetaData: JSON.stringify(meta),
    };
    await callEndpoint(this.owner.door, fileEndpoints.share, share, asking.signal, {
      beforeSend: () => asking.beforeSend(),
    });
  }
}

/** Pure. Below the owner's files, without a slash at either end. */
function folderOf(folder: string, room: RoomId, key: DeliveryKey): string {
  const parts = folder.split('/').filter((part) => part !== '');
  return [...parts, 'Crosstalk', room, digest(key)].join('/');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** A folder that is made twice is one. */
function notSent(error: unknown): unknown {
  const isUnknown = error instanceof BridgeError && error.failure.certainty !== 'notSent';
  return isUnknown ? new NetworkUnavailable(error.message, { certainty: 'notSent', cause: error }) : error;
}
