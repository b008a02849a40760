import { randomBytes, randomInt } from 'node:crypto';

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** `T`, `U`, `C`, `B` … and ten letters and digits. */
export function newId(kind: 'T' | 'U' | 'C' | 'G' | 'D' | 'B' | 'A' | 'F' | 'S' | 'V' | 'R' | 'Ev'): string {
  let id = `${kind}0`;
  for (let at = 0; at < 9; at += 1) id += letters[randomInt(letters.length)] ?? '0';
  return id;
}

export function newSecret(bytes = 16): string {
  return randomBytes(bytes).toString('hex');
}

/** As Slack names a block that nobody named. */
export function newBlockId(): string {
  return randomBytes(4).toString('base64url').slice(0, 5);
}
