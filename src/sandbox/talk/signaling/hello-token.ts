import { createPublicKey, verify } from 'node:crypto';
import { isMap, textOf, type Json } from './nextcloud-backend.js';

/** Clocks differ. */
const leewaySeconds = 10;

/** What a token says of who shows it; a word for why it is refused else. */
export type TokenReading =
  { readonly claims: Json } | { readonly refused: 'invalid_token' | 'token_expired' | 'token_not_valid_yet' };

/** Reads a token that is signed with ECDSA over P-256. */
export function readToken(token: string, publicKey: string, nowSeconds: number): TokenReading {
  const [head = '', body = '', signature = ''] = token.split('.');
  const claims = parsed(body);
  if (textOf(parsed(head), 'alg') !== 'ES256' || !isMap(claims) || publicKey === '')
    return { refused: 'invalid_token' };
  const key = { key: createPublicKey(publicKey), dsaEncoding: 'ieee-p1363' } as const;
  const isSigned = verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
  if (!isSigned) return { refused: 'invalid_token' };
  if (Number(claims['iat']) > nowSeconds + leewaySeconds) return { refused: 'token_not_valid_yet' };
  if (Number(claims['exp']) < nowSeconds - leewaySeconds) return { refused: 'token_expired' };
  return { claims };
}

function parsed(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
