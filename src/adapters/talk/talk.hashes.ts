import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../model/clock.js';
import { headerOf } from './api/headers.js';
import type { OcsCall } from './api/ocs.js';

/** Nodes of one server may differ, and answer by turns: one that was heard of within this time is no change. */
const nodesMs = 600_000;

/**
 * Notices that what a server can, or how it is set up, has changed. `X-Nextcloud-Talk-Hash` differs by endpoint at one and the
 * same time: only another one at the same endpoint means something.
 */
export class TalkHashes {
  /** By endpoint: its hashes, and when each was told last. */
  readonly #known = new Map<string, Map<string, number>>();

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  /** Whether the endpoint had others until now. */
  hasChanged(
    { method, path, token }: Pick<OcsCall, 'method' | 'path' | 'token'>,
    headers: IncomingHttpHeaders,
  ): boolean {
    const hash = headerOf(headers, 'x-nextcloud-talk-hash');
    if (hash === undefined) return false;
    const endpoint = `${method} ${path.replaceAll(token ?? '\0', '{token}').replaceAll(/\d+/g, '{id}')}`;
    const nowMs = this.clock.monotonicMs();
    const known = this.#known.get(endpoint) ?? new Map<string, number>();
    const isFirst = !this.#known.has(endpoint);
    const newest = [...known.keys()].at(-1);
    const toldMs = known.get(hash) ?? -Infinity;
    // The one that was told last is first among those that are kept.
    known.delete(hash);
    this.#known.set(endpoint, known.set(hash, nowMs));
    for (const [old, atMs] of known) if (nowMs - atMs > nodesMs) known.delete(old);
    return !isFirst && newest !== hash && nowMs - toldMs > nodesMs;
  }
}
