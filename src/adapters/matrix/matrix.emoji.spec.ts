import { editing, saying } from '../../../test/contract/matrix-deliveries.js';
import { MatrixBench, until } from '../../../test/contract/matrix-bench.js';
import { NetworkUnavailable, ShardLost } from '../../model/errors.js';
import { accountId, type FileRef } from '../../model/ids.js';
import type { DeliveryRequest, OpenedFile } from '../../model/network-adapter.js';
import type { RichText } from '../../model/rich-text.js';
import type { MatrixAdapter } from './matrix.adapter.js';

const slack = accountId('slack');
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let bench: MatrixBench;
let adapter: MatrixAdapter;
let room: string;
let opened: string[];
let uploads: number;
let said = 0;

const imageOf = (id: string, account = slack): FileRef => ({ account, id, name: 'kazoo', mime: 'image/png' });
const shows = (...images: FileRef[]): RichText => [
  { type: 'paragraph', content: images.map((image) => ({ type: 'customEmoji', shortcode: 'kazoo', image }) as const) },
];
const giving =
  (bytes: Buffer, mime = 'image/png') =>
  (file: FileRef): Promise<OpenedFile> => {
    opened.push(file.id);
    const body = (async function* () {
      yield await Promise.resolve(bytes);
    })();
    return Promise.resolve({ mime, bytes: bytes.length, name: 'kazoo.png', body });
  };
const say = async (
  body: RichText,
  openFile: DeliveryRequest<never>['openFile'] = giving(pixel),
  by = adapter,
): Promise<string> => {
  said += 1;
  const { request } = saying(`s${String(said)}`, room, '', { openFile });
  await by.deliver.messageSent?.send({ ...request, event: { ...request.event, body } }, bench.signal);
  return htmlNow();
};
const htmlNow = (): string => {
  const last = bench.sandbox.messages(room).findLast(({ type }) => type === 'm.room.message');
  return String(last?.content['formatted_body']);
};
const shown =
  /^<img data-mx-emoticon src="(mxc:\/\/sandbox\.test\/[A-Za-z0-9_-]+)" alt=":kazoo:" title=":kazoo:" height="32">$/;

beforeEach(async () => {
  bench = await MatrixBench.open();
  const alice = bench.sandbox.addUser('alice', 'Alice');
  room = bench.sandbox.createRoom({ creator: alice, name: 'Team' });
  bench.linked.add(room);
  adapter = bench.make();
  await bench.begin(adapter);
  bench.sandbox.invite(room, alice, '@crosstalk:sandbox.test');
  await until(() =>
    bench.sandbox.members(room).some(({ membership, name }) => name === 'Crosstalk' && membership === 'join'),
  );
  opened = [];
  uploads = 0;
  bench.sandbox.faults.watch((method, path) => (uploads += method === 'POST' && path.includes('/upload') ? 1 : 0));
});
afterEach(() => bench.close());

it('an emoji of another network is a picture at the homeserver, named where there are none', async () => {
  expect(await say(shows(imageOf('a')))).toMatch(shown);
  const last = bench.sandbox.messages(room).findLast(({ type }) => type === 'm.room.message');
  expect(last?.content['body']).toBe(':kazoo:');
});

it('no emoji is uploaded twice: not with other messages, not at the same time, not after a restart, not under another address', async () => {
  const first = await say(shows(imageOf('a'), imageOf('a')));
  await Promise.all([say(shows(imageOf('a'))), say(shows(imageOf('a')))]);
  const later = await say(shows(imageOf('a')), giving(pixel), bench.make());
  expect(opened).toEqual(['a']);
  const moved = await say(shows(imageOf('b')));
  expect(opened).toEqual(['a', 'b']);
  expect(uploads).toBe(1);
  expect(first).toBe(`${later}${later}`);
  expect(moved).toBe(later);
});

it('several messages that show it for the first time at once have it uploaded once', async () => {
  await Promise.all(Array.from({ length: 8 }, () => say(shows(imageOf('a')))));
  expect([opened, uploads]).toEqual([['a'], 1]);
});

it('one of Matrix itself is what it is', async () => {
  const own = imageOf('mxc://sandbox.test/own', adapter.account);
  expect(await say(shows(own))).toContain('src="mxc://sandbox.test/own"');
  expect([opened, uploads]).toEqual([[], 0]);
});

it.each([
  ['too large', giving(Buffer.concat([pixel, Buffer.alloc(512 * 1024)]))],
  ['a program', giving(Buffer.from('<svg/>'), 'image/svg+xml')],
  ['no picture', giving(Buffer.from('no'), 'text/html')],
  ['not to be had now', () => Promise.reject(new NetworkUnavailable('away', { certainty: 'notSent' }))],
])('a picture that is %s keeps no message waiting: its name is shown', async (_why, openFile) => {
  expect(await say(shows(imageOf('a')), openFile)).toBe(':kazoo:');
  expect(uploads).toBe(0);
});

it('one whose size nobody says is looked at as far as emoji go', async () => {
  const most: unknown[] = [];
  const openFile = (file: FileRef, _signal: AbortSignal, mostBytes?: number): Promise<OpenedFile> => {
    most.push(mostBytes);
    return giving(pixel)(file);
  };
  expect(await say(shows(imageOf('a')), openFile)).toMatch(shown);
  expect(most).toEqual([512 * 1024]);
});

it('what could not be had is not asked for again with each message', async () => {
  await say(shows(imageOf('a')), () => Promise.reject(new NetworkUnavailable('away', { certainty: 'notSent' })));
  expect(await say(shows(imageOf('a')))).toBe(':kazoo:');
  expect(opened).toEqual([]);
});

it('of a crowd of emoji thirty are pictures', async () => {
  const html = await say(shows(...Array.from({ length: 40 }, (_, at) => imageOf(String(at)))));
  expect(opened).toHaveLength(30);
  expect(html.match(/<img/g)).toHaveLength(30);
});

it('who may not write any more brings nothing', async () => {
  const { request } = saying('late', room, '', { openFile: () => Promise.reject(new ShardLost('lost')) });
  const body = shows(imageOf('a'));
  const saidLate = adapter.deliver.messageSent?.send({ ...request, event: { ...request.event, body } }, bench.signal);
  await expect(saidLate).rejects.toBeInstanceOf(ShardLost);
});

it('an edit shows them too', async () => {
  const sent = saying('before', room, 'before');
  await adapter.deliver.messageSent?.send(sent.request, bench.signal);
  const { request } = editing('after', room, sent.made, { body: shows(imageOf('a')) }, { openFile: giving(pixel) });
  await adapter.deliver.messageEdited?.send(request, bench.signal);
  const last = bench.sandbox.messages(room).findLast(({ type }) => type === 'm.room.message');
  expect((last?.content['m.new_content'] as Record<string, unknown>)['formatted_body']).toMatch(shown);
});
