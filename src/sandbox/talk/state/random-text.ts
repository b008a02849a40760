import { randomBytes } from 'node:crypto';

const letters = {
  /** Room tokens: nothing that reads like something else. */
  token: 'abcdefghijkmnopqrstwxyz23456789',
  secret: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
} as const;

export function randomText(length: number, kind: keyof typeof letters): string {
  const alphabet = letters[kind];
  let text = '';
  for (const byte of randomBytes(length)) text += alphabet[byte % alphabet.length] ?? '';
  return text;
}
