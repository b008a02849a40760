import type { GivenBytes, WantedBytes } from '../model/network-adapter.js';

const digits = '(\\d{1,15})';
const wantedPattern = new RegExp(`^bytes=${digits}-(?:${digits})?$`);
const givenPattern = new RegExp(`^bytes ${digits}-${digits}/(?:${digits}|\\*)$`);

/** Pure: the one part that a `Range` header asks for; undefined: the whole is answered, as to any header that is not understood. Source: RFC 9110, 14.2. */
export function wantedBytesIn(header: string | undefined): WantedBytes | undefined {
  const [, from, to] = wantedPattern.exec(header ?? '') ?? [];
  if (from === undefined) return undefined;
  const first = Number(from);
  if (to === undefined) return { first };
  return Number(to) < first ? undefined : { first, last: Number(to) };
}

/** Pure: the value of a `Range` header. */
export function rangeOf({ first, last }: WantedBytes): string {
  return `bytes=${String(first)}-${last === undefined ? '' : String(last)}`;
}

/** Pure: what a `Content-Range` header says; undefined where it says nothing of use. */
export function givenBytesIn(header: unknown): GivenBytes | undefined {
  const [, from, to, of] = givenPattern.exec(typeof header === 'string' ? header : '') ?? [];
  if (from === undefined || to === undefined || Number(to) < Number(from)) return undefined;
  const part = { first: Number(from), last: Number(to) };
  if (of === undefined) return part;
  return Number(of) > part.last ? { ...part, of: Number(of) } : undefined;
}

/** Pure: the value of a `Content-Range` header. */
export function contentRangeOf({ first, last, of }: GivenBytes): string {
  return `bytes ${String(first)}-${String(last)}/${of === undefined ? '*' : String(of)}`;
}
