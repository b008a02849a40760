import type { SandboxAnswer } from './http-server.js';
import type { StoredBytes } from './stored-bytes.js';

/** A file, or the one part of it that `range` asks for, as Sabre and Slack's file servers answer it. */
export function rangeAnswer(
  data: StoredBytes,
  range: string | undefined,
  headers: Record<string, string>,
): SandboxAnswer {
  const [, from, to = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === undefined) return { status: 200, headers: { ...headers, 'accept-ranges': 'bytes' }, content: data };
  const first = Number(from);
  const last = to === '' ? data.length - 1 : Math.min(Number(to), data.length - 1);
  const size = String(data.length);
  if (first > last) return { status: 416, headers: { 'content-range': `bytes */${size}` } };
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${String(first)}-${String(last)}/${size}` },
    body: data.whole().subarray(first, last + 1),
  };
}
