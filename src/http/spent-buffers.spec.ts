import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { keptConnections } from './connections.js';
import { exchange, StreamedBody } from './exchange.js';
import { giveBack, mostBytesWaiting } from './spent-buffers.js';

describe('http: spent buffers', () => {
  it('a chunk that has its memory to itself is empty at once', () => {
    const chunk = new Uint8Array(mostBytesWaiting);
    giveBack(chunk);
    expect([chunk.length, chunk.buffer.byteLength]).toEqual([0, 0]);
  });

  it.each([
    ['that may still wait in its connection', new Uint8Array(mostBytesWaiting - 1)],
    ['that is the beginning of more', new Uint8Array(4 * mostBytesWaiting).subarray(0, 2 * mostBytesWaiting)],
    ['that is the end of more', new Uint8Array(4 * mostBytesWaiting).subarray(mostBytesWaiting)],
    ['whose memory threads share', new Uint8Array(new SharedArrayBuffer(mostBytesWaiting))],
  ])('one %s stays as it is', (_, chunk) => {
    const { length } = chunk;
    giveBack(chunk);
    expect(chunk).toHaveLength(length);
  });
});

describe('http: a streamed body', () => {
  /** Around all sizes that anything is decided by, and many others. */
  const sizes = [
    1,
    ...[16, 32, 64, 128].flatMap((kibibytes) => [-53, -1, 0, 1].map((more) => kibibytes * 1024 + more)),
    ...Array.from({ length: 400 }, (_, at) => 1 + ((at * 48_271) % 150_000)),
  ];
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const abroad = createHash('sha256');
  let server: Server;
  let pool: Pool;

  beforeEach(async () => {
    server = createServer((request, response) => {
      void readSlowly(request, (chunk) => abroad.update(chunk)).then(() => response.end());
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    pool = new Pool(`http://127.0.0.1:${port}`, keptConnections);
  });

  afterEach(async () => {
    await pool.destroy();
    await new Promise((done) => server.close(done));
  });

  it('arrives byte for byte where its server is slow, and what was sent is empty by then', async () => {
    const home = createHash('sha256');
    const chunks: Uint8Array[] = [];
    async function* made(): AsyncGenerator<Uint8Array> {
      for (const [at, size] of sizes.entries()) {
        const chunk = new Uint8Array(size).map((_, offset) => 1 + ((offset + at) % 251));
        home.update(chunk);
        chunks.push(chunk);
        yield await Promise.resolve(chunk);
      }
    }
    const { status } = await exchange(
      pool,
      { method: 'PUT', path: '/' },
      {
        headers: {},
        body: new StreamedBody(made(), bytes),
        timeoutMs: 60_000,
        maxBytes: 1000,
        signal: new AbortController().signal,
      },
    );
    expect([status, abroad.digest('hex')]).toEqual([200, home.digest('hex')]);
    expect(chunks.map(({ length }) => length)).toEqual(sizes.map((size) => (size < mostBytesWaiting ? size : 0)));
  });
});

/** Leaves it be again and again, so that everything on the way to it fills up. */
async function readSlowly(request: IncomingMessage, take: (chunk: Uint8Array) => void): Promise<void> {
  let untilPause = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    take(chunk);
    untilPause -= chunk.length;
    if (untilPause > 0) continue;
    await sleep(20);
    untilPause = 2_000_000;
  }
}
