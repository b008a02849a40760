import { headerBytes, pictureIn } from '../formatting/file-headers.js';
import { fileName, mimeOf } from '../formatting/file-names.js';
import {
  Abandoned,
  BridgeError,
  FileGone,
  MessageRefused,
  NetworkUnavailable,
  ShardLost,
  TargetGone,
} from '../model/errors.js';
import type { FileRef } from '../model/ids.js';
import type { FileStream, OpenedFile } from '../model/network-adapter.js';

type Open = (file: FileRef, signal: AbortSignal) => Promise<FileStream>;

/**
 * Opens a file for a delivery: with a name, a type and a size that hold wherever it goes. Nothing but its first bytes is kept in memory.
 * One whose network does not say its size, and that is larger than `mostBytes`, is said to be larger than that, and no more.
 * Throws FileGone where it is not to be had any more, NetworkUnavailable where it cannot be had now.
 */
export async function openForDelivery(
  open: Open,
  file: FileRef,
  signal: AbortSignal,
  mostBytes: number,
): Promise<OpenedFile> {
  try {
    const stream = await open(file, signal);
    const { head, isWhole, body } = await begun(stream.body);
    const told = isWhole ? head.length : (stream.bytes ?? file.bytes);
    const bytes = told ?? (await countedBytes(open, file, signal, mostBytes));
    const picture = pictureIn(head);
    const mime = picture?.mime ?? saidMime(file, stream);
    const size = picture?.size ?? file.size;
    return { mime, bytes, body, name: fileName(file.name, mime), ...(size === undefined ? {} : { size }) };
  } catch (error) {
    throw troubleOf(error);
  }
}

/** What says that it is a picture and begins as none is shown as a broken one: it is a file. SVG may begin with anything. */
function saidMime({ name, mime: told }: FileRef, { mime: answered }: FileStream): string {
  const mime = mimeOf(name, mimeOf('', told) === mimeOf('', '') ? answered : told);
  return mime.startsWith('image/') && mime !== 'image/svg+xml' ? mimeOf('', '') : mime;
}

/** A file of one account is no trouble of another one: whatever its network says means only that it cannot be had. */
function troubleOf(error: unknown): unknown {
  if (error instanceof TargetGone) return new FileGone('it is no longer there', { cause: error });
  if (error instanceof MessageRefused) return new FileGone('it could not be fetched', { cause: error });
  if (error instanceof ShardLost || error instanceof Abandoned || !(error instanceof BridgeError)) return error;
  return new NetworkUnavailable(`a file cannot be had from where it is now: ${error.message}`, {
    certainty: 'notSent',
    cause: error,
  });
}

interface Begun {
  readonly head: Buffer;
  /** There is nothing behind the head. */
  readonly isWhole: boolean;
  readonly body: AsyncIterable<Uint8Array>;
}

async function begun(body: AsyncIterable<Uint8Array>): Promise<Begun> {
  const rest = body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let isWhole = false;
  while (bytes < headerBytes && !isWhole) {
    const next = await rest.next();
    if (next.done === true) isWhole = true;
    else {
      chunks.push(next.value);
      bytes += next.value.length;
    }
  }
  const head = Buffer.concat(chunks);
  return { head, isWhole, body: joined(head, rest) };
}

async function* joined(head: Buffer, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/** Nobody told how large it is, and who takes it wants to know before: it is read twice rather than kept. It may never end. */
async function countedBytes(open: Open, file: FileRef, signal: AbortSignal, mostBytes: number): Promise<number> {
  let bytes = 0;
  for await (const chunk of (await open(file, signal)).body) {
    bytes += chunk.length;
    if (bytes > mostBytes) break;
  }
  return bytes;
}
