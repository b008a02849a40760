import type { IncomingHttpHeaders } from 'node:http';
import { headerOf } from './api/headers.js';
import type { OcsCall } from './api/ocs.js';

/**
 * Notices that what a server can, or how it is set up, has changed. `X-Nextcloud-Talk-Hash` differs by endpoint at one and the
 * same time: only another one at the same endpoint means something.
 */
export class TalkHashes {
  readonly #known = new Map<string, string>();

  /** Whether the endpoint had another hash the last time. */
  hasChanged(
    { method, path, token }: Pick<OcsCall, 'method' | 'path' | 'token'>,
    headers: IncomingHttpHeaders,
  ): boolean {
    const hash = headerOf(headers, 'x-nextcloud-talk-hash');
    if (hash === undefined) return false;
    const endpoint = `${method} ${path.replaceAll(token ?? '\0', '{token}').replaceAll(/\d+/g, '{id}')}`;
    const known = this.#known.get(endpoint);
    this.#known.set(endpoint, hash);
    return known !== undefined && known !== hash;
  }
}
