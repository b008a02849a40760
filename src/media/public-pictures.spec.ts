import { TargetGone } from '../model/errors.js';
import { accountId, type FileRef } from '../model/ids.js';
import type { FileStream } from '../model/network-adapter.js';
import type { PublicAnswer } from '../model/network-definition.js';
import { silentLog } from '../observability/log.js';
import { PublicPictures } from './public-pictures.js';

const anna: FileRef = { account: accountId('cloud'), id: 'user-avatar/anna', name: 'a', mime: 'image/png' };
let nowMs: number;
let opened: FileRef[];
let picture: () => FileStream;

function make(key = 'a key of thirty-two bytes, exactly'): PublicPictures {
  const clock = { now: () => new Date(nowMs), monotonicMs: () => nowMs, sleep: () => Promise.resolve() };
  return new PublicPictures(Buffer.from(key), clock, silentLog, (file) => {
    opened.push(file);
    return Promise.resolve().then(() => picture());
  });
}

async function* bytesOf(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
}

async function ask(pictures: PublicPictures, path: string): Promise<PublicAnswer> {
  const names = pictures.route.path.split('/');
  const parts = path.split('/').map(decodeURIComponent);
  const params = Object.fromEntries(
    names.flatMap((name, at) => (name.startsWith(':') ? [[name.slice(1), parts[at] ?? '']] : [])),
  );
  const call = { params, query: new URLSearchParams(), headers: {} };
  return pictures.route.refusal?.(call) ?? pictures.route.handle({ ...call, body: Buffer.alloc(0) });
}

beforeEach(() => {
  nowMs = Date.parse('2026-01-02T03:04:05Z');
  opened = [];
  picture = () => ({ mime: 'image/png', body: bytesOf('pic', 'ture') });
});

it('a picture is served at its path, which stays the same for days', async () => {
  const pictures = make();
  const path = pictures.pathOf(anna);
  nowMs += 3_600_000;
  expect(pictures.pathOf(anna)).toBe(path);
  expect(await ask(pictures, path)).toEqual({
    status: 200,
    headers: { 'cache-control': 'public, max-age=86400', 'x-content-type-options': 'nosniff' },
    body: { mime: 'image/png', bytes: Buffer.from('picture') },
  });
  expect(opened).toMatchObject([{ account: 'cloud', id: 'user-avatar/anna' }]);
});

it('a path that was changed, made with another key, or has ended shows nothing, and nothing is opened', async () => {
  const pictures = make();
  const path = pictures.pathOf(anna);
  const others = [
    path.replace('cloud', 'other'),
    path.replace(Buffer.from(anna.id).toString('base64url'), Buffer.from('user-avatar/ben').toString('base64url')),
    path.replace(/\/(\d+)\//, (_, untilMs: string) => `/${String(Number(untilMs) + 1)}/`),
    make('another key of thirty-two bytes, no less').pathOf(anna),
    `${path}x`,
  ];
  for (const other of others) expect(await ask(pictures, other)).toMatchObject({ status: 404 });
  nowMs += 400 * 86_400_000;
  expect(await ask(pictures, path)).toMatchObject({ status: 404 });
  expect(opened).toEqual([]);
});

it('what is no picture, too large or gone is not shown', async () => {
  const pictures = make();
  const path = pictures.pathOf(anna);
  picture = () => ({ mime: 'image/svg+xml', body: bytesOf('<svg/>') });
  expect(await ask(pictures, path)).toMatchObject({ status: 404 });
  picture = () => ({ mime: 'image/png', body: bytesOf('x'.repeat(3_000_000), 'x'.repeat(3_000_000)) });
  expect(await ask(pictures, path)).toMatchObject({ status: 404 });
  picture = () => {
    throw new TargetGone('it is gone');
  };
  expect(await ask(pictures, path)).toMatchObject({ status: 404 });
  picture = () => {
    throw new Error('broken');
  };
  expect(await ask(pictures, path)).toMatchObject({ status: 503 });
});
