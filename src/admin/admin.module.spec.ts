import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LinkRefused, NoSuchLink } from '../links/link-changes.js';
import { silentLog } from '../observability/log.js';
import { Metrics } from '../observability/metrics.js';
import { ReplayRefused } from '../pipeline/replays.js';
import { systemClock } from '../workers/system-clock.js';
import { AdminModule, type AdminParts } from './admin.module.js';
import { apiOperations } from './api-operations.js';

/** Every service that the API calls, with what it was asked. */
class Recorded {
  readonly calls: unknown[][] = [];
  answer: () => unknown = () => 'changed';
  readonly parts: AdminParts;

  constructor() {
    const service = (...methods: string[]): never =>
      Object.fromEntries(
        methods.map((name) => [
          name,
          (...given: unknown[]): Promise<unknown> => {
            this.calls.push([name, ...given]);
            return Promise.resolve().then(() => this.answer());
          },
        ]),
      ) as never;
    this.parts = {
      bridge: { readiness: () => Promise.resolve({ ready: true, waitsFor: [] }) },
      metrics: new Metrics(),
      status: service('report', 'links'),
      activity: service('recent', 'sights'),
      ways: service('ofRemote', 'ofDelivery'),
      linkChanges: service('link', 'unlink', 'relink', 'pause', 'resume'),
      parkedDeliveries: service('retry'),
      replays: service('replay'),
      clock: systemClock,
      log: silentLog,
    };
  }
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

let recorded: Recorded;
let app: INestApplication;
let folder: string;

async function start(tokenOf: 'start' | 'settings'): Promise<void> {
  recorded = new Recorded();
  const access = { host: '127.0.0.1', token: 'right', tokenOf };
  app = await NestFactory.create(AdminModule.of(recorded.parts, access, folder), {
    logger: false,
    forceCloseConnections: true,
  });
  await app.listen(0, '127.0.0.1');
}

const port = (): number => ((app.getHttpServer() as { address(): unknown }).address() as AddressInfo).port;

async function call(
  method: string,
  path: string,
  { headers = {}, body, raw }: { headers?: Record<string, string>; body?: object; raw?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port: port(), method, path, headers: { 'content-type': 'application/json', ...headers } },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        incoming.on('end', () => resolve({ status: incoming.statusCode, headers: incoming.headers, text }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(raw ?? (body === undefined ? undefined : JSON.stringify(body)));
  });
}

const right = { authorization: 'Bearer right' };
const withToken = (method: string, path: string, body?: object): Promise<Answer> =>
  call(method, path, { headers: right, ...(body === undefined ? {} : { body }) });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk page '));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'operator.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'assets', 'operator-1.js'), 'export {};');
  writeFileSync(join(folder, 'assets', 'notes.txt'), 'not of the page');
});

afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['start', 'settings'] as const)('the HTTP API, with a token of the %s', (tokenOf) => {
  beforeEach(() => start(tokenOf));

  it.each(apiOperations.map(({ method, path }) => [method.toUpperCase(), path.replace('{name}', 'team')] as const))(
    '%s %s is for nobody without the token, and for no other page',
    async (method, path) => {
      const asked = async (headers: Record<string, string>) => (await call(method, path, { headers })).status;
      expect(await asked({})).toBe(401);
      expect(await asked({ authorization: 'Bearer wrong' })).toBe(401);
      expect(await asked({ authorization: 'right' })).toBe(401);
      expect(await asked({ ...right, origin: 'http://evil.example' })).toBe(403);
      expect(await asked({ ...right, origin: 'null' })).toBe(403);
      if (tokenOf === 'start') expect(await asked({ ...right, host: 'evil.example' })).toBe(403);
      expect(recorded.calls).toEqual([]);
    },
  );

  it('health and the empty page are there for all, metrics by the setting', async () => {
    const status = async (path: string) => (await call('GET', path)).status;
    expect(await status('/health/live')).toBe(200);
    expect(await status('/health/ready')).toBe(200);
    expect(await status('/')).toBe(200);
    expect(await status('/assets/operator-1.js')).toBe(200);
    expect(await status('/metrics')).toBe(tokenOf === 'start' ? 200 : 401);
  });
});

describe('the HTTP API', () => {
  beforeEach(() => start('start'));

  it('a refusal says what to do', async () => {
    const { status, headers, text } = await call('GET', '/api/status');
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(text).toBe('{"error":"the token is missing or wrong"}');
  });

  it.each([
    ['GET', '/api/links', undefined, ['links', 'not ended']],
    ['GET', '/api/links?all=true', undefined, ['links', 'all']],
    ['GET', '/api/status', undefined, ['report']],
    ['GET', '/api/ways?id=%24abc', undefined, ['ofRemote', '$abc']],
    ['DELETE', '/api/links/team', undefined, ['unlink', 'team', 'all']],
    ['DELETE', '/api/links/team?account=cloud', undefined, ['unlink', 'team', { account: 'cloud' }]],
    ['DELETE', '/api/links/team?account=cloud&room=a', undefined, ['unlink', 'team', { account: 'cloud', room: 'a' }]],
    ['POST', '/api/links/team/relink', undefined, ['relink', 'team']],
    ['POST', '/api/links/team/pause', undefined, ['pause', 'team']],
    ['POST', '/api/links/team/resume', undefined, ['resume', 'team', 'now']],
    ['POST', '/api/links/team/resume', { from: 'where it stopped' }, ['resume', 'team', 'where it stopped']],
    ['POST', '/api/retry', { all: true }, ['retry', 'all']],
    [
      'POST',
      '/api/retry',
      { deliveries: ['01980a52-3c4e-7bd1-9a55-0c1d2e3f4a5b'] },
      ['retry', ['01980a52-3c4e-7bd1-9a55-0c1d2e3f4a5b']],
    ],
    ['POST', '/api/replay', { id: '7' }, ['replay', { id: '7' }]],
    ['POST', '/api/replay', { malformed: true }, ['replay', { malformed: true }]],
    [
      'POST',
      '/api/replay',
      { account: 'cloud', since: '2026-01-31T12:00:00Z' },
      ['replay', { account: 'cloud', since: new Date('2026-01-31T12:00:00Z') }],
    ],
    [
      'PUT',
      '/api/links/team',
      {
        rooms: [
          { account: 'cloud', room: 'a' },
          { account: 'hs', create: { name: 'Team' }, direction: 'in' },
        ],
        mirror: { members: 'line' },
      },
      [
        'link',
        {
          key: 'team',
          rooms: [
            { account: 'cloud', wanted: { room: 'a' } },
            { account: 'hs', wanted: { create: { name: 'Team', invite: [] } }, direction: 'in' },
          ],
          turns: [],
          mirror: { members: 'line' },
        },
      ],
    ],
    [
      'PUT',
      '/api/links/team',
      { turns: [{ account: 'cloud', direction: 'out' }] },
      ['link', { key: 'team', rooms: [], turns: [{ account: 'cloud', direction: 'out' }], mirror: {} }],
    ],
  ])('%s %s calls what the command line calls', async (method, path, body, expected) => {
    const { status } = await withToken(method, path, body);
    expect(status).toBe(200);
    expect(recorded.calls).toEqual([expected]);
  });

  it.each([
    ['GET', '/api/links?all=maybe', undefined],
    ['GET', '/api/ways', undefined],
    ['DELETE', '/api/links/team?room=a', undefined],
    ['PUT', '/api/links/team', {}],
    ['PUT', '/api/links/team', { rooms: [{ account: 'cloud' }] }],
    ['PUT', '/api/links/team', { rooms: [{ account: 'cloud', room: 'a' }], more: 1 }],
    ['PUT', '/api/links/team', { mirror: { members: 'sometimes' } }],
    ['POST', '/api/links/team/resume', { from: 'yesterday' }],
    ['POST', '/api/retry', {}],
    ['POST', '/api/retry', { deliveries: ['7'] }],
    ['POST', '/api/replay', { account: 'cloud', since: 'yesterday' }],
  ])('%s %s with %j makes no sense, and changes nothing', async (method, path, body) => {
    const { status, text } = await withToken(method, path, body);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toEqual({ error: expect.stringMatching(/.{10}/) as string });
    expect(recorded.calls).toEqual([]);
  });

  it.each([
    ['/api/retry', {}, /`deliveries`.*`all`: true/],
    ['/api/retry', { deliveries: ['7'] }, /^deliveries\.0: is not the id of a delivery\.$/],
    ['/api/retry', { deliveries: [] }, /^deliveries: names none: /],
    ['/api/retry', { all: 1 }, /^all: /],
    ['/api/replay', { id: 'x' }, /^id: is not the id of a stored payload\.$/],
    ['/api/replay', { account: 'cloud', since: 'yesterday' }, /^since: /],
    ['/api/replay', { account: 'cloud' }, /^since: /],
    ['/api/replay', {}, /`account` and `since`/],
  ])('what is wrong with a call of %s with %j is named', async (path, body, expected) => {
    const { text } = await withToken('POST', path, body);
    expect((JSON.parse(text) as { error: string }).error).toMatch(expected);
  });

  it.each([
    ['GET', '/api/ways?id=%00', undefined, 400, /^id: holds a NUL/],
    ['POST', '/api/links/a%00b/pause', undefined, 400, /^the name of the link: holds a NUL/],
    ['POST', '/api/replay', '{"account":"a\\u0000","since":"2026-01-31T12:00:00Z"}', 400, /^account: holds a NUL/],
    ['POST', '/api/retry', '{"all":', 400, /^The body is no JSON/],
    [
      'POST',
      '/api/retry',
      JSON.stringify({ deliveries: ['a'.repeat(200_000)] }),
      413,
      /^The body is larger than 102400 bytes/,
    ],
    ['GET', '/api/nothing', undefined, 404, /^There is nothing here/],
    ['PATCH', '/api/retry', undefined, 404, /^There is nothing here/],
    ['GET', '/assets/nothing.js', undefined, 404, /^There is nothing here/],
    ['GET', '/api/../api/nothing', undefined, 404, /^There is nothing here/],
    ['GET', '/api/links/%2e%2e/%ff', undefined, 400, /the path is broken/],
    ['POST', '/api/links/%ff/pause', undefined, 400, /the path is broken/],
  ])(
    '%s %s, refused before it is understood, is refused with a sentence as well',
    async (method, path, body, status, says) => {
      const answer = await call(method, path, { headers: right, ...(body === undefined ? {} : { raw: body }) });
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.text)).toEqual({ error: expect.stringMatching(says) as string });
      expect(recorded.calls).toEqual([]);
    },
  );

  it.each([
    ['a link that is not there', NoSuchLink, 404],
    ['what cannot be', LinkRefused, 409],
    ['an account that is not there', ReplayRefused, 404],
  ])('%s is refused in the words of the command line', async (_, Refused, expected) => {
    recorded.answer = () => {
      throw new Refused('A sentence.');
    };
    const { status, text } = await withToken('POST', '/api/links/team/pause');
    expect([status, text]).toEqual([expected, '{"error":"A sentence."}']);
  });

  it('what fails inside is not told outside', async () => {
    recorded.answer = () => {
      throw new Error('password of the database');
    };
    const { status, text } = await withToken('GET', '/api/status');
    expect([status, text]).toEqual([500, '{"error":"That went wrong: the log says why."}']);
  });
});

describe('the page', () => {
  beforeEach(() => start('start'));

  it.each(['/', '/assets/operator-1.js', '/api/status', '/health/live', '/nothing'])(
    '%s comes with headers that let nothing in from elsewhere',
    async (path) => {
      const { headers } = await withToken('GET', path);
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['x-powered-by']).toBeUndefined();
    },
  );

  it('is what was built', async () => {
    const page = await call('GET', '/');
    expect([page.headers['content-type'], page.text]).toEqual([
      'text/html; charset=utf-8',
      '<!doctype html><title>page</title>',
    ]);
    const asset = await call('GET', '/assets/operator-1.js');
    expect(asset.headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it.each(['/assets/notes.txt', '/assets/..%2foperator.html', '/assets/none.js', '/index.html'])(
    'there is no %s',
    async (path) => {
      expect((await withToken('GET', path)).status).toBe(404);
    },
  );
});

describe('the feed', () => {
  beforeEach(() => start('start'));

  const sight = (id: string, state: string) => ({ id, state, reason: null, kind: 'messageSent' });

  /** Reads until `count` events have come. */
  async function events(count: number, then: () => void = () => undefined): Promise<string[]> {
    const answer = await fetch(`http://127.0.0.1:${port()}/api/feed`, { headers: right });
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const data = (): string[] => [...text.matchAll(/^data: (.+)$/gm)].map((match) => match[1] ?? '');
    while (data().length < count) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
      if (data().length === 1) then();
    }
    await reader.cancel();
    return data();
  }

  it('tells a delivery when it comes and when it changes, and nothing twice', async () => {
    recorded.answer = () => [sight('1', 'waiting')];
    const told = await events(3, () => {
      recorded.answer = () => [sight('1', 'delivered'), sight('2', 'delivered')];
    });
    expect(told.map((data) => JSON.parse(data) as unknown)).toEqual([
      sight('1', 'waiting'),
      sight('1', 'delivered'),
      sight('2', 'delivered'),
    ]);
    expect(recorded.calls[0]).toEqual(['sights', 50, []]);
    expect(recorded.calls.find(([, , also]) => (also as string[]).length > 0)).toEqual(['sights', 50, ['1']]);
  });

  it('ends with the listener', async () => {
    recorded.answer = () => [sight('1', 'waiting')];
    let isOpen = true;
    const reading = events(1_000).then(
      () => (isOpen = false),
      () => (isOpen = false),
    );
    while (recorded.calls.length === 0) await systemClock.sleep(10);
    expect(isOpen).toBe(true);
    await app.close();
    await reading;
  });
});
