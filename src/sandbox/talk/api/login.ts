import type { Accounts, Credential } from '../state/accounts.js';

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
