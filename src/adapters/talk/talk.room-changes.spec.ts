import { deflateSync, crc32 } from 'node:zlib';
import { talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { happened, requested } from '../../../test/contract/talk-requests.js';
import type { RoomChanged } from '../../model/bridge-event.js';
import { MessageRefused, TargetGone } from '../../model/errors.js';
import { accountId, roomId } from '../../model/ids.js';
import type { OpenedFile } from '../../model/network-adapter.js';

const signal = new AbortController().signal;
const avatar = { account: accountId('elsewhere'), id: 'mxc://there/1', name: 'a".png', mime: 'image/png' };

describe('talk.room-changes', () => {
  let at: TalkAtSandbox;

  const change = async (what: RoomChanged['change'], picture?: Buffer): Promise<void> => {
    const event: RoomChanged = { ...happened, kind: 'roomChanged', change: what };
    const bytes = picture?.length ?? 0;
    const openFile = (): Promise<OpenedFile> =>
      Promise.resolve({ name: 'a.png', mime: 'image/png', bytes, body: chunksOf(picture) });
    await at.adapter.deliver.roomChanged.send(requested(at, event, { openFile }).request, signal);
  };
  const profile = () => at.adapter.describeRoom(at.room, signal);

  beforeEach(async () => {
    at = await talkAtSandbox();
  });

  afterEach(async () => {
    await at.close();
  });

  it('gives the room its name and its description, cut to what Talk takes', async () => {
    await change({ of: 'name', name: ' The\nteam ' });
    await change({ of: 'topic', topic: 'What we talk about' });
    expect(await profile()).toMatchObject({ name: 'The team', topic: 'What we talk about' });
    await change({ of: 'name', name: '😀'.repeat(256) });
    await change({ of: 'topic', topic: '😀'.repeat(2001) });
    expect(await profile()).toMatchObject({ name: `${'😀'.repeat(254)}…`, topic: `${'😀'.repeat(1999)}…` });
    await change({ of: 'topic', topic: '' });
    expect(await profile()).not.toHaveProperty('topic');
  });

  it('a name that is taken away cannot be shown', async () => {
    await expect(change({ of: 'name', name: ' ' })).rejects.toBeInstanceOf(TargetGone);
  });

  it('gives the room its picture, and takes it away', async () => {
    await change({ of: 'avatar', avatar }, square());
    expect(await profile()).toHaveProperty('avatar');
    await change({ of: 'avatar', avatar: null });
    expect(await profile()).not.toHaveProperty('avatar');
  });

  it('a picture that Talk does not take is refused', async () => {
    await expect(change({ of: 'avatar', avatar }, Buffer.from('no picture'))).rejects.toBeInstanceOf(MessageRefused);
    const large = Buffer.alloc(20 * 1024 * 1024 + 1);
    await expect(change({ of: 'avatar', avatar }, large)).rejects.toThrow('larger than 20 MiB');
  });

  it.each<RoomChanged['change']>([
    { of: 'name', name: 'x' },
    { of: 'topic', topic: 'x' },
    { of: 'avatar', avatar: null },
  ])('an ordinary member may not: %j is refused, and the room stays open', async (what) => {
    const token = at.talk.rooms.create({ name: 'Theirs', owner: 'bob', members: ['alice'] });
    at = { ...at, token, room: roomId(token) };
    const error: unknown = await change(what).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MessageRefused);
    expect((error as MessageRefused).message).toMatch(/does not let our account (change|remove) its/);
  });

  it('our own changes come back as ours', async () => {
    const { cursor } = await at.pulling.pull(at.room, null, 'now', signal);
    await change({ of: 'name', name: 'Ours' });
    const { payloads } = await at.pulling.pull(at.room, cursor, 'now', signal);
    const [result] = payloads.map(({ body }) => at.adapter.read(JSON.parse(Buffer.from(body).toString('utf8'))));
    expect(result).toMatchObject({ events: [{ kind: 'roomChanged', actor: { standing: 'ours' } }] });
  });
});

async function* chunksOf(picture: Buffer = Buffer.alloc(0)): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(picture);
}

/** A PNG of 4 by 4 black pixels. */
function square(): Buffer {
  const size = 4;
  const head = Buffer.from([0, 0, 0, size, 0, 0, 0, size, 8, 2, 0, 0, 0]);
  const pixels = deflateSync(Buffer.alloc((1 + 3 * size) * size));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
