import { Agent as HttpAgent, request as httpRequest, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { sign, type InstalledBot } from './state/bots.js';
import { randomText } from './state/random-text.js';
import { phpJson } from './view/webhook-body.js';

const timeoutMs = 5_000;
const randomLength = 64;

/** Sends webhooks: once each, without waiting and without trying again. */
export class WebhookSender {
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });
  readonly #open = new Set<ClientRequest>();
  #toLose = 0;
  #lost = 0;
  #sent = 0;
  #failed = 0;

  /** How many were sent, and how many of these had no 2xx answer in time. */
  get counts(): { readonly sent: number; readonly failed: number } {
    return { sent: this.#sent, failed: this.#failed };
  }

  /** How many were never sent. */
  get lost(): number {
    return this.#lost;
  }

  /** The next `count` webhooks are never sent, as with a server that fails in between. */
  loseNext(count: number): void {
    this.#toLose = count;
  }

  /** @param backend the address that the server is configured with, which need not be the one that it is asked at */
  send(bot: InstalledBot, body: unknown, backend: string): void {
    if (this.#toLose > 0) {
      this.#toLose -= 1;
      this.#lost += 1;
      return;
    }
    this.#sent += 1;
    const text = phpJson(body);
    const random = randomText(randomLength, 'secret');
    const url = new URL(bot.url);
    const isTls = url.protocol === 'https:';
    const options = {
      method: 'POST',
      agent: isTls ? this.#https : this.#http,
      timeout: timeoutMs,
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(text),
        'OCS-APIRequest': 'true',
        'User-Agent': 'Nextcloud Server Crawler',
        'X-Nextcloud-Talk-Random': random,
        'X-Nextcloud-Talk-Signature': sign(bot.secret, random, text),
        'X-Nextcloud-Talk-Backend': backend,
      },
    };
    const sending = isTls ? httpsRequest(url, options) : httpRequest(url, options);
    this.#open.add(sending);
    let isAccepted = false;
    sending.on('response', (response) => {
      isAccepted = response.statusCode !== undefined && response.statusCode < 300;
      response.resume();
    });
    sending.on('timeout', () => sending.destroy());
    // Counted when it closes, as every other end is.
    sending.on('error', () => (isAccepted = false));
    sending.on('close', () => {
      this.#open.delete(sending);
      if (!isAccepted) this.#failed += 1;
    });
    sending.end(text);
  }

  /** Drops what is under way. */
  stop(): void {
    for (const sending of this.#open) sending.destroy();
    this.#http.destroy();
    this.#https.destroy();
  }
}
