import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KeptBack, TransportError } from '../../../http/transport-failure.js';
import { HttpDoor, type HttpRequest } from './http.js';

describe('api/http', () => {
  let server: Server;
  let door: HttpDoor;
  let seen: IncomingMessage[];

  const get = (more: Partial<HttpRequest> = {}): Promise<{ status: number }> =>
    door.exchange({
      method: 'GET',
      path: '/',
      headers: {},
      isHeld: false,
      timeoutMs: 20_000,
      maxBytes: 1000,
      signal: new AbortController().signal,
      ...more,
    });

  beforeEach(async () => {
    seen = [];
    server = createServer((request, response) => {
      seen.push(request);
      if (request.url === '/never') return;
      response.setHeader('set-cookie', 'session=1; Path=/');
      response.end('ok');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    door = new HttpDoor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { maxConnections: 1 });
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await door.close();
  });

  it('keeps connections and no cookies', async () => {
    await get();
    await get();
    expect(seen.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined]);
    expect(seen[1]?.socket.remotePort).toBe(seen[0]?.socket.remotePort);
  });

  it('a request that waits for a connection is not asked whether it may go before it can', async () => {
    const stop = new AbortController();
    const first = get({ path: '/never', signal: stop.signal });
    const failed = expect(first).rejects.toMatchObject({ failure: { how: 'aborted', wentOut: true } });
    const asked: string[] = [];
    const second = get({ beforeSend: () => asked.push('second') });
    await until(() => seen.length === 1);
    expect(asked).toEqual([]);
    stop.abort();
    await failed;
    expect(await second).toMatchObject({ status: 200 });
    expect(asked).toEqual(['second']);
  });

  it('one that is given up while it waits never goes out', async () => {
    const stop = new AbortController();
    const first = get({ path: '/never', signal: stop.signal }).catch((error: unknown) => error);
    const waiting = new AbortController();
    const second = get({ path: '/second', method: 'DELETE', signal: waiting.signal });
    const failed = expect(second).rejects.toMatchObject({ failure: { how: 'aborted', wentOut: false } });
    waiting.abort();
    await failed;
    await until(() => seen.length === 1);
    stop.abort();
    await first;
    expect(await get()).toMatchObject({ status: 200 });
    expect(seen.map(({ url }) => url)).toEqual(['/never', '/']);
  });

  it('one that may not go out is kept back, and the next one goes', async () => {
    const cause = new Error('not any more');
    const kept = get({
      path: '/kept',
      method: 'POST',
      body: 'x',
      beforeSend: () => {
        throw cause;
      },
    });
    await expect(kept).rejects.toEqual(new KeptBack(cause));
    await get();
    expect(seen.map(({ url }) => url)).toEqual(['/']);
  });

  it('held requests do not keep others waiting', async () => {
    const stop = new AbortController();
    const held = [1, 2, 3].map(() =>
      get({ path: '/never', isHeld: true, signal: stop.signal }).catch((error: unknown) => error),
    );
    await until(() => seen.length === 3);
    expect(await get()).toMatchObject({ status: 200 });
    stop.abort();
    expect((await Promise.all(held)).every((error) => error instanceof TransportError)).toBe(true);
  });

  it('what cannot be asked fails as not sent', async () => {
    await expect(get({ headers: { 'bad header': '\n' } })).rejects.toMatchObject({
      failure: { how: 'broken', wentOut: false },
    });
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
