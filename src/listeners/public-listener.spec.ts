import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import type { PublicRoute } from '../model/network-definition.js';
import { silentLog } from '../observability/log.js';
import { PublicListener } from './public-listener.js';

const echo: PublicRoute['handle'] = ({ params, query, headers, body }) =>
  Promise.resolve({
    status: 200,
    headers: { 'x-more': 'yes' },
    json: { params, query: [...query], said: headers['x-said'], body: body.toString() },
  });
const routes: PublicRoute[] = [
  { method: 'PUT', path: '/things/:account/:id', maxBodyBytes: 10, handle: echo },
  { method: 'GET', path: '/things/:account', maxBodyBytes: 0, handle: echo },
  {
    method: 'PUT',
    path: '/guarded',
    maxBodyBytes: 100_000_000,
    refusal: ({ query }) => (query.has('key') ? undefined : { status: 401, json: { error: 'no key' } }),
    handle: echo,
  },
  { method: 'POST', path: '/large', maxBodyBytes: 100_000, handle: echo },
  { method: 'POST', path: '/failing', maxBodyBytes: 10, handle: () => Promise.reject(new Error('a secret')) },
];
let listener: PublicListener;
let port: number;

const failures: string[] = [];

beforeEach(async () => {
  failures.length = 0;
  listener = new PublicListener(routes, { ...silentLog, error: (_, event) => failures.push(event) });
  port = await listener.listen('127.0.0.1', 0);
});

afterEach(() => listener.close());

/** As it stands: no client in between that would mend the path. */
function call(method: string, path: string, body = ''): Promise<{ status: number | undefined; json: unknown }> {
  return new Promise((resolve, reject) => {
    const calling = request({ port, host: '127.0.0.1', method, path, headers: { 'x-said': 'hello' }, agent: false });
    calling.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => {
        resolve({ status: answer.statusCode, json: JSON.parse(text) });
      });
    });
    calling.on('error', reject);
    calling.end(body);
  });
}

describe('PublicListener', () => {
  it('hands over decoded parameters, the query, headers and the body', async () => {
    expect(await call('PUT', '/things/h%20s/a%2Fb?token=1&token=2', 'body')).toEqual({
      status: 200,
      json: {
        params: { account: 'h s', id: 'a/b' },
        query: [
          ['token', '1'],
          ['token', '2'],
        ],
        said: 'hello',
        body: 'body',
      },
    });
  });

  it('who may not call is told so before the body is read', async () => {
    const calling = request({ port, host: '127.0.0.1', method: 'PUT', path: '/guarded', agent: false });
    calling.setHeader('content-length', 50_000_000);
    calling.write('the beginning of a body that never ends');
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      calling.on('response', resolve).on('error', reject);
    });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers.connection).toBe('close');
    await new Promise((closed) => answer.resume().on('close', closed));
    expect((await call('PUT', '/guarded?key', 'body')).status).toBe(200);
  });

  it('a body that says it is too large is not read', async () => {
    const calling = request({ port, host: '127.0.0.1', method: 'PUT', path: '/things/a/b', agent: false });
    calling.setHeader('content-length', 11);
    calling.flushHeaders();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      calling.on('response', resolve).on('error', reject);
    });
    expect(answer.statusCode).toBe(413);
    await new Promise((closed) => answer.resume().on('close', closed));
  });

  it.each([
    ['GET', '/'],
    ['GET', '/things'],
    ['GET', '/things/a/b'],
    ['POST', '/things/a/b'],
    ['PUT', '/things/a/b/'],
    ['PUT', '/things/%E0%A4%A/b'],
    ['GET', '//'],
    ['GET', '/\\'],
    ['GET', '//['],
  ])('%s %s is nothing of ours', async (method, path) => {
    expect(await call(method, path)).toEqual({
      status: 404,
      json: { errcode: 'M_UNRECOGNIZED', error: 'there is nothing here' },
    });
  });

  it('a body as large as the limit is taken, a larger one refused', async () => {
    expect((await call('PUT', '/things/a/b', 'x'.repeat(10))).status).toBe(200);
    expect(await call('PUT', '/things/a/b', 'x'.repeat(11))).toEqual({
      status: 413,
      json: { error: 'the body is larger than 10 bytes' },
    });
  });

  it('a far larger one is refused as well, and not read to its end', async () => {
    expect((await call('PUT', '/things/a/b', 'x'.repeat(5_000_000))).status).toBe(413);
  });

  it('of bodies that are sent at one time and never end no more is kept than sixteen of the largest; small ones are heard', async () => {
    const answers: number[] = [];
    const callers = Array.from({ length: 40 }, () => {
      const headers = { 'content-length': 100_000 };
      const calling = request({ port, host: '127.0.0.1', method: 'POST', path: '/large', headers, agent: false });
      calling.on('response', ({ statusCode }) => answers.push(statusCode ?? 0));
      calling.on('error', () => undefined);
      calling.write('x'.repeat(90_000));
      return calling;
    });
    const kept = Math.floor((16 * 100_000) / (90_000 - 16_384));
    while (answers.length < 40 - kept) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(answers).toEqual(Array.from({ length: 40 - kept }, () => 429));
    expect((await call('POST', '/large', 'x'.repeat(16_000))).status).toBe(200);
    expect(await call('POST', '/large', 'x'.repeat(99_000))).toEqual({
      status: 429,
      json: { error: 'too much is sent at once; try again' },
    });
    for (const calling of callers) calling.destroy();
    let status: number | undefined;
    while (status !== 200) status = (await call('POST', '/large', 'x'.repeat(99_000))).status;
    // Who hangs up is no failure of ours.
    expect(failures).toEqual([]);
  });

  it('a handler that fails is answered by 500, so that the call comes again, without its reason', async () => {
    expect(await call('POST', '/failing')).toEqual({
      status: 500,
      json: { error: 'it could not be stored; try again' },
    });
    expect(failures).toEqual(['a call of a network failed']);
  });

  it('a port that is taken is told', async () => {
    await expect(new PublicListener([], silentLog).listen('127.0.0.1', port)).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  it('closes when what is under way is answered', async () => {
    let answer: () => void = () => undefined;
    let begun: () => void = () => undefined;
    const begins = new Promise<void>((resolve) => (begun = resolve));
    const slow = new PublicListener(
      [
        {
          method: 'GET',
          path: '/slow',
          maxBodyBytes: 0,
          handle: () =>
            new Promise((resolve) => {
              answer = () => {
                resolve({ status: 200, json: 'done' });
              };
              begun();
            }),
        },
      ],
      silentLog,
    );
    port = await slow.listen('127.0.0.1', 0);
    const calling = call('GET', '/slow');
    await begins;
    const closed = slow.close();
    answer();
    expect(await calling).toEqual({ status: 200, json: 'done' });
    await closed;
  });

  it('closes though somebody keeps a connection open and says nothing', async () => {
    const silent = connect(port, '127.0.0.1');
    silent.on('error', () => undefined);
    await new Promise((connected) => silent.once('connect', connected));
    await listener.close(100);
    await new Promise((closed) => silent.once('close', closed));
  });
});

it('a body is answered as it is, with its own type', async () => {
  const page: PublicRoute = {
    method: 'GET',
    path: '/page',
    maxBodyBytes: 0,
    handle: () => Promise.resolve({ status: 200, body: { mime: 'text/html', bytes: Buffer.from('<p>hello</p>') } }),
  };
  const other = new PublicListener([page], silentLog);
  try {
    const answer = await fetch(`http://127.0.0.1:${String(await other.listen('127.0.0.1', 0))}/page`);
    expect([answer.headers.get('content-type'), await answer.text()]).toEqual(['text/html', '<p>hello</p>']);
  } finally {
    await other.close();
  }
});
