import { createHmac, timingSafeEqual } from 'node:crypto';
import { randomText } from '../state/random-text.js';

export type Json = Readonly<Record<string, unknown>>;

const timeoutMs = 10_000;
const randomLength = 64;

export function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(map: unknown, key: string): string {
  const value = isMap(map) ? map[key] : undefined;
  return typeof value === 'string' ? value : '';
}

/** Headers by which a Nextcloud and its signaling server know one another. */
export function proofHeaders(secret: string, body: string): Record<string, string> {
  const random = randomText(randomLength, 'secret');
  return { 'spreed-signaling-random': random, 'spreed-signaling-checksum': checksum(secret, random, body) };
}

export function isProven(secret: string, random: string, given: string, body: string): boolean {
  const expected = checksum(secret, random, body);
  return expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}

function checksum(secret: string, random: string, body: string): string {
  return createHmac('sha256', secret)
    .update(random + body)
    .digest('hex');
}

/** The Nextcloud whose sessions a signaling server takes. */
export class NextcloudBackend {
  constructor(
    /** Its address without a slash at its end. */
    readonly base: string,
    readonly secret: string,
  ) {}

  /** Whether a client names this Nextcloud. */
  isAt(url: string): boolean {
    return url === this.base || url.startsWith(`${this.base}/`);
  }

  /** What Nextcloud answers, an error of its own as `type: 'error'`. Throws where it does not answer. */
  async ask(url: string, asked: Json): Promise<Json> {
    const body = JSON.stringify(asked);
    return this.#dataOf(
      await fetch(url, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'ocs-apirequest': 'true',
          ...proofHeaders(this.secret, body),
        },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      }),
    );
  }

  /** The public key of the tokens that Nextcloud gives; empty where it tells none. */
  async tokenKey(): Promise<string> {
    const data = await this.#dataOf(
      await fetch(`${this.base}/ocs/v2.php/cloud/capabilities`, {
        headers: { accept: 'application/json', 'ocs-apirequest': 'true' },
        signal: AbortSignal.timeout(timeoutMs),
      }),
    );
    let found: unknown = data;
    for (const key of ['capabilities', 'spreed', 'config', 'signaling']) found = isMap(found) ? found[key] : undefined;
    return textOf(found, 'hello-v2-token-key');
  }

  async #dataOf(response: Response): Promise<Json> {
    const parsed: unknown = await response.json();
    const ocs = isMap(parsed) ? parsed['ocs'] : undefined;
    const data = isMap(ocs) ? ocs['data'] : undefined;
    if (!isMap(data)) throw new Error(`Nextcloud answered ${response.status} without data`);
    return data;
  }
}
