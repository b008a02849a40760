import { BridgeError } from '../../model/errors.js';
import type { UserId } from '../../model/ids.js';
import type { FileStream, Speaker } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { AccountApi, Writing } from './api/account.api.js';
import type { MediaApi } from './api/media.api.js';

/** The picture that a ghost has; its version is that of the person's. */
export interface Picture {
  readonly version: string;
}

export const maxPictureBytes = 4 * 1024 * 1024;

/** Brings people's pictures to their ghosts. A picture never keeps a message from being sent. */
export class GhostPictures {
  constructor(
    private readonly account: AccountApi,
    private readonly media: MediaApi,
    private readonly log: Log,
    private readonly timeoutMs: number,
  ) {}

  /** The picture that the ghost has now; undefined where the person has none. */
  async set(ghost: UserId, speaker: Speaker, writing: Writing): Promise<Picture | undefined | 'failed'> {
    const { avatar } = speaker.profile;
    const timeout = AbortSignal.timeout(this.timeoutMs);
    const within = { ...writing, signal: AbortSignal.any([writing.signal, timeout]) };
    try {
      const address = avatar === undefined ? '' : await this.#bring(ghost, speaker, within);
      await this.account.setAvatar(ghost, address, within);
      return avatar === undefined ? undefined : { version: avatar.version };
    } catch (error) {
      // Whatever went wrong on the other network is not known here; our own stopping and losing the shard are.
      if (writing.signal.aborted || isStop(error, timeout)) throw error;
      this.log.warn({ ghost, error }, 'the picture of a ghost could not be set');
      return 'failed';
    }
  }

  async #bring(ghost: UserId, speaker: Speaker, writing: Writing): Promise<string> {
    const picture = await speaker.openAvatar(writing.signal);
    return this.media.upload(await wholeOf(picture), picture.mime, ghost, writing);
  }
}

function isStop(error: unknown, timeout: AbortSignal): boolean {
  return error instanceof BridgeError && error.code === 'shardLost' && !timeout.aborted;
}

/** Throws where it has more bytes than that: 4 MiB where nothing else is said. */
export async function wholeOf({ body }: FileStream, maxBytes = maxPictureBytes): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`the picture has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
