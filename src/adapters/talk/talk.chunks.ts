import { NetworkUnavailable, TargetGone } from '../../model/errors.js';
import type { OpenedFile } from '../../model/network-adapter.js';
import { callEndpoint, pathOf } from './api/endpoint-call.js';
import { fileEndpoints } from './api/files.endpoints.js';
import { headerOf } from './api/headers.js';
import { StreamedBody } from '../../http/exchange.js';
import type { OcsDoor } from './api/ocs.js';
import { refusalOf, refusedBy } from './api/refused.js';
import { fileNotTaken } from './talk.file-errors.js';

/** Nextcloud takes so many of one file. Source: Nextcloud's developer manual, "Chunked file upload v2". */
const mostChunks = 10_000;
/** The server copies the chunks into one file while we wait: so fast at least. */
const joinedBytesPerMs = 10_000;
const joinedWithinMs = 60_000;

export interface Asking {
  readonly signal: AbortSignal;
  beforeSend(): void;
}

/** Somebody's files on a server, by whoever is logged in as them. */
export interface FilesOf {
  readonly door: OcsDoor;
  /** The id of the user. */
  readonly user: string;
  /** The server's base address, without a slash at its end. */
  readonly baseUrl: string;
  readonly chunkBytes: number;
}

/**
 * Sends a large file in chunks, which the server makes one file of. What an earlier attempt sent under the same `transfer` is not sent
 * again, and a file that stands there already is left as it is. `path`: below the user's files.
 */
export async function putInChunks(
  files: FilesOf,
  path: string,
  transfer: string,
  opened: OpenedFile,
  asking: Asking,
): Promise<void> {
  const { door, user, baseUrl } = files;
  const { bytes } = opened;
  const chunkBytes = Math.max(files.chunkBytes, Math.ceil(bytes / mostChunks));
  const destination = baseUrl + pathOf(fileEndpoints.upload, { user, path });
  const how = { beforeSend: () => asking.beforeSend() };
  if ((await sizeAt(door, pathOf(fileEndpoints.upload, { user, path }), asking)) === bytes) return;
  let mayBeThere = (await begin(files, transfer, destination, asking)) === 'before';
  const source = new Pieces(opened.body);
  for (let at = 0, number = 1; at < bytes; at += chunkBytes, number += 1) {
    const length = Math.min(chunkBytes, bytes - at);
    const chunk = String(number).padStart(5, '0');
    const chunkPath = pathOf(fileEndpoints.uploadChunk, { user, transfer, chunk });
    if (mayBeThere) {
      mayBeThere = (await sizeAt(door, chunkPath, asking)) === length;
      if (mayBeThere) {
        await source.skip(length);
        continue;
      }
    }
    await door.ask({
      method: 'PUT',
      path: chunkPath,
      act: 'read',
      answers: 'nothing',
      headers: { destination, 'oc-total-length': String(bytes) },
      refused: (refusal) => fileNotTaken(refusal) ?? refusedBy({ ...fileEndpoints.uploadChunk, act: 'read' })(refusal),
      content: { contentType: 'application/octet-stream', body: new StreamedBody(source.take(length), length) },
      signal: asking.signal,
      ...how,
    });
  }
  await finish(files, transfer, { destination, bytes }, asking);
}

async function finish(
  { door, user }: FilesOf,
  transfer: string,
  { destination, bytes }: { readonly destination: string; readonly bytes: number },
  asking: Asking,
): Promise<void> {
  const how = { beforeSend: () => asking.beforeSend() };
  // Once more it finds the file, or the chunks.
  const endpoint = { ...fileEndpoints.finishUpload, act: 'read' } as const;
  try {
    await door.ask({
      method: 'MOVE',
      path: pathOf(endpoint, { user, transfer }),
      act: 'read',
      answers: 'nothing',
      headers: { destination, 'oc-total-length': String(bytes) },
      refused: (refusal) => fileNotTaken(refusal) ?? refusedBy(endpoint)(refusal),
      heldMs: joinedWithinMs + Math.ceil(bytes / joinedBytesPerMs),
      signal: asking.signal,
      ...how,
    });
  } catch (error) {
    if (refusalOf(endpoint, error)?.status !== 400) throw error;
    // What lies there makes another file: all of it is sent again.
    await callEndpoint(door, { ...fileEndpoints.dropUpload, act: 'read' }, { user, transfer }, asking.signal, how);
    throw new NetworkUnavailable('the chunks of a file did not make the whole', { certainty: 'notSent', cause: error });
  }
}

/** Whether the transfer begins now, or has begun before. */
async function begin(
  { door, user }: FilesOf,
  transfer: string,
  destination: string,
  asking: Asking,
): Promise<'now' | 'before'> {
  const endpoint = { ...fileEndpoints.beginUpload, act: 'read' } as const;
  try {
    await callEndpoint(door, endpoint, { user, transfer, destination }, asking.signal, {
      beforeSend: () => asking.beforeSend(),
    });
    return 'now';
  } catch (error) {
    if (refusalOf(fileEndpoints.beginUpload, error)?.status === 405) return 'before';
    throw error;
  }
}

/** Undefined where there is nothing. */
async function sizeAt(door: OcsDoor, path: string, { signal }: Asking): Promise<number | undefined> {
  try {
    const { headers } = await door.ask({
      method: 'HEAD',
      path,
      act: 'read',
      answers: 'nothing',
      refused: refusedBy(fileEndpoints.size),
      signal,
    });
    const length = headerOf(headers, 'content-length');
    return length === undefined ? undefined : Number(length);
  } catch (error) {
    if (error instanceof TargetGone) return undefined;
    throw error;
  }
}

/** A stream that is read piece by piece. */
class Pieces {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly the next bytes. Throws where the file ends before. */
  async *take(bytes: number): AsyncGenerator<Uint8Array> {
    let left = bytes;
    while (left > 0) {
      if (this.#rest.length === 0) this.#rest = await this.#next();
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async skip(bytes: number): Promise<void> {
    for await (const _piece of this.take(bytes));
  }

  async #next(): Promise<Uint8Array> {
    const next = await this.#source.next();
    if (next.done === true) throw new NetworkUnavailable('a file ended before its end', { certainty: 'notSent' });
    return next.value;
  }
}
