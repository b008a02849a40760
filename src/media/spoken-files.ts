import { fileName } from '../formatting/file-names.js';
import { oggDurationMs } from '../formatting/ogg-duration.js';
import { BridgeError, NetworkUnavailable } from '../model/errors.js';
import type { OpenedFile } from '../model/network-adapter.js';
import type { Log } from '../model/network-definition.js';
import { NotConverted, type SoundConversion } from './sound-conversion.js';

/** What was spoken into one room, as the next one plays it. */
export class SpokenFiles {
  constructor(
    private readonly conversion: Pick<SoundConversion, 'convert'>,
    private readonly log: Log,
  ) {}

  /**
   * Opens it as one of these types, the first where it has to be made. Where it cannot be made, it is opened as it is, and the log says
   * why. Throws what `open` throws, and NetworkUnavailable where the file breaks off.
   */
  async open(open: () => Promise<OpenedFile>, types: readonly string[], signal: AbortSignal): Promise<OpenedFile> {
    const opened = await open();
    const [wanted] = types;
    if (wanted === undefined || types.includes(opened.mime)) return opened;
    try {
      return asType(opened, wanted, await this.conversion.convert(opened, wanted, signal));
    } catch (error) {
      if (error instanceof NotConverted) {
        const { mime: from, bytes } = opened;
        this.log.warn({ from, to: wanted, bytes, why: error.message }, 'a voice message goes on as it is');
        // What was read of it is gone.
        return open();
      }
      if (error instanceof BridgeError || signal.aborted) throw error;
      throw new NetworkUnavailable('a file broke off', { certainty: 'notSent', cause: error });
    }
  }
}

function asType({ name }: OpenedFile, mime: string, sound: Buffer): OpenedFile {
  const durationMs = oggDurationMs(sound);
  const stem = name.replace(/(?<=.)\.[^.]+$/, '');
  return {
    mime,
    name: fileName(stem, mime),
    bytes: sound.length,
    body: whole(sound),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}

async function* whole(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
