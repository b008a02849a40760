import type { FileStream, OpenedFile, WantedBytes } from '../../../model/network-adapter.js';
import { brokenAnswer, noFile, refusalError } from '../matrix.errors.js';
import type { MatrixClient } from '../matrix.client.js';
import { parseMxc } from '../matrix.ids.js';
import type { Writing } from './account.api.js';
import { StreamedBody } from '../../../http/exchange.js';
import type { MatrixCall } from './matrix-call.js';
import { path } from './path.js';

const defaultMaxBytes = 50 * 1024 * 1024;

/** Files in the homeserver's media repository. */
export class MediaApi {
  constructor(private readonly client: MatrixClient) {}

  /** The largest file that may be uploaded; servers before 1.11 say it elsewhere. */
  async maxFileBytes(signal: AbortSignal): Promise<number> {
    for (const config of ['/_matrix/client/v1/media/config', '/_matrix/media/v3/config']) {
      const answer = await this.client.call({ method: 'GET', path: config, act: 'read', signal });
      const bytes = 'refusal' in answer ? undefined : answer.body['m.upload.size'];
      if (typeof bytes === 'number') return bytes;
    }
    return defaultMaxBytes;
  }

  /** Keeps a file and answers its `mxc://` address. */
  async upload(bytes: Buffer, mime: string, user: string, writing: Writing): Promise<string> {
    return this.#upload({ body: bytes, contentType: mime, user, ...writing });
  }

  /** Keeps a file of any size, as it comes, and answers its `mxc://` address. */
  async uploadFile(file: OpenedFile, user: string, writing: Writing): Promise<string> {
    const { name: filename, mime, bytes, body } = file;
    const query = { filename };
    return this.#upload({ body: new StreamedBody(body, bytes), contentType: mime, query, user, ...writing });
  }

  /** Opens the file at an `mxc://` address, with our token; from servers before 1.11 without. */
  async open(address: string, signal: AbortSignal, wanted?: WantedBytes): Promise<FileStream> {
    const file = parseMxc(address);
    if (file === undefined) throw noFile(address);
    const opened = await this.client.stream(
      path`/_matrix/client/v1/media/download/${file.server}/${file.media}`,
      signal,
      wanted,
    );
    if (!('refusal' in opened)) return opened;
    if (opened.refusal.errcode !== 'M_UNRECOGNIZED') throw refusalError(opened.refusal, 'file', 'read');
    const older = path`/_matrix/media/v3/download/${file.server}/${file.media}`;
    const before = await this.client.stream(older, signal, wanted);
    if ('refusal' in before) throw refusalError(before.refusal, 'file', 'read');
    return before;
  }

  async #upload(call: Omit<MatrixCall, 'method' | 'path' | 'act'>): Promise<string> {
    const body = await this.client.get(
      { method: 'POST', path: '/_matrix/media/v3/upload', act: 'repeatable', ...call },
      'upload',
    );
    const { content_uri: address } = body;
    if (typeof address !== 'string') throw brokenAnswer('repeatable', 'an upload without its address');
    return address;
  }
}
