import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const pauseMs = 10;

/** Receives what a bot is sent. */
export class BotReceiver {
  /** Bodies in the order in which they came, with what notes say as data. */
  readonly heard: unknown[] = [];
  /** How many were not signed with the bot's secret. */
  unsigned = 0;
  readonly #server: Server;

  constructor(private readonly secret: string) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        const random = String(request.headers['x-nextcloud-talk-random']);
        const signature = createHmac('sha256', this.secret)
          .update(random + raw)
          .digest('hex');
        if (signature !== request.headers['x-nextcloud-talk-signature']) this.unsigned += 1;
        this.heard.push(opened(JSON.parse(raw)));
        response.end();
      });
    });
  }

  /** Where bots are to send to. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** When so many came. */
  async hear(count: number): Promise<readonly unknown[]> {
    while (this.heard.length < count) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    return this.heard;
  }
}

/** A body in which what a note says is data, and no text that holds data. */
export function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== 'object' || value === null) return value;
  const map = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, opened(item)]));
  const isNote = map['type'] === 'Note' && typeof map['content'] === 'string';
  return isNote ? { ...map, content: JSON.parse(map['content'] as string) as unknown } : map;
}
