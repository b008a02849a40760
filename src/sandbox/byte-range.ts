import type { SandboxAnswer } from './http-server.js';
import type { StoredBytes } from './stored-bytes.js';

export interface ByteRange {
  readonly first: number;
  /** Included. */
  readonly last: number;
}

/** Pure: the one part of a file that a `Range` asks for; what is no such header, or asks for several parts, asks for the whole. */
export function rangeIn(header: string | undefined, length: number): ByteRange | 'whole' | 'beyond' {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return 'whole';
  const first = from === '' ? Math.max(0, length - Number(to)) : Number(from);
  const last = from === '' || to === '' ? length - 1 : Math.min(Number(to), length - 1);
  return first > last ? 'beyond' : { first, last };
}

/** Pure: what `Content-Range` says of a part. */
export function contentRange({ first, last }: ByteRange, length: number): string {
  return `bytes ${String(first)}-${String(last)}/${String(length)}`;
}

/** A file, or the one part of it that `range` asks for, as Sabre and Slack's file servers answer it. */
export function rangeAnswer(
  data: StoredBytes,
  range: string | undefined,
  headers: Record<string, string>,
): SandboxAnswer {
  const part = rangeIn(range, data.length);
  if (part === 'whole') return { status: 200, headers: { ...headers, 'accept-ranges': 'bytes' }, content: data };
  if (part === 'beyond') return { status: 416, headers: { 'content-range': `bytes */${String(data.length)}` } };
  return {
    status: 206,
    headers: { ...headers, 'content-range': contentRange(part, data.length) },
    body: data.whole().subarray(part.first, part.last + 1),
  };
}
