import { get, type IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { PublicListener } from '../listeners/public-listener.js';
import { NetworkUnavailable, TargetGone } from '../model/errors.js';
import { accountId, type FileRef, type MessageRef, remoteId, roomId } from '../model/ids.js';
import type { FileStream, WantedBytes } from '../model/network-adapter.js';
import { silentLog } from '../observability/log.js';
import { FileLinks } from './file-links.js';

const account = accountId('cloud');
const film: FileRef = {
  account,
  id: 'file/Talk/Sommer "am" Meer 🌊.mp4',
  name: 'Sommer "am" Meer 🌊.mp4',
  mime: 'video/mp4',
  bytes: 11,
};
const message: MessageRef = { room: { account, id: roomId('r1') }, id: remoteId('17') };
const publicUrl = 'https://crosstalk.example.org';
const dayMs = 86_400_000;

let nowMs: number;
let opened: { readonly file: FileRef; readonly signal: AbortSignal; readonly wanted: WantedBytes | undefined }[];
let give: (wanted: WantedBytes | undefined) => FileStream | Promise<FileStream>;
let isThere: boolean;
let links: FileLinks;
let listener: PublicListener;
let port: number;

function make(
  change: { key?: string; url?: string | undefined; days?: number; maxDownloads?: number } = {},
): FileLinks {
  const { key = 'a key of thirty-two bytes, exactly', days = 7, maxDownloads = 2 } = change;
  return new FileLinks({
    key: Buffer.from(key),
    clock: { now: () => new Date(nowMs), monotonicMs: () => nowMs, sleep: () => Promise.resolve() },
    log: silentLog,
    publicUrl: 'url' in change ? change.url : publicUrl,
    days,
    maxDownloads,
    open: (file, signal, wanted) => {
      opened.push({ file, signal, wanted });
      return Promise.resolve(give(wanted));
    },
    stands: () => Promise.resolve(isThere),
  });
}

async function* bytesOf(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
}

const whole = (): FileStream => ({ mime: 'text/html', bytes: 11, body: bytesOf('hello', ' world') });
const pathOf = (from = links): string => new URL(from.addressOf(film, message)?.url ?? '').pathname;

async function ask(path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`http://127.0.0.1:${String(port)}${path}`, { headers });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

beforeEach(async () => {
  nowMs = Date.parse('2026-01-02T03:04:05Z');
  opened = [];
  give = whole;
  isThere = true;
  links = make();
  listener = new PublicListener([links.route], silentLog, { stalledMs: 200 });
  port = await listener.listen('127.0.0.1', 0);
});

afterEach(() => listener.close());

it('a file is streamed to whoever has its address, to be kept and not to be shown', async () => {
  const { status, headers, text } = await ask(pathOf());
  expect([status, text]).toEqual([200, 'hello world']);
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'video/mp4',
    'content-length': '11',
    'content-disposition': `attachment; filename="Sommer _am_ Meer __.mp4"; filename*=UTF-8''Sommer%20_am_%20Meer%20%F0%9F%8C%8A.mp4`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': 'private, no-store',
    'referrer-policy': 'no-referrer',
    'accept-ranges': 'bytes',
  });
  expect(opened).toMatchObject([{ file: { account: 'cloud', id: film.id } }]);
  expect(opened[0]?.signal.aborted).toBe(true);
});

it('says until when an address holds, and has none where the settings want none', () => {
  expect(links.addressOf(film, message)?.until).toEqual(new Date(nowMs + 7 * dayMs));
  expect(make({ url: undefined }).addressOf(film, message)).toBeUndefined();
  expect(make({ days: 0 }).addressOf(film, message)).toBeUndefined();
});

it('a part is given where the source gives it, else the whole', async () => {
  give = () => ({ mime: '', bytes: 5, part: { first: 6, last: 10, of: 11 }, body: bytesOf('world') });
  const part = await ask(pathOf(), { range: 'bytes=6-' });
  expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, 'world', 'bytes 6-10/11']);
  expect(opened).toMatchObject([{ wanted: { first: 6 } }]);
  give = whole;
  expect(await ask(pathOf(), { range: 'bytes=6-' })).toMatchObject({ status: 200, text: 'hello world' });
  const asked = opened.length;
  const beyond = await ask(pathOf(), { range: 'bytes=11-' });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */11']);
  expect(opened).toHaveLength(asked);
  // Whether it is still the same that the caller has the beginning of, nobody knows.
  await ask(pathOf(), { range: 'bytes=6-', 'if-range': '"etag"' });
  expect(opened.at(-1)?.wanted).toBeUndefined();
});

it('an address has an end, and dies with its message and with the file', async () => {
  const path = pathOf();
  nowMs += 7 * dayMs - 1;
  expect((await ask(path)).status).toBe(200);
  nowMs += 1;
  expect((await ask(path)).status).toBe(410);
  nowMs -= 1;
  const asked = opened.length;
  isThere = false;
  expect((await ask(path)).status).toBe(410);
  expect(opened).toHaveLength(asked);
  isThere = true;
  give = () => Promise.reject(new TargetGone('it is gone'));
  expect((await ask(path)).status).toBe(410);
  give = () => Promise.reject(new NetworkUnavailable('away', { certainty: 'notSent' }));
  const away = await ask(path);
  expect([away.status, away.headers.get('retry-after')]).toEqual([503, '30']);
  expect(away.text).not.toContain('away');
});

it('what is not signed by us: 401, and nothing is opened', async () => {
  const path = pathOf();
  const [, , file = '', untilMs = '', signature = ''] = path.split('/');
  const other = Buffer.from(JSON.stringify(['cloud', 'file/secret', 'x', 'text/plain', null, 'r1', '17']));
  const forged = [
    `/files/${other.toString('base64url')}/${untilMs}/${signature}`,
    `/files/${file}/${String(Number(untilMs) + 1)}/${signature}`,
    `/files/${file}/${untilMs}/${signature.slice(0, -1)}`,
    `/files/${file}/${untilMs}/x`,
    pathOf(make({ key: 'another key of thirty-two bytes, no less' })),
  ];
  for (const each of forged) expect([each, (await ask(each)).status]).toEqual([each, 401]);
  const segment = fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }).map((text) => encodeURIComponent(text));
  const segments = fc.oneof(segment, fc.constantFrom(file, untilMs, signature, '%00', '9'.repeat(400), '1e999'));
  await fc.assert(
    fc.asyncProperty(segments, segments, segments, async (one, two, three) => {
      const made = `/files/${one}/${two}/${three}`;
      fc.pre(made !== path && ![one, two, three].some((each) => /^(?:%2e|\.){1,2}$/i.test(each)));
      expect((await ask(made)).status).toBe(401);
    }),
    { numRuns: 300 },
  );
  expect(opened).toEqual([]);
});

it('headers that are huge or odd change nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.stringMatching(/^[\x21-\x7e]{1,40}$/),
      fc.stringMatching(/^[\x21-\x7e]{1,300}$/),
      async (range, more) => {
        const { status } = await ask(pathOf(), { range, 'x-more': more });
        expect([200, 416]).toContain(status);
      },
    ),
    { numRuns: 100 },
  );
  const asked = opened.length;
  expect((await ask(pathOf(), { 'x-more': 'x'.repeat(100_000) })).status).toBe(431);
  expect(opened).toHaveLength(asked);
});

describe('who takes long', () => {
  /** One that never ends by itself. */
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield await Promise.resolve(Buffer.alloc(65_536));
  }
  const begin = (): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', path: pathOf(), agent: false }, (answer) => {
        answer.on('error', () => undefined);
        resolve(answer);
      }).on('error', reject);
    });

  it('holds one of the places that there are for downloads; who comes then comes again', async () => {
    give = () => ({ mime: '', body: endless() });
    const [first, second] = [await begin(), await begin()];
    expect((await ask(pathOf())).status).toBe(503);
    expect(opened).toHaveLength(2);
    // Who hangs up has the source left alone, and gives the place to others.
    first.destroy();
    while (opened[0]?.signal.aborted !== true) await new Promise((resolve) => setTimeout(resolve, 5));
    give = whole;
    expect((await ask(pathOf())).status).toBe(200);
    second.destroy();
  });

  it('and takes nothing any more is cut off', async () => {
    give = () => ({ mime: '', body: endless() });
    const stalled = await begin();
    stalled.pause();
    while (opened[0]?.signal.aborted !== true) await new Promise((resolve) => setTimeout(resolve, 5));
    stalled.destroy();
  });

  it('keeps no listener from closing', async () => {
    give = () => ({ mime: '', body: endless() });
    const answer = await begin();
    answer.resume();
    await listener.close(50);
    while (opened[0]?.signal.aborted !== true) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('a source that breaks off, or gives more or less than it said, leaves the answer without an end', async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('hello'));
      throw new Error('the connection broke');
    };
    for (const body of [() => broken(), () => bytesOf('hello'), () => bytesOf('hello world and more')]) {
      give = () => ({ mime: '', bytes: 11, body: body() });
      await expect(ask(pathOf())).rejects.toThrow();
    }
    give = whole;
    for (let more = 0; more < 4; more += 1) expect((await ask(pathOf())).status).toBe(200);
  });
});
