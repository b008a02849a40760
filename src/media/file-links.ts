import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { contentRangeOf, wantedBytesIn } from '../formatting/byte-ranges.js';
import { fileName, mimeOf } from '../formatting/file-names.js';
import type { Clock } from '../model/clock.js';
import { BridgeError } from '../model/errors.js';
import { accountId, type FileRef, type MessageRef, remoteId, roomId } from '../model/ids.js';
import type { FileStream, WantedBytes } from '../model/network-adapter.js';
import type { Log, PublicAnswer, PublicCall, PublicRoute } from '../model/network-definition.js';

const dayMs = 86_400_000;
const openWithinMs = 30_000;
const againAfterS = 30;

/** Nothing that is opened here runs or is shown as a page of ours, and nobody keeps it or learns where it was. */
const guarded = {
  'cache-control': 'private, no-store',
  'content-security-policy': "sandbox; default-src 'none'",
  'cross-origin-resource-policy': 'same-site',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
} as const;

const unsigned = refused(401, 'this address was not made here');
const expired = refused(410, 'this address does not hold any more');
const gone = refused(410, 'the file is not there any more');
const busy = refused(503, 'too many files are fetched at once; try again', { 'retry-after': String(againAfterS) });
const unavailable = refused(503, 'the file cannot be had now', { 'retry-after': String(againAfterS) });

function refused(status: number, error: string, headers: Readonly<Record<string, string>> = {}): PublicAnswer {
  return { status, headers: { ...guarded, ...headers }, json: { error } };
}

export interface FileLinkParts {
  /** Signs addresses; another key ends all of them. */
  readonly key: Buffer;
  readonly clock: Clock;
  readonly log: Log;
  /** Where people reach the public listener, without a slash at its end. Absent: there are no links. */
  readonly publicUrl: string | undefined;
  /** 0: there are no links. */
  readonly days: number;
  readonly maxDownloads: number;
  open(file: FileRef, signal: AbortSignal, wanted: WantedBytes | undefined): Promise<FileStream>;
  /** Whether a message stands where it was said. */
  stands(message: MessageRef): Promise<boolean>;
}

/** A file as an address names it. */
interface Linked {
  readonly file: FileRef;
  readonly message: MessageRef;
}

/** Files that a room does not take, for whoever has their address: signed, and with an end, which comes with the message's own too. */
export class FileLinks {
  #downloads = 0;

  readonly route: PublicRoute = {
    method: 'GET',
    path: '/files/:file/:untilMs/:signature',
    maxBodyBytes: 0,
    refusal: (call) => this.#refusal(call),
    handle: (call) => this.#answer(call),
  };

  constructor(private readonly parts: FileLinkParts) {}

  /** Where a file of a message is to be had from now on, and until when; undefined where the settings want no such addresses. */
  addressOf(file: FileRef, message: MessageRef): { readonly url: string; readonly until: Date } | undefined {
    const { publicUrl, days, clock } = this.parts;
    if (publicUrl === undefined || days === 0) return undefined;
    const until = new Date(clock.now().getTime() + days * dayMs);
    const named = written({ file, message });
    const untilMs = String(until.getTime());
    return { url: `${publicUrl}/files/${named}/${untilMs}/${this.#signatureOf(named, untilMs)}`, until };
  }

  #refusal({ params: { file = '', untilMs = '', signature = '' } }: PublicCall): PublicAnswer | undefined {
    const given = createHash('sha256').update(signature).digest();
    const expected = createHash('sha256').update(this.#signatureOf(file, untilMs)).digest();
    if (!timingSafeEqual(given, expected)) return unsigned;
    return this.parts.clock.now().getTime() < Number(untilMs) ? undefined : expired;
  }

  async #answer(call: PublicCall): Promise<PublicAnswer> {
    const linked = readBack(call.params['file'] ?? '');
    if (this.#downloads >= this.parts.maxDownloads) return busy;
    this.#downloads += 1;
    const ended = new AbortController();
    let isClosed = false;
    const close = (): void => {
      if (isClosed) return;
      isClosed = true;
      this.#downloads -= 1;
      ended.abort();
    };
    try {
      const answer = await this.#opened(linked, wantedIn(call), ended, close);
      if (answer.stream === undefined) close();
      return answer;
    } catch (error) {
      close();
      this.parts.log.debug({ account: linked.file.account, error }, 'a linked file could not be opened');
      return error instanceof BridgeError && error.code === 'targetGone' ? gone : unavailable;
    }
  }

  async #opened(
    { file, message }: Linked,
    wanted: WantedBytes | undefined,
    ended: AbortController,
    close: () => void,
  ): Promise<PublicAnswer> {
    if (!(await this.parts.stands(message))) return gone;
    if (wanted !== undefined && file.bytes !== undefined && wanted.first >= file.bytes)
      return refused(416, 'the file ends before that', { 'content-range': `bytes */${String(file.bytes)}` });
    const patience = setTimeout(() => {
      ended.abort();
    }, openWithinMs);
    const stream = await this.parts.open(file, ended.signal, wanted).finally(() => {
      clearTimeout(patience);
    });
    const { part, bytes, body } = stream;
    const mime = mimeOf(file.name, file.mime);
    return {
      status: part === undefined ? 200 : 206,
      headers: {
        ...guarded,
        'accept-ranges': 'bytes',
        'content-disposition': attachment(fileName(file.name, mime)),
        ...(part === undefined ? {} : { 'content-range': contentRangeOf(part) }),
      },
      stream: { mime, ...(bytes === undefined ? {} : { bytes }), chunks: body, close },
    };
  }

  #signatureOf(file: string, untilMs: string): string {
    return createHmac('sha256', this.parts.key)
      .update(JSON.stringify([file, untilMs]))
      .digest('base64url');
  }
}

/** A part of a file that may have changed meanwhile is of no use: nothing says here that it has not. */
function wantedIn({ headers }: PublicCall): WantedBytes | undefined {
  return headers['if-range'] === undefined ? wantedBytesIn(headers['range']) : undefined;
}

type Fields = [
  account: string,
  id: string,
  name: string,
  mime: string,
  bytes: number | null,
  room: string,
  message: string,
];

function written({ file, message }: Linked): string {
  const { account, id, mime, bytes } = file;
  const fields: Fields = [account, id, fileName(file.name, mime), mime, bytes ?? null, message.room.id, message.id];
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** It was signed: so it is as it was written. */
function readBack(named: string): Linked {
  const fields = JSON.parse(Buffer.from(named, 'base64url').toString()) as Fields;
  const [account, id, name, mime, bytes, room, message] = fields;
  const of = accountId(account);
  return {
    file: { account: of, id, name, mime, ...(bytes === null ? {} : { bytes }) },
    message: { room: { account: of, id: roomId(room) }, id: remoteId(message) },
  };
}

/** Pure: names beyond ASCII twice, for those who read one of the two ways. Source: RFC 6266, RFC 8187. */
function attachment(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
