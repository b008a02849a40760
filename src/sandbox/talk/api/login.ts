import type { Accounts, Credential } from '../state/accounts.js';
import type { Cookie } from './call.js';
import type { Answer } from './ocs.js';

export type Login =
  | { readonly kind: 'account'; readonly credential: Credential }
  | { readonly kind: 'none' }
  /** Somebody sent a login that does not fit. */
  | { readonly kind: 'wrong' };

/** Reads HTTP Basic, with the real password or an app password. */
export function readLogin(accounts: Accounts, authorization: string | undefined): Login {
  if (authorization === undefined) return { kind: 'none' };
  const encoded = /^basic\s+(\S+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return { kind: 'wrong' };
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const credential = accounts.check(decoded.slice(0, colon), decoded.slice(colon + 1));
  return credential === undefined ? { kind: 'wrong' } : { kind: 'account', credential };
}

const cookieName = 'ocsandboxtalk';

/** Undefined where the request brought no session. */
export function readCookie(header: string | undefined): Cookie | undefined {
  if (header === undefined) return undefined;
  for (const part of header.split(';')) {
    const [name, value] = part.trim().split('=');
    if (name === cookieName && value !== undefined) return { value, isNew: false };
  }
  return undefined;
}

export function withCookie(answer: Answer, cookie: Cookie): Answer {
  const header = `${cookieName}=${cookie.value}; path=/; HttpOnly; SameSite=Lax`;
  return { ...answer, headers: { ...answer.headers, 'Set-Cookie': header } };
}
