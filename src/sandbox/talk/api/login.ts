import type { Accounts, Credential } from '../state/accounts.js';
import type { Cookie, FederatedLogin } from './call.js';
import type { Answer } from './ocs.js';

export type Login =
  | { readonly kind: 'account'; readonly credential: Credential }
  | { readonly kind: 'none' }
  /** Another server asks for one of its people; whether it may is known in the room. */
  | { readonly kind: 'federated'; readonly person: FederatedLogin }
  /** Somebody sent a login that does not fit. */
  | { readonly kind: 'wrong' };

/** Reads HTTP Basic as other servers send it for their people. */
export function readFederatedLogin(authorization: string | undefined): Login {
  const decoded = decode(authorization);
  if (decoded === undefined) return { kind: 'wrong' };
  return { kind: 'federated', person: { cloudId: decodeURIComponent(decoded.name), accessToken: decoded.secret } };
}

/** Reads HTTP Basic, with the real password or an app password, and an app password as bearer token. */
export function readLogin(accounts: Accounts, authorization: string | undefined): Login {
  if (authorization === undefined) return { kind: 'none' };
  const token = /^bearer\s+(\S+)$/i.exec(authorization)?.[1];
  const decoded = decode(authorization);
  const known = decoded === undefined ? undefined : accounts.check(decoded.name, decoded.secret);
  const credential = token === undefined ? known : accounts.owner(token);
  return credential === undefined ? { kind: 'wrong' } : { kind: 'account', credential };
}

function decode(authorization: string | undefined): { readonly name: string; readonly secret: string } | undefined {
  const encoded = /^basic\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return { name: decoded.slice(0, colon), secret: decoded.slice(colon + 1) };
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
