import type { NetworkAdapter, RawPayload, ReadResult } from '../model/network-adapter.js';

export type Interpretation = ReadResult | { readonly malformed: string };

/** Pure: reads one stored payload. Whatever is wrong with it stays its own trouble. */
export function interpret(adapter: Pick<NetworkAdapter, 'read'>, body: RawPayload['body']): Interpretation {
  try {
    return adapter.read(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // A parser quotes what it stumbled over; no text in the database holds a NUL.
    return { malformed: reason.replaceAll('\0', '\\0') };
  }
}
