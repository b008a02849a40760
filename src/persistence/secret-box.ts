import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** A secret cannot be opened: another key, another row, or a changed value. */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';
}

/**
 * Encrypts values at rest: AES-256-GCM, with the row's identity as associated data, so that a value moved to
 * another row cannot be opened there. The text is `nonce.tag.ciphertext` in base64url.
 */
export class SecretBox {
  readonly #key: Buffer;
  /** Names the key without telling it: stored beside each value, so that keys can be rotated. */
  readonly keyId: string;

  constructor(masterKey: Buffer) {
    this.#key = derive(masterKey, 'crosstalk secrets at rest');
    this.keyId = createHash('sha256').update(this.#key).digest('base64url').slice(0, 12);
  }

  seal(plain: string, row: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(Buffer.from(row));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return [nonce, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url')).join('.');
  }

  open(text: string, row: string): string {
    try {
      const [nonce, tag, sealed] = text.split('.').map((part) => Buffer.from(part, 'base64url'));
      if (nonce === undefined || tag === undefined || sealed === undefined) throw new Error('not three parts');
      const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: 16 });
      decipher.setAAD(Buffer.from(row));
      decipher.setAuthTag(tag);
      return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new SecretUnreadable(
        `the stored secret ${row} cannot be opened with the secret key in use: set the key it was written with`,
        { cause },
      );
    }
  }
}

/** A key of its own for one purpose, so that none of them tells the master key. */
export function derive(masterKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, 'crosstalk', purpose, 32));
}
