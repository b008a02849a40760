import { BridgeError } from '../../model/errors.js';
import type { FileRef, PixelSize } from '../../model/ids.js';
import type { DeliveryRequest } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { Writing } from './api/account.api.js';
import type { MediaApi } from './api/media.api.js';
import { wholeOf } from './matrix.pictures.js';

/** Networks' own are a tenth of it: more shows that it is none. */
const maxPreviewBytes = 1024 * 1024;

/** A small picture that stands for a file until whoever looks wants it. */
export interface Preview {
  readonly address: string;
  readonly mime: string;
  readonly bytes: number;
  readonly size: PixelSize;
}

/** Brings the previews that other networks have of pictures and films. None keeps its message from being sent. */
export class FilePreviews {
  constructor(
    private readonly media: Pick<MediaApi, 'upload'>,
    private readonly log: Log,
    private readonly timeoutMs: number,
  ) {}

  /** Undefined where the file has none, where it would save nothing, and where it cannot be had: the log says why. */
  async bring(
    file: FileRef,
    open: DeliveryRequest<never>['openFile'],
    user: string,
    writing: Writing,
  ): Promise<Preview | undefined> {
    if (file.preview === undefined) return undefined;
    const ended = new AbortController();
    const signal = AbortSignal.any([writing.signal, ended.signal, AbortSignal.timeout(this.timeoutMs)]);
    try {
      const { account, name, preview: id } = file;
      const opened = await open({ account, id, name, mime: 'image/png' }, signal, maxPreviewBytes);
      const { mime, size } = opened;
      if (size === undefined || opened.bytes >= Math.min(file.bytes ?? Infinity, maxPreviewBytes)) return undefined;
      const picture = await wholeOf(opened, maxPreviewBytes);
      const address = await this.media.upload(picture, mime, user, { ...writing, signal });
      return { address, mime, size, bytes: picture.length };
    } catch (error) {
      if (writing.signal.aborted || (error instanceof BridgeError && error.code === 'shardLost')) throw error;
      this.log.warn({ account: file.account, error }, 'a file goes on without its preview');
      return undefined;
    } finally {
      ended.abort();
    }
  }
}
