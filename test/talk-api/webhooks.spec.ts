import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import fc from 'fast-check';
import { TalkWebhooks, webhookRoutes } from '../../src/adapters/talk/talk.webhooks.js';
import { PublicListener } from '../../src/listeners/public-listener.js';
import { accountId } from '../../src/model/ids.js';
import { silentLog } from '../../src/observability/log.js';
import { systemClock } from '../../src/workers/system-clock.js';

const secret = 's'.repeat(64);
const path = '/talk/home/webhook';
let randoms = 0;
const freshRandom = (): string => `${String((randoms += 1)).padStart(8, '0')}${'r'.repeat(56)}`;

/** Whoever calls the public listener of a service whose account `home` has the room `t1` linked. */
describe('the address of bots, called by anybody', () => {
  let effects: string[];
  let listener: PublicListener;
  let port: number;

  beforeAll(async () => {
    const note = (what: string) => (rooms: readonly string[]) =>
      Promise.resolve(void effects.push(`${what} ${rooms.join()}`));
    const webhooks = new TalkWebhooks({
      account: accountId('home'),
      url: 'https://cloud.example.org',
      secrets: {
        known: () => Promise.resolve([{ key: 'bot/1', secret, url: '' }]),
        used: () => Promise.resolve(void effects.push('used')),
      },
      clock: systemClock,
      log: silentLog,
      isLinked: (room) => room === 't1',
      wake: note('wake'),
      pushed: note('pushed'),
    });
    listener = new PublicListener(webhookRoutes([webhooks]), silentLog);
    port = await listener.listen('127.0.0.1', 0);
  });

  beforeEach(() => {
    effects = [];
  });

  afterAll(async () => {
    await listener.close();
  });

  const call = async (body: Buffer | string, headers: Readonly<Record<string, string>>, at = path): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${String(port)}${at}`, { method: 'POST', headers, body });
    await answer.arrayBuffer();
    return answer.status;
  };
  const signed = (body: Buffer | string, random = freshRandom()): Record<string, string> => ({
    'x-nextcloud-talk-random': random,
    'x-nextcloud-talk-signature': createHmac('sha256', secret).update(random).update(body).digest('hex'),
  });
  const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });

  it('what is not signed with the secret: 401, and no effect at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), hex, fc.constantFrom(path, '/talk/nobody/webhook'), async (body, signature, at) => {
        const forged = { 'x-nextcloud-talk-random': freshRandom(), 'x-nextcloud-talk-signature': signature };
        expect(await call(body, forged, at)).toBe(401);
        expect(await call(body, {}, at)).toBe(401);
      }),
      { numRuns: 50 },
    );
    expect(effects).toEqual([]);
  });

  it('what is signed and tells of no linked room: answered, and nothing but that', async () => {
    const strange = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary' }).map((id) => JSON.stringify({ type: 'Create', target: { id } })),
      fc.constantFrom(
        '{"__proto__":{"target":{"id":"t1"}}}',
        '{"target":{"__proto__":{"id":"t1"}}}',
        '{"target":{"id":"\\ud800"}}',
        '{"target":{"id":["t1"]}}',
        `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
      ),
    );
    await fc.assert(
      fc.asyncProperty(strange, async (body) => {
        const bytes = Buffer.from(body);
        expect(await call(bytes, signed(bytes))).toBe(200);
      }),
      { numRuns: 100 },
    );
    expect(effects.filter((effect) => effect !== 'used')).toEqual([]);
  });

  it('of 100 MB nothing is kept, signed or not, and a bomb is not unpacked', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const statuses = [];
    for (const headers of [signed('x'), {}]) statuses.push(await flood(port, headers));
    expect(statuses.every((status) => status === 413 || status === 401 || status === 'cut off')).toBe(true);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60 * 1024 * 1024);
    const bomb = Buffer.alloc(1_000);
    expect(await call(bomb, { ...signed(bomb), 'content-encoding': 'gzip' })).toBe(200);
    expect(effects.filter((effect) => effect !== 'used')).toEqual([]);
  });

  it('what a bot tells of a linked room wakes it', async () => {
    const body = JSON.stringify({ type: 'Create', target: { type: 'Collection', id: 't1' } });
    expect(await call(body, signed(body))).toBe(200);
    expect(effects).toEqual(['used', 'wake t1']);
    const endMs = Date.now() + 10_000;
    while (effects.length < 3 && Date.now() < endMs) await new Promise((done) => setTimeout(done, 20));
    expect(effects).toEqual(['used', 'wake t1', 'pushed t1']);
  });
});

/** 100 MB whose length nobody was told before. */
function flood(port: number, headers: Readonly<Record<string, string>>): Promise<number | 'cut off'> {
  return new Promise((done) => {
    const request = httpRequest({ port, host: '127.0.0.1', path, method: 'POST', headers });
    request.on('response', (response) => {
      response.resume();
      done(response.statusCode ?? 0);
    });
    request.on('error', () => {
      done('cut off');
    });
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    let left = 100;
    const write = (): void => {
      for (; left > 0 && !request.destroyed; left -= 1) if (!request.write(chunk)) break;
      if (left > 0 && !request.destroyed) request.once('drain', write);
      else request.end();
    };
    write();
  });
}
