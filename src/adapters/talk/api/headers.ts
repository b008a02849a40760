import type { IncomingHttpHeaders } from 'node:http';

/** What Talk says beside its answer. */
export interface TalkHeaders {
  /** `X-Chat-Last-Given`: the id of the last row that the server looked at, shown or not. */
  readonly lastGiven?: number;
  /** `X-Chat-Last-Common-Read`: the last row that everybody has read; -2 where nobody has read anything. */
  readonly lastCommonRead?: number;
  /** `X-Nextcloud-Talk-Hash`: another one at the same endpoint means that what the server can has changed. */
  readonly talkHash?: string;
  /** `X-Nextcloud-Talk-Proxy-Hash`: the same of the server that a federated room is on. */
  readonly proxyHash?: string;
  /** `X-Nextcloud-Talk-Modified-Before`: what to ask the room list for next, in whole seconds of the server's clock. */
  readonly modifiedBefore?: number;
  /** `X-Nextcloud-Talk-Federation-Invites`: how many invitations wait for an answer. */
  readonly federationInvites?: number;
  /** `X-Nextcloud-Has-User-Statuses`: whether the participants were given with their statuses. */
  readonly hasUserStatuses?: boolean;
  /** `X-Nextcloud-Bruteforce-Throttled`: for how long the server held the answer back. */
  readonly throttledMs?: number;
  readonly etag?: string;
  readonly contentType?: string;
}

/** Pure: the headers that mean something to a client; those that are absent or make no sense are left out. */
export function talkHeaders(headers: IncomingHttpHeaders): TalkHeaders {
  const given = {
    lastGiven: numberIn(headers, 'x-chat-last-given'),
    lastCommonRead: numberIn(headers, 'x-chat-last-common-read'),
    talkHash: headerOf(headers, 'x-nextcloud-talk-hash'),
    proxyHash: headerOf(headers, 'x-nextcloud-talk-proxy-hash'),
    modifiedBefore: numberIn(headers, 'x-nextcloud-talk-modified-before'),
    federationInvites: numberIn(headers, 'x-nextcloud-talk-federation-invites'),
    hasUserStatuses: flagIn(headers, 'x-nextcloud-has-user-statuses'),
    throttledMs: throttledMsIn(headers),
    etag: headerOf(headers, 'etag'),
    contentType: headerOf(headers, 'content-type'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A whole number in a header, undefined where there is none. */
export function numberIn(headers: IncomingHttpHeaders, name: string): number | undefined {
  const text = headerOf(headers, name)?.trim();
  return text !== undefined && /^-?[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

/** `<n>ms`; undefined where the server did not throttle us. */
export function throttledMsIn(headers: IncomingHttpHeaders): number | undefined {
  const match = /^\s*([0-9]{1,9})\s*(?:ms)?\s*$/.exec(headerOf(headers, 'x-nextcloud-bruteforce-throttled') ?? '');
  return match === null ? undefined : Number(match[1]);
}

function flagIn(headers: IncomingHttpHeaders, name: string): boolean | undefined {
  const text = headerOf(headers, name)?.trim().toLowerCase();
  return text === undefined ? undefined : text === '1' || text === 'true';
}
